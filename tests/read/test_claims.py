"""read.claims: every number of people a text states, with who, what, where and when, and nothing it does not state."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from watcher.model import Called, Claim, Entry, Qualifier, Role, Stage, Status, Vocabulary
from watcher.read import read

Claims = Callable[..., tuple[Claim, ...]]


def brief(claims: tuple[Claim, ...], role: Role = Role.MAIN) -> list[tuple[object, ...]]:
    return [(claim.count, claim.nationality, claim.stage and claim.stage.value) for claim in claims if claim.role is role]


def test_a_headline_is_a_claim(claims_of: Claims) -> None:
    """Half of all entries are no more than this."""
    (claim,) = claims_of("Cambodia deports 31 Malaysian scam suspects to Malaysia")
    assert (claim.count, claim.count_max, claim.qualifier, claim.printed) == (31, 31, Qualifier.EXACT, "31")
    assert (claim.nationality, claim.stage, claim.status, claim.called) == (("MY",), Stage.DEPORTED, Status.DONE, Called.SUSPECTS)
    assert (claim.origin, claim.to, claim.word) == ("KH", ("MY",), "suspects")


@pytest.mark.parametrize(
    ("language", "title", "wanted"),
    [
        ("en", "Forty-two Vietnamese arrested in Cambodia scam raid", (42, ("VN",), "arrested")),
        ("zh-Hans", "柬埔寨遣返58名涉诈越南籍人员", (58, ("VN",), "deported")),
        ("zh-Hant", "柬埔寨警方逮捕台灣人17名 涉電信詐騙", (17, ("TW",), "arrested")),
        ("ja", "カンボジアで詐欺の疑い、日本人12人を拘束", (12, ("JP",), "detained")),
        ("ko", "캄보디아서 한국인 48명 송환, 보이스피싱 혐의", (48, ("KR",), "deported")),
        ("th", "กัมพูชาส่งกลับคนไทย 35 คน แก๊งคอลเซ็นเตอร์", (35, ("TH",), "deported")),
        ("vi", "Campuchia trục xuất 27 người Việt lừa đảo trực tuyến", (27, ("VN",), "deported")),
        ("id", "Kamboja mendeportasi 1.250 WNI pelaku penipuan daring", (1250, ("ID",), "deported")),
        ("km", "កម្ពុជាបណ្ដេញជនជាតិចិន ៨៥នាក់ ករណីឆបោក", (85, ("CN",), "deported")),
        ("fr", "Le Cambodge expulse 22 Japonais pour escroquerie", (22, ("JP",), "deported")),
        ("es", "Camboya deporta a 33 chinos por estafa", (33, ("CN",), "deported")),
        ("ru", "Камбоджа депортировала 15 китайцев за мошенничество", (15, ("CN",), "deported")),
    ],
)
def test_a_headline_is_read_in_its_own_language(claims_of: Claims, language: str, title: str, wanted: tuple[object, ...]) -> None:
    """The data of a language is enough; no language has code of its own."""
    assert brief(claims_of(title, language=language)) == [wanted]


@pytest.mark.parametrize(
    ("text", "printed", "count", "qualifier"),
    [
        ("Nearly 400 Chinese were deported from Cambodia over scams.", "400", 400, Qualifier.ABOUT),
        ("More than 1,300 Chinese were deported from Cambodia over scams.", "1,300", 1300, Qualifier.AT_LEAST),
        ("Dozens of Chinese were deported from Cambodia over scams.", "Dozens", 24, Qualifier.AT_LEAST),
        ("Up to 90 Chinese were deported from Cambodia over scams.", "90", 90, Qualifier.AT_MOST),
    ],
)
def test_the_wording_of_a_figure_is_kept(claims_of: Claims, text: str, printed: str, count: int, qualifier: Qualifier) -> None:
    """ "Nearly 400" printed as 400 would be our figure, not the source's."""
    (claim,) = claims_of("", text)
    assert (claim.printed, claim.count, claim.qualifier) == (printed, count, qualifier)


def test_an_announcement_is_not_done(claims_of: Claims) -> None:
    """ "To be deported" told as deported is a false report."""
    (claim,) = claims_of("26 Chinese scam suspects to be deported from Cambodia")
    assert (claim.stage, claim.status) == (Stage.DEPORTED, Status.ANNOUNCED)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "31 Malaysians held in Cambodia over scams asked to be deported."),
        ("en", "31 Malaysians freed from scams in Cambodia are waiting for deportation."),
        ("en", "Cambodia will soon deport 31 Malaysian scam suspects."),
        ("id", "31 WNI korban penipuan daring di Kamboja minta segera dipulangkan."),
        ("ms", "31 rakyat Malaysia mangsa penipuan di Kemboja akan segera dihantar pulang."),
        ("vi", "31 người Việt bị lừa đảo ở Campuchia xin được về nước."),
        ("zh-Hans", "柬埔寨31名涉诈越南人等待被遣返。"),
        ("fr", "Le Cambodge va expulser 31 Japonais pour escroquerie."),
    ],
)
def test_what_is_asked_or_planned_is_not_done(claims_of: Claims, language: str, text: str) -> None:
    """Words before the step say that it lies ahead, in more ways than a list of phrases could hold."""
    (claim,) = [claim for claim in claims_of("", text, language=language) if claim.role is Role.MAIN]
    assert claim.stage is not None
    assert claim.status is Status.ANNOUNCED or claim.stage in (Stage.DETAINED, Stage.RESCUED), claim


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "31 Malaysians arrested in Cambodia over scams were not deported."),
        ("en", "31 Malaysians arrested in Cambodia over scams have not been deported."),
        ("id", "31 WNI ditangkap di Kamboja karena penipuan daring dan belum dideportasi."),
        ("zh-Hans", "31名越南人在柬埔寨因电信诈骗被捕,尚未遣返。"),
    ],
)
def test_what_did_not_happen_is_no_step(claims_of: Claims, language: str, text: str) -> None:
    """ "Have not been deported" told as deported turns the news around."""
    assert [claim.stage for claim in claims_of("", text, language=language)] == [Stage.ARRESTED]


def test_a_step_that_is_done_stays_done_beside_one_that_is_planned(claims_of: Claims) -> None:
    """A wish of one group does not undo the flight of another."""
    claims = claims_of("Cambodia deports 31 Malaysians over scams; 12 Thais ask to be sent home")
    assert (claims[0].count, claims[0].stage, claims[0].status) == (31, Stage.DEPORTED, Status.DONE)


def test_an_older_event_is_background(claims_of: Claims) -> None:
    """Agency copy repeats the last case at its end; it must not become news again."""
    claims = claims_of(
        "Cambodia deports 31 Malaysian scam suspects",
        "The 31 Malaysians were flown out on Wednesday. In May, 18 Malaysians suspected of scams were deported from Cambodia.",
    )
    assert brief(claims) == [(31, ("MY",), "deported")]
    assert brief(claims, Role.BACKGROUND) == [(18, ("MY",), "deported")]


def test_a_running_total_is_a_tally(claims_of: Claims) -> None:
    """A total told as a group would be counted twice in every ledger."""
    claims = claims_of("Cambodia deports 31 Malaysian scam suspects", "Since January 1,620 Malaysians have been deported.")
    assert brief(claims, Role.TALLY) == [(1620, ("MY",), "deported")]


def test_a_part_is_not_another_group(claims_of: Claims) -> None:
    """ "9 of them women" are among the 31, not beside them."""
    claims = claims_of("Cambodia deports 31 Malaysian scam suspects", "The 31 Malaysians, 9 of them women, were deported on Wednesday.")
    assert [(claim.count, claim.role) for claim in claims] == [(31, Role.MAIN), (9, Role.PART)]


def test_a_round_headline_gives_way_to_the_exact_figure(claims_of: Claims) -> None:
    """Both speak of the same people; the digest must print the one that can be checked."""
    claims = claims_of("Cambodia deports more than 300 Chinese over scams", "Police said 323 Chinese were deported on Wednesday.")
    assert brief(claims) == [(323, ("CN",), "deported")]


def test_another_countrys_group_is_not_ours(claims_of: Claims) -> None:
    """Articles on Cambodia end with what its neighbours did."""
    claims = claims_of("Cambodia deports 31 Malaysian scam suspects", "Laos deported 462 Chinese over scams on Monday.")
    assert brief(claims) == [(31, ("MY",), "deported")]


def test_a_number_after_a_month_may_count_people(claims_of: Claims) -> None:
    """ "In April 19 Japanese ..." is no 19 April."""
    claims = claims_of(
        "Cambodia arrests scam suspects", "In April 19 Japanese were deported from Cambodia over scams.", published="2023-11-09"
    )
    assert [(claim.count, claim.date, claim.date_precision) for claim in claims] == [(19, date(2023, 4, 1), "month")]


@pytest.mark.parametrize(
    "text",
    [
        "Police seized 450 phones from a scam compound in Cambodia and arrested nobody.",
        "He was arrested in Cambodia for scams worth $450 million and jailed for 20 months.",
        "Police arrested a man aged 25 at a scam compound in Cambodia.",
        "Escorted by 190 officers they were deported from Cambodia over scams.",
        "Cambodia closed 200 centres in scam raids.",
    ],
)
def test_what_is_no_count_of_people_is_no_claim(claims_of: Claims, text: str) -> None:
    """It says nothing where the text says nothing."""
    assert [claim.count for claim in claims_of("", text)] == []


def test_cambodians_sent_to_cambodia_come_from_elsewhere(claims_of: Claims) -> None:
    """The commonest look-alike: workers sent home to Cambodia."""
    claims = claims_of("Thailand deports 120 Cambodian workers through Poipet")
    assert [claim.origin for claim in claims] == ["TH"]


def test_dates_follow_the_article(claims_of: Claims) -> None:
    """ "On Tuesday" means the Tuesday before the article, whenever it is read."""
    claims = claims_of("", "31 Malaysians were deported from Cambodia over scams on Tuesday.", published="2023-11-09")
    assert [(claim.date, claim.date_precision) for claim in claims] == [(date(2023, 11, 7), "day")]


def test_what_is_done_has_no_day_in_the_future(claims_of: Claims) -> None:
    """A flight planned for the 13th does not date the rescue that was reported on the 9th."""
    text = "31 Malaysians rescued from scams in Cambodia wait for a flight on 13 November."
    assert [claim.date for claim in claims_of("", text, published="2023-11-09")] == [None]
    text = "31 Malaysian scam suspects will be deported from Cambodia on 13 November."
    assert [(claim.date, claim.status) for claim in claims_of("", text, published="2023-11-09")] == [(date(2023, 11, 13), Status.ANNOUNCED)]


def test_the_sentence_lies_on_the_original_characters(reading_of: Callable[..., object]) -> None:
    """A figure is defended by its sentence; a shifted quote defends nothing."""
    text = "Straße\u00ad nach Süden… 31 Malaysians were deported from Cambodia over scams."
    reading = reading_of("Ｎews", text)
    (claim,) = reading.claims  # type: ignore[attr-defined]
    assert text[claim.start : claim.end] == claim.sentence
    assert "31 Malaysians" in claim.sentence


WANTED = {
    "s000": ([(19, ("JP",), "deported")], [], set()),
    "s001": ([(19, ("JP",), "deported")], [], set()),
    "s002": ([(25, ("JP",), "deported")], [19], set()),
    "s003": ([(25, ("JP",), "deported")], [19], set()),
    "s004": ([(376, ("CN", "TW"), "arrested")], [105, 150, 600], {225, 151}),
}


@pytest.mark.shared
def test_the_five_first_articles_are_read_right(shared_folder: Path, vocabulary: Vocabulary) -> None:
    """The articles this service was asked for: three groups of people, and what each article says of older ones."""
    lines = (shared_folder / "evaluation" / "seeds.jsonl").read_text(encoding="utf-8").splitlines()
    for number, row in enumerate(map(json.loads, lines)):
        when = datetime.fromisoformat(row["published"]).astimezone(UTC)
        reading = read(Entry("k", row["url"], row["url"], row["title"], row["text"], row["language"], when), vocabulary)
        claims = reading.claims or ()
        furthest, looking_back, parts = WANTED[f"s{number:03}"]
        assert brief(claims)[:1] == furthest, number
        assert {claim.count for claim in claims if claim.role is Role.MAIN} == {furthest[0][0]}, number
        back = sorted(claim.count for claim in claims if claim.role in (Role.BACKGROUND, Role.TALLY) and claim.count != 2000)
        assert back == looking_back, number
        assert parts <= {claim.count for claim in claims if claim.role is Role.PART}, number
