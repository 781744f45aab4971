"""Filed -> FilePage: the file of a story in words, for a printed page and a terminal. No markup, no channel.

Here texts stand in full, with the names in them: the page is for staff who must defend a figure, and is never sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from watcher.digest.behind import Nearness, claim_nearness
from watcher.digest.body import in_body
from watcher.digest.clean import TITLE_LENGTH, language_tag, one_line, visible, web_link
from watcher.digest.days import Days
from watcher.digest.figures import number, people, stage_words
from watcher.digest.history import moves
from watcher.digest.names import country_name, language_name, people_name
from watcher.digest.stories import Reader, outlet, standing_mark, story_item
from watcher.model import (
    ArticleRole,
    Called,
    Change,
    ChangeKind,
    Claim,
    Filed,
    FiledCorrection,
    FiledLink,
    FiledSource,
    FiledTelling,
    KeptText,
    LinkKind,
    PeopleRow,
    Qualifier,
    Report,
    Role,
    Sent,
    Status,
)

HASHED = "SHA-256 of the title, one line feed and the text, in UTF-8, exactly as they stand in this file"
STORED = "made when the text was read and kept beside it: BLAKE2b, 8 bytes long, of title, a zero byte, text, a zero byte, in UTF-8"

_TEXT_FROM = {
    "feed": "the feed",
    "page": "the article's own page",
    "title": "the feed, which gave a title only",
    "backfill": "a backfill file",
}
_ARTICLE_ROLES = {ArticleRole.REPORT: "report", ArticleRole.COPY: "repeats another outlet", ArticleRole.BACKGROUND: "only looks back at it"}
_CLAIM_ROLES = {Role.MAIN: "what it reports", Role.PART: "a part of it", Role.BACKGROUND: "an older event", Role.TALLY: "a total so far"}
_OUT = {
    LinkKind.BACKGROUND: "Earlier case, different people",
    LinkKind.WAVE: "Part of a wave, counted apart",
    LinkKind.PART_OF: "Part of a larger case, counted there",
}
_IN = {
    LinkKind.BACKGROUND: "Looks back at this case",
    LinkKind.WAVE: "Part of a wave, counted apart",
    LinkKind.PART_OF: "Some of these people, counted here",
}
_KINDS = {
    ChangeKind.NEW: "new",
    ChangeKind.STAGE: "a step further",
    ChangeKind.FIGURE: "figure",
    ChangeKind.CORRECTION: "correction",
    ChangeKind.MERGED: "merged",
    ChangeKind.WITHDRAWN: "withdrawn",
    ChangeKind.COVERAGE: "coverage",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text; `claims` are the numbers of the claims that rest on them, "" for none."""

    text: str
    claims: str = ""


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """One claim of an article: its number on this page, its role, what it says, and its sentence."""

    number: int
    role: str
    said: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TextWords:
    """One text as read. `details` are (what, value) pairs; `title` and `text` are shown exactly; `gone` says why there is no text."""

    details: tuple[tuple[str, str], ...]
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    language: str
    gone: str = ""
    warning: str = ""
    opened: bool = False  # read from the page itself


@dataclass(frozen=True, slots=True)
class SourceWords:
    """One article of the story."""

    number: int
    article: str
    outlet: str
    language: str
    language_name: str
    title: str
    published: str
    role: str
    joined: str
    lost: str
    url: str
    link: str
    claims: tuple[ClaimWords, ...]
    kept: TextWords
    older: tuple[TextWords, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list: when, what, and the lines below it."""

    at: str
    what: str
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilePage:
    """Everything the file of a story says, in the order in which it is said."""

    number: str
    state: str
    headline: str
    called: str
    facts_line: str
    notes: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]  # (who and what, who says so)
    links: tuple[str, ...]
    sources: tuple[SourceWords, ...]
    corrections: tuple[Line, ...]
    history: tuple[Line, ...]
    tellings: tuple[Line, ...]
    made: str
    clock: str  # which clock the times are of
    rules: str


def file_page(filed: Filed, *, now: datetime, time_zone: str) -> FilePage:
    """Return the words of a story's file. `time_zone` is the reader's; every time is given in UTC and there."""
    days = Days.at(now, time_zone)
    story, facts = filed.story, filed.story.facts
    item = story_item(story, Reader(days))
    claims = iter(range(1, 1 + sum(len(one.report.claims) for one in filed.sources)))
    was = f" (before: {', '.join(f'#{number}' for number in filed.numbers)})" if filed.numbers else ""
    return FilePage(
        number=f"#{story.id}{was}",
        state="dismissed" if story.dismissed else "",
        headline=item.what,
        called=item.called,
        facts_line=item.facts_line,
        notes=item.notes,
        rows=tuple(_row(row, filed, days) for row in facts.people) if facts else (),
        links=tuple(_link(link, filed) for link in filed.links),
        sources=tuple(_source(place, one, [next(claims) for _ in one.report.claims], days) for place, one in enumerate(filed.sources, 1)),
        corrections=tuple(_correction(one, days) for one in filed.corrections),
        history=tuple(
            Line(
                both(change.at, days) if change.at else "",
                f"{_of(change.story, story.id)}{_KINDS[change.kind]}: {_reason(change)}",
                moves(change, days),
            )
            for change in filed.changes
        ),
        tellings=tuple(_telling(one, story.id, days) for one in filed.tellings),
        made=both(now, days),
        clock="UTC" if time_zone == "UTC" else f"UTC, and in brackets {days.city}",
        rules=", ".join(one_line(name, 60) for name in facts.rules) if facts else "",
    )


def both(moment: datetime, days: Days) -> str:
    """Return "8 Nov 2023 14:20 UTC (21:20 Phnom Penh)", with the day in the brackets where it is another one."""
    utc, local = Days("UTC", days.today).local(moment), days.local(moment)
    said = f"{utc.day} {utc:%b} {utc.year} {utc:%H:%M} UTC"
    if days.zone == "UTC":
        return said
    day = "" if local.date() == utc.date() else f"{days.short(local.date())} "
    return f"{said} ({day}{local:%H:%M} {days.city})"


def _row(row: PeopleRow, filed: Filed, days: Days) -> tuple[str, str]:
    """Who and how many reached a step, and each source's own figure for it."""
    when = f", {days.full(row.date)}" if row.date else ""
    says = [f"{one_line(source, 60)}: {one_line(printed, 60)}" for source, printed in row.figures] or _sayings(row, filed)
    checked = [f"checked by {one_line(row.checked_by, 60)}"] if row.checked_by else []
    return f"{people(row)} {stage_words(row.stage, row.status)}{when}", "; ".join([*checked, *says])


def _sayings(row: PeopleRow, filed: Filed) -> list[str]:
    """Who prints this figure, and how, where nobody prints another."""
    said = [
        f"{outlet(one.report)}: {one_line(claim.printed, 60) or claim.count}"
        for one in filed.sources
        if one.report.role is not ArticleRole.BACKGROUND
        for claim in one.report.claims
        if claim.count is not None and claim_nearness(claim, (row,)) is Nearness.FIGURE
    ]
    return list(dict.fromkeys(said))


def _link(link: FiledLink, filed: Filed) -> str:
    words = (_OUT if link.outward else _IN)[link.kind]
    facts = filed.linked.get(link.story)
    about = f", {one_line(facts.headline, TITLE_LENGTH)}" + (f", {facts.date:%b} {facts.date.year}" if facts.date else "") if facts else ""
    said = _mention(link, filed)
    return f"{words}: #{link.story}{about}." + (f" {said}" if said else "")


def _mention(link: FiledLink, filed: Filed) -> str:
    """The sentence in which this story looks back at the other: the reason of such a link. Joins of articles have reasons of their own."""
    facts = filed.linked.get(link.story)
    if not link.outward or link.kind is not LinkKind.BACKGROUND or facts is None:
        return ""
    said = [
        f"{outlet(one.report)}: “{one_line(claim.sentence)}”"
        for one in filed.sources
        for claim in one.report.claims
        if claim.role is Role.BACKGROUND and claim.count is not None and claim.count in {row.count for row in facts.people}
    ]
    return next(iter(said), "")


def _source(place: int, one: FiledSource, numbers: Sequence[int], days: Days) -> SourceWords:
    report = one.report
    by = f"by {one_line(one.by, 60)}" if one.by else "by the program"
    score = f", score {report.score:.2f}" if report.score else ""
    at = f"{both(one.joined, days)}, " if one.joined else ""
    return SourceWords(
        number=place,
        article=f"a{report.article}",
        outlet=outlet(report) + standing_mark(report),
        language=language_tag(report.language),
        language_name=language_name(report.language) if report.language else "language not known",
        title=one_line(report.title) or "(no title)",
        published=both(report.published, days) if report.published else "not given",
        role=_ARTICLE_ROLES[report.role],
        joined=f"{at}{by}{score}: {one_line(report.reason) or 'no reason kept'}",
        lost=f"Since {both(one.lost, days)} the rules no longer match this article; it stays." if one.lost else "",
        url=visible(report.url) or "(the feed gave none)",
        link=web_link(report.url),
        claims=tuple(
            ClaimWords(number, _CLAIM_ROLES[claim.role], _claim(claim, days), one_line(claim.sentence))
            for number, claim in zip(numbers, report.claims, strict=True)
        ),
        kept=_text(one.text, list(zip(numbers, report.claims, strict=True)), one, days),
        older=tuple(_text(text, [], one, days) for text in one.others),
    )


def _claim(claim: Claim, days: Days) -> str:
    """ "25 Japanese, deported, Wed 8 Nov 2023; from Cambodia to Japan; Phnom Penh; called suspects; printed “Twenty-five”"."""
    who = ", ".join(people_name(code) for code in claim.nationality or ()) or ("foreigners" if claim.foreigners else "people")
    figure = number(claim.count, claim.count_max, claim.qualifier if claim.count is not None else Qualifier.EXACT)
    stage = stage_words(claim.stage, claim.status) if claim.stage else "no step named"
    if claim.person:
        who, figure = one_line(claim.person, 60), ""
    day = days.precise(claim.date, claim.date_precision) if claim.date else "day not given"
    way = " ".join(
        part
        for part in (
            f"from {country_name(claim.origin)}" if claim.origin else "",
            f"to {', '.join(country_name(code) for code in claim.to)}" if claim.to else "",
        )
        if part
    )
    called = (
        ""
        if claim.called is Called.NOT_SAID
        else f"called {claim.called.value}" + (f" (“{one_line(claim.word, 40)}”)" if claim.word else "")
    )
    printed = f"printed “{one_line(claim.printed, 60)}”" if claim.printed else ""
    announced = "announced, not done" if claim.status is Status.ANNOUNCED else ""
    first = f"{figure} {who}".strip()
    return "; ".join(
        part
        for part in (f"{first} {stage}, {day}", announced, way, ", ".join(one_line(p, 60) for p in claim.places), called, printed)
        if part
    )


def _text(kept: KeptText, claims: Sequence[tuple[int, Claim]], of: FiledSource, days: Days) -> TextWords:
    title = _pieces(kept.title, [(n, c) for n, c in claims if c.field == "title"])
    text = _pieces(kept.text or "", [*((n, c) for n, c in claims if c.field != "title"), *_said_again(of.report, claims)])
    shown = "".join(piece.text for piece in title), "".join(piece.text for piece in text)
    details = [
        (
            "Read",
            f"{both(kept.read_at, days)}, from {_TEXT_FROM.get(kept.text_from, one_line(kept.text_from, 40))} ({one_line(kept.feed, 80)})",
        ),
        ("Address as received", visible(kept.url) or "(the feed gave none)"),
        ("Read at", _final(kept)),
        ("First shown by", "; ".join(f"{one_line(seen.feed, 60)}, {both(seen.first_seen, days)}" for seen in of.seen)),
    ]
    if kept.text is not None:
        details.append(("SHA-256", hashlib.sha256("\n".join(shown).encode()).hexdigest()))
    details.append(("Stored hash", kept.stored_hash + _intact(kept)))
    if kept.page_hash:
        details.append(("Hash of the page", f"{kept.page_hash} (of the bytes as they came over the wire)"))
    hidden = len(kept.title) + len(kept.text or "") - sum(map(len, shown))
    return TextWords(
        details=tuple((name, value) for name, value in details if value),
        title=title,
        text=text,
        language=language_tag(kept.language),
        gone="" if kept.text is not None else "This text was dropped after `keep_text`; its title and hash are kept.",
        warning=f"{hidden} characters that cannot be seen (controls, or line ends of two characters) are left out here." if hidden else "",
        opened=kept.final_url is not None,
    )


def _final(kept: KeptText) -> str:
    if kept.final_url:
        return visible(kept.final_url)
    return "" if kept.text_from == "page" else "in the feed; the page itself was not opened for this text"


def _intact(kept: KeptText) -> str:
    if kept.intact is None:
        return ""
    return " (the text kept still has it)" if kept.intact else " (DIFFERS: the text kept is not the one that was read)"


def _pieces(original: str, claims: Sequence[tuple[int, Claim]]) -> tuple[Piece, ...]:
    """Cut a text where sentences of claims begin and end; sentences are found by offset, else by their words."""
    spans = [(number, *span) for number, claim in claims if (span := _span(original, claim))]
    cuts = sorted({0, len(original), *(edge for _, start, end in spans for edge in (start, end))})
    pieces = []
    for start, end in pairwise(cuts):
        names = ", ".join(str(number) for number, first, last in spans if first <= start and end <= last)
        pieces.append(Piece(visible(original[start:end]), names))
    return tuple(piece for piece in pieces if piece.text)


def _said_again(report: Report, claims: Sequence[tuple[int, Claim]]) -> list[tuple[int, Claim]]:
    """Claims of the headline where the text says the same; the sentence there is the better proof."""
    found = [(number, claim, in_body(report, claim)) for number, claim in claims]
    return [(number, replace(claim, start=place[0], end=place[1])) for number, claim, place in found if place]


def _span(original: str, claim: Claim) -> tuple[int, int] | None:
    if 0 <= claim.start < claim.end <= len(original):
        return claim.start, claim.end
    place = original.find(claim.sentence) if claim.sentence else -1
    return (place, place + len(claim.sentence)) if place >= 0 else None


def _correction(one: FiledCorrection, days: Days) -> Line:
    what = f" {one_line(one.what)}" if one.what else ""
    undone = (f"Taken back {one_line(one.undone)}.",) if one.undone else ()
    return Line(
        both(one.at, days), f"{one_line(one.name)} {one_line(one.kind)}{what}, by {one_line(one.by, 60)}: {one_line(one.why)}", undone
    )


def _telling(one: FiledTelling, story: int | None, days: Days) -> Line:
    said = f"told as {_KINDS[one.kind]}" if one.told else "not told"
    numbered = f" no. {one.number}" if one.number is not None and one.told else ""
    why = "" if one.told and one.kind is ChangeKind.NEW else f": {one_line(one.reason)}"
    below = tuple(_sent(sent, days) for sent in one.sent)
    if one.told and one.facts is not None:
        below = (f"said: {one_line(one.facts.headline, TITLE_LENGTH)}", *below)
    return Line(both(one.at, days), f"{one_line(one.audience, 60)}{numbered}, {_of(one.story, story)}{said}{why}", below)


def _reason(change: Change) -> str:
    """Why, without what moved, which is said below; and where what brought it tells nobody."""
    by_person = change.correction is not None or change.kind in (ChangeKind.CORRECTION, ChangeKind.MERGED, ChangeKind.WITHDRAWN)
    quiet = "" if change.live or by_person else " (brought by a first poll, a backfill or a rule change)"
    return one_line(change.reason.partition(" (moved: ")[0]) + quiet


def _sent(sent: Sent, days: Days) -> str:
    people = f"{sent.recipients} {'recipient' if sent.recipients == 1 else 'recipients'}"
    if sent.taken == sent.recipients and sent.last:
        return f"{one_line(sent.channel, 60)}: {people}, sent {both(sent.last, days)}"
    return f"{one_line(sent.channel, 60)}: {people}, {sent.taken} of them reached so far"


def _of(number: int, story: int | None) -> str:
    return "" if number == story else f"as #{number}, "
