"""fold: one form of text, and the way back to what was printed."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.fold import HAN, fold, folded, is_boundary, settle, word_class
from watcher.fold.characters import EARLY, JOINING, odd

# Letters that fold to more or fewer characters, join the one before, or vanish: where a map goes wrong if anywhere.
AWKWARD = "ßﬁİŉ½①ＡｶﾞＫ…ำຳ\u200b\u00ad\u0301\u0e48ក្ដតដ\u1100\u1161\u11a8ㄱㅏ각中國邊९৪'’“ \n.aZé"


@given(st.text() | st.text(AWKWARD))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    """Terms are folded once more when rules change; they must stay the same terms."""
    once = fold(text).text
    assert fold(once).text == once


# The parts of text in which marks matter, and Latin text around them, for `fold` has a way of its own for that.
PARTS = st.text() | st.text(AWKWARD) | st.text([*AWKWARD, *JOINING, *"\u0307\u0328\u0345\u09c7\u0bc6\u1025\u1037\u103aनरळiIİΣςᾳꭰ"])


@given(st.lists(PARTS | st.just("Some Latin words "), max_size=5).map("".join))
def test_the_fast_way_gives_what_the_definition_gives(text: str) -> None:
    """`settle` is folding by the book; a term folded one way must be found in a text folded the other."""
    assert fold(text).text == settle(text)


def test_every_character_folds_as_defined_by_itself_and_stays_folded() -> None:
    """All that Unicode has given out, in text of their own and inside Latin text; a list of some would miss the next Unicode."""
    given_out = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Co")]
    for first in range(0, len(given_out), 0x400):
        text = "\n".join(given_out[first : first + 0x400])
        expected = settle(text)
        assert settle(expected) == expected, text[0]
        assert fold(text).text == expected, text[0]
        assert fold("the news of the day " * 400 + text).text[8000:] == expected, text[0]


def test_every_character_that_changes_or_joins_is_looked_for() -> None:
    """What the one pattern misses is never replaced and never composed: a word with it would not be found."""
    looked_for = odd()
    for code in range(0x80, sys.maxunicode + 1):
        character = chr(code)
        form = settle(character)
        joins = 0 < unicodedata.combining(character) < 7
        if form != character or joins:
            assert looked_for.match(character), hex(code)
        if "\u0345" in unicodedata.normalize("NFKD", character) or form.lower() != form:
            assert EARLY.match(character), hex(code)


@pytest.mark.shared
def test_texts_made_to_break_programs_fold_as_defined(shared_folder: Path) -> None:
    """They are what hostile or broken feeds send; each by itself, and each two side by side."""
    texts = json.loads((shared_folder / "corpora" / "blns" / "blns.json").read_text(encoding="utf-8"))
    for before, after in itertools.pairwise(texts):
        for text in (before, before + after, after + before):
            result = fold(text)
            assert result.text == settle(text)
            if result.text:
                assert result.original(0, len(result.text))[1] <= len(text)


def test_lowering_first_changes_nothing_in_what_comes_out() -> None:
    """Texts with capitals are lowered before they are looked at; a letter that lowers to another than it folds to would be lost."""
    for code in range(0x80, sys.maxunicode + 1):
        character = chr(code)
        lower = character.lower()
        if lower != character:
            assert settle(lower) == settle(character), hex(code)
            assert len(lower) == 1 or character == "İ", hex(code)


def test_half_a_character_becomes_a_sign_that_bytes_can_hold() -> None:
    """Broken JSON has them; the automaton and the database take none."""
    assert fold("scam \ud800 ring").text == "scam \ufffd ring"


@given(st.text(AWKWARD, min_size=1) | st.text(min_size=1), st.data())
def test_spans_lead_back_into_the_original(text: str, data: st.DataObject) -> None:
    """A highlight must lie on the characters that a reader sees, and hold all of what was found."""
    result = fold(text)
    if not result.text:
        return
    start = data.draw(st.integers(0, len(result.text) - 1))
    end = data.draw(st.integers(start + 1, len(result.text)))
    first, last = result.original(start, end)
    assert 0 <= first < last <= len(text)
    # Whether a Khmer DA folds to TA depends on the sign before it, which a span may leave out.
    assert result.text[start:end].replace("ដ", "ត") in fold(text[first:last]).text.replace("ដ", "ត")


@given(st.text(AWKWARD))
def test_the_whole_folded_text_leads_back_to_all_that_is_visible(text: str) -> None:
    """Nothing visible may be lost from a highlight over everything."""
    result = fold(text)
    if result.text:
        first, last = result.original(0, len(result.text))
        assert fold(text[first:last]).text == result.text


@pytest.mark.parametrize(
    ("printed", "same_as"),
    [
        ("SCAM", "scam"),
        ("បណ្ដេញ", "បណ្តេញ"),  # subscript DA and TA
        ("ភ្នំ\u200bពេញ", "ភ្នំពេញ"),
        ("遣返", "遣返"),
        ("電信詐騙", "电信诈骗"),
        ("緬甸園區", "缅甸园区"),
        ("臺灣檢調偵辦跨國詐欺機房，護送嫌犯返臺", "台湾检调侦办跨国诈欺机房，护送嫌犯返台"),
        ("県警は詐欺の拠点を捜索", "縣警は詐欺の據點を搜索"),  # Japanese forms are the same characters
        ("ខ្ញុំ ដ្ឋាន", "ខ្ញុំ ដ្ឋាន"),
        ("လူကုန်ကူးမှုဖြင့်", "လူကုန်ကူးမှုဖြင့်"),  # asat and dot, as typed and as Unicode orders them
        ("İSTANBUL", "i̇stanbul"),
        ("क़ानून", "क़ानून"),
        ("মোট", "মোট"),
        ("பொலிஸ்", "பொலிஸ்"),
        ("𐴰𐴱 १२ ௧", "01 12 1"),  # Rohingya digits lie beyond the first plane
        ("Phnôm Pênh", "Phno\u0302m Pe\u0302nh"),
        ("O’Smach", "O'Smach"),
        ("ចំនួន ៣៧២នាក់", "ចំនួន 372នាក់"),
        ("२१", "21"),
        ("３２３名", "323名"),
        ("กำปอต", "ก\u0e4d\u0e32ปอต"),
        ("de\u00adported", "deported"),
    ],
)
def test_what_a_reader_takes_for_the_same_is_the_same(printed: str, same_as: str) -> None:
    """Each pair is printed in both ways by real outlets; a term written in one must find the other."""
    assert folded(printed) == folded(same_as)


@pytest.mark.parametrize("text", ["Công an bắt giữ nghi phạm ở Bà Vẹt", "Détenus à Phnom Penh, renvoyés", "Ελλάδα", "ガンダム", "한국인"])
def test_letters_with_their_accents_apart_are_the_same(text: str) -> None:
    """Pages made on a Mac send them apart; a reader sees no difference."""
    assert folded(unicodedata.normalize("NFD", text)) == folded(text)


def test_every_digit_of_every_script_is_a_digit() -> None:
    """Figures are read in the numerals of the country; one script forgotten would lose its counts."""
    digits = [chr(code) for code in range(0x80, sys.maxunicode + 1) if chr(code).isdecimal() and unicodedata.category(chr(code)) == "Nd"]
    assert [folded(digit) for digit in digits] == [str(unicodedata.decimal(digit)) for digit in digits]


def test_chinese_folds_one_for_one_and_to_the_end() -> None:
    """A highlight on traditional text lies on the same characters, and no simplified form is folded on to a third."""
    assert len(HAN) > 4000
    for form, simple in HAN.items():
        assert len(form) == len(simple) == 1
        assert folded(form) == folded(simple) == simple
    text = "".join(HAN)
    result = fold(text)
    assert [result.original(at, at + 1) for at in range(0, len(text), 97)] == [(at, at + 1) for at in range(0, len(text), 97)]


def test_the_table_of_characters_is_what_its_script_writes() -> None:
    """Nobody can check 4,300 pairs by eye; the dictionaries they come from can be looked up."""
    script = Path(__file__).resolve().parent.parent / "packaging" / "han_table.py"
    ran = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_accents_stay() -> None:
    """Without them Vietnamese words become other words."""
    assert folded("bắt") != folded("bát")


def test_a_span_after_removed_characters_is_not_shifted() -> None:
    """Khmer pages are full of zero-width spaces; one early in the text must not move every later highlight."""
    text = "ក្រុង\u200bភ្នំ\u200bពេញ ចាប់ខ្លួន"
    result = fold(text)
    start = result.text.index("ចាប់ខ្លួន")
    first, last = result.original(start, start + len("ចាប់ខ្លួន"))
    assert text[first:last] == "ចាប់ខ្លួន"


def test_a_thai_am_keeps_its_place() -> None:
    """SARA AM folds to two characters: a hit on the word must show the word."""
    text = "จังหวัดกำปอต กัมพูชา"
    result = fold(text)
    start = result.text.index("กัมพูชา")
    assert text[slice(*result.original(start, len(result.text)))] == "กัมพูชา"


def test_a_long_text_with_signs_taken_out_is_led_back_in_no_time() -> None:
    """Evidence is shown for every match; a page of a megabyte with a zero-width space a word must not hold up the poll."""
    word = "ភ្នំពេញ\u200b"
    text = word * 40_000
    result = fold(text)
    began = time.process_time()
    last = len(result.text) - 7
    assert result.original(last, last + 7) == (len(text) - 8, len(text))
    assert time.process_time() - began < 2  # it takes 0.1 s; the way before this one took ten times as long


def test_folding_costs_a_fraction_of_its_definition_in_every_script() -> None:
    """Every text of every feed is folded. Five to forty times faster than by the book; a mistake in the fast way would cost all of it."""
    sentences = (
        "The police of Phnom Penh arrested 25 people.", "Les suspects arrêtés à Phnom Penh sont renvoyés.", "Công an bắt giữ 25 nghi phạm ở đây.",
        "Полиция задержала 25 человек.", "ตำรวจจับกุมผู้ต้องหา 25 คน ", "នគរបាលបានឃាត់ខ្លួនជនបរទេស ២៥នាក់។ ", "警方在金边逮捕25名嫌疑人。", "경찰은 25명을 체포했다. ",
        "पुलिस ने 25 लोगों को गिरफ़्तार किया। ", "পুলিশ ২৫ জনকে আটক করেছে। ", "போலீசார் 25 பேரை கைது செய்தனர். ", "اعتقلت الشرطة 25 شخصا. ",
    )  # fmt: skip
    for sentence in sentences:
        text = sentence * 100
        rounds = [(_spent(fold, text), _spent(settle, text)) for _ in range(5)]
        assert 2 * min(fast for fast, _ in rounds) < min(slow for _, slow in rounds), sentence


def _spent(step: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    for _ in range(5):
        step(text)
    return time.process_time() - began


@pytest.mark.parametrize(
    ("text", "at", "wanted"),
    [
        ("scampi", 4, False),
        ("scam pi", 4, True),
        ("laos", 3, False),
        ("在kk园区", 1, True),
        ("中国公民", 2, True),
        ("캄보디아kk", 4, True),
        ("캄보디아에서", 4, False),
        ("कंबोडिया", 1, False),
        ("ประเทศไทย", 6, True),
        ("", 0, True),
    ],
)
def test_words_end_where_the_script_says_so(text: str, at: int, wanted: bool) -> None:
    """`\\b` fails where Latin meets Chinese and inside Hindi; a term must match in the first and not in the second."""
    assert is_boundary(text, at) is wanted


def test_vowel_signs_belong_to_words() -> None:
    """Python's own idea of a word denies them, and bounded search would find nothing in Bengali."""
    assert word_class["ি"] == word_class["ক"]
