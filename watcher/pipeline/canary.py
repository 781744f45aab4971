"""The made-up report of the daily self-test: the feeds it comes in, the rule that must find it, the message that must arrive.

Values only; in which order they go through the program, and when, is in `self_test`. The rule is no part of rules.toml: it is
compiled beside the operator's rules, so that no edit can take the test away, and asks for words that no newspaper prints.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from watcher.config import Config
from watcher.digest.render import render_alert
from watcher.match import Rules
from watcher.match import compile as compile_rules
from watcher.model import ChangeKind, Channel, ChannelKind, Rendered, RuleText, StoryFile, Told, Vocabulary
from watcher.pipeline.check import Watch

SOURCE = "self-test:"  # address of its row among the feeds; no address that is polled can look so
CHANNEL = "self-test:"  # name of the program's own folder as a channel; a name in rules.toml that looked so would be no harm
TITLE = "Self-test of watcher"
RULE = RuleText(name="self-test:", match='"made up by watcher" AND people(deported)', file="self-test")
COUNT = 4711  # people of the made-up report: a figure that no report of one group has had
HEADLINE = "Self-test of watcher: Cambodia deported 4711 Norwegians"

_NOTE = "This is the daily self-test of watcher. The report below is made up: nothing in it happened, and there is nothing to do."


@dataclass(frozen=True, slots=True)
class Body:
    """A small feed as bytes, and which of the readers it is for."""

    reader: str
    content: bytes


def bodies(day: date, attempt: int, now: datetime) -> tuple[Body, Body]:
    """The same report in two feeds: one that the quick reader takes, one that only feedparser can read."""
    key, told = f"self-test {day.isoformat()} {attempt}", _text(day)
    rss = (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{TITLE}</title><link>https://self-test.invalid/</link><description>Made up</description><language>en</language>"
        f'<item><guid isPermaLink="false">{key}</guid><title>{HEADLINE}</title><description>{told}</description>'
        f"<pubDate>{format_datetime(now, usegmt=True)}</pubDate></item></channel></rss>"
    )
    atom = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE feed><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>{TITLE}</title><id>urn:self-test</id><updated>{now:%Y-%m-%dT%H:%M:%SZ}</updated>"
        f'<entry><id>{key}</id><title>{HEADLINE}</title><updated>{now:%Y-%m-%dT%H:%M:%SZ}</updated><content type="xhtml">'
        f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{told}</p></div></content></entry></feed>'
    )
    return Body("quick", rss.encode()), Body("usual", atom.encode())


def compiled(watch: Watch) -> tuple[Rules, Vocabulary]:
    """The built-in rule beside the operator's, over the same languages. Raises ExceptionGroup where they cannot be compiled."""
    config = watch.config
    rules, vocabulary = compile_rules((*config.rules, RULE), config.concepts, watch.spoken.languages, config.people, config.queries)
    return rules, replace(vocabulary, time_zone=config.settings.time_zone)


def way_out(config: Config, database: Path) -> Channel:
    """Where its message goes: `canary_channel`, else a folder of the program's own beside the database."""
    named = config.channel(config.settings.canary_channel) if config.settings.canary_channel else None
    return named or own_folder(database)


def own_folder(database: Path) -> Channel:
    """The folder of the program's own, as a channel."""
    return Channel(name=CHANNEL, kind=ChannelKind.FOLDER, folder=str(database.resolve().parent / "self-test"))


def written(found: StoryFile, config: Config, now: datetime) -> Rendered:
    """The story as readers would get it, by the same templates, under a line that says what it is; webhooks get a plain test."""
    told = (Told(replace(found, id=0), ChangeKind.NEW, "self-test"),)  # its number was taken back and will be a real story's
    settings = config.settings
    alert = render_alert(told, now=now, time_zone=settings.time_zone, name="self-test")
    at = now.astimezone(ZoneInfo(settings.time_zone))
    return Rendered(
        subject=f"Self-test of watcher, {at.day} {at:%b %H:%M}: nothing to do",
        text=f"{_NOTE}\n\n{alert.text}",
        html="",
        slack=(_NOTE.replace("The report below", "Its report"),),
        events=({"type": "test", "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "data": {"channel": "self-test"}},),
        preview=_NOTE,
    )


def _text(day: date) -> str:
    printed = f"{day.day} {day:%B %Y}"
    return (
        f"This report was made up by watcher to test itself. Cambodia deported {COUNT} Norwegians on {printed}. "
        f"Police in Phnom Penh said the {COUNT} Norwegians had worked in an online scam compound."
    )
