"""read.terms: every term in one pass, with the boundaries of its script."""

from __future__ import annotations

import pytest

from watcher.fold import fold
from watcher.languages import load
from watcher.match import compile
from watcher.match.compile import terms_of
from watcher.model import Entry, RuleText, Vocabulary
from watcher.read import read
from watcher.read.terms import scanner


def found(rule: str, text: str) -> list[str]:
    """The parts of `text` that the terms of a rule hit."""
    _, vocabulary = compile([RuleText("r", match=rule)], [], load())
    folded = fold(text)
    return [text[slice(*folded.original(hit.start, hit.end))] for hit in scanner(vocabulary).hits("text", folded.text)]


@pytest.mark.parametrize(
    ("rule", "text", "wanted"),
    [
        ("scam", "Scampi and a scam.", ["scam"]),
        ("scam*", "Scamming pays", ["Scam"]),
        ("lao", "From Laos by Lao police", ["Lao"]),
        ('"phone scam"', "a phone\nscam", ["phone\nscam"]),
        ('"kk园区"', "在KK园区被捕", ["KK园区"]),
        ("诈骗", "涉嫌电信诈骗被捕", ["诈骗"]),
        ("遣返", "遣返110名", ["遣返"]),
        ("送還", "强制送還された", ["送還"]),
        ("จับกุม", "ตำรวจจับกุมคนไทย", ["จับกุม"]),
        ("បណ្តេញ", "បាន\u200bបណ្ដេញចេញ", ["បណ្ដេញ"]),
        ("ठगी", "साइबर ठगी का", ["ठगी"]),
        ("ठग", "साइबर ठगी का", []),
        ("প্রতারণা", "অনলাইন প্রতারণা চক্র", ["প্রতারণা"]),
        ("மோசடி", "சைபர் மோசடி", ["மோசடி"]),
        ("лаос", "лаосский", []),
        ("scam", "캄보디아scam조직", ["scam"]),
    ],
)
def test_a_word_is_found_where_its_script_ends_words(rule: str, text: str, wanted: list[str]) -> None:
    """One boundary rule for all scripts finds nothing in half of them and too much in the rest."""
    assert found(rule, text) == wanted


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("@cambodia.ko", "캄보디아에서 송환"),
        ("@cambodia.ru", "в Камбодже задержали"),
        ("@cambodia.bn", "কম্বোডিয়ায় আটক"),
        ("@cambodia.ta", "கம்போடியாவில் சிக்கிய"),
        ("@cambodia.tr", "Kamboçya'da baskın"),
        ("@cambodia.ar", "وكمبوديا ترحل"),
        ("@cambodia.km", "មកពីកម្ពុជានៅ"),
        ("@cambodia.lo", "ຢູ່ກຳປູເຈຍ"),
        ("@cambodia.my", "ကမ္ဘောဒီးယားနိုင်ငံ"),
    ],
)
def test_particles_glued_to_a_word_do_not_hide_it(rule: str, text: str) -> None:
    """Korean, Bengali, Tamil and Arabic write "from Cambodia" as one word."""
    assert found(rule, text)


def test_a_longer_term_does_not_hide_the_one_inside() -> None:
    """Both are asked by rules: @scam.zh and the bare word."""
    assert set(found("诈骗 OR 电信诈骗", "电信诈骗")) == {"诈骗", "电信诈骗"}


def test_an_entry_that_no_rule_can_hold_for_is_not_read_further() -> None:
    """Nearly all entries are such; they must cost one pass and no more, and say that nothing was looked for."""
    _, vocabulary = compile([RuleText("r", match="@cambodia AND @scam")], [], load())
    about = read(Entry("k", "", "", "Scam in Toledo", "They came from Cambodia"), vocabulary)
    assert (about.gated, about.claims) == (False, ())
    away = read(Entry("k", "", "", "Scam in Toledo", "25 people arrested"), vocabulary)
    assert (away.gated, away.claims, away.sentences) == (True, None, None)


def test_a_query_of_absences_opens_the_gate_always() -> None:
    """`NOT x` holds for a text without any hit; a gate that asked for hits would hide it."""
    _, vocabulary = compile([RuleText("r", match="NOT golf")], [], load())
    assert not read(Entry("k", "", "", "Quiet day"), vocabulary).gated


def test_an_empty_vocabulary_finds_nothing() -> None:
    """A service without rules must idle, not fail."""
    assert read(Entry("k", "", "", "Cambodia"), Vocabulary((), ())).gated


def test_arabic_terms_get_their_glued_forms() -> None:
    """The article is written into the word; without its forms "the fraud" is not found."""
    arabic = next(language for language in load() if language.code == "ar")
    assert "الاحتيال" in {term.text for term in terms_of("scam", arabic, ["احتيال"])}


def test_places_become_hits_only_when_looked_at() -> None:
    """Most texts name countries and police and no rule holds: making a Hit of each place was what reading them cost."""
    rules = [RuleText("r", match="@cambodia AND unheardof")]
    _, vocabulary = compile(rules, [], load())
    reading = read(Entry("k", "", "", "Cambodia", "Phnom Penh, Cambodia. " * 500), vocabulary)
    assert reading.gated
    assert reading.hit_terms
    assert "_made" not in vars(reading.hits)
    assert {hit.term for hit in reading.hits} == reading.hit_terms
    assert [hit.end for hit in reading.hits if hit.field == "text"] == sorted(hit.end for hit in reading.hits if hit.field == "text")
    assert len(reading.hits) >= 1001


def test_words_that_only_hold_a_term_give_no_places() -> None:
    """The automaton finds "lao" in "laos" a thousand times; what is kept costs, so it must be dropped before anything is made of it."""
    _, vocabulary = compile([RuleText("r", match="lao OR scam")], [], load())
    assert len(scanner(vocabulary).scan(("text", "laos scampi " * 1000))) == 0
    assert len(scanner(vocabulary).scan(("text", "laos scampi " * 1000 + "lao"))) == 1


def test_a_term_may_begin_and_end_the_text() -> None:
    """A headline is often a name and a verb, with nothing before or after."""
    _, vocabulary = compile([RuleText("r", match="scam OR ring*")], [], load())
    assert [hit[2:] for hit in scanner(vocabulary).hits("title", "scam ring")] == [(0, 4), (5, 9)]
    assert [hit[2:] for hit in scanner(vocabulary).hits("title", "scams rings")] == [(6, 10)]


@pytest.mark.parametrize("extra", [0, 2000])
def test_many_terms_find_what_few_do(extra: int) -> None:
    """From some 1,500 terms on another form of the automaton is built; which one must not be seen in what is found."""
    words = " OR ".join(["诈骗", "电信诈骗", "scam", "deport*", *(f"filler{number}" for number in range(extra))])
    assert set(found(words, "Deported over 电信诈骗, a scam")) == {"Deport", "电信诈骗", "诈骗", "scam"}


def test_the_hits_of_one_term_are_those_among_all() -> None:
    """A rule that asks for one word must see what listing all hits would show."""
    vocabulary = compile([RuleText("any", match="@cambodia AND @scam AND scams")], [], load())[1]
    hits = scanner(vocabulary).scan(("title", "Scams in Cambodia"), ("text", "A scam, scams and a phone scam in Poipet and Cambodia."))
    assert hits.terms
    for term in hits.terms:
        assert hits.of(term) == [hit for hit in hits if hit.term == term]
    assert hits.of(len(vocabulary.terms)) == []
