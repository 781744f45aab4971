"""Frozen bytes -> what a person reads in them: subject and text of a mail, of Slack's blocks, the JSON of a webhook.

The way back from `build`, for the command line and for a message that tells what others would have told. Nothing is made
harmless for a terminal here; that is the door's. The bytes say by themselves what they are: their channel may be gone.
"""

from __future__ import annotations

import email.policy
import json
import re
from dataclasses import dataclass
from email.parser import BytesParser
from html import unescape
from typing import Any

from watcher.deliver.plain import many_lines, one_line
from watcher.deliver.slack import escape

LONGEST_SUBJECT = 250  # characters
_LINK = re.compile(r"<((?:https?://|mailto:)[^<>|\s]+)(?:\|([^<>|\n]*))?>")
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")


@dataclass(frozen=True, slots=True)
class Readable:
    """One message in words. `paragraphs` is the same for Slack, already escaped; `data` the object that a webhook carries."""

    subject: str
    text: str
    paragraphs: tuple[str, ...]
    data: dict[str, Any] | None = None


def readable(payload: bytes) -> Readable:
    """Read a payload back, whatever channel it was made for. What cannot be read is shown as the text that it is."""
    if payload.lstrip()[:1] == b"{":
        try:
            data = json.loads(payload)
        except ValueError:
            data = None
        if isinstance(data, dict):
            return _slack(data) if "blocks" in data or isinstance(data.get("text"), str) else _event(data)
    return _mail(payload)


def _mail(payload: bytes) -> Readable:
    mail = BytesParser(policy=email.policy.default).parsebytes(payload)
    subject = one_line(str(mail["Subject"] or ""), longest=LONGEST_SUBJECT)
    part = mail.get_body(("plain", "html"))
    try:
        text = many_lines(str(part.get_content())) if part is not None else many_lines(payload.decode("utf-8", "replace"))
    except (LookupError, ValueError, KeyError):  # a charset nobody knows, or a part that is no text
        text = many_lines(payload.decode("utf-8", "replace"))
    blocks = [escape(block.strip("\n")) for block in re.split(r"\n\s*\n", text)]
    return Readable(subject, text.strip("\n"), tuple(block for block in blocks if block.strip()))


def _slack(data: dict[str, Any]) -> Readable:
    subject = one_line(unescape(str(data.get("text", "")).partition("\n")[0]), longest=LONGEST_SUBJECT)
    sections = []
    blocks = data.get("blocks")
    for block in blocks if isinstance(blocks, list) else ():
        held = block.get("text") if isinstance(block, dict) else None
        if isinstance(held, dict) and isinstance(held.get("text"), str):
            sections.append(held["text"])
    sections = sections or str(data.get("text", "")).split("\n")[1:] or [str(data.get("text", ""))]
    return Readable(subject, "\n\n".join(map(_plain, sections)), tuple(sections))


def _event(data: dict[str, Any]) -> Readable:
    inside = data.get("data")
    inside = inside if isinstance(inside, dict) else {}
    story = inside.get("story")
    story = story if isinstance(story, dict) else {}
    about = f"#{story.get('id')} {story.get('headline', '')}" if story else str(inside.get("subject") or inside.get("name") or "")
    subject = one_line(f"{data.get('type', 'event')}: {about}", longest=LONGEST_SUBJECT)
    written = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    return Readable(subject, written, (escape(subject),), data)


def _plain(mrkdwn: str) -> str:
    """Slack's markup as plain text: each link as its label and its address."""
    linked = _LINK.sub(lambda link: f"{link.group(2)}: {link.group(1)}" if link.group(2) else link.group(1), mrkdwn)
    return unescape(_BOLD.sub(r"\1", linked))
