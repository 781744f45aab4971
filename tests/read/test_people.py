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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("hi", "कंबोडिया में ठगी के आरोप में गिरफ्तार 68 भारतीयों में से 48 को निर्वासित किया गया।"),
        ("ko", "캄보디아에서 사기 혐의로 체포된 한국인 68명 중 48명이 송환됐다."),
        ("ja", "カンボジアの詐欺拠点で逮捕された日本人68人のうち48人が送還された。"),
        ("zh", "在柬埔寨因电信诈骗被捕的68名韩国人中48人被遣返。"),
    ],
)
def test_some_of_a_group_are_read_where_the_whole_stands_first(claims_of: Claims, language: str, text: str) -> None:
    """ "Of 68, 48 were deported" is how these languages say it."""
    claims = claims_of("", text, language=language)
    assert [(claim.count, claim.stage, claim.role) for claim in claims] == [
        (48, Stage.DEPORTED, Role.MAIN),
        (68, Stage.ARRESTED, Role.MAIN),
    ]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "Cambodia rounds up 168 workers of 25 nationalities in scam raid.", [168]),
        ("fr", "Le Cambodge arrête 168 personnes de 25 nationalités pour escroquerie.", [168]),
        ("es", "Camboya arresta a 168 personas de 25 nacionalidades por estafa.", [168]),
        ("en", "He was arrested in Cambodia over scams and faces 20 years in prison.", []),
        ("en", "31 Malaysians were sentenced in Cambodia over scams to 20 years in prison.", [31]),
        ("en", "Police in Cambodia carried out 376 raids on scam sites.", []),
        ("en", "Cambodian police arrest 75 in scam raids.", [75]),
        ("en", "The agent charged each family in Cambodia 180,000 and was arrested over scams.", []),
        ("en", "Police in Cambodia rescued his son (23) from a scam compound.", []),
        ("en", "31 Malaysians were deported from Cambodia on flight 452 over scams.", [31]),
        ("en", "Ninety Chinese police escorted 31 scam suspects who were deported from Cambodia.", [31]),
        ("en", "31 Malaysians were deported from Cambodia; their scams defrauded 900 victims of $4 million.", [31]),
        ("id", "Kamboja menutup 200 lokasi penipuan dan menangkap 31 WNI berusia 25 tahun.", [31]),
        ("zh", "柬埔寨警方突袭200处电诈窝点,逮捕31名越南人,年龄20至45岁。", [31]),
    ],
)
def test_units_ages_and_others_are_no_people_of_ours(claims_of: Claims, language: str, text: str, wanted: list[int]) -> None:
    """Years, raids, flights, escorts and those who were cheated stand beside the figure in every report."""
    assert [claim.count for claim in claims_of("", text, language=language) if claim.role is Role.MAIN] == wanted


def test_who_does_it_is_not_whom_it_befalls(claims_of: Claims) -> None:
    """ "Thais to deport hundreds" counts no Thais."""
    claims = claims_of("Thais to deport hundreds from Cambodia over scams")
    assert [claim.nationality for claim in claims if claim.count == 200] in ([None], [])


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "Cambodia deports 19 Peruvians over online scams.", "PE"),
        ("en", "Cambodia deports 19 citizens of Kyrgyzstan over online scams.", "KG"),
        ("es", "Camboya deporta a 19 kenianos por estafas en línea.", "KE"),
        ("es", "Camboya deporta a 19 ciudadanos de Mongolia por estafas en línea.", "MN"),
        ("fr", "Le Cambodge expulse 19 Ougandais pour escroquerie en ligne.", "UG"),
        ("fr", "Le Cambodge expulse 19 ressortissants du Ghana pour escroquerie en ligne.", "GH"),
        ("de", "Kambodscha hat 19 Usbeken wegen Online-Betrugs abgeschoben.", "UZ"),
        ("it", "La Cambogia espelle 19 bangladesi per truffe online.", "BD"),
        ("pt", "Camboja deporta 19 angolanos por golpes online.", "AO"),
        ("tr", "Kamboçya 19 Kırgız vatandaşını dolandırıcılıktan sınır dışı etti.", "KG"),
        ("id", "Kamboja mendeportasi 19 WNA asal Nigeria karena penipuan online.", "NG"),
        ("ms", "Kemboja mengusir 19 warga Myanmar kerana scam.", "MM"),
        ("tl", "Dineport ng Cambodia ang 19 Vietnamese dahil sa online scam.", "VN"),
        ("vi", "Campuchia trục xuất 19 nghi phạm Hàn Quốc vì lừa đảo trực tuyến.", "KR"),
    ],
)
def test_people_of_many_countries_are_told_in_each_language(claims_of: Claims, language: str, text: str, code: str) -> None:
    """Anybody may be lured there: a list of neighbours alone would lose who comes from further away."""
    (claim,) = [claim for claim in claims_of("", text, language=language) if claim.role is Role.MAIN]
    assert (claim.count, claim.nationality) == (19, (code,))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Repatriados desde Camboya 19 colombianos que eran obligados a estafar."),
        ("fr", "Dix-neuf Kényans rapatriés depuis le Cambodge après des mois d'arnaques en ligne."),
    ],
)
def test_a_word_for_since_that_also_means_from_makes_no_total(claims_of: Claims, language: str, text: str) -> None:
    """ "Desde Camboya" is where they came from, and no count since a day."""
    assert [claim.count for claim in claims_of("", text, language=language) if claim.role is Role.MAIN] == [19]


def test_a_figure_that_is_taken_back_gives_its_people_to_the_right_one(claims_of: Claims) -> None:
    """ "41, not 46, Filipinos" are 41 Filipinos."""
    claims = claims_of("41, not 46, Filipinos rescued from scam compound in Cambodia")
    assert [(claim.count, claim.nationality) for claim in claims if claim.role is Role.MAIN] == [(41, ("PH",))]


def test_figures_in_brackets_before_their_people_count_them(claims_of: Claims) -> None:
    """Some papers print each figure twice, as a word and in brackets."""
    claims = claims_of("", "Ang siyamnapu't isang (91) Pilipino mula sa scam hub sa Cambodia ay nakauwi na.", language="tl")
    assert 91 in [claim.count for claim in claims if claim.role is Role.MAIN]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "The number of Indonesians who came to the embassy in Phnom Penh from Cambodian scam centres has climbed to 1,307.", 1307),
        ("zh", "柬埔寨诈骗园区逃出的印尼人前往大使馆求助,人数增至1307。", 1307),
        ("id", "Jumlah WNI korban sindikat penipuan yang melapor ke KBRI di Kamboja membengkak menjadi 1.307.", 1307),
    ],
)
def test_a_count_that_climbs_is_of_those_at_the_embassy(claims_of: Claims, language: str, text: str, count: int) -> None:
    """Such a count is printed without a noun, day after day."""
    (claim,) = [claim for claim in claims_of("", text, language=language) if claim.role is Role.MAIN]
    assert (claim.count, claim.nationality, claim.stage) == (count, ("ID",), Stage.RESCUED)


@pytest.mark.parametrize("victims", ["rang up thousands of Singaporeans", "cheated hundreds of Americans", "defrauded 2,400 Germans"])
def test_those_whom_a_ring_robbed_are_no_people_of_the_story(claims_of: Claims, victims: str) -> None:
    """They were never in Cambodia and nobody sent them home."""
    claims = claims_of("Cambodia deports scam suspects", f"Cambodia deported 14 Chinese of a scam ring that {victims}.")
    assert [(claim.count, claim.nationality) for claim in claims] == [(14, ("CN",))]
