"""Text and addresses from feeds -> the same, harmless where they will be shown.

Everything here bounds or escapes; nothing decides what is said. Escaping for HTML is Jinja's and is not here.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

TITLE_LENGTH = 160  # characters of a title; longer ones are cut with a mark
SUBJECT_LENGTH = 180  # characters; phones show about 60, mail servers take 998 bytes after encoding
LINK_LENGTH = 2000  # characters; what mail clients and Slack are known to take
MARKS_IN_A_ROW = 6  # combining marks on one letter: Khmer and Bengali need up to 5, "zalgo" text uses hundreds
JOINERS = "\u200c\u200d"  # the only invisible characters that change how Bengali and Khmer are read
BETWEEN_WORDS = "\u200b"  # says where words end in scripts without spaces; lines may be broken there

_SLACK_LOOKALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", "@": "＠"})
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_NO_SPACES = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"  # Thai, Lao, Burmese, Khmer
_STRAY = re.compile(f"(?<!{_NO_SPACES}){BETWEEN_WORDS}|{BETWEEN_WORDS}(?!{_NO_SPACES})")
_HOST = re.compile(r"[a-z0-9._:\[\]-]+", re.IGNORECASE)


def one_line(text: str, limit: int | None = None) -> str:
    """Return `text` as one visible line: no controls, no direction overrides, no hidden or broken characters.

    A zero-width space stays between two letters of a script without spaces; elsewhere it can only hide something.
    With `limit` it is cut to that many characters at a word, the cut marked with " ...".
    """
    kept: list[str] = []
    marks = 0
    one_between = re.sub(f"{BETWEEN_WORDS}+", BETWEEN_WORDS, unicodedata.normalize("NFC", text))
    for character in _STRAY.sub("", one_between):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif marks <= MARKS_IN_A_ROW and not _invisible(character, category):
            kept.append(character)
    line = " ".join("".join(kept).split())
    return cut(line, limit) if limit is not None else line


def visible(text: str) -> str:
    """Return a text of several lines as a page can show it: the same characters but for controls, hidden ones and half characters.

    Unlike `one_line` it leaves spaces, line ends and zero-width spaces as they are: it is for showing what was read, not for quoting it.
    """
    return "".join(_shown(character) for character in text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(line: str, limit: int) -> str:
    """Return `line` with at most `limit` characters; a cut falls between words where there are any, and is marked."""
    if len(line) <= limit:
        return line
    room = line[: limit - 4]
    gap = next((sign for sign in (" ", BETWEEN_WORDS) if sign in room[limit // 2 :]), "")
    head = room.rsplit(gap, 1)[0] if gap else _whole_letters(room, line)
    return head.rstrip(" ,;:.-") + " ..."


def mail_subject(text: str) -> str:
    """Return a subject that no mail reader can take for an encoded word or a second header."""
    return one_line(one_line(text).replace("=?", "= ?"), SUBJECT_LENGTH)


def web_link(url: str) -> str:
    """Return `url` if it is a plain http or https address, in ASCII, else "".

    Characters outside ASCII are percent-encoded and a host in another script is written in its ASCII form,
    so that what is shown is where the link leads.
    """
    if len(url) > LINK_LENGTH or any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp") for c in url):
        return ""
    try:
        parts = urlsplit(url)
        host = _ascii_host(parts.hostname or "")
        port = f":{parts.port}" if parts.port is not None else ""
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc or "\\" in url:
        return ""
    rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    return f"{parts.scheme.lower()}://{host}{port}" + quote(rest, safe="/?#&=+,;:@!$()*~%-._[]")


def host(link: str) -> str:
    """Return the host a checked link leads to, without a leading "www."."""
    return (urlsplit(link).hostname or "").removeprefix("www.")


def language_tag(language: str | None) -> str:
    """Return `language` if it may stand in a `lang` attribute, else ""."""
    return language if language and _LANGUAGE_TAG.fullmatch(language) else ""


def mail_link(contact: str, subject: str) -> str:
    """Return a mailto link to `contact`, "" if that is no mail address."""
    if not re.fullmatch(r"[^\s@<>\"'?&]+@[^\s@<>\"'?&]+", contact):
        return ""
    return f"mailto:{quote(contact, safe='@.+-_')}?subject={quote(subject, safe='')}"


def slack_text(text: str) -> str:
    """Return feed text for a Slack paragraph: escaped, and without characters that Slack would format or call people by.

    Slack knows no escape for its formatting characters, so they are replaced by ones that look alike.
    """
    line = one_line(text).translate(_SLACK_LOOKALIKES)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slack_plain(text: str) -> str:
    """Return our own line, which may hold commands and feed titles, for Slack: escaped, but copied as it stands.

    Only the three words that could call everybody are changed.
    """
    line = re.sub(r"@(?=here|channel|everyone)", "＠", one_line(text))
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slack_link(url: str, label: str) -> str:
    """Return `<url|label>`, or the label alone where the address is not fit to be a link."""
    link = web_link(url)
    text = slack_text(label).replace("|", "/")
    return f"<{link.replace('&', '&amp;')}|{text}>" if link else text


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\n\t" or not (category == "Cc" or _invisible(character, category)):
        return character
    return "\ufffd" if category == "Cs" else ""


def _invisible(character: str, category: str) -> bool:
    """Whether the character is unseen, half of one, or none: such text cannot be read or cannot be encoded."""
    if character in JOINERS or character == BETWEEN_WORDS:
        return False
    return category in ("Cf", "Cs") or (ord(character) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF


def _whole_letters(room: str, line: str) -> str:
    """Take off the end of `room` what would tear a letter from its marks (scripts without spaces)."""
    end = len(room)
    while end > 1 and (unicodedata.category(line[end])[0] == "M" or line[end - 1] in "\u17d2\u09cd" + JOINERS):
        end -= 1
    return room[:end]


def _ascii_host(name: str) -> str:
    """Return the host in ASCII (punycode where needed); "" if it holds anything a host cannot."""
    plain = name if name.isascii() else name.encode("idna").decode("ascii")
    text = f"[{plain}]" if ":" in plain else plain
    return text if _HOST.fullmatch(text) else ""
