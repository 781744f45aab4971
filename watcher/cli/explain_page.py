"""Explanations as lines for a terminal: what held and where, what was missing, why articles stand together."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.cli.show import columns, fit, pad, safe, width, wrapped
from watcher.cli.story_page import claim_words
from watcher.match import Explanation, Part
from watcher.model import Entry, Evidence, Level, Verdict
from watcher.pipeline.archive import Archived, Together
from watcher.pipeline.check import Watch
from watcher.urls import host_of

AROUND = 30  # characters of text shown on each side of a place


def explanation_lines(entry: Entry, explanation: Explanation, *, tree: bool = False) -> list[str]:
    """The verdict, then each rule: what was found of it and where, and what was missing; with `tree` every part of it."""
    lines = wrapped(_verdict(explanation.verdict), rest="  ")
    if entry.title:
        lines.append(f"Title: {safe(entry.title, columns() - 7)}")
    for rule in explanation.rules:
        lines += ["", f"{rule.rule} ({rule.level.value}): {'holds' if rule.held else 'does not hold'}"]
        lines += _tree(entry, rule.tree, 1) if tree else _found(entry, rule.tree)
        if rule.missing:
            lines += wrapped(f"missing: {'; '.join(safe(words) for _, words in rule.missing)}", first="  ", rest="    ")
    if explanation.claims:
        lines += ["", "What it says of people"]
    for claim in explanation.claims:
        lines.append(f"  {claim_words(claim)}")
        lines.append(f"    “{safe(claim.sentence, columns() - 6)}”")
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
        f"Read {one.first_seen:%d %b %Y %H:%M} UTC from {safe(one.feed)}{'' if one.live else ', with a first poll or a backfill: told to nobody by itself'}."
        for one in found.sightings
    ]
    if found.verdict:
        lines += wrapped(_verdict(found.verdict), rest="  ")
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


def _verdict(verdict: Verdict) -> str:
    """The first line: what the rules say, and for a no the reason."""
    reason = safe(verdict.reason)
    if verdict.level is Level.NO:
        return f"{reason[:1].upper()}{reason[1:]}."
    meaning = {
        Level.MATCH: "MATCH",
        Level.WATCH: "WATCH: listed for review, never told",
        Level.LEAD: "LEAD: its full article is read first",
    }
    because = f" ({reason})" if reason else ""
    return f"{meaning[verdict.level]}. By {', '.join(verdict.rules)}{because}."


def _found(entry: Entry, tree: Part) -> list[str]:
    """The smallest parts that were found, each once, with the first place of each."""
    found = {part.query: part for part in _leaves(tree) if part.held and part.evidence}
    longest = max(map(width, found), default=0)
    lines = []
    for query, part in found.items():
        start = f"  {pad(safe(query), longest)}  "
        more = f"  and {len(part.evidence) - 1} more" if len(part.evidence) > 1 else ""
        lines.append(start + fit(_place(entry, part.evidence[0]), columns() - width(start) - width(more)) + more)
    return lines


def _leaves(part: Part) -> Iterator[Part]:
    """Parts without parts; those below a NOT only where they broke the rule."""
    if part.query.startswith("NOT ") and part.held:
        return
    if not part.parts:
        yield part
    for child in part.parts:
        yield from _leaves(child)


def _tree(entry: Entry, part: Part, depth: int) -> list[str]:
    """Every part with + where it held and - where not; the smallest ones with their place."""
    start = f"{'  ' * depth}{'+' if part.held else '-'} {safe(part.query)}"
    place = f"  {_place(entry, part.evidence[0])}" if part.evidence and not part.parts else ""
    lines = [fit(start + place, columns())]
    for child in part.parts:
        lines += _tree(entry, child, depth + 1)
    return lines


def _place(entry: Entry, evidence: Evidence) -> str:
    """A place in its surroundings, marked: text: …were deported [from Cambodia] to…"""
    text = entry.title if evidence.span.field == "title" else entry.text
    start, end = evidence.span.start, evidence.span.end
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    left = ("…" if start > AROUND else "") + safe(before) + (" " if before[-1:].isspace() else "")
    right = (" " if after[:1].isspace() else "") + safe(after) + ("…" if end + AROUND < len(text) else "")
    return f"{evidence.span.field}: {left}[{safe(text[start:end])}]{right}"


def _places(evidence: tuple[Evidence, ...]) -> str:
    seen = dict.fromkeys(f"{one.term} (@{one.concept})" if one.concept else one.term for one in evidence)
    return safe(", ".join(list(seen)[:8]) + (" …" if len(seen) > 8 else ""))
