"""Which language a text is in: the feed's word, corrected by the script; else the script; else unknown.

A detector of languages that share a script is not here; where the language stays unknown, the terms that were hit
say whose numbers and dates to try.
"""

from __future__ import annotations

import re
from collections import Counter

from watcher.model import Language, Reading, Vocabulary

# A script that only one of our languages is written in settles the matter, whatever the feed says of itself.
_SCRIPTS = (
    ("km", re.compile("[\u1780-\u17ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
)
# Scripts of several languages, with those that may claim them; without a claim the language stays unknown.
_SHARED = (
    (re.compile("[\u0900-\u097f]"), ("hi", "mr", "ne")),
    (re.compile("[\u0600-\u06ff]"), ("ar", "ur", "fa")),
    (re.compile("[\u0400-\u04ff]"), ("ru", "uk", "bg", "kk")),
)
_SAMPLE = 200  # characters; a headline and the first lines are enough to see a script
_SHARE = 0.2  # of the sample's letters; a Thai article names "Phnom Penh" and an English one quotes a Khmer word


def language_of(said: str | None, title: str, text: str) -> str | None:
    """Return the BCP 47 tag: what the feed says where the script does not deny it, else what the script says, else None."""
    sample = f"{title[:_SAMPLE]} {text[:_SAMPLE]}"
    if sample.isascii():
        return said
    letters = sum(map(str.isalpha, sample)) or 1
    for code, script in _SCRIPTS:
        if len(script.findall(sample)) > _SHARE * letters:
            return said if said and _main(said) in (code, "yue" if code == "zh" else code) else code
    for script, codes in _SHARED:
        if len(script.findall(sample)) > _SHARE * letters:
            return said if said and _main(said) in codes else None
    return said


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
