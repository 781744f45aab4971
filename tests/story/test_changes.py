"""When a story is worth a message, and to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from story_archive import claim, report, story

from watcher.model import Change, ChangeKind, Status
from watcher.story import between, decide, for_audience, merged

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
        (34, 31, ChangeKind.COVERAGE),
        (None, 25, ChangeKind.FIGURE),
    ],
)
def test_figure_must_move_by_share_and_by_people(before, after, kind):
    """Ten percent and five people: smaller moves are noise between outlets, and noise makes readers stop reading."""
    assert kinds(facts(claim(before, "JP")), facts(claim(after, "JP"))) == [kind]


def test_limits_of_a_figure_change_can_be_set():
    """`min_figure_change` is the operator's to choose."""
    assert kinds(facts(claim(25, "JP")), facts(claim(27, "JP")), min_change=(0.0, 2)) == [ChangeKind.FIGURE]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (claim(34, "MY"), claim(26, "MY"), "the sources now give a lower figure"),
        (claim(25, "JP"), claim(None, "JP"), "no source gives a number any more"),
        (claim(25, "JP"), claim(25, "CN"), "the sources now name another nationality"),
        (claim(25, "JP"), claim(19, "JP", "deported", role="background"), "taken back: no source says it any more"),
    ],
)
def test_what_sources_take_back_is_a_correction(before, after, reason):
    """Who printed 34 in a report must not read "now 26" as news: 34 was wrong from the start, and corrections come first."""
    (change,) = between(facts(before), facts(after), story=1, live=True, new_article=False)
    assert (change.kind, change.reason) == (ChangeKind.CORRECTION, reason)
    assert ask(facts(before), facts(after), [change]).kind is ChangeKind.CORRECTION


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (claim(400, "CN", "detained"), claim(310, "CN", "detained")),  # some were let go
        (claim(400, "CN", qualifier="about"), claim(310, "CN")),  # a rounded number made exact
    ],
)
def test_smaller_number_is_no_correction_where_the_first_was_not_wrong(before, after):
    """Cells empty, and a rounded number promised nothing."""
    assert kinds(facts(before), facts(after)) == [ChangeKind.FIGURE]


def test_announcement_of_people_just_told_is_a_stage_and_their_flight_another():
    """27 rescued; then their flight is announced, in an article that tells of the rescue again; then they have flown."""
    rescued = facts(claim(27, "IN", "rescued", "2024-08-12"))
    ahead = claim(27, "IN", "repatriated", "2024-08-19", role="part", status=Status.ANNOUNCED)
    coming = facts(claim(27, "IN", "rescued", "2024-08-12"), ahead)
    flown = facts(claim(27, "IN", "rescued", "2024-08-12"), claim(27, "IN", "repatriated", "2024-08-19"))
    assert kinds(rescued, coming) == [ChangeKind.STAGE]
    assert kinds(coming, coming) == [ChangeKind.COVERAGE]
    assert kinds(coming, flown) == [ChangeKind.STAGE]


def test_narrower_range_is_a_figure_and_no_correction():
    """One of two outlets takes its number back; what the other said stands."""
    two = decide(story(report(claim(26, "MY"), source="A"), report(claim(34, "MY"), source="B")))
    assert kinds(two, facts(claim(26, "MY"))) == [ChangeKind.FIGURE]


def test_announced_flight_of_people_in_custody_is_a_stage_once():
    """An embassy that hears on Wednesday of a flight on Friday can still be there; the second article about it is coverage."""
    coming = facts(claim(376, "CN TW", "arrested"), claim(74, "CN", status=Status.ANNOUNCED))
    (change,) = between(ARRESTED, coming, story=9, live=True, new_article=True)
    assert (change.kind, change.reason) == (
        ChangeKind.STAGE,
        "announced: 74 Chinese to be deported; so far: 376 Chinese and Taiwanese arrested",
    )
    assert kinds(coming, coming) == [ChangeKind.COVERAGE]
    assert kinds(coming, DEPORTED) == [ChangeKind.STAGE]


def test_every_movement_of_the_facts_is_written_down():
    """The ledger as of a day is read back from the changes: a figure that moved by two people, a day or a source too."""
    (change,) = between(facts(claim(25, "JP")), facts(claim(27, "JP")), story=1, live=True, new_article=False)
    assert (change.kind, change.before.total, change.after.total) == (ChangeKind.COVERAGE, 25, 27)
    assert change.reason == (
        "an article was read again; nothing that is worth a message (moved: 25 Japanese deported → 27 Japanese deported, sources)"
    )
    (dated,) = between(FEW, replace(FEW, date=date(2023, 11, 7)), story=1, live=False, new_article=False)
    assert dated.reason.endswith("(moved: date)")


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
    less = facts(claim(24, "JP", on="2023-11-08"))
    for kind in (ChangeKind.CORRECTION, ChangeKind.MERGED):
        answer = ask(FEW, less, happened(kind, after=less))
        assert (answer.tell, answer.kind, answer.reason) == (True, kind, "reason of the change")
        assert ask(None, less, happened(kind, after=less)).kind is ChangeKind.NEW


def test_correction_that_was_corrected_back_is_not_told():
    """Told 25, corrected to 24 and to 25 again before the next mail: the reader knows what stands."""
    answer = ask(FEW, FEW, [*happened(ChangeKind.CORRECTION), *happened(ChangeKind.CORRECTION)])
    assert (answer.tell, answer.reason) == (False, "already told; what was corrected since stands again")


def test_what_moved_after_a_correction_is_said_with_it():
    """A person sets 20; an hour later the story reaches 31: one message, with both."""
    twenty, more = facts(claim(20, "JP")), facts(claim(31, "JP"))
    answer = ask(FEW, more, [*happened(ChangeKind.CORRECTION, after=twenty), *happened(ChangeKind.FIGURE, after=more)])
    assert answer.reason == "reason of the change; since then: 31 Japanese deported; before: 25 Japanese deported"


def test_withdrawal_gives_the_persons_reason_and_is_told_once():
    """ "It is wrong: Myanmar, not Cambodia" is what a reader can act on."""
    wrong = [Change(1, ChangeKind.WITHDRAWN, FEW, FEW, "Myanmar, not Cambodia")]
    assert ask(FEW, FEW, wrong, dismissed=True).reason == "Myanmar, not Cambodia"
    again = ask(FEW, FEW, wrong, dismissed=True, told_as=ChangeKind.WITHDRAWN)
    assert (again.tell, again.reason) == (False, "already told that it was dismissed by a person")


def test_dismissal_taken_back():
    """Before the mail: nothing to say. After it: those who were told to forget the story hear that it stands."""
    back = [Change(1, ChangeKind.WITHDRAWN, FEW, FEW, "wrong"), Change(1, ChangeKind.CORRECTION, FEW, FEW, "the dismissal was a mistake")]
    assert not ask(FEW, FEW, back, told_as=ChangeKind.NEW).tell
    stands = ask(FEW, FEW, back[1:], told_as=ChangeKind.WITHDRAWN)
    assert (stands.tell, stands.kind, stands.reason) == (True, ChangeKind.CORRECTION, "the dismissal was a mistake")


MERGE = merged(ARRESTED, DEPORTED, away=15, into=12, why="one article names both steps")


def test_merge_is_told_to_whoever_was_told_of_both():
    """Two numbers in last week's mails are one group of people; who added them up must hear it."""
    answer = ask(ARRESTED, DEPORTED, [MERGE], told_under=[12, 15])
    assert (answer.tell, answer.kind, answer.reason) == (True, ChangeKind.MERGED, "#15 is now #12: one article names both steps")


@pytest.mark.parametrize(
    ("told", "under", "kind", "tell"), [(ARRESTED, 12, ChangeKind.STAGE, True), (DEPORTED, 15, ChangeKind.COVERAGE, False)]
)
def test_merge_is_no_news_to_who_was_told_of_one(told, under, kind, tell):
    """They counted nobody twice: they hear only what is new against what they were told, under either number."""
    answer = ask(told, DEPORTED, [*happened(ChangeKind.STAGE, after=DEPORTED), MERGE], told_under=[under])
    assert (answer.kind, answer.tell) == (kind, tell)


def test_merge_and_correction_before_one_mail_are_both_said():
    """Who was told of both must drop a number, and must also learn that the figure was wrong."""
    twenty = facts(claim(20, "CN", "arrested"))
    edit = Change(12, ChangeKind.CORRECTION, ARRESTED, twenty, "the embassy's list")
    answer = ask(ARRESTED, twenty, [edit, MERGE], told_under=[12, 15])
    assert (answer.kind, answer.reason) == (ChangeKind.MERGED, "#15 is now #12: one article names both steps; the embassy's list")


def test_second_merge_reaches_who_knew_an_older_number():
    """#18 went into #15 unnoticed by this reader, and #15 goes into #12: they know #18 and #12, and hear that it is one."""
    older = replace(MERGE, story=18, reason="#18 is now #12: the same")
    assert ask(ARRESTED, DEPORTED, [MERGE, older], told_under=[18, 12]).reason == "#18 is now #12: the same"
    assert ask(ARRESTED, DEPORTED, [MERGE, older], told_under=[18]).kind is ChangeKind.STAGE
