"""HTML -> plain text, and a cut that breaks no character: pure functions of strings.

What comes out is text, not safe markup: `<b>` that an author printed stays `<b>`. Every way out escapes it
again for its own place. Zero-width characters stay as printed, because Khmer feeds use U+200B between words;
`fold` removes them where terms are looked for. Extracting the article out of a web page is not done here.
"""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

# Controls except tab and line feed, and what turns text around (bidi marks, embeddings, isolates); a byte order mark.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FLAG_LETTERS = re.compile("[\U0001f1e6-\U0001f1ff]+\\Z")
# Elements that begin a line of their own; written out because nh3 joins `<p>a</p><p>b</p>` to "ab".
_BLOCK = re.compile(
    r"<(?=/?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|blockquote|section|article|header|footer|figure|figcaption|dt|dd|dl|hr|pre|td|th)\b)",
    re.IGNORECASE,
)
# Made once: nh3.clean() builds one a call, which costs more than a short summary does. The content of script and style goes too.
_CLEANER = nh3.Cleaner(tags=set(), attributes={}, url_schemes=set(), link_rel=None)
_LOOKS_LIKE_MARKUP = re.compile(r"<[A-Za-z/!?]")
# An HTML5 parser takes a time that grows with the square of the nesting: 20,000 open <div> cost 3 s. An article has some hundred tags.
_MOST_TAGS = 2_000
_TAG = re.compile(r"<[^<>]*>")
_SILENT = re.compile(r"<(script|style)\b[^<>]*>[^<]*", re.IGNORECASE)
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
_VIRAMA = 9  # canonical combining class: the next consonant belongs to this one (Khmer, Burmese, Bengali, Nepali)
_LONGEST_CLUSTER = 32  # characters; longer ones are hostile and may be cut


def to_text(markup: str) -> str:
    """Return the text of `markup`: tags and the content of script and style gone, entities resolved, NFC.

    Runs of blanks become one; a paragraph or line break becomes one newline. Takes any string, also plain text.
    """
    if "<" in markup and _LOOKS_LIKE_MARKUP.search(markup):
        if markup.count("<") > _MOST_TAGS:
            return rough_text(markup)
        markup = html.unescape(_CLEANER.clean(_BLOCK.sub("\n<", markup)))
    elif "&" in markup:
        markup = html.unescape(markup)
    return tidy(markup)


def rough_text(markup: str) -> str:
    """Return the text of `markup` by taking out whatever stands in angle brackets: less exact, and linear whatever the markup is."""
    return tidy(html.unescape(_TAG.sub(" ", _BLOCK.sub("\n<", _SILENT.sub(" ", markup)))))


def tidy(text: str) -> str:
    """Return plain text in NFC without controls, bidi marks, lone surrogates, double blanks and empty lines."""
    if text.isprintable():  # one line, and no blank in it but the plain one
        text = " ".join(text.split()) if "  " in text else text.strip()
        return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
    # split() and splitlines() know every blank and line end of Unicode and run at C speed; 35,000 summaries pass here on a first poll.
    lines = (" ".join(_seen(line).split()) for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def clip(text: str, limit: int) -> str:
    """Return `text` in at most `limit` characters; a cut falls between what a reader sees as characters, and ends in "…"."""
    if len(text) <= limit:
        return text
    end = limit - 1
    for candidate in range(end, max(end - _LONGEST_CLUSTER, -1), -1):
        if candidate == 0 or not _joined(text, candidate):
            end = candidate
            break
    return text[:end].rstrip() + "…"


def _seen(line: str) -> str:
    """Return the line without what cannot be seen and only deceives."""
    return line if line.isprintable() else _SURROGATE.sub("\ufffd", _UNSEEN.sub("", line))


def _joined(text: str, index: int) -> bool:
    """Say whether a reader sees the characters on both sides of `index` as one."""
    before, after = text[index - 1], text[index]
    if after in _JOINERS or before == "\u200d" or unicodedata.category(after)[0] == "M":
        return True
    if unicodedata.combining(before) == _VIRAMA or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    flags = _FLAG_LETTERS.search(text, max(index - _LONGEST_CLUSTER, 0), index)
    return flags is not None and len(flags[0]) % 2 == 1 and "\U0001f1e6" <= after <= "\U0001f1ff"
