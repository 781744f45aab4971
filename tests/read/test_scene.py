"""read.scene: which step was taken, which only asked for, announced or denied; whose people were brought home."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Claim, Role, Stage, Status

Claims = Callable[..., tuple[Claim, ...]]


def steps_of(claims: tuple[Claim, ...]) -> list[tuple[int | None, Stage | None, Status]]:
    return [(claim.count, claim.stage, claim.status) for claim in claims if claim.role is Role.MAIN]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "31 Malaysians turned to their embassy in Phnom Penh after months in a scam compound."),
        ("en", "31 Malaysians from scam sites in Cambodia are seeking help from the embassy to return home."),
        ("en", "31 Malaysians from scam sites in Cambodia requested deportation."),
        ("id", "31 WNI korban penipuan daring di Kamboja mengajukan deportasi."),
        ("ms", "31 rakyat Malaysia mangsa penipuan di Kemboja merayu dibawa pulang."),
        ("vi", "31 người Việt bị lừa đảo ở Campuchia xin được về nước."),
        ("th", "คนไทย 31 คนถูกหลอกทำงานสแกมเมอร์ในกัมพูชาขอกลับไทย"),
        ("zh", "31名陷柬埔寨电诈园区的越南人求助大使馆。"),
        ("ja", "カンボジアの詐欺拠点にいた日本人31人が大使館に助けを求めた。"),
        ("ko", "캄보디아 사기 단지에 있던 한국인 31명이 귀국을 희망했다."),
        ("hi", "कंबोडिया में साइबर ठगी में फंसे 31 भारतीयों ने दूतावास से मदद मांगी."),
        ("bn", "কম্বোডিয়ায় সাইবার প্রতারণার শিকার ৩১ বাংলাদেশি দেশে ফেরার আবেদন করেছেন।"),
        ("fr", "31 Malaisiens victimes d'arnaques au Cambodge demandent à être rapatriés."),
        ("de", "31 Chinesen, Opfer von Online-Betrug in Kambodscha, baten um Heimreise."),
        ("tl", "Humingi ng tulong sa embahada ang 31 Pinoy na biktima ng scam sa Cambodia."),
    ],
)
def test_who_asks_to_go_home_is_out(claims_of: Claims, language: str, text: str) -> None:
    """They have left the compound; no authority has announced anything."""
    assert steps_of(claims_of("", text, language=language)) == [(31, Stage.RESCUED, Status.DONE)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Seoul seeks repatriation of 31 Koreans from Cambodia over scams.", (31, Stage.REPATRIATED, Status.ANNOUNCED)),
        ("31 Malaysians arrested in Cambodia over scams asked to be deported.", (31, Stage.ARRESTED, Status.DONE)),
        ("31 Malaysians who asked to go home were repatriated from Cambodia after scams.", (31, Stage.REPATRIATED, Status.DONE)),
    ],
)
def test_who_is_asked_for_or_held_is_not(claims_of: Claims, text: str, wanted: tuple[object, ...]) -> None:
    """A government that wants people back has not got them; who asks in a cell is still in it."""
    assert steps_of(claims_of("", text)) == [wanted]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("hi", "कंबोडिया में ठगी के आरोप में गिरफ्तार 31 भारतीयों को निर्वासित नहीं किया गया।"),
        ("bn", "কম্বোডিয়ায় প্রতারণার অভিযোগে গ্রেপ্তার ৩১ বাংলাদেশিকে বহিষ্কার করা হয়নি।"),
        ("ne", "कम्बोडियामा ठगी आरोपमा पक्राउ परेका ३१ नेपाली डिपोर्ट भएनन्।"),
        ("ur", "کمبوڈیا میں فراڈ کے الزام میں گرفتار 31 پاکستانی ڈی پورٹ نہیں کیے گئے۔"),
        ("ko", "캄보디아에서 사기 혐의로 체포된 한국인 31명은 송환되지 않았다."),
        ("ja", "カンボジアで詐欺の疑いで逮捕された日本人31人は送還されていない。"),
        ("tr", "Kamboçya'da dolandırıcılıktan tutuklanan 31 Çinli sınır dışı edilmedi."),
    ],
)
def test_not_behind_the_verb_is_heard_too(claims_of: Claims, language: str, text: str) -> None:
    """Half of our languages say "not" and "will" behind the step."""
    assert steps_of(claims_of("", text, language=language)) == [(31, Stage.ARRESTED, Status.DONE)]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ko", "캄보디아 보이스피싱 한국인 31명 송환 예정"),
        ("bn", "কম্বোডিয়ায় প্রতারণার অভিযোগে ৩১ বাংলাদেশিকে বহিষ্কার করা হবে।"),
        ("hi", "कंबोडिया में ठगी के आरोपी 31 भारतीय निर्वासित किए जाएंगे"),
        ("ja", "カンボジア特殊詐欺 日本人31人を送還する方針"),
        ("de", "Kambodscha: 31 Chinesen sollen wegen Online-Betrugs abgeschoben werden"),
    ],
)
def test_will_behind_the_verb_is_heard_too(claims_of: Claims, language: str, title: str) -> None:
    """ "To be deported" told as deported is a false report in every language."""
    ((count, stage, status),) = steps_of(claims_of(title, language=language))
    assert (count, stage in (Stage.DEPORTED, Stage.REPATRIATED), status) == (31, True, Status.ANNOUNCED)


@pytest.mark.parametrize(
    ("language", "title", "nationality"),
    [
        ("en", "South Korea brings home 29 from Cambodia over scams", "KR"),
        ("en", "29 scam suspects repatriated to Malaysia from Cambodia", "MY"),
        ("ja", "カンボジアの詐欺拠点から日本に帰国した29人", "JP"),
    ],
)
def test_who_is_brought_home_is_of_that_country(claims_of: Claims, language: str, title: str, nationality: str) -> None:
    """Papers name the country alone where everybody knows whom it brings home."""
    (claim,) = claims_of(title, language=language)
    assert (claim.nationality, claim.to, claim.role) == ((nationality,), (nationality,), Role.MAIN)


@pytest.mark.parametrize("title", ["29 scam suspects deported to China from Cambodia", "Thailand repatriates 29 through Poipet over scams"])
def test_who_is_deported_to_a_country_need_not_be_of_it(claims_of: Claims, title: str) -> None:
    """Taiwanese were deported to China; whom Thailand sends through Poipet are Cambodians."""
    assert [claim.nationality for claim in claims_of(title)] == [None]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hundreds of Malaysians fled scam sites in Cambodia; 208 came on Monday."),
        ("id", "Gelombang WNI melarikan diri dari pusat penipuan di Kamboja; 208 orang datang pada Senin."),
    ],
)
def test_a_clause_behind_a_semicolon_goes_on(claims_of: Claims, language: str, text: str) -> None:
    """Agencies give the figure in the second half."""
    claims = [claim for claim in claims_of("", text, language=language) if claim.role is Role.MAIN]
    assert {(claim.count, claim.stage) for claim in claims} == {(208, Stage.RESCUED)}
    assert all(claim.nationality for claim in claims)


def test_a_clause_of_other_people_does_not(claims_of: Claims) -> None:
    """ "85 Thais had visas" says nothing of an arrest."""
    claims = claims_of("", "Nearly 100 Malaysians were arrested in Cambodia over scams; 85 Thais had valid visas.")
    assert [(claim.count, claim.stage) for claim in claims] == [(100, Stage.ARRESTED)]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Eleven Kenyans still far from home", "The scam site stands in Bavet, Cambodia. They were rescued on Monday."),
        ("id", "Sebelas WNI masih jauh dari rumah", "Lokasi penipuan daring itu ada di Bavet, Kamboja. Mereka diselamatkan pada Senin."),
    ],
)
def test_people_who_were_only_counted_take_the_step_that_is_said_of_them(claims_of: Claims, language: str, title: str, text: str) -> None:
    """Features count their people in one sentence and say in another what befell them."""
    assert steps_of(claims_of(title, text, language=language)) == [(11, Stage.RESCUED, Status.DONE)]


@pytest.mark.parametrize(("printed", "count"), [("Dix-sept", 17), ("Vingt-sept", 27)])
def test_the_end_of_a_number_word_is_no_month(claims_of: Claims, printed: str, count: int) -> None:
    """A French headline that spells its figure would lose it to September."""
    claims = claims_of(f"{printed} Sénégalais piégés dans un centre d'arnaque au Cambodge rentrent au pays", language="fr")
    assert [(claim.count, claim.nationality) for claim in claims] == [(count, ("SN",))]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("zh", "16台人涉詐在西港落網 外交部盼遣返回台"),
        ("en", "Seoul seeks the return of 16 Koreans arrested in Cambodian scam raid"),
        ("en", "Seoul hopes 16 Koreans arrested in Cambodian scam centre will be sent home"),
    ],
)
def test_what_another_authority_hopes_for_was_not_done(claims_of: Claims, language: str, title: str) -> None:
    """They were arrested; that they came home would be a false report."""
    claims = claims_of(title, language=language)
    assert [(claim.count, claim.stage) for claim in claims if claim.role is Role.MAIN] == [(16, Stage.ARRESTED)]


def test_people_held_in_a_raid_were_detained(claims_of: Claims) -> None:
    """The raid is what was done to the place."""
    text = "Police raided a scam office in Bavet, Cambodia, and took 57 foreigners into custody."
    claims = claims_of("57 foreigners held as police storm Cambodia scam office", text)
    assert {claim.stage for claim in claims if claim.role is Role.MAIN} == {Stage.DETAINED}
