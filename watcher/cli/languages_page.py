"""A trial of a language's words as lines for a terminal, or as JSON."""

from __future__ import annotations

from typing import Any

from watcher.cli.show import columns, counted, fit, harmless, safe, width, wrapped
from watcher.cli.story_page import claim_words
from watcher.match import claim_json
from watcher.model import Level, Span
from watcher.pipeline.language_trial import Trial

AROUND = 24  # characters of text shown on each side of a word
SHOWN = 4  # places shown of one concept


def trial_lines(found: Trial) -> list[str]:
    """Each concept with the words found in their surroundings, what found nothing, the people, the verdict."""
    language = found.language
    checked = f"checked by {safe(language.checked_by)}" if language.checked_by else "not checked by a speaker"
    lines = [f"{safe(language.name)} ({language.code}), {checked}"]
    if found.read_as is None or found.read_as.partition("-")[0] not in {tag.partition("-")[0] for tag in language.tags}:
        lines += wrapped(f"The text reads as another language ({found.read_as or 'not known'}); is it {safe(language.name)}?")
    for concept, places in found.places.items():
        spans = list(dict.fromkeys(span for span, _ in places))
        lines += ["", f"@{concept}: {counted(len(spans), 'place')}"]
        lines += [f"  {_place(found, span)}" for span in spans[:SHOWN]]
        lines += [f"  and {len(spans) - SHOWN} more"] if len(spans) > SHOWN else []
    lines.append("")
    if found.nothing:
        lines += wrapped(f"Found nothing: {', '.join('@' + name for name in found.nothing)}", rest="  ")
    if found.empty:
        lines += wrapped(f"No words yet: {', '.join('@' + name for name in found.empty)}", rest="  ")
    lines += ["", f"People: {counted(len(found.claims), 'figure')}" if found.claims else "People: no figure of people was found"]
    for claim in found.claims:
        lines += [f"  {claim_words(claim)}", f"    “{safe(claim.sentence, columns() - 6)}”"]
    verdict = found.verdict
    said = f"{verdict.level.value} by {', '.join(verdict.rules)}" if verdict.level is not Level.NO else f"no match: {safe(verdict.reason)}"
    return [*lines, "", *wrapped(f"Verdict of the rules: {said}", rest="  ")]


def as_json(found: Trial) -> dict[str, Any]:
    """The same as values."""
    verdict = found.verdict
    return {
        "language": found.language.code,
        "checked_by": found.language.checked_by or None,
        "read_as": found.read_as,
        "concepts": {
            concept: [{"field": span.field, "start": span.start, "end": span.end, "text": _text(found, span)[span.start : span.end]} for span in spans]
            for concept, spans in ((concept, dict.fromkeys(span for span, _ in places)) for concept, places in found.places.items())
        },
        "nothing": list(found.nothing),
        "empty": list(found.empty),
        "claims": [claim_json(claim) for claim in found.claims],
        "level": verdict.level.value,
        "rules": list(verdict.rules),
        "reason": verdict.reason,
    }  # fmt: skip


def _text(found: Trial, span: Span) -> str:
    return found.entry.title if span.field == "title" else found.entry.text


def _place(found: Trial, span: Span) -> str:
    """A word in its surroundings, marked: …were [deported] from…"""
    text = _text(found, span)
    before = safe(text[max(0, span.start - AROUND) : span.start]) + (" " if text[max(0, span.start - 1) : span.start].isspace() else "")
    after = (" " if text[span.end : span.end + 1].isspace() else "") + safe(text[span.end : span.end + AROUND])
    start = f"{span.field}: {'…' if span.start > AROUND else ''}{before}"
    line = f"{start}[{safe(text[span.start : span.end])}]{after}{'…' if span.end + AROUND < len(text) else ''}"
    return harmless(fit(line, max(columns() - 2, width(start) + 20)))
