"""Which language a text is in: the feed's word, corrected by the script and, behind the gate, by its commonest words.

Search feeds declare the language they were asked in, whatever they found. Where a text in Latin letters plainly has
the small words and terms of another language, it is read as that one. Where nothing has named a language, the
statistics of the extra `detect` are asked, if it is installed. Where the language stays unknown, the terms that were
hit say whose numbers and dates to try.

Detection stays inside this room and the room stays pure: a fixed model from a package file, loaded once like the
tables of `unicodedata`, gives the same answer for the same text always. It is loaded when the first text needs it, so
that a service whose feeds say their language never pays for it; who wants none, or another, hands it in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib import import_module

from watcher.fold import folded
from watcher.model import Language, Reading, Vocabulary

# A script that only one of our languages is written in settles the matter, whatever the feed says of itself. With the first language
# stand others that may claim its script.
_ALONE = (
    ("\u1780-\u17ff", ("km",)),
    ("\u0e00-\u0e7f", ("th",)),
    ("\u0e80-\u0eff", ("lo",)),
    ("\u1000-\u109f", ("my",)),
    ("\uac00-\ud7af", ("ko",)),
    ("\u3040-\u30ff", ("ja",)),
    ("\u4e00-\u9fff", ("zh", "yue")),
    ("\u0980-\u09ff", ("bn",)),
    ("\u0b80-\u0bff", ("ta",)),
    ("\u0d00-\u0d7f", ("ml",)),
)
# Scripts of several languages, with those that may claim them; without a claim the language stays unknown.
_SHARED = (
    ("\u0900-\u097f", ("hi", "mr", "ne")),
    ("\u0600-\u06ff", ("ar", "ur", "fa")),
    ("\u0400-\u04ff", ("ru", "uk", "bg", "kk")),
)
_SCRIPTS = tuple((re.compile(f"[{signs}]+"), codes) for signs, codes in (*_ALONE, *_SHARED))
_SIGNS = re.compile(f"[{''.join(signs for signs, _ in (*_ALONE, *_SHARED))}]+")
_SAMPLE = 200  # characters; a headline and the first lines are enough to see a script
_SHARE = 0.2  # of the sample's letters; a Thai article names "Phnom Penh" and an English one quotes a Khmer word
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]+")
_LATIN_SHARE = 0.7  # of a text's letters; a Khmer article that quotes an English sentence stays Khmer
_READ = 1000  # characters in which small words are counted; of running text they are then some fifty
_PLAIN = 4  # small words, a term counting two, from which a language is plainly there; a headline has so many terms
_MARGIN = 4  # times as much as speaks for the declared language; related ones (id, ms) never differ so much
_DENSITY = 0.1  # of all words; small words are a third of running text, and names of people or firms may look like some

# A detector takes a text and returns, for every language it knows (ISO 639), how probable it is; together they are 1.
Detector = Callable[[str], Mapping[str, float]]
# 110 headlines in Latin, Devanagari and Cyrillic letters, restricted to our languages: one wrong, at 0.49; with the
# first lines of the article none, and the least sure right one (Indonesian, for Malay is near) at 0.68.
_SURE = 0.7
_LETTERS = 30  # below that a headline is names; the least sure of those headlines were the shortest
_OTHER = 0.5  # a language that is not ours and so probable is what the text is in: Dutch is no bad German


def language_of(said: str | None, title: str, text: str) -> str | None:
    """Return the BCP 47 tag: what the feed says where the script does not deny it, else what the script says, else None."""
    sample = f"{title[:_SAMPLE]} {text[:_SAMPLE]}"
    if sample.isascii():
        return said
    signs = "".join(_SIGNS.findall(sample))
    if not signs:  # Latin letters with accents, as a rule
        return said
    for at, (script, codes) in enumerate(_SCRIPTS):
        if _is_much(sum(map(len, script.findall(signs))), sample):
            if said and _main(said) in codes:
                return said
            return codes[0] if at < len(_ALONE) else None
    return said


def _is_much(count: int, sample: str) -> bool:
    """Whether so many signs are a share of the letters; these are counted only where it is not a share of all characters too."""
    return bool(count) and (count > _SHARE * len(sample) or count > _SHARE * (sum(map(str.isalpha, sample)) or 1))


def installed_detector() -> Detector | None:
    """Return the detector of the extra `detect`, None where it is not installed. Loaded once: 0.7 s, and 90 MB stay; then 0.8 ms a text."""
    return _load_detector()


def spoken(reading: Reading, vocabulary: Vocabulary, detector: Callable[[], Detector | None] = installed_detector) -> str | None:
    """Return the tag of the language a reading is in, None where that stays unknown.

    It is the one the reading has, unless the text is plainly in another; where it has none, what `detector` is sure
    of. `detector` is called only then, and returns None where there is none.
    """
    known = _plainly(reading, vocabulary) or reading.language
    return known or _detected(reading, vocabulary, detector)


def _plainly(reading: Reading, vocabulary: Vocabulary) -> str | None:
    """The language whose small words and terms a text in Latin letters has, where that is not the one declared."""
    sample = f"{reading.title.text} {reading.text.text[:_READ]}"
    if not _is_latin(sample):
        return None
    own = _main(reading.language) if reading.language else ""
    counted = Counter(_WORD.findall(sample))
    small_words = _small_words(counted, vocabulary.languages)
    terms = _terms(reading, vocabulary)
    mine = next((language for language in vocabulary.languages if own in map(_main, language.tags)), None)
    best, most = None, 0
    for language in vocabulary.languages:
        small = small_words[language.code]
        others = terms.get(language.code, set()) - terms.get(mine.code if mine else None, set())
        weight = small + 2 * len(others)
        if language is mine or weight <= most or not (small >= _DENSITY * counted.total() or len(others) >= 2):
            continue
        against = 0
        if mine is not None:
            against = small_words[mine.code] + 2 * len(terms.get(mine.code, set()) - terms.get(language.code, set()))
        if language.frequent and weight >= max(_PLAIN, _MARGIN * against):
            best, most = language.tags[0], weight
    return best


def _detected(reading: Reading, vocabulary: Vocabulary, detector: Callable[[], Detector | None]) -> str | None:
    """The one of our languages that a detector is sure of; its other languages only say that it is none of ours."""
    sample = f"{reading.title.source}\n{reading.text.source}"[:_READ]
    if sum(map(str.isalpha, sample)) < _LETTERS:
        return None
    detect = detector()
    if detect is None:
        return None
    probable = detect(sample)
    ours = {_main(tag): language for language in vocabulary.languages for tag in (*language.tags, language.code)}
    among = {code: share for code, share in probable.items() if code in ours}
    if not among:
        return None
    best = max(among, key=among.__getitem__)
    other = max((share for code, share in probable.items() if code not in ours), default=0.0)
    sure = among[best] >= _SURE * sum(among.values()) and other < max(_OTHER, among[best])
    return ours[best].tags[0] if sure else None


@cache
def _load_detector() -> Detector | None:
    try:
        langid = import_module("py3langid.langid")
    except ImportError:
        return None
    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    return lambda text: dict(identifier.rank(text))


def _terms(reading: Reading, vocabulary: Vocabulary) -> dict[str | None, set[str]]:
    """The terms that were hit, by language; those of a rule's own words have none."""
    found: dict[str | None, set[str]] = {}
    for number in reading.hit_terms:
        term = vocabulary.terms[number]
        if term.language is not None:
            found.setdefault(term.language, set()).add(term.text)
    return found


def _is_latin(sample: str) -> bool:
    if sample.isascii():  # it is folded, and has no capitals: all its letters are Latin
        return _LATIN.search(sample) is not None
    latin = sum(map(len, _LATIN.findall(sample)))
    return latin >= _LATIN_SHARE * (sum(map(str.isalpha, sample)) or 1)


def _small_words(counted: Counter[str], languages: tuple[Language, ...]) -> Counter[str]:
    """How often the small words of each language, by its code, stand among words that are counted."""
    speaking = _frequent(languages)
    found: Counter[str] = Counter()
    for word in speaking.keys() & counted.keys():
        for code in speaking[word]:
            found[code] += counted[word]
    return found


@lru_cache(maxsize=64)
def _frequent(languages: tuple[Language, ...]) -> Mapping[str, tuple[str, ...]]:
    """From each small word to the languages that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for language in languages:
        for word in map(folded, language.frequent):
            found[word] = (*found.get(word, ()), language.code)
    return found


def speakers(reading: Reading, vocabulary: Vocabulary) -> tuple[Language, ...]:
    """Return whose words for numbers, people and dates to try: the reading's language, else the one most hits are in."""
    wanted = _main(reading.language) if reading.language else _most_hit(reading, vocabulary) or "en"
    own = tuple(language for language in vocabulary.languages if wanted in map(_main, language.tags))
    return own or tuple(language for language in vocabulary.languages if language.code == "en")


def _main(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _most_hit(reading: Reading, vocabulary: Vocabulary) -> str | None:
    counts = Counter(vocabulary.terms[hit.term].language for hit in reading.hits)
    counts.pop(None, None)
    return counts.most_common(1)[0][0] if counts else None
