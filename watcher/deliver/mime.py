"""Letter -> bytes of a mail, checked: no text of a feed can add a header, a part or a recipient.

Nothing is sent here. The same letter gives the same bytes.

The check is needed on top of cleaning: CPython 3.11 serialises an encoded word that holds a line break as a line
break (CVE-2024-6923 and relatives), so what we built is read back with another parser before anybody gets it.
"""

from __future__ import annotations

import email.policy
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import format_datetime, parseaddr

from watcher.deliver.identity import ascii_domain
from watcher.deliver.plain import many_lines, one_line

LONGEST_SUBJECT = 250  # characters; phones show about 60, the rest is in the text
NOBODY = "undisclosed-recipients:;"  # RFC 5322 3.4: a group without members, for a mail that goes into a folder

# 7 bit: some servers between here and the reader do not speak 8BITMIME, and re-coding there would change the bytes.
_POLICY = email.policy.SMTP.clone(cte_type="7bit")
_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Reply-To", "Content-Type", "MIME-Version")
_PART_HEADERS = {"content-type", "content-transfer-encoding", "mime-version"}


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says and who it is for. `html` None makes a mail of text only."""

    sender: str
    recipient: str
    subject: str
    date: datetime
    message_id: str
    list_id: str
    text: str
    html: str | None = None
    reply_to: str = ""


def letter_bytes(letter: Letter) -> bytes | None:
    """Return the letter as it goes over the wire (CRLF, 7 bit), or None where what came out is not what was put in."""
    letter = _cleaned(letter)
    try:
        built = _build(letter).as_bytes()
        return built if _is_sound(built, letter) else None
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        # The email package raises all of these on text it cannot write; the caller has a plainer form.
        return None


def ascii_address(address: str) -> str:
    """Return the bare `local@domain` of an address with or without a name, its domain in IDNA form; "" if it is none."""
    spec = parseaddr(address)[1] if "\n" not in address and "\r" not in address else ""
    local, at, domain = spec.rpartition("@")
    plain = ascii_domain(domain)
    sound = at and plain and local.isascii() and local.isprintable() and not re.search(r'[\s<>()\[\],;:"\\]', local)
    return f"{local}@{plain}" if sound else ""


def header_text(text: str) -> str:
    """Return text fit for a header: one line, and `=?` (the start of an encoded word) broken by a blank."""
    return one_line(text, longest=LONGEST_SUBJECT).replace("=?", "= ?")


def _cleaned(letter: Letter) -> Letter:
    return Letter(
        sender=letter.sender,
        recipient=letter.recipient,
        subject=header_text(letter.subject) or "(no subject)",
        date=letter.date,
        message_id=letter.message_id,
        list_id=letter.list_id,
        text=many_lines(letter.text),
        html=None if letter.html is None else many_lines(letter.html),
        reply_to=ascii_address(letter.reply_to),
    )


def _build(letter: Letter) -> EmailMessage:
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _sender(letter.sender)
    mail["To"] = letter.recipient
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.date)
    mail["Message-ID"] = letter.message_id
    mail["List-Id"] = letter.list_id
    mail["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        mail["Reply-To"] = letter.reply_to
    mail.set_content(letter.text)
    if letter.html is not None:
        mail.add_alternative(letter.html, subtype="html")
        # The package's own boundary is random; the bytes must be the same at each attempt and after a crash.
        content = f"{letter.message_id}\n{letter.text}\n{letter.html}".encode()
        mail.set_boundary(f"=_{hashlib.sha256(content).hexdigest()[:32]}")
    return mail


def _sender(sender: str) -> Address:
    return Address(display_name=header_text(parseaddr(sender)[0]), addr_spec=ascii_address(sender))


def _is_sound(built: bytes, letter: Letter) -> bool:
    """Read the bytes with the plain parser of RFC 822 days and compare: header names, addresses, subject, both texts."""
    if not built.isascii() or b"\0" in built or re.search(rb"(?<!\r)\n|\r(?!\n)", built):
        return False
    mail = BytesParser(policy=email.policy.compat32).parsebytes(built)
    expected = [name.lower() for name in _HEADERS if name != "Reply-To" or letter.reply_to]
    if letter.html is None:
        expected.append("content-transfer-encoding")
    return (
        sorted(name.lower() for name in mail) == sorted(expected)
        and not mail.defects
        and mail["To"] == letter.recipient
        and parseaddr(mail["From"])[1] == ascii_address(letter.sender)
        and mail["Message-ID"] == letter.message_id
        and _same(str(make_header(decode_header(mail["Subject"]))), letter.subject)
        and _texts_are(mail, [letter.text] if letter.html is None else [letter.text, letter.html])
    )


def _texts_are(mail: Message, texts: list[str]) -> bool:
    parts = [mail] if len(texts) == 1 else mail.get_payload()
    if mail.is_multipart() != (len(texts) > 1) or not isinstance(parts, list) or len(parts) != len(texts):
        return False
    for part, text in zip(parts, texts, strict=True):
        if not isinstance(part, Message) or part.is_multipart() or part.defects:
            return False
        if part is not mail and {name.lower() for name in part} - _PART_HEADERS:
            return False
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or content.decode("utf-8").replace("\r\n", "\n").rstrip("\n") != text.rstrip("\n"):
            return False
    return True


def _same(one: str, other: str) -> bool:
    """Equal but for blanks: folding may move them, and moves nothing else."""
    return "".join(one.split()) == "".join(other.split())
