"""read.dates and read.dating: the day, month or year that a text names, in every language, and whose date it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from watcher.fold import folded
from watcher.model import Claim, Entry, Language, Role, Sentence, Stage, Status, Vocabulary
from watcher.read import read
from watcher.read.dates import Found
from watcher.read.marks import marker
from watcher.read.scene import scene_of

Claims = Callable[..., tuple[Claim, ...]]

PUBLISHED = date(2026, 1, 22)  # a Thursday


def found(languages: tuple[Language, ...], code: str, sentence: str, published: date | None = PUBLISHED) -> list[Found]:
    """The dates of a sentence, as claims see them."""
    language = next(each for each in languages if each.code == code)
    text = folded(sentence)
    return list(scene_of(Sentence("text", 0, len(text)), text, marker(language).marks(text), language, published).dates)


def days(languages: tuple[Language, ...], code: str, sentence: str) -> list[date | None]:
    return [each.day for each in found(languages, code, sentence) if each.precision == "day"]


# (language, with year: 16 January 2026, without: 16 January, on Tuesday, yesterday, today, a span to 20 January)
TABLE = [
    ("en", "They left on 16 January 2026.", "They left on January 16.", "They left on Tuesday.", "They left yesterday.", "They left today.", "They came between Jan 16 and 20."),
    ("fr", "Ils sont partis le 16 janvier 2026.", "Ils sont partis le 16 janvier.", "Ils sont partis mardi.", "Ils sont partis hier.", "Ils partent aujourd'hui.", "Venus entre le 16 et le 20 janvier."),
    ("es", "Salieron el 16 de enero de 2026.", "Salieron el 16 de enero.", "Salieron el martes.", "Salieron ayer.", "Salieron hoy.", "Llegaron entre el 16 y el 20 de enero."),
    ("pt", "Saíram em 16 de janeiro de 2026.", "Saíram em 16 de janeiro.", "Saíram na terça-feira.", "Saíram ontem.", "Saíram hoje.", "Chegaram entre 16 e 20 de janeiro."),
    ("it", "Sono partiti il 16 gennaio 2026.", "Sono partiti il 16 gennaio.", "Sono partiti martedì.", "Sono partiti ieri.", "Sono partiti oggi.", "Arrivati tra il 16 e il 20 gennaio."),
    ("de", "Sie flogen am 16. Januar 2026 ab.", "Sie flogen am 16. Januar ab.", "Sie flogen am Dienstag ab.", "Sie flogen gestern ab.", "Sie flogen heute ab.", "Sie kamen zwischen dem 16. und 20. Januar."),
    ("ru", "Они улетели 16 января 2026 года.", "Они улетели 16 января.", "Они улетели во вторник.", "Они улетели вчера.", "Они улетели сегодня.", "Они пришли с 16 по 20 января."),
    ("tr", "16 Ocak 2026 tarihinde ayrıldılar.", "16 Ocak'ta ayrıldılar.", "Salı günü ayrıldılar.", "Dün ayrıldılar.", "Bugün ayrıldılar.", "16-20 Ocak arasında geldiler."),
    ("id", "Mereka pulang pada 16 Januari 2026.", "Mereka pulang pada 16 Januari.", "Mereka pulang pada Selasa.", "Mereka pulang kemarin.", "Mereka pulang hari ini.", "Mereka datang pada 16-20 Januari."),
    ("ms", "Mereka pulang pada 16 Januari 2026.", "Mereka pulang pada 16 Januari.", "Mereka pulang pada Selasa.", "Mereka pulang semalam.", "Mereka pulang hari ini.", "Mereka datang antara 16 hingga 20 Januari."),
    ("tl", "Umuwi sila noong Enero 16, 2026.", "Umuwi sila noong Enero 16.", "Umuwi sila nitong Martes.", "Umuwi sila kahapon.", "Umuwi sila ngayong araw.", "Dumating sila sa pagitan ng Enero 16 at 20."),
    ("vi", "Họ về nước ngày 16/1/2026.", "Họ về nước ngày 16/1.", "Họ về nước hôm thứ Ba.", "Họ về nước hôm qua.", "Họ về nước hôm nay.", "Họ đến từ ngày 16 đến ngày 20/1."),
    ("ar", "غادروا في 16 يناير 2026.", "غادروا في 16 يناير.", "غادروا يوم الثلاثاء.", "غادروا أمس.", "غادروا اليوم.", "وصلوا بين 16 و20 يناير."),
    ("ur", "وہ 16 جنوری 2026 کو روانہ ہوئے۔", "وہ 16 جنوری کو روانہ ہوئے۔", "وہ منگل کو روانہ ہوئے۔", "وہ گزشتہ روز روانہ ہوئے۔", "وہ آج روانہ ہوئے۔", "وہ 16 سے 20 جنوری کے درمیان آئے۔"),
    ("hi", "वे 16 जनवरी 2026 को लौटे।", "वे 16 जनवरी को लौटे।", "वे मंगलवार को लौटे।", "वे बीते कल लौटे।", "वे आज लौटे।", "वे 16 से 20 जनवरी के बीच आए।"),
    ("bn", "তারা ১৬ জানুয়ারি ২০২৬ ফিরেছেন।", "তারা ১৬ জানুয়ারি ফিরেছেন।", "তারা মঙ্গলবার ফিরেছেন।", "তারা গতকাল ফিরেছেন।", "তারা আজ ফিরেছেন।", "তারা ১৬ থেকে ২০ জানুয়ারি এসেছেন।"),
    ("mr", "ते १६ जानेवारी २०२६ रोजी परतले.", "ते १६ जानेवारीला परतले.", "ते मंगळवारी परतले.", "ते काल परतले.", "ते आज परतले.", "ते १६ ते २० जानेवारी दरम्यान आले."),
    ("ne", "उनीहरू १६ जनवरी २०२६ मा फर्किए।", "उनीहरू १६ जनवरीमा फर्किए।", "उनीहरू मंगलबार फर्किए।", "उनीहरू हिजो फर्किए।", "उनीहरू आज फर्किए।", "उनीहरू जनवरी १६ देखि २० सम्म आए।"),
    ("ta", "அவர்கள் ஜனவரி 16, 2026 அன்று திரும்பினர்.", "அவர்கள் ஜனவரி 16 அன்று திரும்பினர்.", "அவர்கள் செவ்வாய்க்கிழமை திரும்பினர்.", "அவர்கள் நேற்று திரும்பினர்.", "அவர்கள் இன்று திரும்பினர்.", "அவர்கள் ஜனவரி 16 முதல் 20 வரை வந்தனர்."),
    ("ml", "അവർ 2026 ജനുവരി 16ന് മടങ്ങി.", "അവർ ജനുവരി 16ന് മടങ്ങി.", "അവർ ചൊവ്വാഴ്ച മടങ്ങി.", "അവർ ഇന്നലെ മടങ്ങി.", "അവർ ഇന്ന് മടങ്ങി.", "അവർ ജനുവരി 16 മുതൽ 20 വരെ വന്നു."),
    ("th", "พวกเขาเดินทางกลับวันที่ 16 มกราคม 2569", "พวกเขาเดินทางกลับวันที่ 16 ม.ค.", "พวกเขาเดินทางกลับเมื่อวันอังคาร", "พวกเขาเดินทางกลับเมื่อวานนี้", "พวกเขาเดินทางกลับวันนี้", "พวกเขามาระหว่างวันที่ 16-20 มกราคม"),
    ("lo", "ພວກເຂົາກັບວັນທີ 16 ມັງກອນ 2026", "ພວກເຂົາກັບວັນທີ 16 ມັງກອນ", "ພວກເຂົາກັບໃນວັນອັງຄານ", "ພວກເຂົາກັບມື້ວານນີ້", "ພວກເຂົາກັບມື້ນີ້", "ພວກເຂົາມາລະຫວ່າງວັນທີ 16-20 ມັງກອນ"),
    ("km", "ពួកគេចេញដំណើរថ្ងៃទី១៦ ខែមករា ឆ្នាំ២០២៦។", "ពួកគេចេញដំណើរថ្ងៃទី១៦ ខែមករា។", "ពួកគេចេញដំណើរនៅថ្ងៃអង្គារ។", "ពួកគេចេញដំណើរម្សិលមិញ។", "ពួកគេចេញដំណើរថ្ងៃនេះ។", "ពួកគេមកពីថ្ងៃទី១៦-២០ ខែមករា។"),
    ("my", "သူတို့ 2026-01-16 တွင် ပြန်ခဲ့သည်။", "သူတို့ ဇန်နဝါရီလ ၁၆ ရက် ပြန်ခဲ့သည်။", "သူတို့ အင်္ဂါနေ့ ပြန်ခဲ့သည်။", "သူတို့ မနေ့က ပြန်ခဲ့သည်။", "သူတို့ ယနေ့ ပြန်ခဲ့သည်။", "သူတို့ ဇန်နဝါရီ ၁၆ ရက်မှ ၂၀ ရက် အတွင်း ရောက်သည်။"),
    ("zh", "他们于2026年1月16日离境。", "他们于1月16日离境。", "他们周二离境。", "他们昨天离境。", "他们今天离境。", "他们于1月16日至20日到达。"),
    ("ja", "彼らは2026年1月16日に出国した。", "彼らは1月16日に出国した。", "彼らは火曜日に出国した。", "彼らは昨日出国した。", "彼らは今日出国した。", "彼らは1月16日から20日に来た。"),
    ("ko", "이들은 2026년 1월 16일 출국했다.", "이들은 1월 16일 출국했다.", "이들은 화요일 출국했다.", "이들은 어제 출국했다.", "이들은 오늘 출국했다.", "이들은 1월 16일부터 20일까지 왔다."),
]  # fmt: skip


def test_every_shipped_language_is_in_the_table(languages: tuple[Language, ...]) -> None:
    """A language without dates gives stories without days, and nobody would see it."""
    assert sorted(row[0] for row in TABLE) == sorted(language.code for language in languages)


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (1, date(2026, 1, 16)),
        (2, date(2026, 1, 16)),
        (3, date(2026, 1, 20)),
        (4, date(2026, 1, 21)),
        (5, date(2026, 1, 22)),
        (6, date(2026, 1, 20)),
    ],
    ids=["with its year", "without", "weekday", "yesterday", "today", "span"],
)
def test_a_day_is_read_in_every_language(languages: tuple[Language, ...], row: tuple[str, ...], column: int, wanted: date) -> None:
    """The story of a Khmer or Bengali paper is dated like that of an English one; of a span the last day is meant."""
    assert days(languages, row[0], row[column]) == [wanted]


@pytest.mark.parametrize("code", [row[0] for row in TABLE])
def test_last_month_and_this_month_are_known_in_every_language(languages: tuple[Language, ...], code: str) -> None:
    """A look back at "last month" can be linked to its story only by a month; "this month" runs until the report."""
    language = next(each for each in languages if each.code == code)
    for number, wanted in ((-1, date(2025, 12, 1)), (0, date(2026, 1, 1))):
        words = [word for word, value in language.month_words.items() if value == number]
        assert words
        for word in words:
            (one,) = found(languages, code, word)
            assert (one.day, one.precision, one.running) == (wanted, "month", number == 0), word


@pytest.mark.parametrize(
    ("code", "text", "wanted"),
    [
        ("th", "วันที่ 16 ม.ค. 69", date(2026, 1, 16)),
        ("th", "วันที่ 16 มกราคม พ.ศ. 2569", date(2026, 1, 16)),
        ("lo", "ວັນທີ 16 ມັງກອນ 2569", date(2026, 1, 16)),
        ("km", "ថ្ងៃទី១៦ ខែមករា ឆ្នាំ២៥៦៩", date(2026, 1, 16)),
        ("zh", "民國115年1月16日", date(2026, 1, 16)),
        ("zh", "115年1月16日", date(2026, 1, 16)),
        ("ja", "令和8年1月16日", date(2026, 1, 16)),
    ],
)
def test_years_of_other_eras_are_ours(languages: tuple[Language, ...], code: str, text: str, wanted: date) -> None:
    """2569 is no far future, and 115 no antiquity."""
    assert days(languages, code, text) == [wanted]


def test_a_number_of_people_behind_a_thai_date_is_no_year(languages: tuple[Language, ...]) -> None:
    """ "15 เม.ย. 68 คนไทย" may be the year 2568 or 68 Thais; the word for people tells."""
    (one,) = found(languages, "th", "วันที่ 15 ม.ค. 69 คนไทยเดินทางกลับ")
    assert (one.day, one.precision, one.end) == (date(2026, 1, 15), "day", len("วันที่ 15 ม.ค."))


def test_a_year_of_the_nepali_calendar_is_none_of_ours(languages: tuple[Language, ...]) -> None:
    """Bikram Sambat 2082 read as ours would put a story 56 years ahead."""
    assert found(languages, "mr", "ते २०८२ मध्ये परतले") == []


def test_the_khmer_word_for_court_is_no_october(languages: tuple[Language, ...]) -> None:
    """តុលាការ begins like តុលា; every sentence of a court stood in October."""
    assert found(languages, "km", "តុលាការបានកាត់ទោសពួកគេ។") == []


def test_the_day_before_yesterday_is_not_yesterday(languages: tuple[Language, ...]) -> None:
    """Tamil says it with the word for yesterday in it."""
    assert days(languages, "ta", "நேற்று முன்தினம் திரும்பினர்") == [date(2026, 1, 20)]
    assert days(languages, "tr", "Cumartesi ayrıldılar") == [date(2026, 1, 17)]


def test_a_weekday_six_days_back_is_not_guessed(languages: tuple[Language, ...]) -> None:
    """On a Thursday "Friday" is last week's, or tomorrow's in the paper printed tonight; a wrong day is worse than none."""
    assert days(languages, "en", "They left on Friday.") == [None]
    assert days(languages, "en", "They left on Saturday.") == [date(2026, 1, 17)]


def test_a_printed_date_outweighs_the_weekday_beside_it(languages: tuple[Language, ...]) -> None:
    """ "Tuesday (13 January)" on the 22nd is not the 20th."""
    assert days(languages, "en", "They left on Tuesday (13 January).") == [date(2026, 1, 13)]
    assert days(languages, "zh", "昨晚(7日)遣返") == [date(2026, 1, 7)]


def test_days_in_a_row_are_one_date_that_ends_with_the_last(languages: tuple[Language, ...]) -> None:
    """Who was counted over two days was counted by the second."""
    assert days(languages, "zh", "9日和10日各319人") == [date(2026, 1, 10)]
    assert days(languages, "en", "They came on Monday and Tuesday.") == [date(2026, 1, 20)]


def test_a_day_that_its_month_does_not_have_is_no_date(languages: tuple[Language, ...]) -> None:
    """Read on 1 March, 31日 is no day of February, and 28日 is one."""
    assert found(languages, "zh", "31日遣返", date(2026, 3, 1)) == []
    assert [each.day for each in found(languages, "zh", "28日遣返", date(2026, 3, 1))] == [date(2026, 2, 28)]


def test_without_a_publication_nothing_is_resolved_that_names_no_year(languages: tuple[Language, ...]) -> None:
    """No clock stands in for a date that is not known."""
    assert [each.day for each in found(languages, "en", "They left on Tuesday and came home on 5 May.", None)] == [None, None]
    assert days(languages, "en", "They left on 5 May 2024.") == [date(2024, 5, 5)]


def main(claims: tuple[Claim, ...], stage: Stage | None = None) -> Claim:
    (claim,) = [claim for claim in claims if claim.role is Role.MAIN and stage in (None, claim.stage)]
    return claim


@pytest.mark.parametrize(
    ("text", "stage", "day"),
    [
        ("Police rescued 27 Filipinos in a scam raid on 5 November and the 27 Filipinos were deported from Cambodia on 8 November.", Stage.DEPORTED, date(2023, 11, 8)),
        ("27 Filipinos were deported from Cambodia on Wednesday after they were arrested on 30 October in a scam compound.", Stage.DEPORTED, date(2023, 11, 8)),
        ("27 Filipinos were deported from Cambodia after being arrested on 30 October over scams.", Stage.DEPORTED, None),
        ("Police said on Wednesday that Cambodia arrested 27 Filipinos on Sunday over scams.", Stage.ARRESTED, date(2023, 11, 5)),
        ("Cambodia arrested 27 Filipinos over scams, police said on Wednesday.", Stage.ARRESTED, date(2023, 11, 8)),
        ("Since Monday Cambodia deported 27 Filipinos over scams.", Stage.DEPORTED, None),
    ],
)  # fmt: skip
def test_a_date_is_of_the_step_beside_it(claims_of: Claims, text: str, stage: Stage, day: date | None) -> None:
    """A deportation dated with its arrest stands in the wrong month of the ledger."""
    claims = [
        claim for claim in claims_of("Cambodia scam case", text, published="2023-11-09") if claim.count == 27 and claim.stage is stage
    ]
    assert claims and {claim.date for claim in claims} == {day}


# In each language: 64 people, arrested on 2 January, sent home on Tuesday the 20th, told on the 21st.
TWO_STEPS = [
    ("en", "Cambodia deports 64 Vietnamese over scams", "The 64 Vietnamese, arrested in a raid on 2 January, were deported on Tuesday, police said on Wednesday."),
    ("fr", "Le Cambodge expulse 64 Vietnamiens pour escroquerie", "Les 64 Vietnamiens, arrêtés le 2 janvier, ont été expulsés mardi, a annoncé mercredi la police."),
    ("es", "Camboya deporta a 64 vietnamitas por estafa", "Los 64 vietnamitas, detenidos el 2 de enero, fueron deportados el martes, informó el miércoles la policía."),
    ("pt", "Camboja deporta 64 vietnamitas por golpe", "Os 64 vietnamitas, presos em 2 de janeiro, foram deportados na terça-feira, informou a polícia na quarta-feira."),
    ("it", "La Cambogia espelle 64 vietnamiti per truffa", "I 64 vietnamiti, arrestati il 2 gennaio, sono stati espulsi martedì, ha detto mercoledì la polizia."),
    ("de", "Kambodscha schiebt 64 Vietnamesen wegen Betrugs ab", "Die 64 Vietnamesen, die am 2. Januar festgenommen worden waren, wurden am Dienstag abgeschoben, teilte die Polizei am Mittwoch mit."),
    ("ru", "Камбоджа депортировала 64 вьетнамцев за мошенничество", "64 вьетнамца, задержанные 2 января, были депортированы во вторник, сообщила в среду полиция."),
    ("tr", "Kamboçya dolandırıcılık nedeniyle 64 Vietnamlıyı sınır dışı etti", "2 Ocak'ta gözaltına alınan 64 Vietnamlı salı günü sınır dışı edildi."),
    ("id", "Kamboja deportasi 64 WNI pelaku penipuan", "Sebanyak 64 WNI yang ditangkap pada 2 Januari dideportasi pada Selasa (20/1), kata polisi, Rabu (21/1)."),
    ("ms", "64 rakyat Malaysia dihantar pulang dari Kemboja kes scam", "Seramai 64 rakyat Malaysia yang ditahan pada 2 Januari dihantar pulang pada Selasa, kata polis semalam."),
    ("tl", "64 Pinoy sa Cambodia scam hub, nakauwi na", "Nakauwi noong Martes ang 64 Pilipino na nailigtas noong Enero 2, ayon sa DFA nitong Miyerkules."),
    ("vi", "Campuchia trục xuất 64 người Việt lừa đảo", "64 người Việt bị bắt ngày 2/1 đã bị trục xuất về nước ngày 20/1, cảnh sát cho biết hôm 21/1."),
    ("ar", "كمبوديا ترحل 64 فيتناميا بتهمة الاحتيال", "رحلت كمبوديا يوم الثلاثاء 64 فيتناميا كانوا قد اعتقلوا في 2 يناير، بحسب ما أعلنت الشرطة الأربعاء."),
    ("hi", "कंबोडिया ने ठगी के 64 भारतीय निर्वासित किए", "2 जनवरी को गिरफ्तार किए गए 64 भारतीयों को मंगलवार को निर्वासित किया गया, पुलिस ने बुधवार को बताया।"),
    ("bn", "কম্বোডিয়া থেকে প্রতারণার অভিযোগে ৬৪ বাংলাদেশি ফেরত", "২ জানুয়ারি গ্রেপ্তার হওয়া ৬৪ বাংলাদেশিকে মঙ্গলবার দেশে ফেরত পাঠানো হয়েছে বলে বুধবার জানিয়েছে পুলিশ।"),
    ("ta", "கம்போடியாவில் மோசடி: 64 இந்தியர்கள் நாடு திரும்பினர்", "ஜனவரி 2 அன்று கைது செய்யப்பட்ட 64 இந்தியர்கள் செவ்வாய்க்கிழமை நாடு கடத்தப்பட்டனர்."),
    ("th", "กัมพูชาส่งกลับคนไทย 64 คน แก๊งคอลเซ็นเตอร์", "คนไทย 64 คนที่ถูกจับกุมเมื่อวันที่ 2 ม.ค. ถูกส่งกลับเมื่อวันที่ 20 ม.ค. 2569"),
    ("km", "កម្ពុជាបណ្តេញជនជាតិវៀតណាម ៦៤នាក់ ករណីឆបោក", "ជនជាតិវៀតណាម ៦៤នាក់ ដែលត្រូវបានចាប់ខ្លួនកាលពីថ្ងៃទី២ ខែមករា ត្រូវបានបណ្តេញចេញនៅថ្ងៃទី២០ ខែមករា ឆ្នាំ២០២៦។"),
    ("zh", "柬埔寨遣返64名涉诈越南人", "1月2日被捕的64名涉诈越南人20日被遣返,警方21日通报。"),
    ("ja", "カンボジアで詐欺の疑いの日本人64人を送還", "1月2日に拘束された日本人64人が20日に送還された。警察が21日発表した。"),
    ("ko", "캄보디아서 한국인 64명 송환, 보이스피싱", "지난 2일 체포된 한국인 64명이 20일 송환됐다고 경찰이 21일 밝혔다."),
    ("my", "ကမ္ဘောဒီးယားမှ လိမ်လည်မှု ဗီယက်နမ် ၆၄ ဦး ပြန်ပို့", "ဇန်နဝါရီလ ၂ ရက် ဖမ်းဆီးခံရသည့် ဗီယက်နမ် ၆၄ ဦးကို ဇန်နဝါရီလ ၂၀ ရက် ပြန်ပို့ခဲ့သည်။"),
    ("lo", "ກຳປູເຈຍສົ່ງກັບຄົນຫວຽດນາມ 64 ຄົນ ຫຼອກລວງ", "ຄົນຫວຽດນາມ 64 ຄົນ ທີ່ຖືກຈັບວັນທີ 2 ມັງກອນ ຖືກສົ່ງກັບວັນທີ 20 ມັງກອນ 2026"),
    ("ne", "कम्बोडियाबाट ठगीमा संलग्न ६४ नेपाली फर्काइए", "जनवरी २ मा पक्राउ परेका ६४ नेपालीलाई मंगलबार स्वदेश फर्काइयो।"),
    ("mr", "कंबोडियातून फसवणूक प्रकरणी ६४ भारतीय परतले", "२ जानेवारीला अटक झालेल्या ६४ भारतीयांना मंगळवारी मायदेशी पाठवण्यात आले."),
    ("ml", "കംബോഡിയയിൽ തട്ടിപ്പ്: 64 ഇന്ത്യക്കാരെ നാടുകടത്തി", "ജനുവരി 2ന് അറസ്റ്റിലായ 64 ഇന്ത്യക്കാരെ ചൊവ്വാഴ്ച നാടുകടത്തി."),
    ("ur", "کمبوڈیا سے دھوکہ دہی پر 64 پاکستانی ملک بدر", "2 جنوری کو گرفتار 64 پاکستانیوں کو منگل کو ملک بدر کیا گیا، پولیس نے بدھ کو بتایا۔"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "title", "text"), TWO_STEPS, ids=[row[0] for row in TWO_STEPS])
def test_each_of_two_steps_keeps_its_own_day_in_every_language(claims_of: Claims, language: str, title: str, text: str) -> None:
    """Languages put a date before its verb or behind it; the ledger must count who left in the month in which they left."""
    claims = claims_of(title, text, language=language, published="2026-01-22")
    left = [claim for claim in claims if claim.role is Role.MAIN and claim.stage in (Stage.DEPORTED, Stage.REPATRIATED)]
    assert left and {claim.date for claim in left} == {date(2026, 1, 20)}


@pytest.mark.parametrize(
    ("code", "text"),
    [("ja", "3日間で64人を拘束"), ("zh", "连续4日遣返64人"), ("zh", "4日累計遣返"), ("ko", "15일 만에 송환")],
)
def test_a_number_of_days_is_no_day(languages: tuple[Language, ...], code: str, text: str) -> None:
    """3日間 are three days, not the 3rd."""
    assert found(languages, code, text) == []


def test_the_sum_of_several_days_is_of_the_last(claims_of: Claims) -> None:
    """ "1,060 in four days: 110 on the 7th, 312 on the 8th": the sum was reached on the last day."""
    text = "柬埔寨连续三日遣返涉诈中国籍人员共730人:5日晚110人,6日晚300人,7日320人。"
    (claim,) = [claim for claim in claims_of("柬埔寨遣返涉诈人员", text, language="zh", published="2023-11-08") if claim.count == 730]
    assert claim.date == date(2023, 11, 7)


def test_a_figure_keeps_its_own_month_beside_the_day_of_a_part(claims_of: Claims) -> None:
    """ "375 in November, 243 of them on 4 November": the 375 were counted to the end."""
    text = "375 Filipinos were deported from Cambodia over scams in November, 243 of them on 4 November."
    claim = next(claim for claim in claims_of("Cambodia deports Filipinos over scams", text) if claim.count == 375)
    assert (claim.date, claim.date_precision) == (date(2023, 11, 1), "month")


@pytest.mark.parametrize(
    ("title", "text", "reported"),
    [
        ("Cambodia deports 31 Malaysians over scams", "They are home.", date(2023, 11, 9)),
        ("Cambodia to deport 31 Malaysians over scams", "They are still held.", date(2023, 11, 9)),
        ("Cambodia deports 31 Malaysians over scams", "31 Malaysians were deported from Cambodia this month.", date(2023, 11, 9)),
        ("Cambodia deports 31 Malaysians over scams", "31 Malaysians were deported from Cambodia on Tuesday.", None),
        ("Cambodia deports 31 Malaysians over scams", "31 Malaysians were deported from Cambodia in October.", None),
    ],
)
def test_news_without_a_day_is_anchored_at_its_report(claims_of: Claims, title: str, text: str, reported: date | None) -> None:
    """The reader sees "reported 9 Nov", marked as such; what is printed always wins."""
    claim = main(claims_of(title, text, published="2023-11-09"))
    assert claim.reported == reported
    assert reported is None or claim.date_precision != "day"


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "PHNOM PENH, Nov. 11 (Agency) - Cambodia deported 31 Malaysians on Wednesday over scams.", date(2023, 11, 8)),
        ("en", "2023-11-11 PHNOM PENH: Cambodia deported 31 Malaysians on Wednesday over scams.", date(2023, 11, 8)),
        ("en", "PHNOM PENH, Nov. 11 (Agency) - Cambodia deported 31 Malaysians over scams.", date(2023, 11, 11)),
        ("zh", "（金边11日讯）柬埔寨8日遣返31名涉诈马来西亚人。", date(2023, 11, 8)),
    ],
)
def test_the_date_of_a_dateline_gives_way_to_that_of_the_event(claims_of: Claims, language: str, text: str, day: date) -> None:
    """Agencies print when they wrote before they say when it happened."""
    assert {claim.date for claim in claims_of("", text, language=language, published="2023-11-11") if claim.count == 31} == {day}


def test_only_the_furthest_step_done_is_anchored(claims_of: Claims) -> None:
    """Who is deported today was not arrested today."""
    claims = claims_of("31 Malaysians rescued from scam compound in Cambodia", "The 31 Malaysians were repatriated from Cambodia.")
    assert {claim.stage: claim.reported for claim in claims if claim.role is Role.MAIN} == {
        Stage.RESCUED: None, Stage.REPATRIATED: date(2023, 11, 9)
    }  # fmt: skip


def test_what_looks_back_or_has_no_publication_is_never_anchored(claims_of: Claims) -> None:
    """No date is made up."""
    title, text = "Cambodia deports 31 Malaysians over scams", "Last year 19 Japanese were deported from Cambodia over scams."
    claims = claims_of(title, text)
    assert [claim.reported for claim in claims if claim.role is not Role.MAIN] == [None]
    assert main(claims_of(title, published=None)).reported is None


def test_an_announced_step_may_lie_ahead_and_a_done_one_never(claims_of: Claims) -> None:
    """ "Deported" with a day of next week is a misreading."""
    ahead = main(claims_of("Cambodia to deport 31 Malaysians on 14 November over scams", published="2023-11-09"))
    assert (ahead.status, ahead.date) == (Status.ANNOUNCED, date(2023, 11, 14))
    done = main(claims_of("Cambodia deported 31 Malaysians over scams, trial on 14 November", published="2023-11-09"))
    assert (done.status, done.date) == (Status.DONE, None)


@pytest.mark.parametrize(
    ("feed", "shared", "day"),
    [("Asia/Phnom_Penh", "UTC", date(2026, 2, 11)), (None, "Asia/Phnom_Penh", date(2026, 2, 11)), ("America/New_York", "Asia/Phnom_Penh", date(2026, 2, 10)), (None, "UTC", date(2026, 2, 10))],
)  # fmt: skip
def test_today_is_a_day_in_the_zone_of_the_feed(vocabulary: Vocabulary, feed: str | None, shared: str, day: date) -> None:
    """22:00 UTC is the next morning in Phnom Penh; a story a day early is linked to the wrong batch."""
    entry = Entry(
        "k", "https://news.test/1", "https://news.test/1", "Cambodia today deports 31 Malaysians over scams", "", "en",
        datetime(2026, 2, 10, 22, 0, tzinfo=UTC), time_zone=feed,
    )  # fmt: skip
    here = Vocabulary(vocabulary.terms, vocabulary.gate, vocabulary.languages, time_zone=shared)
    claims = read(entry, here).claims
    assert claims is not None
    assert main(claims).date == day
