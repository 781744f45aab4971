"""Stored texts of one article -> the verdict on the article: the strongest of its texts. Pure.

Shared by whoever judges the archive again without writing anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.model import Level
from watcher.pipeline.check import Watch
from watcher.pipeline.take_in import judge_entry
from watcher.store.entries import Judged
from watcher.store.texts import StoredText

RANK = {Level.MATCH: 0, Level.WATCH: 1, Level.LEAD: 2, Level.NO: 3}


@dataclass(frozen=True, slots=True)
class Again:
    """The text of an article that the rules like best, with what they say of it."""

    text: StoredText
    judged: Judged

    @property
    def level(self) -> Level:
        """What the article is to the rules."""
        return self.judged.verdict.level


def strongest_of(texts: Sequence[StoredText], watch: Watch) -> Again:
    """Judge every text of one article and give the strongest; of equals the newest. `texts` is not empty, oldest first."""
    best: Again | None = None
    for text in texts:
        judged = judge_entry(text.entry, watch)
        if best is None or RANK[judged.verdict.level] <= RANK[best.level]:
            best = Again(text, judged)
    assert best is not None, "an article without a text cannot be judged"
    return best
