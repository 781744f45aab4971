"""One story as lines for a terminal: facts, articles with the reason of each join, history, who was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from watcher.cli.rule_change_page import no_longer_matched
from watcher.cli.show import columns, day, safe, table, wrapped
from watcher.digest.names import country_name, people_name
from watcher.model import Called, Change, Claim, Facts, Report, StoryFile

_UTC = ZoneInfo("UTC")  # of every time on this page: it needs no rules file, so a broken one does not hide a story


def story_lines(
    story: StoryFile, changes: Sequence[Change], told: Sequence[Mapping[str, object]], *, lost: Mapping[int, datetime], now: datetime
) -> list[str]:
    """Everything that is known of a story, most important first; `lost` are articles that no rule matches since a rule change."""
    facts = story.facts
    lines = [f"#{story.id}  {safe(facts.headline) if facts else ''}"]
    if facts:
        called = "" if facts.called is Called.NOT_SAID else f"; called {facts.called.value}"
        lines.append(f"     {where_and_when(facts) or 'place and date not said'}{called}")
        lines += wrapped(f"{facts.confidence.value.replace('_', ' ')}: {safe(', '.join(facts.sources))}", first=" " * 5, rest=" " * 7)
        for other, kind in story.links:
            lines.append(f"     {kind.value}: #{other}")
    lines += ["", "Articles (times in UTC)" if lost else "Articles"]
    for report in story.reports:
        lines += _article(report, f"    {no_longer_matched(lost[report.article], _UTC, now)}" if report.article in lost else "")
    lines += ["", "What happened (times in UTC)"]
    lines += table([(str(change.at)[:16], change.kind.value, safe(change.reason)) for change in changes], indent="  ")
    lines += ["", "Who was told (times in UTC)"]
    lines += table(
        [(str(row["at"])[:16], str(row["audience"]), "told" if row["told"] else "not told", safe(str(row["reason"]))) for row in told],
        indent="  ",
    ) or ["  nobody"]
    return lines


def _article(report: Report, mark: str) -> list[str]:
    outlet = f"{report.source}, via {report.via}" if report.via else report.source
    lines = wrapped(f"{safe(outlet)} ({report.language or '?'}), {day(report.time)}: {safe(report.title)}", first="  ", rest="    ")
    lines.append(f"    {safe(report.url)}")
    lines.append(f"    a{report.article}, {report.role.value}: {safe(report.reason)}")
    if mark:
        lines.append(mark)
    for claim in report.claims:
        lines.append(f"    {claim_words(claim)}")
        lines.append(f"      “{safe(claim.sentence, columns() - 8)}”")
    return lines


def where_and_when(facts: Facts) -> str:
    """`Phnom Penh → Japan, 8 Nov 2023`, as far as it is known."""
    origin = ", ".join(facts.places) or (country_name(facts.origin) if facts.origin else "")
    way = " → ".join(one for one in (origin, ", ".join(country_name(code) for code in facts.to)) if one)
    return safe(", ".join(one for one in (way, day(facts.date)) if one))


def claim_words(claim: Claim) -> str:
    """`main: 25 Japanese deported 8 Nov 2023`."""
    who = ", ".join(people_name(code) for code in claim.nationality or ()) or ("foreigners" if claim.foreigners else "people")
    count = claim.printed or ("" if claim.count is None else str(claim.count))
    return safe(f"{claim.role.value}: {count} {who} {claim.stage.value if claim.stage else '(no stage)'} {day(claim.date)}")
