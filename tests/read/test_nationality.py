"""read.nationality: whose people they are, in every language of the files, said beside the figure or elsewhere in the article."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Claim, Role, Stage

Claims = Callable[..., tuple[Claim, ...]]


def main(claims: tuple[Claim, ...]) -> Claim:
    (claim,) = [claim for claim in claims if claim.role is Role.MAIN]
    return claim


@pytest.mark.parametrize(
    ("language", "title", "nationality"),
    [
        ("ru", "Камбоджа депортировала 27 граждан Кыргызстана, работавших в колл-центре мошенников", "KG"),
        ("ru", "Камбоджа депортировала 14 бангладешцев", "BD"),
        ("ru", "Из Камбоджи депортированы семеро таджикистанцев", "TJ"),
        ("ar", "كمبوديا ترحّل 33 جزائرياً من مركز احتيال", "DZ"),
        ("ar", "كمبوديا ترحّل 12 مواطناً نيبالياً", "NP"),
        ("hi", "कंबोडिया ने 23 श्रीलंकाई नागरिकों को निर्वासित किया", "LK"),
        ("hi", "कंबोडिया ने केन्या के 9 नागरिकों को निर्वासित किया", "KE"),
        ("ur", "کمبوڈیا نے نیپال کے 11 شہری ڈی پورٹ کر دیے", "NP"),
        ("bn", "কম্বোডিয়া নেপালের ১৯ নাগরিককে ফেরত পাঠিয়েছে", "NP"),
        ("ne", "कम्बोडियाले भारतका १२ नागरिकलाई निष्कासन गर्‍यो", "IN"),
        ("bn", "কম্বোডিয়া থেকে ১৯ নেপালিকে ফেরত পাঠানো হয়েছে", "NP"),
        ("ne", "कम्बोडियाले १७ बंगलादेशीलाई निष्कासन गर्‍यो", "BD"),
        ("ta", "கம்போடியாவில் இருந்து 8 நேபாளியர்கள் நாடு கடத்தப்பட்டனர்", "NP"),
        ("ur", "کمبوڈیا سے 21 نیپالی ڈی پورٹ", "NP"),
        ("mr", "कंबोडियातून १२ नेपाळी नागरिक हद्दपार", "NP"),
        ("th", "กัมพูชาเนรเทศชาวคีร์กีซ 11 คน", "KG"),
        ("th", "กัมพูชาเนรเทศแรงงานเมียนมา 26 คน", "MM"),
        ("ko", "캄보디아, 카자흐스탄인 13명 추방", "KZ"),
        ("zh-Hans", "柬埔寨遣返16名越南劳工", "VN"),
        ("zh-Hant", "柬埔寨遣返16名內地疑犯", "CN"),
        ("ja", "カンボジア、キルギス人12人を国外追放", "KG"),
        ("km", "កម្ពុជាបណ្តេញជនជាតិហ្វីលីពីន ១៤ នាក់", "PH"),
        ("my", "ကမ္ဘောဒီးယားက ထိုင်းနိုင်ငံသား ၂၁ ဦးကို ပြည်နှင်", "TH"),
    ],
)
def test_a_people_is_known_by_its_name(claims_of: Claims, language: str, title: str, nationality: str) -> None:
    """Readers search by nationality, and an embassy is told by it."""
    claim = main(claims_of(title, "", language=language))
    assert (claim.nationality, claim.stage) == ((nationality,), Stage.DEPORTED)


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("zh-Hans", "越南抓获16名嫌犯", "越南警方说,16名嫌犯在柬埔寨经营诈骗窝点。"),
        ("ko", "중국에서 청년 3명 체포", "중국에서 청년 3명이 체포됐다. 캄보디아 사기 조직과 연결됐다."),
    ],
)
def test_a_country_where_something_happens_is_no_nationality(claims_of: Claims, language: str, title: str, text: str) -> None:
    """Suspects who are caught in Viet Nam need not be Vietnamese."""
    assert not [claim for claim in claims_of(title, text, language=language) if claim.nationality]


@pytest.mark.parametrize(
    ("language", "title", "text", "nationality"),
    [
        ("zh-Hant", "柬埔寨遣返詐騙犯 32人押抵桃機", "刑事局將32人自金邊押解返國,落地後移送地檢署。", "TW"),
        ("zh-Hans", "柬埔寨向中方移交电诈嫌犯", "湖南警方将74名电诈嫌疑人从柬埔寨押解回国。", "CN"),
        ("ko", "캄보디아 스캠 가담 31명 국내로 송환", "31명은 인천공항에서 곧바로 체포됐다.", "KR"),
        ("ja", "カンボジアの詐欺拠点から21人を移送", "21人は羽田空港に移送された。", "JP"),
        ("th", "กัมพูชาส่งกลับ 38 คน แก๊งคอลเซ็นเตอร์", "ทั้ง 38 คน ถูกส่งกลับไทยผ่านด่านคลองลึก", "TH"),
        ("hi", "कंबोडिया से 12 युवक वतन लौटे", "साइबर ठगी में फंसे 12 युवक दिल्ली पहुंचे।", "IN"),
        ("ne", "कम्बोडियाबाट ८ युवा स्वदेश फर्किए", "ठगीमा लगाइएका ८ युवा त्रिभुवन विमानस्थल आइपुगे।", "NP"),
        ("ta", "கம்போடியாவில் சிக்கிய 9 பேர் சென்னை திரும்பினர்", "மோசடி கும்பலிடம் சிக்கிய 9 பேர் சென்னை விமான நிலையம் வந்தடைந்தனர்.", "IN"),
    ],
)
def test_who_comes_home_is_of_that_country(claims_of: Claims, language: str, title: str, text: str, nationality: str) -> None:
    """A paper does not tell its readers that the people brought home are theirs."""
    assert {claim.nationality for claim in claims_of(title, text, language=language) if claim.role is Role.MAIN} == {(nationality,)}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("zh-Hans", "柬埔寨遣返32名外国人", "32名外国人从金边机场离境。广州警方协助了调查。"),  # foreigners, without a word from where
        ("ko", "캄보디아에서 31명 체포", "경찰은 31명을 캄보디아 포이펫에서 체포했다."),  # caught there: nobody came home
        ("ja", "カンボジアから21人を移送", "21人はタイ人とベトナム人のグループとみられる。"),  # two peoples are named
    ],
)
def test_no_nationality_where_the_article_says_none(claims_of: Claims, language: str, title: str, text: str) -> None:
    """A wrong nationality is worse than none."""
    claims = claims_of(title, text, language=language)
    assert claims and not [claim for claim in claims if claim.role is Role.MAIN and claim.nationality]


@pytest.mark.parametrize(
    ("language", "title", "text", "nationality"),
    [
        (
            "zh-Hans",
            "柬埔寨再遣返58名外国人",
            "移民总局9日将58名从事网络诈骗的外国人驱逐出境,分属泰国、印尼和尼泊尔三国。",
            ("TH", "ID", "NP"),
        ),
        (
            "en",
            "Cambodia deports 58 foreigners over scams",
            "The 58 foreigners are from Thailand, Indonesia and Nepal.",
            ("TH", "ID", "NP"),
        ),
        ("zh-Hans", "柬警拘40名外籍人士", "警方突查波贝园区,带走40名外籍男女。其中泰国籍25人、越南籍15人。", ("TH", "VN")),
        ("km", "កម្ពុជាបណ្តេញជនបរទេស ៥០ នាក់", "ជនបរទេស ៥០ នាក់ត្រូវបានបណ្តេញ។ ក្នុងនោះមានជនជាតិចិន ៣០ នាក់ វៀតណាម ២០ នាក់។", ("CN", "VN")),
        ("zh-Hans", "西港警方拘捕30人", "警方在西港拘捕30人,包括14名中国人、10名缅甸人和6名印尼人。", ("CN", "MM", "ID")),
        ("ko", "캄보디아 사기 조직 급습…중국인·태국인 24명 체포", "경찰은 포이펫에서 24명을 체포했다.", ("CN", "TH")),
    ],
)
def test_a_group_of_several_peoples_is_of_all_of_them(
    claims_of: Claims, language: str, title: str, text: str, nationality: tuple[str, ...]
) -> None:
    """ "58 foreigners" is found under each of the countries that the article lists."""
    assert {claim.nationality for claim in claims_of(title, text, language=language) if claim.role is Role.MAIN} == {nationality}


@pytest.mark.parametrize(
    ("language", "title", "count", "nationality"),
    [
        ("ko", "캄보디아 체포 한국인 23명 아닌 21명", 21, "KR"),
        ("ja", "カンボジアで拘束の日本人、8人ではなく7人", 7, "JP"),
        ("hi", "कंबोडिया में गिरफ्तार भारतीय 15 नहीं, 14 लोग", 14, "IN"),
    ],
)
def test_a_figure_that_is_taken_back_gives_way(claims_of: Claims, language: str, title: str, count: int, nationality: str) -> None:
    """A correction names the wrong figure too; told again, it would stay wrong."""
    claim = main(claims_of(title, "", language=language))
    assert (claim.count, claim.nationality) == (count, (nationality,))


def test_the_last_batch_is_the_news_and_the_sum_a_tally(claims_of: Claims) -> None:
    """Counted twice, 52 people would stand in the ledger as 75."""
    text = "캄보디아에 구금됐던 한국인 12명이 8일 전세기로 인천공항에 도착했다. 이로써 6일부터 사흘간 20명, 20명, 12명 등 모두 52명이 송환됐다."
    claims = claims_of("캄보디아 전세기 도착…사흘간 52명 송환", text, language="ko", published="2023-11-09")
    assert {claim.count for claim in claims if claim.role is Role.MAIN} == {12}
    assert 52 in {claim.count for claim in claims if claim.role is Role.TALLY}


def test_other_people_of_an_earlier_week_are_background(claims_of: Claims) -> None:
    """They had a story of their own when they left."""
    text = "អគ្គនាយកដ្ឋានអន្តោប្រវេសន៍បានបណ្តេញជនជាតិថៃ ១៩ នាក់។ កាលពីសប្ដាហ៍មុន ជនជាតិម៉ាឡេស៊ី ៨ នាក់ ក៏ត្រូវបានបញ្ជូនចេញដែរ។"
    claims = claims_of("កម្ពុជាបណ្តេញជនជាតិថៃ ១៩ នាក់", text, language="km", published="2023-11-16")
    assert {(claim.count, claim.role) for claim in claims} == {(19, Role.MAIN), (8, Role.BACKGROUND)}


def test_years_in_prison_are_no_span_of_counting(claims_of: Claims) -> None:
    """ "Two men, five years in prison" counts nobody over five years."""
    claim = main(claims_of("কম্বোডিয়ায় অনলাইন প্রতারণা: ২ বাংলাদেশির ৫ বছরের কারাদণ্ড", "", language="bn"))
    assert (claim.count, claim.stage) == (2, Stage.SENTENCED)


@pytest.mark.parametrize(
    ("language", "title", "text", "stage", "nationality"),
    [
        ("zh-Hans", "诈骗集团主犯在金边被判10年", "金边法院判处一名越南籍诈骗集团主犯有期徒刑10年。", Stage.SENTENCED, "VN"),
        ("th", "ศาลพนมเปญจำคุกเจ้าพ่อสแกมเมอร์", "ศาลพิพากษาจำคุกเจ้าพ่อสแกมเมอร์ชาวจีนในกัมพูชา 15 ปี", Stage.SENTENCED, "CN"),
        ("hi", "कंबोडिया में साइबर ठगी का सरगना गिरफ्तार", "कंबोडिया पुलिस ने साइबर ठगी के चीनी सरगना को गिरफ्तार किया।", Stage.ARRESTED, "CN"),
        (
            "ru",
            "Камбоджа выдала Китаю главаря мошенников",
            "Главарь мошенников, гражданин Китая, экстрадирован из Камбоджи.",
            Stage.EXTRADITED,
            "CN",
        ),
        ("ko", "캄보디아 스캠 총책 국내 송환", "경찰청은 캄보디아 스캠 조직의 한국인 총책을 국내로 송환했다.", Stage.DEPORTED, "KR"),
        ("ja", "カンボジア特殊詐欺 まとめ役に懲役6年 広島地裁", "被告は仲間8人とカンボジアから送還された。", Stage.SENTENCED, "JP"),
    ],
)
def test_one_who_ran_a_ring_is_one(claims_of: Claims, language: str, title: str, text: str, stage: Stage, nationality: str) -> None:
    """The arrest of an organiser is the news that readers wait for, and no figure stands in it."""
    mains = [claim for claim in claims_of(title, text, language=language) if claim.role is Role.MAIN]
    assert {(claim.count, claim.nationality) for claim in mains} == {(1, (nationality,))}
    assert stage in {claim.stage for claim in mains}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("zh-Hant", "誘騙民眾赴柬埔寨園區 集團首腦判16年", "台中地院判處李姓首腦有期徒刑16年,他把求職者賣到柬埔寨詐騙園區。"),
        ("bn", "কম্বোডিয়ায় মানব পাচার: ঢাকায় ৪ দালাল গ্রেপ্তার", "প্রতারণার অভিযোগে ঢাকায় ৪ দালালকে গ্রেপ্তার করা হয়েছে।"),
        ("ta", "இணைய மோசடி: மதுரையில் 3 பேர் கைது", "கம்போடியாவில் இருந்து இயங்கும் மோசடி கும்பலுக்கு உதவிய 3 பேர் மதுரையில் கைது செய்யப்பட்டனர்."),
    ],
)
def test_who_is_caught_or_judged_at_home_was_not_in_cambodia(claims_of: Claims, language: str, title: str, text: str) -> None:
    """Recruiters and money mules at home are another story."""
    assert not [claim for claim in claims_of(title, text, language=language) if claim.role is Role.MAIN and claim.origin == "KH"]


def test_what_a_bill_threatens_befell_nobody(claims_of: Claims) -> None:
    """A law says what organisers may get; nobody was judged yet."""
    text = "An organiser may be sentenced to 20 years, and a kingpin of a scam compound in Cambodia will then be deported."
    assert not [claim for claim in claims_of("Assembly in Phnom Penh debates scam bill", text) if claim.role is Role.MAIN]
