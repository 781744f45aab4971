"""Text, the operator's list -> the persons of the list who are named, and their claims beside those of counted people.

Only who stands on the list is ever looked for: no name is guessed. What happened to a person is read in `claims`, as for any figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from watcher.fold import folded, is_boundary
from watcher.model import STAGE_RANK, Claim, Language, Role, Stage
from watcher.read.roles import Candidate, assign


@dataclass(frozen=True, slots=True)
class Name:
    """Where a person of the list is named; offsets are of the folded field."""

    person: str
    start: int
    end: int


def names(text: str, persons: Sequence[str], language: Language) -> list[Name]:
    """Return where persons are named in a folded field, in order; whole words, but for endings that the language glues on."""
    text = text.replace("\n", " ")
    return sorted((name for person in persons for name in _of(person, text, language)), key=lambda name: name.start)


def with_persons(claims: Sequence[Claim], named: Sequence[Candidate], published: date | None) -> tuple[Claim, ...]:
    """Return the claims, with one behind them for each person and step.

    A person is what the article is about only where no counted people are; beside them, one of them: figures must not move by a name.
    """
    own = Role.PART if any(claim.role is Role.MAIN for claim in claims) else Role.MAIN
    found: dict[tuple[str | None, Role, Stage | None], Claim] = {}
    for candidate in named:
        if candidate.claim.stage is None:
            continue
        for claim in assign([candidate], published):  # each by itself: its own time and country decide
            role = own if claim.role is Role.MAIN else claim.role
            found.setdefault((claim.person, role, claim.stage), replace(claim, role=role))
    return (*claims, *_by_step(found.values()))


def _by_step(claims: Iterable[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: -1 if claim.stage is None else STAGE_RANK[claim.stage])


def _of(person: str, text: str, language: Language) -> Iterable[Name]:
    name = folded(person.rstrip("*")).strip()
    at = text.find(name) if name else -1
    while at >= 0:
        end = at + len(name)
        if is_boundary(text, at) and (is_boundary(text, end) or language.prefix or person.endswith("*")):
            yield Name(person.rstrip("*").strip(), at, end)
        at = text.find(name, end)
