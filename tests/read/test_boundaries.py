"""Words in twenty-seven languages: each is found in the forms it is printed in, and not inside another word."""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest

from watcher.fold import fold
from watcher.languages import load
from watcher.match import compile, judge
from watcher.model import Entry, Level, RuleText, Vocabulary
from watcher.read import read
from watcher.read.terms import scanner


@cache
def vocabulary_of(query: str) -> Vocabulary:
    return compile([RuleText("r", match=query)], [], shipped())[1]


shipped = cache(load)


def found(query: str, text: str) -> list[str]:
    """The parts of `text`, as printed, that the terms of a query hit."""
    folded = fold(text)
    hits = scanner(vocabulary_of(query)).hits("text", folded.text)
    return [text[slice(*folded.original(hit.start, hit.end))] for hit in hits]


# Language, concept, a sentence, and the word in it that carries the concept. At least two each; where the language inflects or glues,
# at least one in a form that no dictionary lists.
SENTENCES = [
    ("ar", "cambodia", "وصل المواطنون من كمبوديا أمس", "كمبوديا"),
    ("ar", "cambodia", "نقلوا بكمبوديا إلى مجمع مغلق", "بكمبوديا"),
    ("ar", "scam_sign", "متهمون بالاحتيال عبر الهاتف", "بالاحتيال"),
    ("bn", "cambodia", "কম্বোডিয়ায় বন্দি ছিলেন নয়জন", "কম্বোডিয়া"),
    ("bn", "scam_sign", "প্রতারণার মামলায় তাঁরা জড়িত", "প্রতারণা"),
    ("bn", "arrested", "পুলিশ নয়জনকে গ্রেপ্তারের কথা জানায়", "গ্রেপ্তার"),
    ("de", "arrested", "Die Festnahmen erfolgten am Morgen", "Festnahme"),
    ("de", "deported", "Neun Männer wurden abgeschoben", "abgeschoben"),
    ("en", "deported", "The deportations began at dawn", "deport"),
    ("en", "scam", "Two scammers sat on the plane", "scammers"),
    ("es", "deported", "Los deportados llegaron al alba", "deport"),
    ("es", "scam_sign", "Vivían de las estafas por teléfono", "estafa"),
    ("fr", "arrested", "Neuf personnes ont été interpellées", "interpell"),
    ("fr", "deported", "Ils furent expulsés dans la nuit", "expuls"),
    ("hi", "cambodia", "नौ युवक कंबोडिया में फंसे थे", "कंबोडिया"),
    ("hi", "arrested", "पुलिस ने गिरफ्तारी की पुष्टि की", "गिरफ्तार"),
    ("id", "cambodia", "Mereka bekerja di Kamboja sejak Mei", "Kamboja"),
    ("id", "deported", "Sembilan orang itu dideportasikan Senin", "dideportasi"),
    ("id", "repatriated", "Pemulangannya ditunda sampai besok", "Pemulangan"),
    ("it", "deported", "Nove uomini sono stati espulsi", "espuls"),
    ("it", "scam_sign", "Gestivano truffe al telefono", "truff"),
    ("ja", "cambodia", "男らはカンボジアの拠点にいた", "カンボジア"),
    ("ja", "deported", "九人が強制送還された", "送還"),
    ("km", "cambodia", "ពួកគេស្នាក់នៅក្នុងប្រទេសកម្ពុជាយូរ", "កម្ពុជា"),
    ("km", "deported", "សមត្ថកិច្ចបានបណ្ដេញពួកគេ", "បណ្ដេញ"),
    ("ko", "cambodia", "그들은 캄보디아에서 일했다", "캄보디아"),
    ("ko", "arrested", "경찰은 아홉 명이 체포됐다고 밝혔다", "체포"),
    ("ko", "deported", "이들은 곧바로 송환되었다", "송환"),
    ("lo", "cambodia", "ພວກເຂົາຢູ່ກຳປູເຈຍມາດົນ", "ກຳປູເຈຍ"),
    ("lo", "arrested", "ຕຳຫຼວດໄດ້ຈັບກຸມເກົ້າຄົນ", "ຈັບກຸມ"),
    ("ml", "cambodia", "അവർ കംബോഡിയയിൽ ജോലി ചെയ്തു", "കംബോഡിയ"),
    ("ml", "deported", "ഒമ്പത് പേരെ നാടുകടത്തി", "നാടുകടത്ത"),
    ("mr", "cambodia", "नऊ तरुण कंबोडियातून आले", "कंबोडिया"),
    ("mr", "deported", "नऊ जणांना हद्दपारीची नोटीस", "हद्दपार"),
    ("ms", "cambodia", "Mereka ditipu di Kemboja tahun lalu", "Kemboja"),
    ("ms", "repatriated", "Kesemuanya dipulangkannya semalam", "dipulangkan"),
    ("my", "cambodia", "သူတို့သည်ကမ္ဘောဒီးယားတွင်နေသည်", "ကမ္ဘောဒီးယား"),
    ("my", "arrested", "ရဲကဖမ်းဆီးခဲ့သည်", "ဖမ်းဆီး"),
    ("ne", "cambodia", "नौ जना कम्बोडियामा थिए", "कम्बोडिया"),
    ("ne", "arrested", "प्रहरीले पक्राउपछि बयान लियो", "पक्राउ"),
    ("pt", "deported", "Os deportados chegaram de manhã", "deporta"),
    ("pt", "rescued", "Nove jovens foram resgatados", "resgat"),
    ("ru", "cambodia", "Они жили в Камбодже полгода", "Камбодж"),
    ("ru", "scam_sign", "Мошенников вывезли ночью", "Мошенн"),
    ("ru", "deported", "Сообщили о депортации девяти мужчин", "депорт"),
    ("ta", "cambodia", "அவர்கள் கம்போடியாவிலிருந்து வந்தனர்", "கம்போடியா"),
    ("ta", "scam_sign", "ஒன்பது பேர் மோசடியில் சிக்கினர்", "மோசடி"),
    ("th", "cambodia", "ทั้งหมดอยู่ในกัมพูชามาหกเดือน", "กัมพูชา"),
    ("th", "deported", "เจ้าหน้าที่เนรเทศทั้งเก้าคน", "เนรเทศ"),
    ("tl", "arrested", "Siyam ang inaresto kahapon", "inaresto"),
    ("tl", "repatriated", "Narepatriate at nakauwing lahat", "nakauwi"),
    ("tr", "cambodia", "Kamboçya'dan dokuz kişi geldi", "Kamboçya"),
    ("tr", "arrested", "Dokuz kişi tutuklanmıştı", "tutukla"),
    ("ur", "cambodia", "نو نوجوان کمبوڈیا میں تھے", "کمبوڈیا"),
    ("ur", "arrested", "پولیس نے نو افراد گرفتار کیے", "گرفتار"),
    ("vi", "cambodia", "Họ làm việc ở Campuchia từ tháng ba", "Campuchia"),
    ("vi", "deported", "Chín người bị trục xuất hôm qua", "trục xuất"),
    ("zh", "cambodia", "他们在柬埔寨住了半年", "柬埔寨"),
    ("zh", "deported", "九名嫌犯被遣返", "遣返"),
]


@pytest.mark.parametrize(("code", "concept", "sentence", "word"), SENTENCES)
def test_a_term_is_found_in_the_form_it_is_printed_in(code: str, concept: str, sentence: str, word: str) -> None:
    """A language whose cases or particles hide its terms is a language that is never read."""
    hits = found(f"@{concept}.{code}", sentence)
    assert any(hit in word or word in hit for hit in hits), hits


def test_every_shipped_language_has_two_sentences_here() -> None:
    """A language added without them could find nothing, and nobody would know."""
    written = [code for code, *_ in SENTENCES]
    assert {language.code for language in shipped() if written.count(language.code) < 2} == set()


# Language, concept, and words that hold the letters of one of its terms and mean something else.
OTHERS = [
    ("ar", "deported", "المرحلتان الأولى والثانية"),  # two phases
    ("bn", "rescued", "উন্মুক্ত মঞ্চ"),  # an open stage
    ("de", "scam", "Das war Selbstbetrug"),  # self-deception
    ("en", "arrested", "cannabis and robust prices"),
    ("en", "raid", "a braid"),
    ("es", "deported", "El polideportivo abre"),  # a sports hall
    ("fr", "rescued", "Le tribunal a délibéré"),
    ("hi", "rescued", "रिहायशी इलाका"),  # residential
    ("hi", "sentenced", "मंच की सजावट"),  # decoration
    ("id", "scam", "tipuan mata dan tipu daya"),  # a trick of the eye
    ("it", "rescued", "Il consiglio ha deliberato"),
    ("ko", "scam", "역사기록"),  # a historical record holds the letters of fraud
    ("ko", "deported", "방송환경"),  # broadcasting conditions, those of repatriation
    ("ko", "arrested", "점검거부"),  # a refused inspection, those of arrest
    ("ms", "scam", "tipuan mata"),
    ("pt", "arrested", "A empresa ficou surpresa"),  # a company, surprised
    ("ru", "raid", "Трейдеры продали акции"),  # traders
    ("tl", "raid", "braid"),
    ("ur", "rescued", "رہائش گاہ"),  # residence
    ("vi", "arrested", "bất ngờ bật đèn"),
]


@pytest.mark.parametrize(("code", "concept", "text"), OTHERS)
def test_a_term_is_not_found_inside_another_word(code: str, concept: str, text: str) -> None:
    """A false hit is a story that a person reads for nothing; enough of them and nobody reads."""
    assert found(f"@{concept}.{code}", text) == []


@pytest.mark.parametrize(
    ("word", "text", "count"),
    [
        ("ठग", "ठग ठगी ठगों महाठग", 1),  # Hindi: vowel signs (Mc) go on with the word
        ("कंबोडिया", "कंबोडिया, कंबोडियाई", 1),
        ("প্রতারক", "প্রতারক ও প্রতারকের", 1),  # Bengali
        ("কর", "করা কর", 1),
        ("மோசடி", "மோசடி, மோசடிகள்", 1),  # Tamil
        ("கைத", "கைது", 0),
        ("തട്ടിപ്പ്", "തട്ടിപ്പ് തട്ടിപ്പുകാർ", 1),  # Malayalam
        ("तस्कर", "तस्कर र तस्करी", 1),  # Nepali
        ("حل", "رَحل حل رَحَلَ", 1),  # Arabic: harakat (Mn) cut no word in two
        ("bắt", "bắt bát bất", 1),
        ("bắt", unicodedata.normalize("NFD", "bắt bát bất"), 1),  # Vietnamese as some pages send it: letter and marks apart
        ("trục xuất", unicodedata.normalize("NFD", "bị trục xuất hôm qua"), 1),
        ("ба", "ба баба бабай", 1),
        ("naïve", "nai\u0308ve naïveté", 1),
    ],
)
def test_vowel_signs_and_marks_belong_to_their_word(word: str, text: str, count: int) -> None:
    """Most engines end a word at a vowel sign: they find "thug" in "fraud" and nothing where they should."""
    assert len(found(f'"{word}"', text)) == count


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ឆបោក", "បទឆបោកតាម"),
        ("ฉ้อโกง", "คดีฉ้อโกงประชาชน"),
        ("ຈັບກຸມ", "ໄດ້ຈັບກຸມແລ້ວ"),
        ("လိမ်လည်", "ငွေလိမ်လည်မှု"),
        ("诈骗", "电信诈骗案"),
        ("詐欺", "特殊詐欺事件"),
        ("かけ子", "男はかけ子だった"),
        ("kk园区", "从KK园区获救"),  # Latin letters meet Chinese on both sides
        ("ai", "用AI诈骗"),
        ("诈骗", "AI诈骗app"),
        ("sns", "SNS범죄"),  # and Korean
        ("범죄", "SNS범죄"),
        ("call", "แก๊งcall center"),
        ("online", "ឆបោកonlineតាម"),
    ],
)
def test_scripts_without_spaces_have_no_boundaries_inside(word: str, text: str) -> None:
    """There a term stands anywhere, and a Latin abbreviation stands right beside it."""
    assert len(found(f'"{word}"', text)) == 1


def test_latin_words_keep_their_boundaries_beside_chinese() -> None:
    """ "ai" is no part of "Dubai", whatever script comes next."""
    assert found("ai", "在Dubai被捕") == []


# Script, two words, what stands between them, and how many words that is: with spaces a word each, without them a stated number of
# characters a word (Chinese and Japanese 2, Thai and Lao 4, Khmer and Burmese 5).
BETWEEN = [
    ("latin", "scam", "one two three", "raid", 3),
    ("latin with marks", "lừa", unicodedata.normalize("NFD", "đảo người Việt"), "bắt", 3),
    ("hyphens and figures", "scam", "3.5 call-centre", "raid", 4),
    ("cyrillic", "обман", "их всех увезли", "рейд", 3),
    ("arabic", "احتيال", "في مُجَمَّعٍ كبير", "مداهمة", 3),
    ("devanagari", "ठगी", "में नौ विदेशी", "छापा", 3),
    ("bengali", "প্রতারণা", "ও নয়জন বিদেশি", "অভিযান", 3),
    ("tamil", "மோசடி", "ஒன்பது பேர் நேற்று", "கைது", 3),
    ("malayalam", "തട്ടിപ്പ്", "ഒമ്പത് പേർ ഇന്നലെ", "പിടിയിൽ", 3),
    ("hangul", "사기", "그들은 어제 모두", "체포", 3),
    ("han", "诈骗", "他们昨天全部", "逮捕", 3),
    ("kana", "詐欺", "きのうみんな", "逮捕", 3),
    ("thai", "ฉ้อโกง", "เก้าคนเมื่อว", "จับกุม", 3),
    ("lao", "ຫຼອກລວງ", "ເກົ້າຄົນມື້ວ", "ຈັບກຸມ", 3),
    ("khmer", "ឆបោក", "ពួកគេទាំងអស់ថ្ង", "ចាប់ខ្លួន", 3),
    ("burmese", "လိမ်လည်", "သူတို့အားလုံးမန", "ဖမ်းဆီး", 3),
]


@pytest.mark.parametrize(("first", "between", "second", "words"), [row[1:] for row in BETWEEN], ids=[row[0] for row in BETWEEN])
def test_near_counts_words_in_every_script(first: str, between: str, second: str, words: int) -> None:
    """One rule serves all languages: NEAR/60 must reach as far in Khmer as in English."""

    def near(most: int, text: str) -> bool:
        rules, vocabulary = compile([RuleText("r", match=f'"{first}" NEAR/{most} "{second}"')], [], ())
        return judge(read(Entry("k", "", "", "", text), vocabulary), rules).level is Level.MATCH

    for text in (f"{first} {between} {second}", f"{second} {between} {first}"):
        assert near(words, text)
        assert not near(words - 1, text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("警方捣毁诈骗窝点。九人被逮捕", False),
        ("警方捣毁诈骗窝点，九人被逮捕", True),
        ("คดีฉ้อโกง ตำรวจจับกุม 9 คน", True),  # a space ends no Thai sentence
        ("คดีฉ้อโกง\nตำรวจจับกุม 9 คน", False),
        ("ករណីឆបោក។ ៩នាក់ត្រូវចាប់ខ្លួន", False),
        ("ករណីឆបោកជាច្រើនៗ ៩នាក់ត្រូវចាប់ខ្លួន", True),
        ("ठगी का केंद्र बंद। नौ गिरफ्तार", False),
        ("ठगी का केंद्र बंद, नौ गिरफ्तार", True),
        ("The scam ended. Nine were arrested", False),
        ("The scam, said Gen. Sok, ended; nine stayed", False),
        ("The scam, said Gen. Sok, ended with nine arrested", True),
    ],
)
def test_a_sentence_is_the_same_thing_in_every_script(text: str, wanted: bool) -> None:
    """SENTENCE(scam, arrested) is how a rule says that both are one event."""
    scam, arrested = "(scam OR 诈骗 OR ฉ้อโกง OR ឆបោក OR ठगी)", "(arrested OR 逮捕 OR จับกุม OR ចាប់ខ្លួន OR गिरफ्तार)"
    rules, vocabulary = compile([RuleText("r", match=f"SENTENCE({scam}, {arrested})")], [], shipped())
    assert (judge(read(Entry("k", "", "", "", text), vocabulary), rules).level is Level.MATCH) is wanted
