"""Told -> Slack paragraphs (mrkdwn), one a story: facts and links, no quote.

Splitting under Slack's limits and sending are not here. Source problems are never told here; what was read
stands in the mail.
"""

from __future__ import annotations

from collections.abc import Sequence

from watcher.digest.behind import Behind, behind
from watcher.digest.clean import slack_link, slack_text
from watcher.digest.days import Days
from watcher.digest.figures import ahead, route, rows_phrase, what_happened
from watcher.digest.stories import only_announced, outlets, said_of, story_links
from watcher.model import ChangeKind, Confidence, Facts, StoryFile, Told

SOURCES_SHOWN = 3


def story_paragraph(told: Told, days: Days, reads: Sequence[str] = ()) -> str:
    """Return one story as a line of mrkdwn in which nothing from a feed is live."""
    number = f"#{told.story.id}" if told.story.id is not None else ""
    what = slack_text(what_happened(told.story.facts))
    if told.kind is ChangeKind.WITHDRAWN:
        return f"{number} *withdrawn*{_said(told, days)}: {slack_text(told.reason) or 'it is wrong'}. Do not use it."
    if told.kind in (ChangeKind.CORRECTION, ChangeKind.MERGED):
        word = "corrected" if told.kind is ChangeKind.CORRECTION else "merged"
        reason = f" ({slack_text(told.reason)})" if told.reason else ""
        return _joined([f"{number} *{word}*{_said(told, days)}: now {what}{reason}", _links(told.story, reads)])
    where = _where(told.story, days)
    if told.kind is ChangeKind.NEW:
        return _joined([f"*{what}*{where}", _announced(told.story), _sure(told.story), number, _links(told.story, reads)])
    if only_announced(told) and told.story.facts:
        so_far = f" (so far: {slack_text(said_of(told.story.facts, days))})"
        coming = slack_text(rows_phrase(ahead(told.story.facts)))
        return _joined([f"{number} *now announced: {coming}*{so_far}", _sure(told.story), _links(told.story, reads, told.before)])
    known_as = f"told as #{told.before_as}, " if told.before_as not in (None, told.story.id) else ""
    before = f" ({known_as}before: {slack_text(said_of(told.before, days))})" if told.before else where
    return _joined([f"{number} *now {what}*{before}", _sure(told.story), _links(told.story, reads, told.before)])


def _announced(story: StoryFile) -> str:
    """What is announced beyond what is done: a flight that somebody can still be there for."""
    coming = ahead(story.facts) if story.facts else ()
    return f"announced: {slack_text(rows_phrase(coming))}" if coming else ""


def lead_paragraph(lead: str, since: str, *, empty: bool = False) -> str:
    """Return a digest's first paragraph. An `empty` day is claimed for the sources we read, and for no others."""
    where = " in the sources we read" if empty else ""
    return f"*{slack_text(lead)}{where}* {slack_text(since)}"


def _said(told: Told, days: Days) -> str:
    if told.before is None:
        return ""
    word = "withdrawn, but it stands again; told" if told.before_kind is ChangeKind.WITHDRAWN else "told"
    when = f" ({word} {days.short(days.local(told.before_at).date())})" if told.before_at else ""
    return f' "{slack_text(what_happened(told.before))}"{when}'


def _where(story: StoryFile, days: Days) -> str:
    facts = story.facts
    if facts is None:
        return ""
    way = slack_text(route(facts)).replace(" to ", " → ", 1) if facts.to else slack_text(route(facts))
    day = days.short(facts.date) if facts.date else "date not given"
    return "".join(f", {part}" for part in (way, day) if part)


def _sure(story: StoryFile) -> str:
    """Return the one label of how sure it is: "AP + Kyodo (2 independent)"."""
    facts = story.facts
    if facts is None:
        return ""
    sure = behind(story)
    known = outlets(story, sure.outlets)
    names = [slack_text(name) for name in known[:SOURCES_SHOWN]]
    if sure.confidence is Confidence.STATE_ONLY:
        names = [name.removesuffix(" (state media)") for name in names]
    rest = len(known) - len(names)
    return " ".join(part for part in (" + ".join(names) + (f" + {rest} more" if rest > 0 else ""), f"({_label(facts, sure)})") if part)


def _label(facts: Facts, sure: Behind) -> str:
    if sure.confidence is Confidence.CHECKED and facts.checked_by:
        return f"checked by {slack_text(facts.checked_by)}"
    if sure.confidence is Confidence.STATE_ONLY:
        return "state media only"
    return f"{len(sure.outlets)} independent" if sure.confidence is Confidence.INDEPENDENT else "one source only"


def _links(story: StoryFile, reads: Sequence[str], before: Facts | None = None) -> str:
    return ", ".join(slack_link(link.url, link.label) for link in story_links(story, reads, before)[:2])


def _joined(parts: Sequence[str]) -> str:
    return " · ".join(part for part in parts if part)
