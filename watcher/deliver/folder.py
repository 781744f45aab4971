"""Rendered -> three files: .html for the eye, .txt for a search, .eml for a mail program.

Files are whole or absent (written beside, then renamed), and the same message written twice is one set of files.
Nothing is ever deleted here, and nothing written outside the channel's folder.
"""

from __future__ import annotations

import asyncio
import email.policy
import os
import secrets
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from watcher.deliver.email import bare_letter, list_header
from watcher.deliver.frozen import Frozen
from watcher.deliver.mime import NOBODY, Letter, ascii_address, letter_bytes
from watcher.deliver.plain import slug
from watcher.errors import DeliveryError
from watcher.model import Channel, Delivered, Message, Rendered

_NO_SENDER = "watcher@watcher.invalid"  # RFC 2606: a name that can never be anybody's


def build(
    rendered: Rendered,
    channel: Channel,
    *,
    recipient: str,
    message_id: str,
    date: datetime,
    name: str,
    contact: str,
    list_id: str = "",
) -> list[Frozen]:
    """Return the mail that the three files are made of. `date` in local time puts the local day into their names."""
    sender = channel.sender if ascii_address(channel.sender) else ascii_address(contact) or _NO_SENDER
    letter = Letter(
        sender=sender,
        recipient=NOBODY,
        subject=rendered.subject,
        date=date,
        message_id=message_id,
        list_id=list_header(name, list_id or f"{slug(name)}.{ascii_address(sender).rpartition('@')[2]}"),
        text=rendered.text,
        html=rendered.html or None,
        reply_to=contact,
    )
    bare = bare_letter(rendered, letter, name=name, contact=contact)
    return [Frozen(payload=letter_bytes(letter) or bare, bare=bare)]


async def send(message: Message, channel: Channel) -> Delivered:
    """Write the files, .eml last; raises DeliveryError for the whole channel where the folder cannot be written."""
    if not channel.folder:
        raise DeliveryError(channel.name, "`folder` is not set; name one in rules.toml", retry=True, whole_channel=True)
    try:
        stem = await asyncio.to_thread(_write_all, message, Path(channel.folder))
    except OSError as error:
        problem = f"the folder {channel.folder} cannot be written ({error.strerror or 'unknown reason'}); check its rights and free space"
        raise DeliveryError(channel.name, problem, retry=True, whole_channel=True) from error
    return Delivered(answer=f"{stem}.html, .txt, .eml")


def _write_all(message: Message, folder: Path) -> str:
    mail = BytesParser(policy=email.policy.default).parsebytes(message.payload)
    stem = _stem(mail, message.message_id)
    folder.mkdir(parents=True, exist_ok=True)
    for kind, suffix in (("html", ".html"), ("plain", ".txt")):
        part = mail.get_body((kind,))
        if part is not None:
            _write(folder, stem + suffix, part.get_content().replace("\r\n", "\n").encode())
    _write(folder, f"{stem}.eml", message.payload)
    return stem


def _stem(mail: EmailMessage, message_id: str) -> str:
    """Return `2023-11-09-daily-1a2b3c4d5e`, made of frozen parts only: the same at each attempt."""
    day = parsedate_to_datetime(str(mail["Date"])).date()
    label = str(mail["List-Id"]).partition("<")[2].partition(".")[0]
    return f"{day}-{slug(label)}-{slug(message_id.partition('@')[0], longest=10)}"


def _write(folder: Path, name: str, content: bytes) -> None:
    """Write a whole file or none; a reader or a crash never meets half of one."""
    beside = folder / f".{name}.{secrets.token_hex(4)}.part"
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / name)
    finally:
        beside.unlink(missing_ok=True)
