"""Reports of one story -> Standing: who reports it independently, and who repeats whom.

Counts outlets and nothing else: a copy of a wire text, and what only a search found, never make a story surer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher.model import ArticleRole, Confidence, Report
from watcher.story.text import repeats, same_title

FULL_HEADLINE = 30  # characters; two outlets do not invent the same headline of this length
TEASER = 80  # characters of text below which the headline says more


@dataclass(frozen=True, slots=True)
class Standing:
    """Outlets by what their report is worth. `own_words` are the articles that repeat no one."""

    independent: tuple[str, ...]
    state: tuple[str, ...]
    found_only: tuple[str, ...]  # "AP, via Google News": seen by a search, not read from the outlet
    copies: tuple[tuple[str, str], ...]
    own_words: frozenset[int]

    @property
    def sources(self) -> tuple[str, ...]:
        """What to name: the independent outlets; only where there is none, state media, else the first a search found."""
        return self.independent or self.state or self.found_only[:1]

    @property
    def confidence(self) -> Confidence:
        """The label, never softer than the facts: two outlets of which one is the state's are still one source."""
        if len(self.independent) >= 2:
            return Confidence.INDEPENDENT
        return Confidence.STATE_ONLY if self.state and not self.independent and not self.found_only else Confidence.ONE_SOURCE


def standing(reports: Iterable[Report]) -> Standing:
    """Return who stands behind a story. Originals are looked for anew, so that the order of arrival does not matter."""
    told = sorted((r for r in reports if r.role is not ArticleRole.BACKGROUND), key=lambda r: (r.via is not None, r.time, r.article))
    originals: list[Report] = []
    copies: list[tuple[str, str]] = []
    for report in told:
        original = repeated(report, originals)
        if original is None and report.role is ArticleRole.COPY and originals and report.source != originals[0].source:
            original = originals[0]  # joined as a copy while more of the text was kept than now
        if original is None:
            originals.append(report)
        elif report.via is None and report.source:
            copies.append((report.source, original.source))
    named = [report for report in originals if report.source and report.via is None]
    independent = _outlets(report.source for report in named if not _of_the_state(report))
    return Standing(
        independent=independent,
        state=_outlets(report.source for report in named if _of_the_state(report)),
        found_only=_outlets(f"{report.source}, via {report.via}" for report in originals if report.source and report.via),
        copies=tuple(pair for pair in dict.fromkeys(copies) if pair[0] not in independent),
        own_words=frozenset(report.article for report in originals),
    )


def repeated(report: Report, others: Sequence[Report]) -> Report | None:
    """Return the earliest of `others`, from another outlet, whose words `report` repeats; None if they are its own."""
    alike = (other for other in others if other.article != report.article and other.source != report.source and _same_words(report, other))
    return min(alike, key=lambda other: (other.via is not None, other.time, other.article), default=None)


def _same_words(report: Report, other: Report) -> bool:
    """Whether one prints the other's text; where a text is missing, its whole headline."""
    if min(len(report.text), len(other.text)) >= TEASER:
        return repeats(report.text, other.text)
    same = report.title.casefold().split() == other.title.casefold().split()
    return same and len(report.title) >= FULL_HEADLINE and same_title(report.title, other.title)


def _of_the_state(report: Report) -> bool:
    return report.state_media or report.official


def _outlets(names: Iterable[str]) -> tuple[str, ...]:
    """Each outlet once, first reporter first, as it was first written."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return tuple(seen.values())
