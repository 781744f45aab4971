"""Explanations as lines for a terminal: what held and where, what was missing, why articles stand together."""

from __future__ import annotations

from watcher.cli.show import safe
from watcher.match import Explanation, Part
from watcher.model import Entry, Evidence
from watcher.pipeline.archive import Archived, Together
from watcher.pipeline.check import Watch
from watcher.urls import host_of

AROUND = 30  # characters of text shown on each side of a place


def explanation_lines(entry: Entry, explanation: Explanation) -> list[str]:
    """The verdict, then each rule as a tree with what held (+) and what did not (-)."""
    verdict = explanation.verdict
    names = f" by {', '.join(verdict.rules)}" if verdict.rules else ""
    lines = [f"{'MATCH' if verdict.level == 'match' else verdict.level.upper()}{names}. {safe(verdict.reason)}".rstrip()]
    if entry.title:
        lines.append(f"Title: {safe(entry.title, 100)}")
    for rule in explanation.rules:
        lines += ["", f"{rule.rule}, {rule.level.value}: {'holds' if rule.held else 'does not hold'}"]
        lines += _tree(entry, rule.tree, 1)
        lines += [f"    would have held with: {safe(words)}" for _, words in rule.missing]
    claims = explanation.claims
    if claims:
        lines += ["", "What it says of people"]
    for claim in claims:
        who = ", ".join(claim.nationality or ()) or ("foreigners" if claim.foreigners else "people")
        lines.append(
            f"  {claim.role.value}: {safe(claim.printed)} {who} {claim.stage.value if claim.stage else ''} {claim.date or ''}".rstrip()
        )
        lines.append(f"    “{safe(claim.sentence, 110)}”")
    return lines


def archived_lines(url: str, found: Archived | None, watch: Watch) -> list[str]:
    """What became of an address, in words."""
    if found is None:
        outlet = host_of(url)
        read = [feed.title for feed in watch.config.feeds if feed.enabled != "no" and host_of(feed.url) == outlet]
        if read:
            return [f"Never seen. {', '.join(map(safe, read))} is read, but has not shown this article."]
        return [f"Never seen: no feed of {outlet}. Add one: watcher feeds add https://{outlet}/"]
    lines = [safe(found.title)]
    lines += [
        f"Read {one.first_seen:%d %b %Y %H:%M} UTC from {safe(one.feed)}{'' if one.live else ' (not live)'}." for one in found.sightings
    ]
    if found.verdict:
        names = f" by {', '.join(found.verdict.rules)}" if found.verdict.rules else ""
        lines.append(f"Verdict: {found.verdict.level.value}{names}. {safe(found.verdict.reason)}".rstrip())
    if found.lead:
        lines.append(f"Lead: {safe(found.lead)}.")
    lines.append(f"Stories: {', '.join(f'#{one}' for one in found.stories) or 'none'}.")
    lines += [f"Told {audience} on {at:%d %b %Y %H:%M} UTC as {kind}." for audience, at, kind in found.told] or ["Never told."]
    return lines


def story_reason_lines(found: Together) -> list[str]:
    """Why each article of a story is there."""
    facts = found.story.facts
    lines = [f"#{found.story.id}  {safe(facts.headline) if facts else ''}"]
    for report, verdict in found.verdicts:
        lines += ["", f"{safe(report.source)}: {safe(report.title, 90)}", f"  {safe(report.url)}"]
        if verdict:
            lines.append(f"  matched {', '.join(verdict.rules) or 'nothing'}: {_places(verdict.evidence)}")
        lines.append(f"  here as {report.role.value}: {safe(report.reason)} (score {report.score:.2f})")
    for other, kind in found.story.links:
        lines.append(f"\nLinked: #{other} ({kind.value})")
    return lines


def _tree(entry: Entry, part: Part, depth: int) -> list[str]:
    places = "".join(f"  {_place(entry, one)}" for one in part.evidence[:2])
    more = f"  and {len(part.evidence) - 2} more" if len(part.evidence) > 2 else ""
    lines = [f"{'  ' * depth}{'+' if part.held else '-'} {safe(part.query, 80)}{places}{more}"]
    for child in part.parts:
        lines += _tree(entry, child, depth + 1)
    return lines


def _place(entry: Entry, evidence: Evidence) -> str:
    """A place in its surroundings, marked: ...deported [from Cambodia] to..."""
    text = entry.title if evidence.span.field == "title" else entry.text
    start, end = evidence.span.start, evidence.span.end
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return f"{evidence.span.field}: …{safe(before)} [{safe(text[start:end])}] {safe(after)}…"


def _places(evidence: tuple[Evidence, ...]) -> str:
    seen = dict.fromkeys(f"{one.term} (@{one.concept})" if one.concept else one.term for one in evidence)
    return safe(", ".join(list(seen)[:8]) + (" …" if len(seen) > 8 else ""))
