"""Scene, figure -> Step: what befell the people of a figure, by the clause it stands in.

One verb may be of all figures of a sentence: "225 Chinese and 151 Taiwanese were deported", "376 were arrested and deported". Only where
two clauses have each a figure and another step of its own is a figure of its own clause: "376 arrested, 74 deported". What is announced
beside what was done is read here too. Which figure is the article's own is for `roles`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from watcher.model import STAGE_RANK, Stage, Status
from watcher.read.mark import Mark
from watcher.read.scene import Scene, steps

OUT = (Stage.DEPORTED, Stage.REPATRIATED, Stage.EXTRADITED)
PAUSE = re.compile(r"[;:、،؛()។၊]|,(?!\d)|\s[-–—]\s")  # where a clause may end; folded

MOST = 4  # figures of people; more is a list
LONGEST = 300  # characters; more is a paragraph of a language without full stops

Step = tuple[Stage, Status]


@dataclass(slots=True)
class _Clause:
    start: int
    end: int
    figures: list[int] = field(default_factory=list)
    marks: list[tuple[Mark, bool]] = field(default_factory=list)  # and whether it is done

    @property
    def own(self) -> bool:
        return bool(self.figures and self.marks)


def step_of(scene: Scene, at: int) -> tuple[Stage | None, Status]:
    """Return the step of a figure that begins at `at`: that of its own clause, else the furthest of the sentence; done before announced."""
    if at in scene.own:
        return scene.own[at]
    done, pending = steps(scene)
    done = [mark for mark in done if mark.kind != "asks" or at < mark.start]  # "Seoul asks for the return of 31" is no wish of theirs
    if done:
        return _furthest(done, at), Status.DONE
    if pending:
        return _announced(scene, pending[0]), Status.ANNOUNCED
    return None, Status.DONE


def own_steps(scene: Scene, figures: Sequence[int]) -> dict[int, Step]:
    """Return the steps of figures of people, by where each begins; nothing where the sentence has one step for all, or shares its verbs."""
    taken, pending = steps(scene)
    marks = [(mark, True) for mark in taken if mark.value is not Stage.RAID] + [(mark, False) for mark in pending]
    if not 2 <= len(figures) <= MOST or scene.end - scene.start > LONGEST:
        return {}
    if len({_rank(scene, mark) for mark, _ in marks}) < 2 or any(mark.kind == "asks" for mark, _ in marks):
        return {}
    marks.sort(key=lambda each: each[0].start)
    clauses = _clauses(scene, figures, marks)
    if not _differ(scene, clauses) and not scene.language.spaces:
        clauses = _in_turn(figures, marks)
    if not _differ(scene, clauses):
        return {}
    return {at: _step(scene, owner, at) for clause in clauses for at in clause.figures if (owner := _owner(clause, clauses)) is not None}


def announced_beside(scene: Scene, at: int, step: Step) -> Stage | None:
    """Return the step out of the country that is announced of people to whom something was done: "to deport 60 arrested in a raid"."""
    taken, pending = steps(scene)
    stage, status = step
    if not pending or status is not Status.DONE or STAGE_RANK[stage] >= STAGE_RANK[Stage.DEPORTED] or at in scene.own:
        return None
    asked = any(mark.kind != "stage" for mark in taken) or any(scene.marks.within(scene.start, scene.end, "asked"))
    return None if asked or stage is Stage.RAID else _announced(scene, pending[0])


def _differ(scene: Scene, clauses: Sequence[_Clause]) -> bool:
    """Whether two clauses have each a figure and a step, and the steps differ."""
    return len({STAGE_RANK[_step(scene, clause, clause.figures[0])[0]] for clause in clauses if clause.own}) > 1


def _clauses(scene: Scene, figures: Sequence[int], marks: Sequence[tuple[Mark, bool]]) -> list[_Clause]:
    """The clauses of a sentence by its pauses and the words that begin one; none begins inside a word for a step."""
    cuts = {match.start() for match in PAUSE.finditer(scene.text, scene.start, scene.end)}
    cuts |= {word.start for word in scene.marks.within(scene.start, scene.end, "clause")}
    inside = [cut for cut in cuts if not any(mark.start < cut < mark.end for mark, _ in marks)]
    bounds = [scene.start, *sorted(cut for cut in inside if cut > scene.start), scene.end]
    clauses = [_Clause(start, end) for start, end in pairwise(bounds)]
    for clause in clauses:
        clause.figures = [at for at in figures if clause.start <= at < clause.end]
        clause.marks = [each for each in marks if clause.start <= each[0].start < clause.end]
    return clauses


def _in_turn(figures: Sequence[int], marks: Sequence[tuple[Mark, bool]]) -> list[_Clause]:
    """Where no sign parts clauses, step and figure by turns: each figure with the step on the side where the first one has it."""
    signs = sorted([(at, None) for at in figures] + [(mark.start, (mark, done)) for mark, done in marks], key=lambda sign: sign[0])
    if len(figures) != len(marks) or any((one[1] is None) == (other[1] is None) for one, other in pairwise(signs)):
        return []
    order = sorted(figures)
    return [_Clause(at, at, [at], [each]) for at, each in zip(order, marks, strict=True)]


def _owner(clause: _Clause, clauses: Sequence[_Clause]) -> _Clause | None:
    """The clause whose step a figure takes: its own; else the one before that has its verb in front, else the one behind."""
    if clause.own:
        return clause
    at = next(place for place, other in enumerate(clauses) if other is clause)
    before = next((other for other in reversed(clauses[:at]) if other.own), None)
    after = next((other for other in clauses[at + 1 :] if other.own), None)
    if before is None or after is None:
        return before or after
    return before if before.marks[0][0].start < before.figures[0] else after


def _step(scene: Scene, clause: _Clause, at: int) -> Step:
    done = [mark for mark, taken in clause.marks if taken]
    if done:
        return _furthest(done, at), Status.DONE
    return _announced(scene, clause.marks[0][0]), Status.ANNOUNCED


def _furthest(done: Sequence[Mark], at: int) -> Stage:
    """The furthest stage that is reported as done. Nearness does not decide: the furthest verb is the news."""
    furthest = max(STAGE_RANK[Stage(str(mark.value))] for mark in done)
    same = [mark for mark in done if STAGE_RANK[Stage(str(mark.value))] == furthest]
    return Stage(str(min(same, key=lambda mark: abs(mark.start - at)).value))


def _announced(scene: Scene, pending: Mark) -> Stage:
    """The stage that "to be deported" announces: the verb hidden inside it, else going home."""
    if pending.kind == "stage":
        return Stage(str(pending.value))
    inside = scene.text[pending.start : pending.end]
    for stage in OUT:
        if any(term.rstrip("*").casefold()[:5] in inside for term in scene.language.stages.get(stage, ())):
            return stage
    return Stage.REPATRIATED


def _rank(scene: Scene, mark: Mark) -> int:
    return STAGE_RANK[Stage(str(mark.value)) if mark.value is not None else _announced(scene, mark)]
