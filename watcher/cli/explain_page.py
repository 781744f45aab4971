"""Explanations as lines for a terminal: what each rule found in the text, what it lacks, the whole tree of it; what became of an address."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from watcher.cli.marked import marked_lines, place
from watcher.cli.show import columns, counted, fit, safe, when, wrapped
from watcher.cli.story_page import claim_words
from watcher.match import Explanation, Part, RulePart
from watcher.model import Entry, Evidence, Level, Verdict
from watcher.pipeline.archive import Archived, Together
from watcher.pipeline.outlet import Outlet
from watcher.store import by_hand
from watcher.urls import host_of

PLACES = 5  # places of one part that the tree shows; the rest is counted
MEANING = {
    Level.MATCH: "match",
    Level.WATCH: "watch (listed for review, never told)",
    Level.LEAD: "lead (its full article is read before judging)",
}
_ORDER = (Level.MATCH, Level.WATCH, Level.LEAD)


def explanation_lines(entry: Entry, explanation: Explanation, *, tree: bool = False) -> list[str]:
    """The verdict, then each rule: the text with what held marked in it, or what is missing; with `tree` every part of it."""
    lines = wrapped(verdict_words(explanation.verdict), rest="  ")
    if entry.title:
        lines.append(f"Title: {safe(entry.title, columns() - 7)}")
    if explanation.language:
        lines.append(f"Language: {safe(explanation.language)}")
    lines += _trees(entry, explanation) if tree else _short(entry, explanation)
    if explanation.claims:
        lines += ["", "What it says of people"]
    for claim in explanation.claims:
        lines.append(f"  {claim_words(claim)}")
        lines.append(f"    “{safe(claim.sentence, columns() - 6)}”")
    return lines


def archived_lines(found: Archived, zone: ZoneInfo, now: datetime) -> list[str]:
    """What became of an address that the archive has, in words."""
    lines = [safe(found.title)]
    read = [_sighting(one.feed, when(one.first_seen, zone, now)) for one in found.sightings]
    told = "never told" if not found.told else f"told {counted(len(found.told), 'time')}"
    first = ", ".join(read) or "no sighting is left"
    lines += wrapped(f"{first[:1].upper()}{first[1:]}; {_verdict_in_short(found.verdict)}; {told}.", rest="  ")
    if found.sightings and not found.told and not any(one.live for one in found.sightings):
        lines.append("What comes with a first poll, a backfill or by hand is told to nobody by itself.")
    if found.lead:
        lines += wrapped(f"Lead: {safe(found.lead)}.", rest="  ")
    if found.label:
        lines.append(
            f"Labelled {'yes' if found.label.wanted else 'no'} by {safe(found.label.by)}, {when(found.label.at, zone, now)}. Article a{found.article}."
        )
    else:
        lines.append(f"Article a{found.article}; not labelled.")
    lines.append(f"Stories: {', '.join(f'#{one}' for one in found.stories) or 'none'}.")
    lines += [f"Told {audience} {when(at, zone, now)} as {kind}." for audience, at, kind in found.told]
    return lines


def unseen_lines(url: str, outlets: Sequence[Outlet], zone: ZoneInfo, now: datetime, *, fetched: bool = False) -> list[str]:
    """Why an address is not in the archive, as far as it is known, and what to do."""
    read = [one for one in outlets if one.feed.enabled != "no"]
    todo = [f"Put it in by hand: watcher stories add {safe(url)}"]
    if not fetched:
        todo.append(f"What the rules would say of it: watcher explain --fetch {safe(url)}")
    if read:
        lines = [f"Never seen, though {', '.join(_feed(one) for one in read)} is read:"]
        lines += [f"  {_state(one, zone, now)}" for one in read]
        return [*(fit(line, columns()) for line in lines), *todo]
    if outlets:
        names = safe(outlets[0].feed.title or outlets[0].feed.url)
        # Pasted into a shell; titles come from feeds and from lists of others.
        return [f"Never seen: {names} is off. Read it again: watcher feeds on {shlex.quote(names)}", *todo]
    home = urlsplit(url)
    return [f"Never seen: no feed of {host_of(url)}. Add: watcher feeds add {home.scheme}://{safe(home.netloc)}/", *todo]


def story_reason_lines(found: Together) -> list[str]:
    """Why each article of a story is there."""
    facts = found.story.facts
    lines = [f"#{found.story.id}  {safe(facts.headline) if facts else ''}"]
    for report, verdict in found.verdicts:
        lines += ["", f"{safe(report.source)}: {safe(report.title, 90)}", f"  {safe(report.url)}"]
        if verdict and verdict.level is Level.MATCH:
            lines += wrapped(f"matched {', '.join(verdict.rules)}: {_places(verdict.evidence)}", first="  ", rest="    ")
        elif verdict:
            lines += wrapped(f"by the rules: {verdict_words(verdict)}", first="  ", rest="    ")
        lines += wrapped(f"here as {report.role.value}: {safe(report.reason)} (score {report.score:.2f})", first="  ", rest="    ")
    for other, kind in found.story.links:
        lines.append(f"\nLinked: #{other} ({kind.value})")
    return lines


def verdict_words(verdict: Verdict) -> str:
    """What the rules say, and for a no the reason."""
    reason = safe(verdict.reason)
    if verdict.level is Level.NO:
        return f"{reason[:1].upper()}{reason[1:]}."
    shown = {
        Level.MATCH: "MATCH",
        Level.WATCH: "WATCH: listed for review, never told",
        Level.LEAD: "LEAD: its full article is read first",
    }
    because = f" ({reason})" if reason else ""
    return f"{shown[verdict.level]}. By {', '.join(verdict.rules)}{because}."


def _verdict_in_short(verdict: Verdict | None) -> str:
    """Inside a sentence: `no match: nothing of @scam`, `match by scam-deportation`."""
    if verdict is None:
        return "not judged"
    return safe(verdict.reason or f"{verdict.level.value} by {', '.join(verdict.rules)}")


def _sighting(feed: str, moment: str) -> str:
    return f"put in by hand {moment}" if feed == by_hand.TITLE else f"read {moment} from {safe(feed)}"


def _short(entry: Entry, explanation: Explanation) -> list[str]:
    """Each rule in a few lines; those of which nothing was found stand together in one."""
    lines: list[str] = []
    silent: list[str] = []
    for name, queries in _by_rule(explanation.rules).items():
        best = next((one for one in queries if one.held), None)
        shown = best or queries[0]
        evidence = evidence_of(shown.tree)
        if best is None and not evidence and len(explanation.rules) > 1:
            silent.append(name)
            continue
        lines += ["", f"{name}: {MEANING[best.level] if best else 'no'}", *marked_lines(entry, evidence)]
        if shown.missing or queries[0].missing:
            lacking = queries[0].missing
            start = "  a match lacks: " if best else "  missing: "
            lines += wrapped("; ".join(safe(words) for _, words in lacking), first=start, rest="    ")
    if silent:
        others = "Nothing was found of the other rules" if lines else "Nothing was found of any rule"
        lines += ["", *wrapped(f"{others}: {', '.join(silent)}.", rest="  ")]
    return lines


def _trees(entry: Entry, explanation: Explanation) -> list[str]:
    lines: list[str] = []
    for rule in explanation.rules:
        lines += ["", f"{rule.rule} ({rule.level.value}): {'holds' if rule.held else 'does not hold'}"]
        lines += _tree(entry, rule.tree, 1)
        if rule.missing:
            lines += wrapped(f"missing: {'; '.join(safe(words) for _, words in rule.missing)}", first="  ", rest="    ")
    return [*lines, "", "+ held, - did not hold; [marked]: the place in the text"]


def _by_rule(parts: Sequence[RulePart]) -> dict[str, list[RulePart]]:
    """The queries of each rule, strongest level first."""
    found: dict[str, list[RulePart]] = {}
    for part in sorted(parts, key=lambda one: _ORDER.index(one.level)):
        found.setdefault(part.rule, []).append(part)
    names = dict.fromkeys(part.rule for part in parts)
    return {name: found[name] for name in names}


def evidence_of(part: Part) -> list[Evidence]:
    """Every place that speaks for a part, or that broke it from below a NOT; what stands for no part of it is left out."""
    return [one for leaf in _leaves(part) if leaf.held for one in leaf.evidence]


def _leaves(part: Part) -> Iterator[Part]:
    """Parts without parts; those below a NOT only where they broke the rule."""
    if part.query.startswith("NOT ") and len(part.parts) == 1 and part.held:
        return
    if not part.parts:
        yield part
    for child in part.parts:
        yield from _leaves(child)


def _tree(entry: Entry, part: Part, depth: int) -> list[str]:
    """Every part with + where it held and - where not; the smallest ones with their places."""
    start = f"{'  ' * depth}{'+' if part.held else '-'} "
    lines = wrapped(safe(part.query), first=start, rest=" " * (len(start) + 2))
    shown = list(dict.fromkeys(part.evidence)) if not part.parts else []
    indent = " " * (len(start) + 2)
    lines += [indent + fit(place(entry, one), columns() - len(indent)) for one in shown[:PLACES]]
    if len(shown) > PLACES:
        lines.append(f"{indent}and {len(shown) - PLACES} more")
    for child in part.parts:
        lines += _tree(entry, child, depth + 1)
    return lines


def _feed(outlet: Outlet) -> str:
    return f"{safe(outlet.feed.title)} ({safe(outlet.feed.url)})" if outlet.feed.title else safe(outlet.feed.url)


def _state(outlet: Outlet, zone: ZoneInfo, now: datetime) -> str:
    if outlet.last_ok is None:
        return f'not read yet{f" ({safe(outlet.problem)})" if outlet.problem else ""}; read it now: watcher poll "{safe(outlet.feed.title or outlet.feed.url)}"'
    oldest = f", its oldest item then {when(outlet.oldest, zone, now)}" if outlet.oldest else ""
    trouble = f"; now: {safe(outlet.problem)}" if outlet.problem else ""
    return f"last read {when(outlet.last_ok, zone, now)}{oldest}{trouble}"


def _places(evidence: tuple[Evidence, ...]) -> str:
    seen = dict.fromkeys(f"{one.term} (@{one.concept})" if one.concept else one.term for one in evidence)
    return safe(", ".join(list(seen)[:8]) + (" …" if len(seen) > 8 else ""))
