"""Articles, terms and rules for bench/match.py, made up from the project's own language files; the same for the same seed.

An article is sentences of words: the language's small words, words of its terms, and made-up words of pieces of those, drawn by
Zipf's law. Terms are drawn from the same words, so that common ones stand in most articles and rare ones in few.
"""

from __future__ import annotations

import gzip
import itertools
import math
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from watcher.model import Language, RuleText

# Half of all articles in languages that are ASCII throughout or nearly so, as in the project's own catalogue; the rest in other scripts.
SHARES = {
    "en": 40, "id": 6, "ms": 4, "tl": 5, "fr": 4, "es": 3, "vi": 4, "tr": 2, "ru": 4, "zh": 7, "ja": 4, "ko": 4, "km": 4, "th": 4,
    "lo": 1, "my": 1, "hi": 2, "bn": 1, "ta": 1, "ar": 2,
}  # fmt: skip
WORDS = 6000  # a language
COMMON, RARE = 150, 2000  # ranks from which common and rare terms are drawn, log-uniform to the end
SENTENCES = (2.9, 0.6)  # log-normal: 18 in the median article
LONGEST = 60_000  # bytes of a real file that are used
PLAIN_WORDS = (
    "year government company people market report city country world law school health water team week state police family house party "
    "million percent minister president national public local court official security service money business trade energy border travel "
    "election border airport hospital student worker technology president committee agreement investment project development international"
)


class Texts:
    """Vocabularies by language, and what is made of them."""

    def __init__(self, languages: Sequence[Language], seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.languages = {language.code: language for language in languages if language.code in SHARES}
        self.words = {code: _words(language, random.Random(f"{seed}:{code}")) for code, language in self.languages.items()}
        self.weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(WORDS)))

    def articles(self, count: int) -> list[tuple[str, str]]:
        """Return so many articles as (language, a title, a line break and a body)."""
        codes = self.random.choices(list(self.languages), [SHARES[code] for code in self.languages], k=count)
        return [(code, self.article(code)) for code in codes]

    def terms(self, count: int, first: int, *, phrases: bool) -> list[str]:
        """Return terms of all languages: words from rank `first` on, mostly single ones, or mostly phrases."""
        found: dict[str, None] = {}
        while len(found) < count:
            code = self.random.choices(list(self.languages), [SHARES[code] for code in self.languages])[0]
            spaces = self.languages[code].spaces
            length = self.random.choices((1, 2, 3), (1, 6, 3) if phrases else (6, 3, 1))[0]
            ranks = (int(first * (WORDS / first) ** self.random.random()) for _ in range(length))
            term = (" " if spaces else "").join(self.words[code][min(rank, WORDS - 1)] for rank in ranks)
            if len(term) >= (4 if spaces else 2) and any(map(str.isalnum, term)):
                found[term] = None
        return list(found)

    def learn(self, texts: Iterable[str]) -> None:
        """Take English words by how often they stand in real texts, so that common terms are common there too."""
        counted = Counter(word for text in texts for word in re.findall(r"[a-z]{3,}", text.lower()))
        self.words["en"] = ([word for word, _ in counted.most_common(WORDS)] + self.words["en"])[:WORDS]

    def article(self, code: str) -> str:
        """Return one article in a language: a title, a line break and a body."""
        count = max(3, int(math.exp(self.random.gauss(*SENTENCES))))
        sentences = [self._sentence(code) for _ in range(count)]
        # Pieces of words put together anew leave marks in orders that no page is written in.
        return unicodedata.normalize("NFC", sentences[0][:80] + "\n" + " ".join(sentences))

    def _sentence(self, code: str) -> str:
        words = self.random.choices(self.words[code], cum_weights=self.weights, k=self.random.randint(7, 24))
        if self.random.random() < 0.3:
            words[0] = str(self.random.randint(2, 2030))
        if not self.languages[code].spaces:
            return "".join(words) + ("។ " if code == "km" else "。" if code in ("zh", "ja") else " ")
        middle = len(words) // 2
        words[middle] = words[middle].capitalize() + ","
        words[0] = words[0].capitalize()
        return " ".join(words) + "."


def rules(terms: Sequence[str], count: int) -> list[RuleText]:
    """Return so many rules that use all of the terms between them, ten or more each: any of these near, or beside, any of those."""
    drawn = random.Random(count)
    each = max(10, math.ceil(len(terms) / count))
    around = itertools.cycle(terms)
    made = []
    for number in range(count):
        used = [f'"{term}"' for term in itertools.islice(around, each)]
        some, others = " OR ".join(used[: each // 2]), " OR ".join(used[each // 2 :])
        operator = drawn.choice(("AND", "AND", "NEAR/30"))
        made.append(RuleText(f"rule-{number}", match=f"({some}) {operator} ({others})"))
    return made


def read_folder(folder: Path, count: int) -> Iterator[tuple[str, str]]:
    """Yield up to so many real texts of a folder, taken for English: files named .txt, .md, .rst, .html, .gz or without an ending, in the order of names."""
    for path in sorted(folder.rglob("*")):
        if count <= 0:
            return
        if path.suffix not in ("", ".txt", ".md", ".rst", ".html", ".gz") or not path.is_file() or path.stat().st_size > 5 * LONGEST:
            continue
        try:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            text = data[:LONGEST].decode()
        except (OSError, UnicodeDecodeError, EOFError):
            continue
        if len(text) > 400:
            count -= 1
            yield "en", text


def _words(language: Language, drawn: random.Random) -> list[str]:
    """The small words first, then words of terms and made-up words of the same letters, shorter ones more often early."""
    terms = [term.rstrip("*") for written in language.concepts.values() for term in written]
    own = list(dict.fromkeys(word for term in terms for word in term.split()))
    if language.code == "en":
        own += PLAIN_WORDS.split()
    pieces = [piece for word in own for piece in re.findall("...?", word) if piece.strip()]
    ascii_only = language.code in ("en", "id", "ms", "tl")
    pieces = [piece for piece in pieces if not ascii_only or piece.isascii()]
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(drawn.choices(pieces, k=drawn.choice((1, 2, 2, 3))))] = None
    rest = sorted({*own, *made} if not ascii_only else {*filter(str.isascii, own), *made}, key=lambda word: len(word) + drawn.random() * 8)
    return list(dict.fromkeys([*language.frequent, *rest]))[:WORDS]
