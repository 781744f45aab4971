"""Text -> Folded: one form of all text in which terms, titles and searches are compared, with its way back.

Folded are: case, compatibility forms (NFKC), digits of all scripts, curly quotes, Khmer's two spellings of one cluster, and traditional
Chinese and Japanese forms of characters. Zero-width characters, soft hyphens and direction marks are taken out. Accents stay: they
tell words apart. Terms and text must both pass through here, because NFKC splits letters that look whole (Thai SARA AM).

What a character becomes is said in `characters`, where `settle` is the definition; `fold` gives the same, faster: it asks one pattern
which odd characters a text has at all, replaces just those, and normalises only where marks need it. No words are cut here and
nothing is looked for.
"""

from __future__ import annotations

import unicodedata

from watcher.fold.characters import EARLY, FORM, HAN, INDIC, INVISIBLE, JOINING, JOINS, KHMER_DA, KHMER_TA, odd, settle
from watcher.fold.offsets import Offsets
from watcher.fold.words import ANYWHERE, CLOSED, HANGUL, NO_WORD, SPACED, SPACELESS, WORD_SIGNS, is_boundary, word_class

__all__ = [
    "ANYWHERE", "CLOSED", "HAN", "HANGUL", "INVISIBLE", "NO_WORD", "SPACED", "SPACELESS", "WORD_SIGNS", "Folded", "fold", "folded", "is_boundary",
    "settle", "word_class",
]  # fmt: skip

_SAMPLE = 64  # characters looked at to tell what script a text is in; a wrong guess costs time only
_LATIN_SHARE = 1.4  # bytes a character of UTF-8; Vietnamese has 1.3, Russian and Arabic with their spaces 1.75
_DENSE = 0.1  # odd characters among them from which a text is taken apart at each (traditional Chinese, Japanese)
_FEW = 16  # distinct odd characters from which one pass over the text costs less than a replacement of each
_REMEMBERED = 100_000  # characters
_NOTHING: set[str] = set()
_ASCII = bytes(range(128))
_CAPITAL_I = "İ"
_DOT = "\u0307"  # of the Turkish capital I, which folds to i and this dot
_ASAT_DOT, _DOT_ASAT = "\u103a\u1037", "\u1037\u103a"  # Burmese: as typed, and in the order of Unicode
_PLAIN = set(HAN)  # odd characters seen that become one other, or stay, and join nothing; Chinese ones from the start


class Folded:
    """A folded text and its original. `original` leads offsets of `text` back; equal texts are equal values."""

    __slots__ = ("_offsets", "_same", "source", "text")

    def __init__(self, text: str, source: str, *, same: bool) -> None:
        self.text, self.source = text, source
        self._same = same  # True: character i of one is character i of the other
        self._offsets: Offsets | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folded) and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Folded({self.text[:40]!r})"

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Lead [start, end) of the folded text back to the original; whole characters, so it may be a little wider."""
        if self._same:
            return start, end
        if self._offsets is None:
            self._offsets = Offsets(self.source, len(self.text))
        if start < end:
            return self._offsets.span(start, min(end, len(self.text)))
        place = self._offsets.point(start) if start < len(self.text) else len(self.source)
        return place, place


def fold(text: str) -> Folded:
    """Return the folded form of any text. Folding what is folded changes nothing."""
    if text.isascii():
        return Folded(text.lower(), text, same=True)
    if len(text) <= _SAMPLE and odd().search(text) is None and KHMER_DA not in text and unicodedata.is_normalized("NFC", text):
        return Folded(text, text, same=True)  # most terms and many titles: not worth the questions below
    sample = text[:: len(text) // _SAMPLE + 1]
    if len(sample.encode("utf-8", "surrogatepass")) < _LATIN_SHARE * len(sample):
        return _fold_latin(text)
    signs = {sign for sign in JOINING if sign in text} if INDIC.search(sample) else _NOTHING
    # Many capitals are many odd characters; lowered they fold to the same.
    lower = text.lower() if sample != sample.lower() else text
    if len(odd().findall(sample)) > _DENSE * len(sample):
        pieces = odd().split(lower)
        found = set(pieces[1::2])
        return _finish(_joined(pieces), text, found, signs)
    found = set(odd().findall(lower))
    return _finish(_replace(lower, found), text, found, signs)


def folded(text: str) -> str:
    """Return only the folded text, for terms and names."""
    return fold(text).text


def _fold_latin(text: str) -> Folded:
    """Fold text that is mostly ASCII: bytes are lowered many times faster than characters, and the rest is little."""
    data = text.encode("utf-8", "surrogatepass")
    others = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
    found = set(odd().findall(others))
    lower = _replace(data.lower().decode("utf-8", "surrogatepass"), found)
    # Where nothing special was found, marks that are in order among what is not ASCII are in order in the text.
    return _finish(lower, text, found, _NOTHING, others if _PLAIN.issuperset(found) else None)


def _replace(text: str, found: set[str]) -> str:
    """Replace each of a few characters, or go through the text once for many: whichever is less work."""
    if len(found) > _FEW:
        return _joined(odd().split(text))
    for character in found:
        text = text.replace(character, FORM[character])
    return text


def _joined(pieces: list[str]) -> str:
    """Put a text together again; every second piece is an odd character."""
    pieces[1::2] = map(FORM.__getitem__, pieces[1::2])
    return "".join(pieces)


def _finish(text: str, source: str, found: set[str], signs: set[str], asked: str | None = None) -> Folded:
    """Put marks in order in a text whose odd characters `found` are replaced. `asked` may stand in for it in the question of order."""
    special, same = found - _PLAIN, _CAPITAL_I not in source  # the only letter that `lower` makes longer
    if special and (special := _special(special)):
        if EARLY.search("".join(special)):
            return Folded(settle(source), source, same=False)
        forms = [FORM[character] for character in special]
        same = same and all(len(form) == 1 for form in forms)
        signs = signs.union(character for character in special.union(*forms) if JOINS[character])
    ordered = _in_order(text, signs, text if asked is None else asked)
    if KHMER_DA in ordered:
        return Folded(ordered.replace(KHMER_DA, KHMER_TA), source, same=same and ordered is text)
    return Folded(ordered, source, same=same and ordered is text)


def _special(found: set[str]) -> set[str]:
    """Return those of the characters that do more than become one other, or stay; told once for each character."""
    for character in found:
        form = FORM[character]
        if len(form) == 1 and not (JOINS[character] or JOINS[form] or EARLY.match(character)) and len(_PLAIN) < _REMEMBERED:
            _PLAIN.add(character)
    return found - _PLAIN


def _in_order(text: str, joining: set[str], asked: str) -> str:
    """Return the text in NFC, itself if it is. `joining` are signs in it that may join the one before them.

    Where there is none, Python's quick check is all. Where there is one, Python would compose the whole text to compare: so the
    common ones are looked at here, and a sign that joins nothing stands in for them in the question of order.
    """
    before = text
    if not joining:
        pass
    elif joining == {_DOT} and text.count("i" + _DOT) == text.count(_DOT):
        asked = text.replace(_DOT, "\u0305")
    elif not joining <= JOINING.keys():
        composed = unicodedata.normalize("NFC", text)
        return before if composed == before else composed
    else:
        for sign in joining:
            for letter, whole in JOINING[sign][1].items():
                text = text.replace(letter + sign, whole)
        asked = text
        for sign in joining:
            asked = asked.replace(sign, JOINING[sign][0])
    if not unicodedata.is_normalized("NFC", asked):
        text = unicodedata.normalize("NFC", text.replace(_ASAT_DOT, _DOT_ASAT))
    return before if text is before or text == before else text
