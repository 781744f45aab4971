"""How far stored texts are judged again after a rule change, and what came of it, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.cli.show import counted, safe, span, when, wrapped
from watcher.pipeline.rejudge import JudgingAgain

IDS_SHOWN = 12


def rule_change_lines(found: JudgingAgain, zone: ZoneInfo, now: datetime) -> list[str]:
    """One line while it goes on; afterwards what was found and what is no longer matched, each with what can be done."""
    if found.waits:
        return wrapped(
            "The rules are not those that stored texts were judged by. `watcher run` judges them again; to do it now: watcher rules apply",
            rest="  ",
        )
    if found.change.open:
        problem = f" It stopped and goes on with the next turn: {safe(found.problem, 100)}" if found.problem else ""
        return wrapped(f"{progress_line(found, zone, now)}.{problem}", rest="  ")
    return [line for text in _outcome(found, zone, now) for line in wrapped(text, rest="  ")]


def progress_line(found: JudgingAgain, zone: ZoneInfo, now: datetime) -> str:
    """`Judging again with the rules of 22 Nov 14:05: 12,400 of 100,000 texts, about 40 s left; gained 3, lost 1`."""
    change = found.change
    left = change.seconds_left
    how_long = f", about {span(timedelta(seconds=left + 1))} left" if left is not None else ""
    return (
        f"Judging again with the rules of {when(change.at, zone, now)}: {change.judged:,} of {change.texts:,} texts{how_long}; "
        f"gained {found.outcome.gained}, lost {found.outcome.lost}"
    )


def _outcome(found: JudgingAgain, zone: ZoneInfo, now: datetime) -> list[str]:
    change, outcome = found.change, found.outcome
    rules = f"the rules of {when(change.at, zone, now)}"
    lines = [
        f"Judged again with {rules}: {change.judged:,} {'text' if change.judged == 1 else 'texts'}; gained {outcome.gained}, lost {outcome.lost}.{_left_out(found)}"
    ]
    if outcome.untold:
        stories = counted(len(outcome.untold), "story", "stories")
        lines.append(
            f"After this rule change: {stories} found, not told: {_ids(outcome.untold)}. To tell what is fresh: watcher rules apply --tell"
        )
    if told := [story for story in outcome.opened if story not in outcome.untold]:
        lines.append(f"Found and told: {_ids(told)}.")
    if outcome.joined:
        lines.append(f"More articles for {_ids(outcome.joined)}.")
    if outcome.lost_in:
        lines.append(f"No longer matched, but kept in their stories: articles of {_ids(outcome.lost_in)}. Which: watcher stories show ID")
    return lines


def _left_out(found: JudgingAgain) -> str:
    """What was not judged again, and leads that were not opened."""
    change = found.change
    said = ""
    if change.without_text:
        said += f" {counted(change.without_text, 'older text')} had been dropped (`keep_text`): their verdict stays."
    if change.failed:
        said += f" {counted(change.failed, 'text')} could not be judged (see the log): their verdict stays."
    if change.leads_left:
        said += f" {counted(change.leads, 'lead')} opened, {change.leads_left} more left: one rule change opens only so many."
    return said


def _ids(stories: Sequence[int]) -> str:
    shown = ", ".join(f"#{story}" for story in stories[:IDS_SHOWN])
    return f"{shown} and {len(stories) - IDS_SHOWN} more" if len(stories) > IDS_SHOWN else shown
