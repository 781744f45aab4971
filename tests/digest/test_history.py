"""What moved in a story, in words: the ledger's before and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from digest_samples import ZONE, facts, row

from watcher.digest.days import Days
from watcher.digest.history import moves
from watcher.model import Change, ChangeKind, Confidence, Stage, Status

DAYS = Days(ZONE, date(2023, 11, 9))
ARREST = row(376, ("CN", "TW"), Stage.ARRESTED, day=date(2023, 8, 9))


def _moves(before, after):
    return moves(Change(1, ChangeKind.COVERAGE, before, after, "reason"), DAYS)


def test_first_report_says_what_it_said():
    """The file of a story begins with what was known first."""
    assert _moves(None, facts(ARREST)) == ("376 Chinese and Taiwanese arrested, 9 Aug",)


def test_a_step_shows_both_states():
    """Who defends 74 must see that 376 stood there before, and when it changed."""
    after = facts(ARREST, row(74, ("CN",), day=date(2023, 8, 25)))
    assert _moves(facts(ARREST), after) == (
        "376 Chinese and Taiwanese arrested, 9 Aug → 74 Chinese deported, 25 Aug",
        "before that: nothing → 376 Chinese and Taiwanese arrested, 9 Aug",
    )


def test_sources_labels_and_announcements_are_movements_too():
    """A figure that gained a second source is a surer figure; the file says since when."""
    one = facts(ARREST)
    two = replace(one, sources=("AP", "Kyodo"), confidence=Confidence.INDEPENDENT)
    assert _moves(one, two) == ("sources: AP → AP, Kyodo", "label: one source only → independent sources")
    coming = replace(one, people=(ARREST, row(74, ("CN",), status=Status.ANNOUNCED, day=None)))
    assert _moves(one, coming) == ("announced: nothing → 74 Chinese to be deported",)
    assert _moves(one, replace(one, checked_by="Dara, 10 Nov")) == ("label: one source only → checked by Dara, 10 Nov",)
    assert _moves(one, one) == ()
