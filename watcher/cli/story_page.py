"""One story as lines for a terminal: facts, articles with the reason of each join, history, who was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watcher.cli.show import safe, table
from watcher.model import Change, Report, StoryFile


def story_lines(story: StoryFile, changes: Sequence[Change], told: Sequence[Mapping[str, object]]) -> list[str]:
    """Everything that is known of a story, most important first."""
    facts = story.facts
    lines = [f"#{story.id}  {safe(facts.headline) if facts else ''}"]
    if facts:
        where = ", ".join(facts.places) or facts.origin or "place not said"
        lines.append(
            f"     {where}{' to ' + ', '.join(facts.to) if facts.to else ''}; {facts.date or 'date not said'}; called {facts.called.value}"
        )
        lines.append(f"     {facts.confidence.value.replace('_', ' ')}: {safe(', '.join(facts.sources))}")
        for other, kind in story.links:
            lines.append(f"     {kind.value}: #{other}")
    lines += ["", "Articles"]
    for report in story.reports:
        lines += _article(report)
    lines += ["", "What happened"]
    lines += table([(str(change.at)[:16], change.kind.value, safe(change.reason)) for change in changes], indent="  ")
    lines += ["", "Who was told"]
    lines += table(
        [(str(row["at"])[:16], str(row["audience"]), "told" if row["told"] else "not told", safe(str(row["reason"]))) for row in told],
        indent="  ",
    ) or ["  nobody"]
    return lines


def _article(report: Report) -> list[str]:
    outlet = f"{report.source}, via {report.via}" if report.via else report.source
    lines = [f"  {safe(outlet)} ({report.language or '?'}), {str(report.time)[:10]}: {safe(report.title, 90)}", f"    {safe(report.url)}"]
    lines.append(f"    {report.role.value}: {safe(report.reason)}")
    for claim in report.claims:
        people = ", ".join(claim.nationality or ()) or ("foreigners" if claim.foreigners else "people")
        stage = claim.stage.value if claim.stage else "no stage"
        lines.append(f"    {claim.role.value}: {claim.printed or claim.count} {people} {stage} {claim.date or ''}".rstrip())
        lines.append(f"      “{safe(claim.sentence, 140)}”")
    return lines
