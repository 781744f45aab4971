"""read.clauses: each figure with the step of its own clause, what is announced beside it, and on which day that is to be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from watcher.model import Claim, Role, Stage, Status

Claims = Callable[..., tuple[Claim, ...]]
WEDNESDAY = "2024-08-14"


def steps_of(claims: tuple[Claim, ...], role: Role = Role.MAIN, status: Status = Status.DONE) -> dict[int | None, bool]:
    """The figures of a role, each with whether its people left the country."""
    return {
        claim.count: claim.stage in (Stage.DEPORTED, Stage.REPATRIATED) for claim in claims if claim.role is role and claim.status is status
    }


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "212 Vietnamese arrested in Cambodia scam raid, 38 Vietnamese deported"),
        ("en", "212 Vietnamese arrested in Cambodia scam raid; 38 deported"),
        ("en", "Cambodian police arrested 212 Vietnamese over online scams and deported 38 of them"),
        ("en", "Cambodia deported 38 Vietnamese, while 212 Vietnamese were arrested over scams"),
        ("zh", "柬埔寨警方逮捕212名涉诈越南人，其中38人被遣返"),
        ("es", "Detienen a 212 vietnamitas en Camboya por estafa, 38 vietnamitas son deportados"),
        ("id", "212 WN Vietnam ditangkap di Kamboja kasus penipuan, 38 WN Vietnam dideportasi"),
        ("th", "กัมพูชาจับกุมชาวเวียดนาม 212 คน คดีหลอกลวงออนไลน์ เนรเทศ 38 คน"),
        ("km", "កម្ពុជាចាប់ខ្លួនជនជាតិវៀតណាម ២១២ នាក់ ករណីឆបោក និងបណ្ដេញចេញ ៣៨ នាក់"),
        ("fr", "212 Vietnamiens arrêtés au Cambodge pour escroquerie, 38 Vietnamiens expulsés"),
        ("ja", "カンボジアで詐欺容疑のベトナム人212人を逮捕、38人を強制送還"),
        ("ko", "캄보디아서 사기 혐의 베트남인 212명 체포, 38명 추방"),
    ],
)
def test_each_figure_takes_the_step_of_its_own_clause(claims_of: Claims, language: str, sentence: str) -> None:
    """ "212 deported" would be a false figure in a ledger that ministries read; 38 were."""
    claims = claims_of(sentence, language=language)
    assert steps_of(claims) == {212: False, 38: True}
    assert {claim.nationality for claim in claims if claim.role is Role.MAIN} == {("VN",)}


@pytest.mark.parametrize(
    ("language", "sentence", "counts"),
    [
        ("en", "In Cambodia 225 Malaysians and 151 Thais were deported over scams.", {225, 151}),
        ("en", "Cambodia arrested and deported 225 Malaysians and 151 Thais over scams.", {225, 151}),
        ("en", "In Cambodia 376 Malaysians were arrested over scams and deported.", {376}),
        ("en", "The 25 Malaysians and 3 Thais, arrested in a scam raid in Cambodia, were deported.", {25, 3}),
        ("zh", "柬埔寨逮捕并遣返225名涉诈越南人和151名泰国人。", {225, 151}),
        ("es", "Camboya detuvo y deportó a 225 vietnamitas y 151 tailandeses por estafa.", {225, 151}),
    ],
)
def test_a_verb_that_is_shared_is_of_all(claims_of: Claims, language: str, sentence: str, counts: set[int]) -> None:
    """Who was arrested and deported was deported, on whichever side of a comma the verb stands."""
    assert steps_of(claims_of("", sentence, language=language)) == dict.fromkeys(counts, True)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Cambodia to deport 60 Chinese arrested in scam raids"),
        ("en", "27 Indians to fly home from Cambodia after police rescued them from scam compound"),
        ("zh", "柬埔寨将遣返60名在诈骗园区被捕的越南人"),
        ("id", "Kamboja akan mendeportasi 60 WN Tiongkok yang ditangkap kasus penipuan"),
        ("km", "កម្ពុជានឹងបណ្ដេញជនជាតិចិន ៦០ នាក់ ដែលត្រូវបានចាប់ខ្លួនករណីឆបោក"),
        ("th", "กัมพูชาเตรียมเนรเทศชาวจีน 60 คน ที่ถูกจับกุมคดีหลอกลวง"),
        ("es", "Camboya deportará a 60 chinos detenidos por estafa"),
    ],
)
def test_what_is_announced_in_the_sentence_of_an_arrest_is_read(claims_of: Claims, language: str, title: str) -> None:
    """The arrest is what is done; that the same people are to leave must not be lost beside it."""
    claims = claims_of(title, language=language)
    (count,) = {claim.count for claim in claims}
    assert steps_of(claims) == {count: False}
    assert steps_of(claims, Role.PART, Status.ANNOUNCED) == {count: True}
    assert len({claim.nationality for claim in claims}) == 1


def test_some_of_those_arrested_are_to_leave(claims_of: Claims) -> None:
    """ "38 of them will be deported" is neither 212 deported nor 212 to be deported."""
    claims = claims_of(
        "", "Cambodian police arrested 212 Thais over scams, and 38 of them will be deported on Friday.", published=WEDNESDAY
    )
    assert steps_of(claims) == {212: False}
    assert [(one.count, one.status, one.date) for one in claims if one.role is Role.PART] == [(38, Status.ANNOUNCED, date(2024, 8, 16))]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Cambodia will deport 60 Chinese on Monday over online scams."),
        ("en", "Cambodia will on Monday deport 60 Chinese over online scams."),
        ("zh", "柬埔寨将于周一遣返60名涉诈越南人。"),
        ("id", "Kamboja akan mendeportasi 60 WN Tiongkok pada Senin terkait penipuan daring."),
        ("km", "កម្ពុជានឹងបណ្ដេញជនជាតិចិន ៦០ នាក់ នៅថ្ងៃច័ន្ទ ករណីឆបោក"),
        ("th", "กัมพูชาจะเนรเทศชาวจีน 60 คน ในวันจันทร์ คดีหลอกลวงออนไลน์"),
        ("es", "Camboya deportará el lunes a 60 chinos por estafas en línea."),
    ],
)
def test_what_is_announced_for_monday_is_the_next_one(claims_of: Claims, language: str, text: str) -> None:
    """Last Monday would say that they have left."""
    (claim,) = claims_of("", text, language=language, published=WEDNESDAY)
    assert (claim.role, claim.status, claim.count, claim.date) == (Role.MAIN, Status.ANNOUNCED, 60, date(2024, 8, 19))


@pytest.mark.parametrize(("printed", "day"), [("25 August", date(2024, 8, 25)), ("16 August", date(2024, 8, 16))])
def test_a_printed_day_of_the_next_weeks_lies_ahead(claims_of: Claims, printed: str, day: date) -> None:
    """An announcement of eleven days ahead is no event of last year."""
    (claim,) = claims_of(f"Cambodia to deport 60 Chinese on {printed} over scams", published=WEDNESDAY)
    assert (claim.role, claim.status, claim.date) == (Role.MAIN, Status.ANNOUNCED, day)


def test_the_day_of_telling_stays_behind(claims_of: Claims) -> None:
    """Police said it on Monday; nobody said when they leave."""
    (claim,) = claims_of("", "Police said on Monday that Cambodia will deport 60 Chinese over scams.", published=WEDNESDAY)
    assert (claim.status, claim.date) == (Status.ANNOUNCED, date(2024, 8, 12))


def test_an_announcement_about_people_held_long_ago_is_the_news(claims_of: Claims) -> None:
    """They were arrested a month and a half ago; that they leave on Friday, as the text says below, is what is told."""
    text = "The 60 Thais were arrested in a scam raid in July. They will be sent home on Friday."
    claims = claims_of("60 Thais to be deported from Cambodia over scams", text, published=WEDNESDAY)
    assert [(one.status, one.date) for one in claims if one.role is Role.MAIN] == [(Status.ANNOUNCED, date(2024, 8, 16))]
    assert [one.stage for one in claims if one.role is Role.BACKGROUND] == [Stage.ARRESTED]


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Cambodia deported 74 of the 376 Chinese arrested in scam raids in July on 8 August.", date(2024, 8, 8)),
        ("Cambodia deported 74 of the 376 Chinese arrested in scam raids on 12 August.", date(2024, 8, 12)),
        ("Cambodia on 8 August deported 74 of the 376 Chinese arrested in scam raids.", date(2024, 8, 8)),
    ],
)
def test_the_day_of_some_who_left_is_not_that_of_the_arrest(claims_of: Claims, sentence: str, day: date) -> None:
    """The day is the flight's, wherever the arrest stands."""
    claims = claims_of("", sentence, published=WEDNESDAY)
    assert {(one.count, one.date) for one in claims if one.role is Role.MAIN} == {(74, day), (376, None)}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Cambodia deports 25 Japanese over scams", "The 25 Japanese were arrested on arrival in Tokyo on Wednesday."),
        ("en", "25 Japanese deported from Cambodia scam base", "Tokyo police arrested the 25 Japanese on board the plane."),
        ("es", "Camboya deporta a 25 japoneses por estafa", "Los 25 japoneses fueron detenidos al llegar a Tokio."),
    ],
)
def test_custody_on_landing_stands_beside_the_deportation(claims_of: Claims, language: str, title: str, text: str) -> None:
    """It is another country's, and later; as a step of its own it would read as an earlier arrest in Cambodia."""
    claims = claims_of(title, text, language=language, published=WEDNESDAY)
    assert steps_of(claims) == {25: True}
    assert steps_of(claims, Role.PART) == {25: False}


def test_an_arrest_in_cambodia_is_a_step_before(claims_of: Claims) -> None:
    """Only custody abroad is put aside."""
    claims = claims_of(
        "Cambodia deports 25 Japanese over scams", "Police arrested the 25 Japanese in Phnom Penh on 3 August.", published=WEDNESDAY
    )
    assert Stage.ARRESTED in {one.stage for one in claims if one.role is Role.MAIN}
