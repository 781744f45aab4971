"""What was read and what was not, in lines that a reader with a phone understands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from digest_samples import ALL_READ, KOH, MORNING, SOME_UNREAD, ZONE

from watcher.digest.days import Days
from watcher.digest.problems import STATE_WORDS
from watcher.digest.sources import source_lines
from watcher.model import FeedProblem, HealthState

DAYS = Days(ZONE, date(2023, 11, 9))


def test_the_account_lists_every_kind_of_not_knowing():
    """Nothing that was not read is left out, and it is in the order of DIGEST.md."""
    account = replace(
        SOME_UNREAD, unread_leads=3, waiting_leads=2, undelivered=(("digest daily no. 142 of 2023-11-08", "staff"),),
        rules_problem="rules.toml:3: x", never_answered=("Radio X",), self_test=None,
        outages=((MORNING - timedelta(hours=9), MORNING - timedelta(hours=2)),),
        partial=(FeedProblem("Rasmei News", "km", MORNING - timedelta(days=1), "", new=True, state=HealthState.SHRUNK),),
    )  # fmt: skip
    assert source_lines(account, DAYS, "yesterday") == [
        ("Read", "Khmer 7 of 9, Chinese 4 of 4, Thai 3 of 3, Korean 3 of 3, English 41 of 42, Japanese 2 of 3"),
        ("New problems since yesterday", "NHK since today (not readable)"),
        ("Known", "Koh Santepheap since 6 Nov (refuses our program)"),
        ("Never answered from here", "Radio X"),
        ("Read, but perhaps not in full", "Rasmei News since 8 Nov (shows far fewer items than usual)"),
        ("Silent longer than usual", "Kampot Post since 31 Oct"),
        ("The service was off", "8 Nov 22:00 to 9 Nov 05:00"),
        ("May have missed items", "VnExpress, 03:10 to 06:40"),
        ("Title only, article not readable", "6"),
        ("Articles that may matter, not readable", "3"),
        ("Articles that may matter, not read yet", "2"),
        ("Never read", "Facebook and Telegram of police and Immigration Department"),
        ("Not delivered", "digest daily no. 142 of 2023-11-08 (staff). The operator has the list."),
        ("Rules", "the file has a mistake; the rules that worked last are in use (version 7f3a-91c2, since 2 Nov). The operator is told."),
        ("Self-test", "none passed yet"),
    ]


def test_a_first_mail_lists_problems_and_calls_none_of_them_new():
    """ "New problems since yesterday: none" below "Some sources were not read" contradicts itself on the first day."""
    labels = dict(source_lines(SOME_UNREAD, DAYS, ""))
    assert labels["Problems"] == "NHK since today (not readable); Koh Santepheap since 6 Nov (refuses our program)"
    assert not any(label.startswith(("New problems", "Known")) for label in labels)
    assert "Problems" not in dict(source_lines(ALL_READ, DAYS, ""))


def test_every_state_of_a_source_has_plain_words():
    """Staff read "refuses our program", never "blocked" or "403"; a new state must not reach them without words."""
    assert set(STATE_WORDS) == {None, *HealthState} - {HealthState.OK, HealthState.MOVED}


def test_problems_that_last_for_weeks_are_named_shortly_and_without_a_date():
    """Ten dead sources are read once; after two weeks three names and a number are enough."""
    old = tuple(replace(KOH, title=f"Paper {number}", since=MORNING - timedelta(days=30)) for number in range(9))
    labels = dict(source_lines(replace(ALL_READ, problems=(*old, KOH)), DAYS, "yesterday"))
    assert (
        labels["Known"] == "Koh Santepheap since 6 Nov (refuses our program); for more than 2 weeks Paper 0, Paper 1, Paper 2, and 6 more"
    )


def test_a_source_with_many_gaps_is_named_once():
    """A busy feed that is polled too seldom must not fill the mail."""
    gaps = tuple(("VnExpress", MORNING - timedelta(hours=hour), MORNING - timedelta(hours=hour - 1)) for hour in (6, 4, 2))
    labels = dict(source_lines(replace(ALL_READ, gaps=gaps), DAYS, "yesterday"))
    assert labels["May have missed items"] == "VnExpress, 01:00 to 02:00 (and other times)"


def test_a_failed_self_test_says_when_and_when_one_passed_last():
    """A reader who trusts "passed" must see that it is of before."""
    labels = dict(source_lines(replace(ALL_READ, self_test_failed=MORNING - timedelta(seconds=60)), DAYS, "yesterday"))
    assert labels["Self-test"] == "failed 06:59; passed last 06:58"
