"""A story's reports -> the one sentence to quote, at most 200 characters, without a private person's name.

A sentence that seems to name a private person is never quoted; one that names an official only
where no other sentence is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.digest.behind import Nearness, claim_nearness, own_words
from watcher.digest.body import in_body
from watcher.digest.clean import cut, language_tag, one_line
from watcher.digest.persons import Named, named
from watcher.model import ArticleRole, PeopleRow, Report, Role, StoryFile

QUOTE_LENGTH = 200  # characters; DIGEST.md's limit, short enough to be a fair quote


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence as printed by a source; `language` is "" where it is not known. `title` says it is a headline."""

    source: str
    language: str
    text: str
    title: bool = False


def choose_quote(story: StoryFile, reads: Sequence[str], rows: Sequence[PeopleRow] = ()) -> Quote | None:
    """Return the sentence to quote: what says the told `rows` first, then languages of `reads` in their order, then nobody named, then the text before the headline.

    Of equal ones the first reporter's, an outlet's own before a copy. Headlines serve where no sentence was read. None where every
    sentence seems to name a private person.
    """
    candidates = [
        (
            nearness,
            _language_rank(report, reads),
            not own_words(report, story.facts) or report.via is not None,
            named(sentence),
            title,
            place,
            Quote(one_line(report.source, 60), language_tag(report.language), text, title),
        )
        for place, report in enumerate(story.reports)
        if report.role is not ArticleRole.BACKGROUND
        for nearness, sentence, text, title in _sentences(report, rows)
    ]
    fit = [candidate for candidate in candidates if candidate[3] is not Named.PRIVATE]
    return min(fit, key=lambda candidate: candidate[:6])[6] if fit else None


def shorten(sentence: str, printed: str = "") -> str:
    """Return the exact sentence in at most 200 characters, every cut marked with "..."; the printed figure stays in."""
    line, figure = one_line(sentence), one_line(printed)
    place = line.find(figure) if figure else -1
    if len(line) <= QUOTE_LENGTH or place < QUOTE_LENGTH // 2:
        return cut(line, QUOTE_LENGTH)
    start = line.find(" ", place - QUOTE_LENGTH // 4) + 1 or place
    return "... " + cut(line[min(start, place) :], QUOTE_LENGTH - 4)


def _sentences(report: Report, rows: Sequence[PeopleRow]) -> list[tuple[tuple[Nearness, bool], str, str, bool]]:
    """Return (how near to what is told, sentence, what would be quoted of it, whether it is the headline) of one report.

    A detail ("13 of them women", or an older case read as one) proves no figure: of what is not near, it comes last.
    """
    found = []
    for claim in report.claims:
        if claim.role in (Role.MAIN, Role.PART) and claim.sentence.strip():
            near = claim_nearness(claim, rows)
            rank = near, near is not Nearness.FIGURE and claim.role is Role.PART
            found.append((rank, claim.sentence, shorten(claim.sentence, claim.printed), claim.field == "title"))
            if body := in_body(report, claim):
                sentence = report.text[slice(*body)]
                found.append((rank, sentence, shorten(sentence, claim.printed), False))
    return found or ([((Nearness.OTHER, False), report.title, shorten(report.title), True)] if report.title.strip() else [])


def _language_rank(report: Report, reads: Sequence[str]) -> int:
    """Where the report's language stands in what the readers read; English first where nobody said."""
    order = [code.split("-")[0].lower() for code in reads] or ["en"]
    primary = (report.language or "").split("-")[0].lower()
    return order.index(primary) if primary in order else len(order)
