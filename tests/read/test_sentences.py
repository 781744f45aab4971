"""read.sentences: where one ends, in every script, and where a full stop ends none."""

from __future__ import annotations

import itertools
import time

import pytest

from watcher.fold import fold
from watcher.model import Language
from watcher.read.sentences import LONGEST, split


def cut(text: str, languages: tuple[Language, ...]) -> list[str]:
    """The sentences of a text, as folded text."""
    folded = fold(text).text
    return [folded[each.start : each.end] for each in split("text", folded, languages)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("They left. Then came 25 more!", ["they left.", "then came 25 more!"]),
        ('"Go home." They did.', ['"go home."', "they did."]),
        ("“Go home!” They did.", ['"go home!"', "they did."]),
        ("(Nine were held.) All left.", ["(nine were held.)", "all left."]),
        ("«Nove fermati.» Poi il volo.", ["«nove fermati.»", "poi il volo."]),
        ("Nine were held; all left. Why?", ["nine were held;", "all left.", "why?"]),
        ("警方逮捕9人。他们被遣返！结束", ["警方逮捕9人。", "他们被遣返!", "结束"]),
        ("他说：“都走了。”警方证实；机场拒绝置评。", ['他说:"都走了。"', "警方证实;", "机场拒绝置评。"]),
        ("「9人帰国した。」警察が発表。", ["「9人帰国した。」", "警察が発表。"]),
        ("ចាប់ខ្លួន ៩នាក់។ បណ្តេញចេញ៕", ["ចាប់ខ្លួន 9នាក់។", "បណ្តេញចេញ៕"]),
        ("နိုင်ငံခြားသား ၉ ဦး ဖမ်းမိ။ ပြန်ပို့မည်။", ["နိုင်ငံခြားသား 9 ဦး ဖမ်းမိ။", "ပြန်ပို့မည်။"]),
        ("ຈັບ 9 ຄົນ. ສົ່ງກັບ", ["ຈັບ 9 ຄົນ.", "ສົ່ງກັບ"]),
        ("नौ गिरफ्तार। सब लौटे॥ समाप्त", ["नौ गिरफ्तार।", "सब लौटे॥", "समाप्त"]),
        ("नौ गिरफ्तार हुए हैं. सब लौटेंगे", ["नौ गिरफ्तार हुए हैं.", "सब लौटेंगे"]),
        ("প্রতারক আটক। ফেরত পাঠানো হবে", ["প্রতারক আটক।", "ফেরত পাঠানো হবে"]),
        ("வந்தனர். சென்றனர்.", ["வந்தனர்.", "சென்றனர்."]),
        ("그는 떠날 것. 모두 송환됐다.", ["그는 떠날 것.", "모두 송환됐다."]),
        ("وصل تسعة؟ نعم", ["وصل تسعة؟", "نعم"]),
        ("نو گرفتار۔ سب واپس", ["نو گرفتار۔", "سب واپس"]),
        ("", []),
        (" \n . ", ["."]),
    ],
)
def test_sentences_end_where_a_reader_stops(languages: tuple[Language, ...], text: str, wanted: list[str]) -> None:
    """A claim takes its verb and its date from its own sentence; a wrong cut gives it another's."""
    assert cut(text, languages) == [fold(each).text for each in wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Police spokesman Gen. Keo spoke on Jan. 24. He left.", ["police spokesman gen. keo spoke on jan. 24.", "he left."]),
        ("Mr. Sok met Lt. Col. Chea. He left.", ["mr. sok met lt. col. chea.", "he left."]),
        ("The U.N. said so. Nobody heard.", ["the u.n. said so.", "nobody heard."]),
        ("The U.S.A. and J. Smith agree. Nobody heard.", ["the u.s.a. and j. smith agree.", "nobody heard."]),
        ("Building No. 5 was raided. Nine fled.", ["building no. 5 was raided.", "nine fled."]),
        ("Volvieron? No. Siguen allí.", ["volvieron?", "no.", "siguen allí."]),
        ("Am 5. November wurden sie abgeschoben. Es waren 25.", ["am 5. november wurden sie abgeschoben.", "es waren 25."]),
        ("They came in 2023. November was quiet.", ["they came in 2023.", "november was quiet."]),
        ("وقال د. سالم إنهم غادروا. انتهى", ["وقال د. سالم إنهم غادروا.", "انتهى"]),
        ("ஸ்டாலின் மு.க. வந்தார். பின் சென்றார்.", ["ஸ்டாலின் மு.க. வந்தார்.", "பின் சென்றார்."]),
        ("ড. করিম ও মো. রহমান আটক। শেষ", ["ড. করিম ও মো. রহমান আটক।", "শেষ"]),
    ],
)
def test_an_abbreviation_ends_no_sentence(languages: tuple[Language, ...], text: str, wanted: list[str]) -> None:
    """ "Gen. Keo said nine were held" is one statement; cut in two, its figure has no place and no date."""
    assert cut(text, languages) == [fold(each).text for each in wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("พ.ต.อ. สมชาย จับกุม 25 คน เวลา 10.30 น. ที่ปอยเปต", ["พ.ต.อ. สมชาย จับกุม 25 คน เวลา 10.30 น. ที่ปอยเปต"]),
        ("วันนี้ (15 เม.ย. 2565) ส่งกลับ 9 คน", ["วันนี้ (15 เม.ย. 2565) ส่งกลับ 9 คน"]),
        ("จับกุม 9 คน\nส่งกลับ", ["จับกุม 9 คน", "ส่งกลับ"]),
        ("ប្រទេសផ្សេងៗ ជាច្រើន។ល។ និងកម្ពុជា។", ["ប្រទេសផ្សេងៗ ជាច្រើន។ល។", "និងកម្ពុជា។"]),
    ],
)
def test_thai_ends_only_at_line_breaks_and_khmer_not_at_its_repetition_sign(
    languages: tuple[Language, ...], text: str, wanted: list[str]
) -> None:
    """Thai has no full stop, only abbreviations; and a space stands around every figure, so it cannot end a sentence."""
    assert cut(text, languages) == [fold(each).text for each in wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It cost 3.5 million. Yes.", ["it cost 3.5 million.", "yes."]),
        ("They waited... and left. Nobody came.", ["they waited... and left.", "nobody came."]),
        ("They waited… and left.", ["they waited... and left."]),
        ("They waited...\nNobody came.", ["they waited...", "nobody came."]),
        ("See https://news.test/a?b=1.5;c=2 for more. Bye.", ["see https://news.test/a?b=1.5;c=2 for more.", "bye."]),
        ("News.test wrote it. Bye", ["news.test wrote it.", "bye"]),
        ("1. Nine were held.\n2. All left.", ["1. nine were held.", "2. all left."]),
        ("- nine held\n- all left\n\n* end", ["- nine held", "- all left", "* end"]),
        ("Nine held in Bavet\nThey were flown out. All left.", ["nine held in bavet", "they were flown out.", "all left."]),
        ("Nine held\r\nAll left\u2028End\u2029Fin", ["nine held", "all left", "end", "fin"]),
    ],
)
def test_figures_addresses_and_lists_are_cut_where_they_end(languages: tuple[Language, ...], text: str, wanted: list[str]) -> None:
    """Headings have no full stop and addresses have several; a heading joined to its paragraph counts its people twice."""
    assert cut(text, languages) == [fold(each).text for each in wanted]


def test_sentences_cover_all_that_is_visible_once(languages: tuple[Language, ...]) -> None:
    """A hit in no sentence can never be near anything in one."""
    text = fold("Gen. Keo: 3.5… yes.\n\n ; x。 y។ล។ « z » 1. 2. a.b. " * 200).text
    found = split("text", text, languages)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    outside = "".join(text[before.end : after.start] for before, after in itertools.pairwise(found))
    assert not outside.strip()


@pytest.mark.parametrize("piece", ["a ", "九", "a.b.", ". ", "1. ", "no. ", "... ", "a; "])
def test_a_text_without_end_is_cut_and_takes_no_longer(languages: tuple[Language, ...], piece: str) -> None:
    """A list of a hundred thousand names must not become one sentence, nor hold up the poll."""
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    assert max(each.end - each.start for each in split("text", text, languages)) <= LONGEST
    assert time.process_time() - start < 2
