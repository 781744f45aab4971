"""read.roles: which figure is the article's own, and what the others are to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Claim, Qualifier, Role, Stage, Status

Claims = Callable[..., tuple[Claim, ...]]


def counts(claims: tuple[Claim, ...], role: Role = Role.MAIN) -> list[int | None]:
    return [claim.count for claim in claims if claim.role is role]


@pytest.mark.parametrize(
    ("language", "title", "text", "exact"),
    [
        ("en", "Over 1,200 Malaysians leave scam sites in Cambodia", "The embassy counted 1,231 between November 2 and 6.", 1231),
        ("en", "More than 40 Malaysians sent home from Cambodia scam sites", "The embassy sent home 38; three others left before.", 38),
        ("en", "Hundreds of Thais freed from Cambodia scam sites", "Police freed 212 Thais in Poipet.", 212),
        ("id", "Lebih dari 1.200 WNI keluar dari sindikat penipuan di Kamboja", "KBRI mencatat 1.231 pada 2-6 November.", 1231),
        ("zh", "柬埔寨遣返逾200名涉诈越南人", "警方说,周二共遣返217人。", 217),
        ("fr", "Le Cambodge expulse plus de 40 Japonais pour escroquerie", "La police a expulsé 43 Japonais mardi.", 43),
    ],
)
def test_a_rounded_headline_is_the_exact_figure_of_the_text(claims_of: Claims, language: str, title: str, text: str, exact: int) -> None:
    """ "Over 1,200" and 1,231 are one group; two rival figures in one article would be one too many."""
    claims = claims_of(title, text, language=language)
    assert set(counts(claims)) == {exact}
    assert all(claim.qualifier is Qualifier.EXACT for claim in claims if claim.role is Role.MAIN)


def test_a_rounded_figure_that_went_further_stays(claims_of: Claims) -> None:
    """235 arrested do not prove that 235 were deported."""
    claims = claims_of("More than 200 Thais deported from Cambodia over scams", "Police had arrested 235 Thais in a raid.")
    assert {(claim.count, claim.stage) for claim in claims if claim.role is Role.MAIN} == {(200, Stage.DEPORTED), (235, Stage.ARRESTED)}


@pytest.mark.parametrize("text", ["The flat stood on Road 1,450.", "Police found 1,350 phones.", "In 2023 the site was built."])
def test_not_every_number_is_the_exact_one(claims_of: Claims, text: str) -> None:
    """A thing, or a number of a quite other size, counts nobody."""
    title = (
        "Over 1,400 Malaysians leave scam sites in Cambodia" if "phones" in text else "Over 2,000 Malaysians leave scam sites in Cambodia"
    )
    assert counts(claims_of(title, text)) in ([1400], [2000])


@pytest.mark.parametrize(
    ("language", "text", "widest", "part"),
    [
        ("en", "Hundreds of Malaysians left scam sites in Cambodia, 212 in two days and 290 this month.", 290, None),
        ("en", "On Monday 45 Malaysians freed in Cambodia came to the embassy, 212 between 1 and 6 November.", 212, 45),
        ("id", "Pada Senin 45 WNI korban penipuan daring di Kamboja mendatangi KBRI, 212 pada 1-6 November.", 212, 45),
        ("en", "45 Malaysians were freed from scams in Cambodia on Monday.\n212 Malaysians were freed between 1 and 6 November.", 212, 45),
    ],
)
def test_the_widest_count_of_the_same_days_is_the_articles_own(
    claims_of: Claims, language: str, text: str, widest: int, part: int | None
) -> None:
    """ "45 on Monday, 212 this week": the day is a part of the week; neither is a second group."""
    claims = claims_of("", text, language=language)
    assert counts(claims) == [widest]
    assert part is None or counts(claims, Role.PART) == [part]


@pytest.mark.parametrize(
    ("language", "title", "text", "tally"),
    [
        ("en", "Cambodia deports 31 Malaysians over scams", "Since June 2,410 Malaysians have been deported.", 2410),
        ("en", "Cambodia deports 31 Malaysians over scams", "So far this year 2,410 Malaysians have been deported.", 2410),
        ("en", "Cambodia deports 31 Malaysians over scams", "In the past nine months 2,410 Malaysians were deported.", 2410),
        ("en", "Cambodia deports 31 Malaysians over scams", "From March to October 2,410 Malaysians were deported.", 2410),
        ("fr", "Le Cambodge expulse 31 Japonais pour escroquerie", "En neuf mois, 2 410 Japonais ont été expulsés.", 2410),
        ("vi", "Campuchia trục xuất 31 người Việt lừa đảo", "Trong 9 tháng, 2.410 người Việt bị trục xuất.", 2410),
        ("zh", "柬埔寨遣返31名涉诈越南人", "9个月来共遣返2410名越南人。", 2410),
    ],
)
def test_a_total_over_months_is_a_tally(claims_of: Claims, language: str, title: str, text: str, tally: int) -> None:
    """Such a total holds people of many groups; as one group it would be counted twice."""
    claims = claims_of(title, text, language=language)
    assert counts(claims) == [31]
    assert counts(claims, Role.TALLY) == [tally]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Cambodia deports 2,410 foreigners over scams", "Police said 2,410 foreigners were deported in the last nine months."),
        ("en", "Cambodia deports 2,410 foreigners over scams in nine months", ""),
        ("km", "៩ខែ កម្ពុជាបណ្ដេញជនបរទេស ២,៤១០នាក់ ករណីឆបោក", ""),
        ("es", "Camboya deporta a 2.410 chinos por estafa", "En los últimos nueve meses fueron deportados 2.410 chinos."),
    ],
)
def test_a_headline_is_the_total_that_its_text_explains(claims_of: Claims, language: str, title: str, text: str) -> None:
    """The headline drops "in nine months"; the ledger must not take it for one flight."""
    claims = claims_of(title, text, language=language)
    assert counts(claims) == []
    assert set(counts(claims, Role.TALLY)) == {2410}


@pytest.mark.parametrize(
    "text",
    [
        "Since last Friday 212 Malaysians have been freed from scams in Cambodia.",
        "Since 2 November 212 Malaysians have been freed from scams in Cambodia.",
    ],
)
def test_since_last_week_is_no_running_total(claims_of: Claims, text: str) -> None:
    """It is the wave of these days, and the news."""
    assert counts(claims_of("", text, published="2023-11-09")) == [212]


@pytest.mark.parametrize(
    "text",
    [
        "31 Malaysians in custody since June over scams in Cambodia.",
        "31 Malaysians held since June over scams in Cambodia were deported on Tuesday.",
        "31 Malaysians in custody in Cambodia since June over scams were deported on Tuesday.",
    ],
)
def test_in_custody_since_counts_nobody_since(claims_of: Claims, text: str) -> None:
    """It says how long they were held, not that 31 were held so far."""
    assert counts(claims_of("", text, published="2023-11-09")) == [31]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Cambodia, which has deported 600 foreigners in recent years, arrested 376 Thais this month over scams."),
        ("en", "Cambodia arrested 376 Thais this month over scams and deported 600 in recent years."),
        ("en", "In recent years Cambodia deported 600 foreigners over scams. This month it arrested 376 Thais."),
        ("zh", "近年来柬埔寨已遣返600名涉诈外国人。本月逮捕376名泰国人。"),
    ],
)
def test_the_past_is_said_of_its_own_figure(claims_of: Claims, language: str, text: str) -> None:
    """ "Deported 600 in recent years" beside "arrested 376 this month": two times, two steps."""
    claims = claims_of("", text, language=language)
    assert [(claim.count, claim.stage) for claim in claims if claim.role is Role.MAIN] == [(376, Stage.ARRESTED)]
    assert [claim.count for claim in claims if claim.role in (Role.BACKGROUND, Role.TALLY)] == [600]


@pytest.mark.parametrize(
    "text",
    [
        "Cambodia deported 30 Malaysians on Monday and 45 on Wednesday over scams.",
        "Police in Cambodia arrested 30 Malaysians in Poipet and 45 in Bavet over scams.",
    ],
)
def test_two_batches_stand_side_by_side(claims_of: Claims, text: str) -> None:
    """Neither holds the other: 75 people in all."""
    assert counts(claims_of("", text)) == [30, 45]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Cambodia arrests 75 in scam raids", "Police arrested 30 Malaysians in Poipet and 45 Thais in Bavet."),
        ("en", "Cambodia arrests 75 in scam raids", "Among them were 30 Malaysians and 45 Thais."),
        ("zh", "柬埔寨逮捕75名涉诈人员", "其中越南人30名,泰国人45名。"),
    ],
)
def test_the_parts_of_a_sum_are_not_two_more_groups(claims_of: Claims, language: str, title: str, text: str) -> None:
    """75 arrested are 30 and 45, not 150."""
    claims = claims_of(title, text, language=language)
    assert counts(claims)[:1] == [75]
    assert {claim.count for claim in claims if claim.role is Role.PART} == {30, 45}


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Cambodia deports 31 Malaysians and 14 Thais over scams"),
        ("id", "Kamboja mendeportasi 31 warga Malaysia dan 14 warga Thailand pelaku penipuan daring"),
        ("zh", "柬埔寨遣返31名马来西亚人和14名泰国人 涉电信诈骗"),
    ],
)
def test_groups_of_two_nationalities_are_both_the_articles_own(claims_of: Claims, language: str, title: str) -> None:
    """Both embassies must see theirs."""
    claims = claims_of(title, language=language)
    assert [(claim.count, claim.nationality) for claim in claims if claim.role is Role.MAIN] == [(31, ("MY",)), (14, ("TH",))]


def test_the_larger_part_of_a_rounded_whole_is_a_part(claims_of: Claims) -> None:
    """ "1,000 people, 900 of them Vietnamese" are 1,000 people."""
    claims = claims_of("", "About 1,000 people, 900 of them Vietnamese, were deported from Cambodia over scams.")
    assert (counts(claims), counts(claims, Role.PART)) == ([1000], [900])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Cambodia deported 34 Malaysians over scams; police earlier said 26 people."),
        ("id", "Kamboja mendeportasi 34 WNI karena penipuan daring; semula dilaporkan 26 orang."),
        ("zh", "柬埔寨遣返34名涉诈越南人,此前称26人。"),
        ("fr", "Le Cambodge a expulsé 34 Japonais pour escroquerie, et non 26 personnes."),
    ],
)
def test_a_corrected_figure_gives_way(claims_of: Claims, language: str, text: str) -> None:
    """A source that takes 26 back must not be quoted for 26."""
    claims = claims_of("", text, language=language)
    assert counts(claims) == [34]
    assert set(counts(claims, Role.PART)) <= {26}


@pytest.mark.parametrize(
    ("language", "title", "text", "stage"),
    [
        ("en", "27 Malaysians to be sent home from Cambodia", "Police rescued the 27 Malaysians from a scam compound.", Stage.RESCUED),
        ("en", "Cambodia to deport 27 Malaysians over scams", "The 27 Malaysians were arrested on Monday.", Stage.ARRESTED),
        ("id", "27 WNI di Kamboja akan dipulangkan", "Polisi menyelamatkan 27 WNI dari sindikat penipuan daring.", Stage.RESCUED),
    ],
)
def test_what_is_announced_stands_beside_what_was_done(claims_of: Claims, language: str, title: str, text: str, stage: Stage) -> None:
    """A reader needs both, and the ledger only what happened: the announced step is kept as a part, with its status."""
    claims = claims_of(title, text, language=language)
    assert [(claim.count, claim.stage, claim.status) for claim in claims if claim.role is Role.MAIN] == [(27, stage, Status.DONE)]
    assert [(claim.count, claim.status) for claim in claims if claim.role is Role.PART] == [(27, Status.ANNOUNCED)]


def test_what_only_was_announced_is_the_news(claims_of: Claims) -> None:
    """Nothing was done yet; the announcement is all there is."""
    (claim,) = claims_of("Cambodia to deport 27 Malaysians over scams")
    assert (claim.role, claim.status) == (Role.MAIN, Status.ANNOUNCED)


def test_others_who_only_ask_are_no_second_flight(claims_of: Claims) -> None:
    """Below the flight of one group papers tell how many of another are waiting."""
    claims = claims_of("Cambodia deports 31 Malaysians over scams", "Over 2,000 Thais turned to their embassy for help.")
    assert counts(claims) == [31]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Cambodia deports 68 foreigners over scams",
            "The group is made up of 31 Malaysians, 23 Thais and 14 Indians. Eleven are women.",
        ),
        ("zh", "柬埔寨遣返68名涉诈外国人", "其中包括31名马来西亚人、23名泰国人和14名印度人。"),
    ],
)
def test_a_list_that_adds_up_names_the_whole(claims_of: Claims, language: str, title: str, text: str) -> None:
    """68 foreigners of whom all 68 are listed are known by nationality."""
    claims = claims_of(title, text, language=language)
    assert [(claim.count, claim.nationality) for claim in claims if claim.role is Role.MAIN] == [(68, ("MY", "TH", "IN"))]


def test_a_list_that_does_not_add_up_names_nobody(claims_of: Claims) -> None:
    """37 of 68 are no basis for the other 31."""
    claims = claims_of("Cambodia deports 68 foreigners over scams", "The group includes 23 Thais and 14 Indians.")
    assert [(claim.count, claim.nationality) for claim in claims if claim.role is Role.MAIN] == [(68, None)]
