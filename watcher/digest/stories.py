"""Told -> Item: what one story says in a mail, line by line, before any template.

One Item serves the text, the HTML and, with its parts, Slack; so all three say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watcher.digest.behind import behind, called_by, is_earlier, own_words, report_nearness, rest_words, told_rows
from watcher.digest.clean import TITLE_LENGTH, host, language_tag, mail_link, one_line, web_link
from watcher.digest.days import Days, month_year
from watcher.digest.figures import ahead, and_list, dated, day_of, furthest, other_rows, people, route, rows_phrase, what_happened
from watcher.digest.names import language_name
from watcher.digest.persons import Named, named
from watcher.digest.quotes import Quote, choose_quote
from watcher.model import ArticleRole, ChangeKind, Confidence, Facts, LinkKind, Possible, Report, StoryFile, Told

EARLIER = ", earlier report"
LINKS_SHOWN = 3  # a link for each of the first outlets; the rest is behind the story's number

_LINK_WORDS = {
    LinkKind.BACKGROUND: "Earlier case, different people",
    LinkKind.WAVE: "Part of a wave, counted apart",
    LinkKind.PART_OF: "Part of a larger case, counted there",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A checked address, with the words that say where it leads."""

    label: str
    url: str
    host: str


@dataclass(frozen=True, slots=True)
class Item:
    """One story in a mail. `flag` is a correction's one word, `called` what the sources call the people; `facts_line` says where and when; `notes` follow in order."""

    id: int | None
    what: str
    called: str = ""
    facts_line: str = ""
    flag: str = ""
    notes: tuple[str, ...] = ()
    quote: Quote | None = None
    quote_language: str = ""
    links: tuple[Link, ...] = ()
    others: tuple[str, ...] = ()
    wrong: str = ""

    @property
    def number(self) -> str:
        """The story's number as shown everywhere: "#12"."""
        return f"#{self.id}" if self.id is not None else ""


@dataclass(frozen=True, slots=True)
class PossibleItem:
    """A possible story, not counted: its title and outlet as printed, its link, and why it is not counted."""

    title: str
    language: str
    source: str
    reason: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom an Item is for: the calendar, the languages, whom to tell of mistakes, and facts of stories linked to."""

    days: Days
    reads: tuple[str, ...] = ()
    contact: str = ""
    linked: Mapping[int, Facts] = field(default_factory=dict)


def item(told: Told, reader: Reader) -> Item:
    """Return the lines of one told story, by the kind of its change."""
    if told.kind is ChangeKind.WITHDRAWN:
        return _withdrawn(told, reader)
    if told.kind is ChangeKind.MERGED:
        return _merged(told, reader)
    if told.kind is ChangeKind.CORRECTION:
        return _corrected(told, reader)
    if told.kind is ChangeKind.NEW:
        return story_item(told.story, reader)
    return _update(told, reader)


def story_item(story: StoryFile, reader: Reader) -> Item:
    """Return the lines of a story told as a whole."""
    facts = story.facts
    return Item(
        id=story.id,
        what=what_happened(facts),
        called=called_by(story),
        facts_line=_where_and_when(story, reader.days),
        notes=(*_confidence(story), *(other_rows(facts, reader.days) if facts else ()), *_rest(story), *_figures(story)),
        quote=(quote := choose_quote(story, reader.reads, told_rows(facts))),
        quote_language=_foreign(quote),
        links=story_links(story, reader.reads),
        others=_others(story, reader),
        wrong=mail_link(reader.contact, f"watcher #{story.id} wrong"),
    )


def short_item(story: StoryFile, reader: Reader) -> Item:
    """Return a story in two lines and a link: for lists of what is not new."""
    return Item(
        id=story.id,
        what=what_happened(story.facts),
        facts_line=_where_and_when(story, reader.days),
        notes=_confidence(story),
        links=story_links(story, reader.reads)[:1],
    )


def possible_item(possible: Possible) -> PossibleItem:
    """Return a possible story as it is listed: its link, and why it is not counted; no title that seems to name a private person."""
    private = named(possible.title) is Named.PRIVATE
    return PossibleItem(
        title="(the title names a person)" if private else one_line(possible.title, TITLE_LENGTH) or "(no title)",
        language="" if private else language_tag(possible.language),
        source=_with_language(one_line(possible.source, 60), language_tag(possible.language)),
        reason=one_line(possible.reason.partition(": ")[0], 120),  # what follows is a technical reason, for the operator
        link=_link(one_line(possible.source, 60), possible.url),
    )


def story_links(story: StoryFile, reads: Sequence[str] = (), before: Facts | None = None) -> tuple[Link, ...]:
    """Return a link for each of the first outlets, each outlet once; copies only where nothing else is known.

    Reports that say what is told now come first; older ones follow and are marked.
    """
    facts = story.facts
    rows = told_rows(facts, before)
    order = {name: place for place, name in enumerate(facts.sources)} if facts else {}
    readable = {code.split("-")[0].lower() for code in reads}
    told = [report for report in story.reports if report.role is not ArticleRole.BACKGROUND]
    ranked = sorted(
        [report for report in told if own_words(report, facts)] or told,
        key=lambda report: (
            report_nearness(report, rows),
            order.get(report.source, len(order)),
            bool(readable) and (report.language or "").split("-")[0].lower() not in readable,
            report.via is not None,
        ),
    )
    found: dict[str, Link] = {}
    for report in ranked:
        link = _link(outlet(report) + (EARLIER if is_earlier(report, story, rows) else ""), report.url)
        if link and report.source not in found:
            found[report.source] = link
    return tuple(found.values())[:LINKS_SHOWN]


def outlet(report: Report) -> str:
    """Return the outlet, and the search that found it: "AP, via Google News"."""
    name = one_line(report.source, 60)
    return f"{name}, via {one_line(report.via, 40)}" if report.via else name


def outlets(story: StoryFile, names: Sequence[str]) -> list[str]:
    """Return outlets of the story as a reader must know them: "AP, via Google News", "Xinhua (state media)", "Immigration (official)"; all of them for no names."""
    by_worth = sorted(story.reports, key=lambda report: report.via is None)  # what was read from the outlet itself has the last word
    marks = {report.source: outlet(report) + standing_mark(report) for report in by_worth}
    return [marks.get(name, one_line(name, 60)) for name in names] or list(dict.fromkeys(marks.values()))


def standing_mark(report: Report) -> str:
    """Return " (state media)" or " (official)" for who speaks for a state, else ""."""
    return " (state media)" if report.state_media else " (official)" if report.official else ""


def _withdrawn(told: Told, reader: Reader) -> Item:
    said = _said_before(told, reader.days)
    return Item(
        id=told.story.id,
        flag="WITHDRAWN",
        what=" ".join(part for part in (said, f"It is wrong: {_sentence(told.reason, 'withdrawn')} Do not use it.") if part),
        wrong=mail_link(reader.contact, f"watcher #{told.story.id} wrong"),
    )


def _merged(told: Told, reader: Reader) -> Item:
    said = _said_of_both(told, reader.days) or _said_before(told, reader.days)
    return Item(
        id=told.story.id,
        flag="MERGED",
        what=" ".join(part for part in (said, _sentence(told.reason, "two numbers were one case"), "Count it once:") if part)
        + f" {what_happened(told.story.facts)}.",
        notes=_confidence(told.story),
        links=story_links(told.story, reader.reads),
        wrong=mail_link(reader.contact, f"watcher #{told.story.id} wrong"),
    )


def _corrected(told: Told, reader: Reader) -> Item:
    said = _said_before(told, reader.days)
    now = f"Now: {what_happened(told.story.facts)}. {_capital(_sentence(told.reason, ''))}".strip()
    return Item(
        id=told.story.id,
        flag="CORRECTED",
        what=" ".join(part for part in (said, now) if part),
        facts_line=_where_and_when(told.story, reader.days),
        notes=(*_confidence(told.story), *_figures(told.story)),
        links=story_links(told.story, reader.reads),
        wrong=mail_link(reader.contact, f"watcher #{told.story.id} wrong"),
    )


def _update(told: Told, reader: Reader) -> Item:
    story, facts = told.story, told.story.facts
    coming = rows_phrase(ahead(facts)) if facts else ""
    what, before = f"Now {what_happened(facts)}", f"Before: {said_of(told.before, reader.days)}." if told.before else ""
    if only_announced(told):
        what, before, coming = f"Now announced: {coming}", f"So far: {said_of(facts, reader.days)}.", ""
    return Item(
        id=story.id,
        what=what,
        facts_line=_where_and_when(story, reader.days),
        notes=tuple(
            note
            for note in (
                before,
                f"We told you of it as #{told.before_as}." if told.before_as not in (None, story.id) else "",
                f"Announced: {coming}." if coming else "",
                *_rest(story),
                *_confidence(story),
                *_figures(story),
            )
            if note
        ),
        quote=(quote := choose_quote(story, reader.reads, told_rows(facts, told.before))),
        quote_language=_foreign(quote),
        links=story_links(story, reader.reads, told.before),
        others=_others(story, reader),
        wrong=mail_link(reader.contact, f"watcher #{story.id} wrong"),
    )


def only_announced(told: Told) -> bool:
    """Return whether the news is only what is to come: what is done is as it was told."""
    now, before = told.story.facts, told.before
    if told.kind is not ChangeKind.STAGE or now is None or before is None or not ahead(now):
        return False
    return rows_phrase(furthest(now)) == rows_phrase(furthest(before)) and rows_phrase(ahead(now)) != rows_phrase(ahead(before))


def said_of(facts: Facts | None, days: Days) -> str:
    """Return what is done, with its days: "376 arrested, 9 Aug"; the headline where no people are known."""
    return (dated(furthest(facts), days) if facts else "") or what_happened(facts)


def _said_of_both(told: Told, days: Days) -> str:
    """Return 'On 8 Nov we told you "25 Japanese deported" (#12) and "24 Japanese arrested" (#15).', "" where only one was told."""
    if len(told.said) < 2:
        return ""
    said = [
        f'"{what_happened(facts)}" (#{number}, {days.short(days.local(at).date())})'
        for number, facts, at in sorted(told.said, key=lambda one: one[0])
    ]
    return f"We told you {and_list(said)}."


def _said_before(told: Told, days: Days) -> str:
    if told.before is None:
        return ""
    when = f"On {days.short(days.local(told.before_at).date())} we" if told.before_at else "We"
    if told.before_kind is ChangeKind.WITHDRAWN:
        return f'{when} told you that "{what_happened(told.before)}" is wrong. It stands again.'
    return f'{when} told you "{what_happened(told.before)}".'


def _where_and_when(story: StoryFile, days: Days) -> str:
    place = route(story.facts) if story.facts else ""
    return ". ".join(part for part in (place, day_of(story, days)) if part) + "."


def _confidence(story: StoryFile) -> tuple[str, ...]:
    """Return the one label of how sure the story is with its outlets, and who repeats whom; never surer than the outlets."""
    facts = story.facts
    if facts is None:
        return ("One source only.",)
    sure = behind(story)
    listed = outlets(story, sure.outlets)
    names = f": {', '.join(listed)}." if listed else "."
    if sure.confidence is Confidence.CHECKED and facts.checked_by:
        label = f"Checked by {one_line(facts.checked_by, 60)}." + (f" Reported by {', '.join(listed)}." if listed else "")
    elif sure.confidence is Confidence.STATE_ONLY:
        label = "State media only" + names.replace(" (state media)", "")
    elif sure.confidence is Confidence.INDEPENDENT:
        label = f"{len(listed)} independent sources{names}"
    else:
        label = "One source only" + names
    earlier = [f"Earlier reports: {', '.join(outlets(story, sure.others))}."] if sure.others else []
    return (" ".join([label, *_copies(facts), *earlier]),)


def _copies(facts: Facts) -> list[str]:
    """Return "5 more outlets repeat AP." for each source that others copy."""
    copied = Counter(one_line(of, 60) for _, of in facts.copies)
    return [f"{count} more {'outlet repeats' if count == 1 else 'outlets repeat'} {of}." for of, count in copied.most_common(3)]


def _figures(story: StoryFile) -> tuple[str, ...]:
    """Return each source's own figure where they differ: 'Figures differ: Khmer Times 110. Police: "more than 100".'"""
    marks = {report.source: standing_mark(report) for report in story.reports}
    notes = []
    for row in story.facts.people if story.facts else ():
        parts = []
        for source, printed in row.figures:
            figure = one_line(printed, 60)  # a source's own words stand in quotation marks already
            joint = " " if figure.replace(",", "").isdigit() else ": "
            parts.append(f"{one_line(source, 60)}{joint}{figure}{marks.get(source, '')}.")
        if parts:
            notes.append(("Sources say otherwise: " if row.checked_by else "Figures differ: ") + " ".join(parts))
    return tuple(dict.fromkeys(notes))


def _rest(story: StoryFile) -> tuple[str, ...]:
    rest = rest_words(story)
    return (rest,) if rest else ()


def _others(story: StoryFile, reader: Reader) -> tuple[str, ...]:
    """Return a line for each kind of link: "Earlier case, different people: #7, 19 Japanese, Apr 2023."; a wave is one line."""
    lines: dict[LinkKind, list[str]] = {}
    for number, kind in story.links:
        facts = reader.linked.get(number)
        who = " and ".join(people(row) for row in furthest(facts)) if facts else ""
        when = month_year(facts.date) if facts and facts.date else ""
        lines.setdefault(kind, []).append(", ".join(part for part in (f"#{number}", who, when) if part))
    return tuple(f"{_LINK_WORDS[kind]}: {'; '.join(others)}." for kind, others in lines.items())


def _link(label: str, url: str) -> Link | None:
    link = web_link(url)
    return Link(label or host(link), link, host(link)) if link else None


def _foreign(quote: Quote | None) -> str:
    """The name of the quote's language in English, "" for English: it tells the reader what the next line is."""
    if quote is None or quote.language.split("-")[0].lower() in ("", "en"):
        return ""
    return language_name(quote.language)


def _with_language(source: str, language: str) -> str:
    return source if language.split("-")[0].lower() in ("", "en") else f"{source} ({language_name(language)})"


def _sentence(reason: str, without: str) -> str:
    """Return the reason as a sentence that ends in a full stop."""
    words = one_line(reason, 200) or without
    return words if not words or words[-1] in ".!?" else f"{words}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
