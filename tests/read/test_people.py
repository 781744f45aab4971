"""read.people: whom a number counts, and that it counts no people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from watcher.model import Claim, Role, Stage

Claims = Callable[..., tuple[Claim, ...]]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Cambodia deports one group of Vietnamese citizens over scams"),
        ("vi", "Campuchia trục xuất một nhóm công dân Việt Nam vì lừa đảo"),
        ("id", "Kamboja mendeportasi sekelompok WNI pelaku penipuan daring"),
        ("id", "Kamboja mendeportasi satu kelompok WNI pelaku penipuan daring"),
        ("ms", "Kemboja mengusir satu kumpulan rakyat Malaysia, suspek penipuan dalam talian"),
        ("es", "Camboya deporta a un grupo de ciudadanos chinos por estafa"),
        ("pt", "Camboja deporta um grupo de cidadãos chineses por golpes"),
        ("fr", "Le Cambodge expulse un groupe de ressortissants japonais pour escroquerie"),
        ("zh-Hans", "柬埔寨遣返一批涉电信诈骗的中国公民"),
        ("zh-Hans", "柬埔寨警方逮捕一群涉诈中国人"),
        ("zh-Hant", "柬埔寨再遣返兩批涉電信詐騙的中國公民"),
        ("ko", "캄보디아서 한국인 한 무리 송환, 보이스피싱 혐의"),
        ("th", "กัมพูชาส่งกลับคนไทยกลุ่มหนึ่ง แก๊งคอลเซ็นเตอร์"),
    ],
)
def test_a_group_is_not_one_person(claims_of: Claims, language: str, title: str) -> None:
    """ "One group" told as "1 person deported" is a figure that nobody gave."""
    assert [claim.count for claim in claims_of(title, language=language)] == []


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Cambodia deports one Vietnamese man over scams"),
        ("vi", "Campuchia trục xuất một người Việt vì lừa đảo"),
        ("zh-Hans", "柬埔寨遣返一名涉电信诈骗的中国公民"),
        ("id", "Kamboja mendeportasi seorang WNI pelaku penipuan daring"),
    ],
)
def test_one_person_is_one(claims_of: Claims, language: str, title: str) -> None:
    """A single person sent home is news too."""
    assert [claim.count for claim in claims_of(title, language=language)] == [1]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-Hans", "警方说,两架包机从柬埔寨将涉电信诈骗被捕的中国公民遣返回国。"),
        ("zh-Hans", "柬埔寨警方突袭三栋公寓,逮捕涉诈中国公民。"),
        ("ja", "カンボジアの詐欺拠点で拘束された日本人は2便のチャーター機で移送された。"),
        ("ko", "캄보디아 사기 단지에서 체포된 한국인들은 전세기 2대로 송환됐다."),
        ("th", "กัมพูชาส่งกลับคนไทยแก๊งคอลเซ็นเตอร์ด้วยรถ 5 คัน"),
        ("vi", "Campuchia trục xuất người Việt lừa đảo bằng hai máy bay."),
        ("en", "Cambodia deported scam suspects on two planes and called 3 ambassadors."),
    ],
)
def test_things_are_not_people(claims_of: Claims, language: str, text: str) -> None:
    """Two planes of deported people are not two people."""
    assert [claim.count for claim in claims_of("", text, language=language)] == []


def test_police_behind_a_counter_are_not_the_story(claims_of: Claims) -> None:
    """90名警察 are the escort, and would be told as ninety deported."""
    claims = claims_of("", "90名警察将58名越南人从柬埔寨遣返,他们涉嫌电信诈骗。", language="zh")
    assert [claim.count for claim in claims] == [58]


def test_a_verb_ends_what_a_unit_may_reject(claims_of: Claims) -> None:
    """ "376 arrested in raids" counts people, not raids."""
    assert [claim.count for claim in claims_of("376 arrested in raids on scam compounds in Cambodia")] == [376]


def test_a_figure_and_its_part_are_told_apart(claims_of: Claims) -> None:
    """In "the 74 suspects, 14 of them women" the 14 are the part, not the 74."""
    claims = claims_of(
        "Cambodia deports Chinese over online scams",
        "Dozens of Chinese were deported from Cambodia. The 74 suspects, 14 of them women, left on Thursday.",
    )
    assert [(claim.count, claim.role) for claim in claims] == [(74, Role.MAIN), (14, Role.PART)]


@pytest.mark.parametrize(
    ("language", "text", "whole"),
    [
        ("en", "48 of 68 South Koreans arrested in a scam raid in Cambodia were deported on Tuesday.", [Stage.ARRESTED]),
        ("en", "48 of the 68 South Koreans were deported from Cambodia over scams on Tuesday.", []),
        ("id", "48 dari 68 WNI yang ditangkap di Kamboja karena penipuan daring dideportasi pada Selasa.", [Stage.ARRESTED]),
        ("vi", "48 trong số 68 người Việt bị bắt vì lừa đảo bị Campuchia trục xuất.", [Stage.ARRESTED]),
    ],
)
def test_some_of_a_group_are_a_figure_and_its_whole_is_an_earlier_one(
    claims_of: Claims, language: str, text: str, whole: list[Stage]
) -> None:
    """68 were arrested, 48 of them left: "68 deported" would be false, as a figure and as a total."""
    claims = claims_of("", text, language=language)
    assert [claim.stage for claim in claims if claim.count == 68] == whole
    assert [(claim.role, claim.stage) for claim in claims if claim.count == 48] == [(Role.MAIN, Stage.DEPORTED)]
    assert all(claim.role is Role.MAIN and claim.date is None for claim in claims if claim.count == 68)
    assert {claim.nationality for claim in claims} in ({("KR",)}, {("ID",)}, {("VN",)})


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", "Five of the 31 Malaysians deported from Cambodia over scams were women."),
        ("Cambodia deports 31 Malaysians over scams", "Five of the 31 Malaysians who were deported are wanted at home."),
    ],
)
def test_some_who_are_only_described_are_a_part(claims_of: Claims, title: str, text: str) -> None:
    """All 31 left; that five of them are women is no second flight."""
    claims = claims_of(title, text)
    assert {claim.count: claim.role for claim in claims} == {31: Role.MAIN, 5: Role.PART}


def test_some_who_went_further_than_the_group_are_the_news(claims_of: Claims) -> None:
    """The arrest stands above, the flight of some below."""
    claims = claims_of(
        "Scam suspects of Cambodia raid flown home", "Police arrested 68 Koreans. 48 of the 68 Koreans were deported on Tuesday."
    )
    assert {(claim.count, claim.stage) for claim in claims if claim.role is Role.MAIN} == {(48, Stage.DEPORTED), (68, Stage.ARRESTED)}


def test_the_whole_of_a_group_keeps_its_own_day(claims_of: Claims) -> None:
    """The raid was not on the day of the flight."""
    claims = claims_of("", "48 of 68 South Koreans arrested in a scam raid in Cambodia were deported on Tuesday.", published="2023-11-09")
    assert {claim.count: claim.date for claim in claims} == {48: date(2023, 11, 7), 68: None}
