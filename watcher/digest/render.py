"""Digest -> Rendered: the words put into HTML, text, Slack paragraphs and webhook objects.

Templates come from this package only, never from a database or a person, so feed text is always a value and
never a template. What is said is decided in `compose`; sending is not here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from watcher.digest.clean import mail_link, mail_subject, one_line, slack_plain, slack_text, web_link
from watcher.digest.compose import CAUTION, Section, count_words, page, told_subject
from watcher.digest.days import Days
from watcher.digest.events import digest_event, story_events
from watcher.digest.paragraphs import lead_paragraph, story_paragraph
from watcher.digest.stories import Item, Link, Reader, item
from watcher.digest.story_file import HASHED, STORED, file_page
from watcher.digest.wrap import wrap
from watcher.model import ChangeKind, Digest, Facts, Filed, Rendered, Told

# Inlining is for mail clients that drop <style>; the at-rules must stay, or dark mode is lost. Nothing is ever loaded.
_INLINER = css_inline.CSSInliner(inline_style_tags=True, keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail that is no digest: an alert, a line for the operator, a test."""

    subject: str
    preview: str
    name: str
    date: str
    lead: str
    since: str
    lines: tuple[str, ...]
    closing: tuple[str, ...]
    contact: str
    contact_link: str
    sections: tuple[Section, ...] = ()
    caution: str = ""


def render(digest: Digest, stories: Mapping[int, Mapping[str, Any]] | None = None) -> Rendered:
    """Return a digest in all forms; `stories` maps a story's number to its JSON, for the webhook's objects.

    Slack says nothing of sources that were not read; a mail without stories is one Slack paragraph. Its order is the mail's.
    """
    words = page(digest)
    days = Days(digest.time_zone, digest.local_date)
    places = {item.id: place for place, item in enumerate(item for section in words.sections for item in section.items)}
    shown = sorted((one for one in digest.told if one.kind is not ChangeKind.COVERAGE), key=lambda one: places.get(one.story.id, 0))
    return Rendered(
        subject=words.subject,
        news=mail_subject(told_subject(digest.told) or "No new story"),
        text=_text("digest.txt.j2", page=words),
        html=_html("digest.html.j2", page=words),
        slack=(
            lead_paragraph(words.lead, words.since, empty=not (shown or digest.first)),
            *(story_paragraph(one, days, digest.reads) for one in shown),
        ),
        events=(*story_events(digest.told, stories or {}, digest.period_end), digest_event(digest, words)),
        preview=words.preview,
    )


def render_alert(
    told: Sequence[Told],
    *,
    now: datetime,
    time_zone: str,
    name: str = "alert",
    contact: str = "",
    reads: Sequence[str] = (),
    more: Sequence[Told] = (),
    more_in: str = "the next mail",
    held: bool = False,
    linked: Mapping[int, Facts] | None = None,
    stories: Mapping[int, Mapping[str, Any]] | None = None,
) -> Rendered:
    """Return one message for what waits, however many stories it is.

    `more` is over the day's limit and left to a digest, `more_in` names its mail: people read how many, machines get their events.
    `held` says that the message waited for the morning.
    """
    days = Days.at(now, time_zone)
    known = {one.story.id: one.story.facts for one in told if one.story.id is not None and one.story.facts} | dict(linked or {})
    reader = Reader(days, tuple(reads), contact, known)
    lines = (*(("Held until morning.",) if held else ()), *((f"{len(more)} more in {more_in}.",) if more else ()))
    items = tuple(item(one, reader) for one in told)
    notice = Notice(
        subject=mail_subject(told_subject(told) or (lines[-1].rstrip(".") if lines else "Nothing new")),
        preview=" ".join((items[0].facts_line, *items[0].notes[:1])).strip() if items else " ".join(lines),
        name=one_line(name, 60),
        date=f"{days.full(days.today)}, {days.when(now)} ({days.city})",
        lead=count_words(told, noun=True) or "Over the limit of a day",
        since="",
        lines=lines,
        closing=("This mail does not say which sources were read. The daily mail does.", "For staff: do not forward names or photos."),
        contact=one_line(contact),
        contact_link=mail_link(contact, "watcher alert"),
        sections=(Section("Stories", items),) if items else (),
        caution=CAUTION if items else "",
    )
    paragraphs = tuple(story_paragraph(one, days, reads) for one in told)
    return _notice(
        notice, slack=(*paragraphs, *(slack_text(line) for line in lines)), events=story_events((*told, *more), stories or {}, now)
    )


def render_operator(lines: Sequence[str], *, over: Sequence[str] = (), now: datetime, time_zone: str, contact: str = "") -> Rendered:
    """Return the operator's message: one line a fault, each ending in the command that mends it; below them what is `over`."""
    days = Days.at(now, time_zone)
    cleaned = tuple(_sentence_and_command(one_line(line)) for line in (*lines, *over))
    count = {0: "Nothing needs you", 1: "1 thing needs you"}.get(len(lines), f"{len(lines)} things need you")
    notice = Notice(
        subject=mail_subject(f"watcher: {count}" + (f" - {one_line(cleaned[0], 80)}" if cleaned else "")),
        preview=cleaned[0] if cleaned else "Nothing needs you.",
        name="to the operator",
        date=f"{days.full(days.today)}, {days.when(now)} ({days.city})",
        lead=count,
        since="Each line ends in the command that mends it." if lines else "What is said below is over.",
        lines=cleaned,
        closing=("Sent once a day, only when something changed or stays broken. More: watcher status",),
        contact=one_line(contact),
        contact_link="",
    )
    return _notice(notice, slack=tuple(slack_plain(line) for line in cleaned))


def render_test(channel: str, *, now: datetime, time_zone: str, contact: str = "") -> Rendered:
    """Return a test message for a channel, through the same templates as real mail."""
    days = Days.at(now, time_zone)
    lead = f"This is a test of the channel {one_line(channel, 60)}"
    meaning = "If you can read it, messages from watcher reach you."
    notice = Notice(
        subject=mail_subject(f"Test: watcher reaches {one_line(channel, 60)}"),
        preview="A test. There is no news in it.",
        name="test",
        date=f"{days.full(days.today)}, {days.when(now)} ({days.city})",
        lead=lead,
        since=meaning,
        lines=("There is no news in it, and nothing to do.",),
        closing=("You did not expect this? Tell the contact below.",),
        contact=one_line(contact),
        contact_link=mail_link(contact, "watcher test"),
    )
    event = {"type": "test", "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "data": {"channel": channel}}
    return _notice(notice, slack=(slack_text(f"{lead}. {meaning} There is no news in it."),), events=(event,))


def render_story_file(filed: Filed, *, now: datetime, time_zone: str) -> str:
    """Return the file of a story as one HTML page that needs nothing else: no script, nothing loaded, fit for paper.

    It holds texts in full, with the names in them: for staff, never for a channel. `now` is said on it.
    """
    page_ = file_page(filed, now=now, time_zone=time_zone)
    return _html_environment().get_template("story_file.html.j2").render(page=page_, hashed=HASHED, stored=STORED).strip() + "\n"


def text_item(story: Item) -> str:
    """Return one story's lines for the text part: its number first, all else indented."""
    start = f"{story.number} ".ljust(5)
    flag = f"{story.flag}. " if story.flag else ""
    what = story.what + (f" ({story.called})" if story.called else "")
    what = what if what.endswith((".", "!", "?")) else f"{what}."
    lines = [wrap(f"{flag}{what} {story.facts_line}", start, _INDENT), *(wrap(note, _INDENT, _INDENT) for note in story.notes)]
    if story.quote:
        language = f" ({story.quote_language})" if story.quote_language else ""
        headline = ", headline" if story.quote.title else ""
        lines.append(wrap(f'{story.quote.source}{language}{headline}: "{story.quote.text}"', _INDENT, _INDENT))
    lines += [f"{_INDENT}{link.label}: {link.url}" for link in story.links]
    lines += [wrap(other, _INDENT, _INDENT) for other in story.others]
    if story.wrong:
        lines.append(f'{_INDENT}Wrong? Tell us: {story.wrong.split(":", 1)[1].split("?")[0]}, subject "watcher {story.number} wrong"')
    return "\n".join(lines)


_CHARSET = '<meta charset="utf-8">'
_COMMAND = re.compile(r"(.*[.:,;]?\s)(watcher [a-z]+(?: .*)?)")
_INDENT = " " * 5  # as wide as "#123 "; longer numbers push only their own line


def _notice(notice: Notice, *, slack: tuple[str, ...], events: tuple[dict[str, Any], ...] = ()) -> Rendered:
    text = _text("notice.txt.j2", page=notice)
    return Rendered(notice.subject, text, _html("notice.html.j2", page=notice), slack, events, notice.preview)


@lru_cache(maxsize=1)
def _html_environment() -> Environment:
    """HTML: everything escaped, always. `select_autoescape` would not see that `.html.j2` is HTML."""
    environment = Environment(
        loader=PackageLoader("watcher.digest"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "web_link": _checked,
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "command_apart": _command_apart,
    }
    return environment


@lru_cache(maxsize=1)
def _text_environment() -> Environment:
    """Text: nothing to escape; its values are single lines already."""
    environment = Environment(
        loader=PackageLoader("watcher.digest"),
        autoescape=False,  # noqa: S701  plain text, where escaping would print &amp;
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"wrap": wrap, "item": text_item}
    return environment


def _html(template: str, **values: object) -> str:
    html = _INLINER.inline(_html_environment().get_template(template).render(**values))
    # The inliner puts what stays of the styles first; a browser looks for the charset in the first 1,024 bytes of a file.
    return html.replace("<head>", f"<head>{_CHARSET}", 1)


def _text(template: str, **values: object) -> str:
    return _text_environment().get_template(template).render(**values).strip("\n") + "\n"


def _sentence_and_command(line: str) -> str:
    """End the words before a command in a full stop, so that it can be seen where the command begins."""
    text, command = _command_apart(line)
    return f"{text}{'' if text.endswith(('.', ':', '!', '?')) else '.'} {command}" if command else line


def _command_apart(line: str) -> tuple[str, str]:
    """Split an operator's line before the command it ends in; a line without one is all text."""
    found = _COMMAND.fullmatch(line)
    return (found[1].rstrip(), found[2]) if found else (line, "")


def _checked(link: Link | str) -> str:
    """The last gate before an href: http and https only, whatever was built before."""
    return web_link(link.url if isinstance(link, Link) else link)
