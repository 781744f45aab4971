"""The file of one story as lines for a terminal: facts, figures with who says so, articles with claims, history, who was told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from watcher.cli.show import columns, day, safe
from watcher.digest.names import country_name, people_name
from watcher.digest.story_file import FilePage, Line, SourceWords, TextWords
from watcher.digest.wrap import wrap
from watcher.model import Claim, Facts, Filed
from watcher.story.ledger import facts_json, story_json

_INDENT = " " * 5


def story_lines(page: FilePage) -> list[str]:
    """Everything that is known of a story, most important first, as wide as the terminal."""
    lines = _wrapped(f"{page.headline}{f' ({page.called})' if page.called else ''}", f"{page.number}  ", _INDENT)
    lines += _wrapped(page.facts_line)
    if page.state:
        lines += _wrapped(f"This story was {page.state} by a person. Do not use its figures.")
    for note in page.notes:
        lines += _wrapped(note)
    if page.rows:
        lines += ["", "Figures, and who prints them"]
        for what, says in page.rows:
            lines += _wrapped(what, "  ", "    ") + (_wrapped(says, "    ", "    ") if says else [])
    if page.links:
        lines += ["", "Other stories"]
        for link in page.links:
            lines += _wrapped(link, "  ", "    ")
    lines += ["", f"Articles ({len(page.sources)})"]
    for source in page.sources:
        lines += _article(source)
    lines += _log("Corrected by people", page.corrections, "nobody has confirmed, edited or dismissed it")
    lines += _log("What happened", page.history, "nothing is kept")
    lines += _log("Who was told", page.tellings, "nobody")
    return [*lines, "", f"Times are {page.clock}."]


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


def story_file_json(filed: Filed) -> dict[str, Any]:
    """The file as one object: the story as `stories --json` has it, with what stands behind it."""
    story = filed.story
    return {
        **story_json(story),
        "numbers": list(filed.numbers),
        "linked_from": [{"story": link.story, "kind": link.kind} for link in filed.links if not link.outward],
        "texts": [
            {
                "url": one.report.url, "canonical_url": one.report.canonical_url, "final_url": one.text.final_url, "read_at": one.text.read_at,
                "text_from": one.text.text_from, "feed": one.text.feed, "hash": one.text.stored_hash, "joined_by": one.by, "joined": one.joined,
                "reason": one.report.reason, "score": one.report.score, "other_texts": len(one.others),
            }
            for one in filed.sources
        ],
        "corrections": [
            {"id": one.name, "kind": one.kind, "what": one.what, "by": one.by, "why": one.why, "at": one.at, "undone": one.undone or None}
            for one in filed.corrections
        ],
        "changes": [
            {
                "story": one.story, "kind": one.kind, "at": one.at, "live": one.live, "reason": one.reason,
                "before": facts_json(one.before) if one.before else None, "after": facts_json(one.after),
            }
            for one in filed.changes
        ],
        "told": [
            {
                "at": one.at, "audience": one.audience, "told": int(one.told), "kind": one.kind, "reason": one.reason, "story": one.story,
                "number": one.number,
                "messages": [
                    {"channel": sent.channel, "recipients": sent.recipients, "sent": sent.taken, "last": sent.last} for sent in one.sent
                ],
            }
            for one in filed.tellings
        ],
        "no_longer_matched": [
            {"url": one.report.url, "canonical_url": one.report.canonical_url, "since": one.lost} for one in filed.sources if one.lost
        ],
    }  # fmt: skip


def _article(source: SourceWords) -> list[str]:
    lines = _wrapped(f"{source.outlet} ({source.language_name}; {source.role}; {source.article}): {source.title}", "  ", "    ")
    lines.append(f"    {' '.join(source.url.split())}")
    lines += _wrapped(f"Published {source.published}. In this story since {source.joined}", "    ", "    ")
    lines += [f"    {line}" for line in (source.lost,) if line]
    for claim in source.claims:
        lines += _wrapped(f"{claim.said} ({claim.role})", f"    [{claim.number}] ", " " * 8)
        lines += _wrapped(f"“{claim.sentence}”", " " * 8, " " * 8)
    lines += _read(source.kept)
    if source.older:
        others = "1 other text" if len(source.older) == 1 else f"{len(source.older)} other texts"
        lines += _wrapped(f"{others} of this article: `--html FILE` shows them.", "    ", "    ")
    return lines


def _read(text: TextWords) -> list[str]:
    """When and from where a text was read, and its hash; the text itself is for the page."""
    told = {"Read", "Stored hash"} | ({"Read at"} if text.opened else set())
    lines = [line for what, value in text.details if what in told for line in _wrapped(f"{what}: {value}", "    ", " " * 6)]
    return lines + (_wrapped(text.gone, "    ", "    ") if text.gone else [])


def _log(title: str, lines: Sequence[Line], none: str) -> list[str]:
    shown = ["", title]
    for line in lines:
        shown += _wrapped(f"{line.at}  {line.what}", "  ", "    ")
        for below in line.below:
            shown += _wrapped(below, " " * 6, " " * 8)
    return shown if lines else [*shown, f"  {none}"]


def _wrapped(text: str, first: str = _INDENT, rest: str = _INDENT) -> list[str]:
    return wrap(text, first, rest, columns()).splitlines()
