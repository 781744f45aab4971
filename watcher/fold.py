"""Text -> Folded: one form of all text in which terms, titles and searches are compared, with its way back.

Folded are: case, compatibility forms (NFKC), digits of all scripts, curly quotes, Khmer's two spellings of one cluster, and traditional
Chinese characters that stand in our terms. Zero-width characters, soft hyphens and direction marks are taken out. Accents stay: they
tell words apart. Terms and text must both pass through here, because NFKC splits letters that look whole (Thai SARA AM).

No words are cut here and nothing is looked for. ASCII text costs one `lower()`; the map back is made only when a span is asked for,
and most text of other scripts needs none, because nothing in it changed its length.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from functools import lru_cache

INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)

QUOTES = {"‘": "'", "’": "'", "ʼ": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "‐": "-"}

# Traditional to simplified, one for one, for the characters of our own terms and their neighbours: both spellings of a
# term are the same term. Characters with several simplified forms are left out.
_HAN_PAIRS = (
    "國国邊边電电詐诈訊讯網网騙骗殺杀豬猪賭赌園园區区窩窝點点據据機机驅驱逐逐遣遣還还離离開开撤撤遞递貝贝亞亚貢贡戈戈棉棉奧奥"
    "瑪玛歐欧達达薩萨羅罗膠胶馬马崇崇際际場场緬缅甸甸寮寮灣湾陸陆籍籍韓韩賓宾韋韦來来爾尔蘭兰盧卢剛刚肯肯鄉乡獲获襲袭蕩荡搗捣"
    "毀毁破破處处訴诉脫脱審审緝缉檢检嫌嫌員员餘余約约萬万億亿將将擬拟尋寻當当動动過过後后與与對对從从歸归華华聯联協协總总"
    "務务長长軍军隊队執执強强製制應应難难這这個个們们時时間间會会報报導导發发現现調调團团體体線线罰罚實实際际臺台"
)
HAN = {traditional: simple for traditional, simple in zip(_HAN_PAIRS[::2], _HAN_PAIRS[1::2], strict=True) if traditional != simple}

# Both clusters are printed for the same word: subscript DA (U+178A) is folded to subscript TA (U+178F).
_KHMER_DA, _KHMER_TA = "\u17d2\u178a", "\u17d2\u178f"


def _digits() -> dict[str, str]:
    """Every decimal digit of the Basic Multilingual Plane that is not ASCII; NFKC knows only full-width ones."""
    starts = (code for code in range(0x660, 0xAC00) if chr(code).isdecimal())
    return {chr(code): str(unicodedata.decimal(chr(code))) for code in starts}


# What NFKC would do to signs that stand in most Chinese, Thai and Lao text, done by replacement: ten times cheaper.
_WIDE = {chr(0xFEE0 + code): chr(code).lower() for code in range(0x21, 0x7F)}
_COMMON = {**_WIDE, "\u3000": " ", "\u00a0": " ", "…": "...", "\u0e33": "\u0e4d\u0e32", "\u0eb3": "\u0ecd\u0eb2"}

_TABLE: dict[str, str] = {**_COMMON, **dict.fromkeys(INVISIBLE, ""), **QUOTES, **HAN, **_digits()}
_SPECIAL = re.compile("[" + "".join(map(re.escape, sorted(_TABLE))) + "]")
_DELETED = re.compile("[" + INVISIBLE + "]")
_ROUNDS = 4  # folding settles in two rounds for all of Unicode; the rest is a belt


class Folded:
    """A folded text and its original. `original` leads offsets of `text` back; equal texts are equal values."""

    __slots__ = ("_ends", "_same", "_starts", "source", "text")

    def __init__(self, text: str, source: str, *, same: bool) -> None:
        self.text, self.source = text, source
        self._same = same  # True: character i of one is character i of the other
        self._starts: list[int] | None = None
        self._ends: list[int] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folded) and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Folded({self.text[:40]!r})"

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Lead [start, end) of the folded text back to the original; whole characters, so it may be a little wider."""
        if self._same or start >= end:
            return (start, end) if self._same else self._point(start)
        starts, ends = self._map()
        return starts[start], ends[min(end, len(ends)) - 1]

    def _point(self, at: int) -> tuple[int, int]:
        starts, _ = self._map()
        place = starts[at] if at < len(starts) else len(self.source)
        return place, place

    def _map(self) -> tuple[list[int], list[int]]:
        if self._starts is None or self._ends is None:
            self._starts, self._ends = _offsets(self.source, len(self.text))
        return self._starts, self._ends


def fold(text: str) -> Folded:
    """Return the folded form of any text. Folding what is folded changes nothing."""
    if text.isascii():
        return Folded(text.lower(), text, same=True)
    folded = text.casefold()
    special = set(_SPECIAL.findall(folded))
    same = special.isdisjoint(INVISIBLE)
    for character in special:
        folded = folded.replace(character, _TABLE[character])
    if not unicodedata.is_normalized("NFKC", folded):
        return Folded(_settle(text), text, same=False)
    if _KHMER_DA in folded:
        folded = folded.replace(_KHMER_DA, _KHMER_TA)
    # Nothing was taken out and nothing else shortens, so equal lengths mean one for one.
    return Folded(folded, text, same=same and len(folded) == len(text))


def folded(text: str) -> str:
    """Return only the folded text, for terms and names."""
    return fold(text).text


def _settle(text: str) -> str:
    """The long way, for text that NFKC or a deletion changes: repeated until nothing moves."""
    before = text
    for _ in range(_ROUNDS):
        after = unicodedata.normalize("NFKC", _DELETED.sub("", before)).casefold()
        after = unicodedata.normalize("NFKC", after)
        for character in set(_SPECIAL.findall(after)):
            after = after.replace(character, _TABLE[character])
        after = after.replace(_KHMER_DA, _KHMER_TA)
        if after == before:
            break
        before = after
    return before


def _offsets(source: str, length: int) -> tuple[list[int], list[int]]:
    """For each folded character the original start and end, cluster by cluster (a letter and what joins it)."""
    starts: list[int] = []
    ends: list[int] = []
    cuts = [at for at, character in enumerate(source) if not _joins(character)]
    if not cuts or cuts[0] != 0:
        cuts.insert(0, 0)
    for begin, end in zip(cuts, [*cuts[1:], len(source)], strict=True):
        width, plain = _cluster(source[begin:end])
        if plain:
            starts.extend(range(begin, end))
            ends.extend(range(begin + 1, end + 1))
        else:
            starts.extend([begin] * width)
            ends.extend([end] * width)
    if len(starts) != length:  # clusters that fold differently together: rather the whole field than a wrong place
        return [0] * length, [len(source)] * length
    return starts, ends


@lru_cache(maxsize=8192)
def _cluster(cluster: str) -> tuple[int, bool]:
    """The length of a folded cluster, and whether each of its characters folds to one in its own place."""
    folded_cluster = _settle(cluster)
    each = [_settle(character) for character in cluster]
    return len(folded_cluster), all(len(one) == 1 for one in each) and "".join(each) == folded_cluster


@lru_cache(maxsize=8192)
def _joins(character: str) -> bool:
    """Whether a character may melt into the one before it under NFKC, or is taken out."""
    if character.isascii():
        return False
    if character in INVISIBLE:
        return True
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff" or "\ud7b0" <= first <= "\ud7fb"


# ---------------------------------------------------------------- word characters, for boundaries and for counting words

# Blocks written without spaces between words: Thai, Lao, Burmese, Khmer, kana, bopomofo, Han.
_SPACELESS = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x19E0, 0x19FF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),
    (0x3005, 0x3007), (0x3021, 0x30FF), (0x3100, 0x312F), (0x31A0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
_SPACELESS_STARTS = [low for low, _ in _SPACELESS]

NO_WORD, SPACED, SPACELESS, HANGUL = 0, 1, 2, 3


class _Classes(dict[str, int]):
    """Character -> NO_WORD, SPACED, SPACELESS or HANGUL; each looked up once."""

    def __missing__(self, character: str) -> int:
        kind = _word_class(character)
        if len(self) < sys.maxunicode:
            self[character] = kind
        return kind


def _word_class(character: str) -> int:
    # Vowel signs (Mn, Mc) are part of a word, which Python's \w denies: Hindi, Bengali and Tamil would have no words.
    if not (character.isalnum() or character == "_" or unicodedata.category(character) in ("Mn", "Mc")):
        return NO_WORD
    code = ord(character)
    at = bisect_right(_SPACELESS_STARTS, code) - 1
    if at >= 0 and code <= _SPACELESS[at][1]:
        return SPACELESS
    if any(low <= code <= high for low, high in _HANGUL):
        return HANGUL
    return SPACED


word_class = _Classes()


def is_boundary(text: str, at: int) -> bool:
    """Whether a word may begin or end between text[at - 1] and text[at].

    Inside scripts without spaces it may everywhere, and so it may where Latin meets Chinese or Korean
    ("KK园区"), which is where `\\b` fails.
    """
    if at <= 0 or at >= len(text):
        return True
    before, after = word_class[text[at - 1]], word_class[text[at]]
    return before != after or before in (NO_WORD, SPACELESS)
