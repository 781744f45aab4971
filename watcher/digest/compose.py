"""Digest -> Page: the words of a mail and their order, before any template.

Pure: what happened, what is said of it, and how far it can be trusted. No markup, no channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from watcher.digest.clean import mail_link, mail_subject, one_line
from watcher.digest.days import MONTHS, Days, later, runs
from watcher.digest.figures import furthest, number, people, stage_words, together, what_happened
from watcher.digest.names import people_name
from watcher.digest.sources import source_lines
from watcher.digest.stories import Item, PossibleItem, Reader, item, possible_item, short_item
from watcher.digest.verdict import Reliance, counts, subject_gap, unread_preview, verdict
from watcher.model import ChangeKind, Digest, Facts, Qualifier, StoryFile, Told

__all__ = ["Page", "Section", "count_words", "page", "preview", "subject", "told_subject", "verdict"]

CORRECTIONS = (ChangeKind.WITHDRAWN, ChangeKind.CORRECTION, ChangeKind.MERGED)
UPDATES = (ChangeKind.STAGE, ChangeKind.FIGURE)
FIGURES_IN_SUBJECT = 3
POSSIBLE_SHOWN = 3
START_DAYS = 30  # what `Digest.start_stories` goes back, from DIGEST.md; independent of when the audience began
PATIENCE = timedelta(hours=1)  # after the hour of the mail; then the reader is asked to tell us
CAUTION = "Figures were read by a program. Open the source before you use one."
MONTH_NOTE = "in the sources we read. Not official statistics."
SERVICE_NOTES = ("We missed a story? Reply with its link.", "For staff: do not forward names or photos.")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the stories below it."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a digest says, in the order in which it is said."""

    subject: str
    preview: str
    lead: str
    since: str
    verdict: str
    reliance: Reliance
    sections: tuple[Section, ...]
    possible: tuple[PossibleItem, ...]
    possible_total: int
    month: str
    month_lines: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    closing: tuple[str, ...]
    contact: str
    contact_link: str
    date: str
    name: str
    caution: str = CAUTION  # "" where the mail holds no figure
    month_note: str = MONTH_NOTE


def page(digest: Digest) -> Page:
    """Return the words of a digest: corrections first, then new, updates, found late, what is not counted, the account."""
    days = Days(digest.time_zone, digest.local_date)
    sentence, reliance = _verdict(digest)
    return Page(
        subject=subject(digest),
        preview=preview(digest),
        lead=_lead(digest),
        since=_since(digest, days),
        verdict=sentence,
        reliance=reliance,
        sections=_sections(digest, days),
        possible=tuple(possible_item(possible) for possible in digest.possible[:POSSIBLE_SHOWN]),
        possible_total=max(digest.possible_total, len(digest.possible)),
        month=f"Reported in {MONTHS[digest.local_date.month - 1]}",
        month_lines=_month_lines(digest),
        sources=tuple(source_lines(digest.account, days, _since_words(digest))),
        closing=_closing(digest, days),
        contact=one_line(digest.contact),
        contact_link=mail_link(digest.contact, f"watcher mail no. {digest.number}"),
        date=days.full(digest.local_date),
        name=one_line(digest.name, 60),
        caution=CAUTION if digest.told or digest.start_stories or digest.month_totals else "",
    )


def subject(digest: Digest) -> str:
    """Return the mail's subject: the figures and how many stories, or that there is none; then what was not read."""
    _, reliance = _verdict(digest)
    gap = "do not rely on this mail" if reliance is Reliance.DO_NOT_RELY else subject_gap(digest.account)
    news = told_subject(digest.told)
    if digest.missed_dates:
        head = [f"Late mail: service was off {_missed(digest)}", news]
    elif digest.first:
        start = _start_words(digest)
        head = [start + (f" {_first(news)}" if news else " Nothing below is new.")]
    else:
        head = [news] if news else ["No new story"]
        gap = gap or ("" if news else _all_read(digest, reliance))
    parts = [part for part in (*head, gap) if part]
    return mail_subject(" - ".join([*(part.removesuffix(".") for part in parts[:-1]), *parts[-1:]]))


def told_subject(told: Sequence[Told]) -> str:
    """Return "25 Japanese, 110-112 Chinese deported - 2 new, 1 update"; "" where nothing is told."""
    fixes = [one for one in told if one.kind in CORRECTIONS]
    news = [one for one in told if one.kind is ChangeKind.NEW] or [one for one in told if one.kind in UPDATES]
    figures = _figures([one.story.facts for one in news if one.story.facts])
    numbers = ", ".join(f"#{one.story.id} {'withdrawn' if one.kind is ChangeKind.WITHDRAWN else 'changed'}" for one in fixes[:2])
    correction = f"Correction: {numbers}{', and more' if len(fixes) > 2 else ''}" if fixes else ""
    news_only = [one for one in told if one.kind not in CORRECTIONS]
    return " - ".join(part for part in (correction, figures, count_words(news_only) if figures else "") if part)


def count_words(told: Sequence[Told], *, noun: bool = False) -> str:
    """Return "1 correction, 2 new, 1 update, 3 found late"; with `noun` "2 new stories, 1 update"; "" for none."""
    fixes = sum(one.kind in CORRECTIONS for one in told)
    late = sum(one.late and one.kind not in CORRECTIONS for one in told)
    new = sum(one.kind is ChangeKind.NEW and not one.late for one in told)
    updates = sum(one.kind in UPDATES and not one.late for one in told)
    stories = ("" if not noun else " story" if new == 1 else " stories") if new else ""
    late_noun = (" story" if late == 1 else " stories") if noun else ""
    parts = [
        f"{fixes} correction{_s(fixes)}" if fixes else "",
        f"{new} new{stories}" if new else "",
        f"{updates} update{_s(updates)}" if updates else "",
        f"{late}{late_noun} found late" if late else "",
    ]
    return ", ".join(part for part in parts if part)


def preview(digest: Digest) -> str:
    """Return the line a phone shows under the subject: first what was not read, else what is in the mail."""
    days = Days(digest.time_zone, digest.local_date)
    sentence, reliance = _verdict(digest)
    if reliance is Reliance.DO_NOT_RELY:
        return sentence
    return unread_preview(digest.account, days) or f"{_lead(digest)} {_since(digest, days)} {sentence}"


def _verdict(digest: Digest) -> tuple[str, Reliance]:
    """How far the mail can be trusted: a late one never as if it had come in time."""
    days = Days(digest.time_zone, digest.local_date)
    return verdict(digest.account, days, late=_missed(digest) if digest.missed_dates else "")


def _lead(digest: Digest) -> str:
    """Return the headline of the mail: what is in it."""
    said = count_words(digest.told, noun=True)
    if digest.first:
        return _start_words(digest)
    return said or "No new story"


def _since(digest: Digest, days: Days) -> str:
    """Return the words after the headline: since when, and why so late; for the first mail, what is new in it."""
    since = days.local(digest.period_start)
    said = count_words(digest.told, noun=True)
    if digest.first:
        return f"{said[0].upper()}{said[1:]}." if said else "Nothing below is new."
    late = f" This mail is late: the service was off {_missed(digest)}." if digest.missed_dates else ""
    return f"since {days.full(since.date())}, {since:%H:%M} ({days.city}).{late}"


def _start_words(digest: Digest) -> str:
    """Return "START: 9 stories already found in the last 30 days."."""
    count = len(digest.start_stories)
    found = f"{count} {'story' if count == 1 else 'stories'} already found" if count else "no story found yet"
    return f"START: {found} in the last {START_DAYS} days."


def _sections(digest: Digest, days: Days) -> tuple[Section, ...]:
    reader = Reader(days, digest.reads, digest.contact, _linked(digest))
    told = digest.told
    groups = (
        ("Corrections", [item(one, reader) for one in told if one.kind in CORRECTIONS]),
        ("New", [item(one, reader) for one in told if one.kind is ChangeKind.NEW and not one.late]),
        ("Updates", [item(one, reader) for one in told if one.kind in UPDATES and not one.late]),
        ("Found late", [_late(one, reader) for one in told if one.late and one.kind not in CORRECTIONS]),
        (f"Already found, not new ({len(digest.start_stories)})", [short_item(story, reader) for story in digest.start_stories]),
    )
    return tuple(Section(title, tuple(items)) for title, items in groups if items)


def _late(told: Told, reader: Reader) -> Item:
    """A story that an outage or a gap held back: its lines are those of its kind, unless it is only more coverage."""
    return short_item(told.story, reader) if told.kind is ChangeKind.COVERAGE else item(told, reader)


def _linked(digest: Digest) -> dict[int, Facts]:
    """Facts of every story that a line of this mail may point to."""
    known: tuple[StoryFile, ...] = (*digest.linked, *digest.start_stories, *(one.story for one in digest.told))
    return {story.id: story.facts for story in known if story.id is not None and story.facts is not None}


def _month_lines(digest: Digest) -> tuple[str, ...]:
    if not digest.month_totals:
        return ("Nothing so far.",)
    totals = " ".join(
        f"{people_name(code) if code else 'Nationality mixed or not named'} {number(low, high, Qualifier.EXACT)}."
        for code, low, high in digest.month_totals
    )
    stories = f"In {digest.month_stories} {'story' if digest.month_stories == 1 else 'stories'}."
    return (f"{totals} {stories}", "Totals given by officials are not counted.")


def _since_words(digest: Digest) -> str:
    """Since when a problem is new to this reader; "" in the first mail, where all of them are."""
    if digest.first:
        return ""
    return "yesterday" if digest.every == "day" and not digest.missed_dates else "the last mail"


def _closing(digest: Digest, days: Days) -> tuple[str, ...]:
    """Return who this mail is, when the next comes, and whom to tell if it does not."""
    before = ""
    if digest.previous_number is not None:
        went = f" went {days.when(digest.previous_at)}" if digest.previous_at else " was not sent"
        before = f"; no. {digest.previous_number}{went}"
    else:
        before = ", the first"
    every = "once a month" if digest.every == "month" else f"every {digest.every if digest.every == 'day' else digest.every.capitalize()}"
    tell = f"Tell {one_line(digest.contact)}." if digest.contact else "Tell your operator."
    return (
        f"Mail no. {digest.number}{before}.",
        f"This mail comes {every}. Not here by {later(digest.at, PATIENCE)}? {tell}",
        *SERVICE_NOTES,
    )


def _figures(all_facts: Sequence[Facts]) -> str:
    """Return the figures of several stories, same stages together: "25 Japanese, 110-112 Chinese deported, 60 Thai arrested"."""
    shown = all_facts[:FIGURES_IN_SUBJECT]
    groups: dict[str, list[str]] = {}
    for facts in shown:
        rows = furthest(facts)
        for row in together(rows):
            groups.setdefault(stage_words(row.stage, row.status), []).append(people(row, short=True))
        if not rows:
            groups.setdefault("", []).append(one_line(what_happened(facts), 60))
    phrases = [f"{', '.join(who)} {stage}".strip() for stage, who in groups.items()]
    return ", ".join(phrases) + (", and more" if len(all_facts) > len(shown) else "")


def _all_read(digest: Digest, reliance: Reliance) -> str:
    """What an empty mail's subject may claim: all key sources, or how many of how many."""
    if reliance is Reliance.ALL_READ:
        return "all key sources read"
    read, total = counts(digest.account)
    return f"{read} of {total} sources read" if read < total else "not everything could be read"


def _missed(digest: Digest) -> str:
    """Return the days without a mail: "5-9 Nov", "5 Nov, 7-9 Nov"."""
    days = Days(digest.time_zone, digest.local_date)
    return ", ".join(days.dates(run, "-") for run in runs(digest.missed_dates))


def _first(news: str) -> str:
    return f"Below: {news}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
