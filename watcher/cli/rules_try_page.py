"""A trial of rules as lines for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.cli.show import counted, safe, when, wrapped
from watcher.model import Level
from watcher.pipeline.rules_trial import Moved, RulesTrial
from watcher.pipeline.rules_trial_stories import StoryMove


def trial_lines(trial: RulesTrial, name: str, zone: ZoneInfo, now: datetime, *, limit: int) -> list[str]:
    """The sum first, then volume, then every difference, at most `limit` of each kind."""
    if not trial.articles:
        left = f" {_without_text(trial)}" if trial.without_text else ""
        return [f"No article with a text was first seen since {when(trial.since, zone, now)}; nothing to judge.{left}"]
    first = when(trial.first, zone, now)
    lines = wrapped(f"{safe(name)} on {counted(trial.articles, 'article')} first seen since {first}. Nothing was written.", rest="  ")
    if trial.without_text:
        lines += wrapped(_without_text(trial), rest="  ")
    lines += ["", *_sum(trial), "", *_volume(trial)]
    lines += _moved_lines("GAINED: matched by the new rules only", trial.gained, "rules in force", zone, now, limit)
    lines += _moved_lines("LOST: matched by the rules in force only", trial.lost, "new rules", zone, now, limit)
    lines += _story_lines(trial.moves, limit)
    if not trial.gained and not trial.lost:
        lines += ["", "Both rule sets match the same articles."]
    return lines


def trial_json(trial: RulesTrial) -> dict[str, Any]:
    """The whole answer as one JSON object; nothing is cut."""
    return {
        "since": trial.since,
        "articles": trial.articles,
        "without_text": trial.without_text,
        "before": {level.value: trial.levels_before[level] for level in Level},
        "after": {level.value: trial.levels_after[level] for level in Level},
        "matches_a_day": {"days": trial.span_days, "before": _a_day(trial, Level.MATCH, after=False), "after": _a_day(trial, Level.MATCH)},
        "days": [{"day": one.day, "before": one.before, "after": one.after} for one in trial.days],
        "gained": [_moved_json(one) for one in trial.gained],
        "lost": [_moved_json(one) for one in trial.lost],
        "stories": [
            {
                "kind": one.kind,
                "story": one.story,
                "headline": one.headline,
                "articles": [f"a{article}" for article in one.articles],
                "left": one.left,
                "told": one.told,
            }
            for one in trial.moves
        ],
    }


def _without_text(trial: RulesTrial) -> str:
    return f"{counted(trial.without_text, 'article')} more had no text left (dropped after keep_text): not judged."


def _sum(trial: RulesTrial) -> list[str]:
    kinds = {kind: sum(one.kind == kind for one in trial.moves) for kind in ("new", "gains", "loses some", "loses all")}
    gone, some = kinds["loses all"], kinds["loses some"]
    return [
        f"Articles  {len(trial.gained)} gained, {len(trial.lost)} lost; {trial.levels_before[Level.MATCH]} match by the rules in force, {trial.levels_after[Level.MATCH]} by the new ones",
        f"Stories   {kinds['new']} new, {kinds['gains']} would gain articles, {some} would lose some, {gone} would lose all",
        f"Watched   {_from_to(trial, Level.WATCH)}",
        f"Leads     {_from_to(trial, Level.LEAD)}; what the articles behind new leads say is not known",
    ]


def _from_to(trial: RulesTrial, level: Level) -> str:
    return f"{trial.levels_before[level]} by the rules in force, {trial.levels_after[level]} by the new ones"


def _volume(trial: RulesTrial) -> list[str]:
    before, after = _a_day(trial, Level.MATCH, after=False), _a_day(trial, Level.MATCH)
    text = f"Matches a day  {before:.1f} by the rules in force, {after:.1f} by the new ones, over {counted(trial.span_days, 'day')}"
    if busiest := max(trial.days, key=lambda one: (one.after, one.before), default=None):
        text += f"; most on {busiest.day}: {busiest.before} and {busiest.after}"
    return wrapped(text, rest="  ")


def _a_day(trial: RulesTrial, level: Level, *, after: bool = True) -> float:
    return (trial.levels_after if after else trial.levels_before)[level] / trial.span_days


def _moved_lines(head: str, moved: Sequence[Moved], other: str, zone: ZoneInfo, now: datetime, limit: int) -> list[str]:
    lines = ["", f"{head} ({len(moved)})"] if moved else []
    for one in moved[:limit]:
        stands = f"  in {', '.join(f'#{story}' for story in one.stories)}" if one.stories else ""
        lines += wrapped(f"a{one.article}  {safe(one.title) or '(no title)'}", first="  ", rest="      ")
        lines.append(f"      {safe(one.source)} ({one.language or '?'}), {when(one.first_seen, zone, now)}{stands}")
        lines += wrapped(f"by {', '.join(one.rules)}; {other}: {safe(one.reason) or one.level.value}", first="      ", rest="        ")
        lines.append(f"      {safe(one.url)}")
    return [*lines, f"  and {len(moved) - limit} more; all with --json or --limit"] if len(moved) > limit else lines


def _story_lines(moves: Sequence[StoryMove], limit: int) -> list[str]:
    lines: list[str] = []
    heads = {
        "new": "NEW STORIES",
        "gains": "STORIES THAT WOULD GAIN ARTICLES",
        "loses some": "STORIES THAT WOULD LOSE SOME OF THEIR ARTICLES",
        "loses all": "STORIES THAT WOULD LOSE ALL THEIR ARTICLES; no article leaves a story by a change of rules",
    }
    for kind, head in heads.items():
        found = [one for one in moves if one.kind == kind]
        lines += ["", f"{head} ({len(found)})"] if found else []
        for one in found[:limit]:
            name = f"#{one.story}" if one.story else "new"
            which = ", ".join(f"a{article}" for article in one.articles[:6]) + (" …" if len(one.articles) > 6 else "")
            stay = f"; {counted(one.left, 'other article')} {'stays' if one.left == 1 else 'stay'}" if one.left else ""
            told = "; told already" if one.told else ""
            lines += wrapped(f"{name}  {safe(one.headline)}: {which}{stay}{told}", first="  ", rest="      ")
        if len(found) > limit:
            lines.append(f"  and {len(found) - limit} more; all with --json or --limit")
    return lines


def _moved_json(one: Moved) -> dict[str, Any]:
    return {
        "article": f"a{one.article}",
        "url": one.url,
        "title": one.title,
        "source": one.source,
        "language": one.language,
        "first_seen": one.first_seen,
        "rules": list(one.rules),
        "otherwise": one.level.value,
        "reason": one.reason,
        "stories": list(one.stories),
    }
