"""Text -> text that is safe in a place that reads control characters as commands: a header, an error, a file name.

Feed text comes cleaned from the rooms before; this is the last guard, and the first one for what servers answer.
Escaping for HTML or Slack is not here.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

LONGEST_ANSWER = 200  # characters of a server's answer kept in an error: enough for a reason, too little for a page
SHORTEST_SECRET = 6  # characters; hiding shorter pieces ("services", "v1" are no secret) would only garble a reason

# Left-to-right marks, embeddings, overrides and isolates: they let a headline show something else than it says.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def one_line(text: str, *, longest: int) -> str:
    """Return `text` as one line of at most `longest` characters, cut marks shown by "…".

    Controls and line separators become blanks, direction overrides go, lone surrogates become U+FFFD.
    """
    spaced = "".join(_harmless(character) for character in _BIDI.sub("", text))
    return _cut(" ".join(spaced.split()), longest)


def many_lines(text: str) -> str:
    """Return `text` with line feeds only, tabs kept, every other control and lone surrogate replaced."""
    unified = re.sub("\r\n?|[\u2028\u2029\x85]", "\n", text)
    return "".join(character if character in "\n\t" else _harmless(character) for character in unified)


def without_secrets(text: str, secrets: Iterable[str], *, instead: str = "***") -> str:
    """Return a server's answer as one short line, each of `secrets` hidden also where it is percent- or base64-coded."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        coded = base64.b64encode(secret.encode("utf-8", "replace")).decode().rstrip("=")  # some print it without its padding
        forms = {secret, quote(secret, safe=""), unquote(secret), coded}
        for form in sorted(forms, key=len, reverse=True):
            text = re.sub(re.escape(form), instead, text, flags=re.IGNORECASE)
    return one_line(text, longest=LONGEST_ANSWER)


def secrets_of_url(url: str) -> list[str]:
    """Return the parts of a secret URL that must not be shown: all of it, what follows the host, each long piece of that."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return [url]
    tail = url.partition("://")[2].partition("/")[2]
    pieces = [piece for piece in re.split(r"[/?&=#@:]", f"{parts.netloc.rpartition('@')[0]}/{tail}") if len(piece) >= SHORTEST_SECRET]
    return [url, *([tail] if len(tail) >= SHORTEST_SECRET else []), *(piece for piece in pieces if piece != "services")]


def slug(name: str, *, longest: int = 40) -> str:
    """Return `name` as ASCII letters, digits and hyphens: a file name or a label without any meaning to a system."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].strip("-") or "message"


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "\ufffd" if category == "Cs" else character


def _cut(text: str, longest: int) -> str:
    """Cut at `longest` characters, never before a combining sign: a Khmer vowel alone is shown as a dotted circle."""
    if len(text) <= longest:
        return text
    end = longest - 1
    while end > 0 and _belong_together(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + "…"


def _belong_together(before: str, after: str) -> bool:
    """Whether a cut between the two would leave a broken letter."""
    joins_next = before == "\u200d" or unicodedata.combining(before) == 9  # class 9, virama: Khmer coeng and its kin
    return joins_next or after in "\u200c\u200d" or unicodedata.category(after).startswith("M")
