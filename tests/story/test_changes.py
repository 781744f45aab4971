"""When a story is worth a message, and to whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from story_archive import claim, report, story

from watcher.model import Change, ChangeKind, Status
from watcher.story import between, decide, for_audience

DAY = date(2023, 11, 8)
NOW = datetime(2023, 11, 9, 0, 0, tzinfo=UTC)


def facts(*claims):
    return decide(story(report(*claims)))


ARRESTED = facts(claim(376, "CN TW", "arrested", "2017-08-09"))
DEPORTED = facts(claim(376, "CN TW", "arrested", "2017-08-09"), claim(74, "CN", "deported", "2017-08-25"))
FEW = facts(claim(25, "JP", on="2023-11-08"))


def kinds(before, after, **more):
    given = {"story": 1, "live": True, "new_article": True, **more}
    return [change.kind for change in between(before, after, **given)]


def happened(kind=ChangeKind.NEW, *, live=True, after=FEW):
    return [Change(1, kind, None, after, "reason of the change", live=live)]


def ask(told, now_facts, changes, **more):
    given = {"event_day": DAY, "now": NOW, **more}
    return for_audience(told, now_facts, changes, **given)


def test_first_report_is_new():
    """A story begins with its first article."""
    assert kinds(None, FEW) == [ChangeKind.NEW]


def test_some_of_the_arrested_deported_is_a_stage():
    """The step is the news, though fewer people reached it; and it says what was before."""
    (change,) = between(ARRESTED, DEPORTED, story=9, live=True, new_article=True)
    assert (change.kind, change.story, change.before) == (ChangeKind.STAGE, 9, ARRESTED)
    assert change.reason == "74 Chinese deported; before: 376 Chinese and Taiwanese arrested"


def test_announced_then_done_is_a_stage():
    """People were to fly; now they have flown."""
    assert kinds(facts(claim(29, "JP", status=Status.ANNOUNCED)), facts(claim(29, "JP"))) == [ChangeKind.STAGE]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (25, 31, ChangeKind.FIGURE),
        (25, 29, ChangeKind.COVERAGE),  # 16 percent, but 4 people
        (1_000, 1_050, ChangeKind.COVERAGE),  # 50 people, but 5 percent
        (34, 26, ChangeKind.FIGURE),
        (None, 25, ChangeKind.FIGURE),
        (25, None, ChangeKind.COVERAGE),
    ],
)
def test_figure_must_move_by_share_and_by_people(before, after, kind):
    """Ten percent and five people: smaller moves are noise between outlets, and noise makes readers stop reading."""
    assert kinds(facts(claim(before, "JP")), facts(claim(after, "JP"))) == [kind]


def test_limits_of_a_figure_change_can_be_set():
    """`min_figure_change` is the operator's to choose."""
    assert kinds(facts(claim(25, "JP")), facts(claim(27, "JP")), min_change=(0.0, 2)) == [ChangeKind.FIGURE]


def test_nothing_new_is_no_change():
    """The same article read again changes nothing and is not even coverage."""
    assert kinds(FEW, FEW) == [ChangeKind.COVERAGE]
    assert kinds(FEW, FEW, new_article=False) == []


def test_step_taken_back_is_a_correction():
    """We said deported; the corrected article says arrested. Whoever was told must hear it."""
    assert kinds(facts(claim(25, "JP")), facts(claim(25, "JP", "arrested"))) == [ChangeKind.CORRECTION]


def test_live_and_fresh_story_is_told_as_new():
    """What this service is for."""
    answer = ask(None, FEW, happened())
    assert (answer.tell, answer.kind) == (True, ChangeKind.NEW)


def test_first_poll_or_backfill_tells_nobody_by_itself():
    """Installing the service, or a new feed, must not send last week's news as new."""
    answer = ask(None, FEW, happened(live=False))
    assert (answer.tell, answer.reason) == (False, "held back: only a first poll, a new feed, a backfill or a rule change brought it")


def test_backfilled_story_is_new_once_a_live_article_brings_it():
    """The archive knew it, this audience did not: more coverage of it, live and fresh, is news to them."""
    answer = ask(None, FEW, [*happened(live=False), *happened(ChangeKind.COVERAGE)])
    assert (answer.tell, answer.kind) == (True, ChangeKind.NEW)


@pytest.mark.parametrize(("age", "tell"), [(0, True), (7, True), (8, False), (200, False)])
def test_old_event_is_stored_but_not_told(age, tell):
    """A live article about an event of last year fills the archive; it is not today's news."""
    answer = ask(None, FEW, happened(), event_day=NOW.date() - timedelta(days=age))
    assert answer.tell is tell
    assert tell or "held back as old" in answer.reason


def test_fresh_for_can_be_set():
    """A monthly digest looks further back than a daily alert."""
    assert ask(None, FEW, happened(), event_day=DAY - timedelta(days=20), fresh_for=timedelta(days=31)).tell


def test_more_coverage_is_not_told_again():
    """The tenth rewrite is counted, not sent."""
    answer = ask(FEW, FEW, happened(ChangeKind.COVERAGE))
    assert (answer.tell, answer.reason) == (False, "already told; since then more coverage only")


def test_stage_is_told_with_what_was_said_before():
    """The mail says "Now 74 deported. Before: 376 arrested"."""
    answer = ask(ARRESTED, DEPORTED, happened(ChangeKind.STAGE, after=DEPORTED))
    assert (answer.tell, answer.kind, answer.before) == (True, ChangeKind.STAGE, ARRESTED)


def test_stage_from_a_backfill_waits_for_a_live_article():
    """A backfill tells nobody by itself, not even those who follow the story."""
    assert not ask(ARRESTED, DEPORTED, happened(ChangeKind.STAGE, live=False)).tell
    assert ask(ARRESTED, DEPORTED, [*happened(ChangeKind.STAGE, live=False), *happened(ChangeKind.COVERAGE)]).tell


def test_small_moves_add_up_for_an_audience():
    """100, 106, 112 are each no news; against the 100 it was told, 112 is."""
    hundred, between_, last = (facts(claim(n, "CN")) for n in (100, 106, 112))
    assert kinds(hundred, between_) == kinds(between_, last) == [ChangeKind.COVERAGE]
    assert ask(hundred, last, happened(ChangeKind.COVERAGE)).kind is ChangeKind.FIGURE
    assert ask(hundred, last, happened(ChangeKind.COVERAGE)).tell


def test_one_figure_update_a_story_a_day():
    """A count that moves all day is one update; the rest waits for tomorrow."""
    before, after = facts(claim(440, "ID", "rescued")), facts(claim(1_440, "ID", "rescued"))
    held = ask(before, after, happened(ChangeKind.FIGURE), figure_told_today=True)
    assert (held.tell, "one figure update" in held.reason) == (False, True)
    assert ask(before, after, happened(ChangeKind.FIGURE)).tell


def test_withdrawal_goes_to_those_who_were_told_and_to_no_one_else():
    """Who printed a wrong figure must hear of it; who never saw it must not be puzzled by it."""
    assert ask(FEW, FEW, happened(ChangeKind.WITHDRAWN)).tell
    assert not ask(None, FEW, happened(ChangeKind.WITHDRAWN)).tell
    assert not ask(None, FEW, happened(), dismissed=True).tell
    assert not ask(FEW, FEW, happened(ChangeKind.COVERAGE), dismissed=True).tell


def test_correction_and_merge_are_told_with_their_reason():
    """A person's correction reaches those who were told, first in their next mail, however small the figure."""
    for kind in (ChangeKind.CORRECTION, ChangeKind.MERGED):
        answer = ask(FEW, FEW, happened(kind))
        assert (answer.tell, answer.kind, answer.reason) == (True, kind, "reason of the change")
        assert ask(None, FEW, happened(kind)).kind is ChangeKind.NEW
