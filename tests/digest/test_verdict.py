"""Exactly one of three sentences, computed from the account and never softer than it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from digest_samples import ALL_READ, KHMER_UNREAD, KOH, MORNING, NHK, SOME_UNREAD, ZONE
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.digest.days import Days
from watcher.digest.sources import source_lines
from watcher.digest.verdict import UNREAD_LEADS_LIMIT, Reliance, subject_gap, unread_preview, verdict
from watcher.model import Account, FeedProblem, HealthState

DAYS = Days(ZONE, date(2023, 11, 9))


def test_everything_read_is_said_in_the_first_sentence():
    """Staff may go on with their day."""
    assert verdict(ALL_READ, DAYS) == ("All must-read sources were read.", Reliance.ALL_READ)


def test_a_must_read_source_that_was_not_read_is_named_first():
    """Koh Santepheap is Khmer and must be read, NHK need not; the one that matters stands first."""
    sentence, level = verdict(SOME_UNREAD, DAYS)
    assert sentence == "Some sources were not read: Koh Santepheap (Khmer) since 6 Nov; NHK (Japanese) since today."
    assert level is Reliance.SOME_NOT_READ


@pytest.mark.parametrize(
    "account",
    [
        replace(ALL_READ, problems=(replace(NHK, key=True),)),
        replace(ALL_READ, problems=(KOH,)),
        replace(ALL_READ, must_read=(), problems=(NHK,)),
        replace(ALL_READ, read=(*ALL_READ.read, ("vi", 0, 2))),
        replace(ALL_READ, must_read=(*ALL_READ.must_read, "vi")),
        replace(ALL_READ, read=(("km", 8, 9), *ALL_READ.read[1:])),
        replace(ALL_READ, read=(("km", 9, 9), ("zh", 4, 4), ("th", 3, 3), ("ko", 3, 3), ("en", 25, 42))),
        replace(ALL_READ, unread_leads=UNREAD_LEADS_LIMIT + 1),
        KHMER_UNREAD,
    ],
    ids=[
        "a key source",
        "a must-read language's source",
        "any source where none is named must-read",
        "a whole language that need not be read",
        "a must-read language without any source",
        "a count that no problem explains",
        "more than a quarter of all",
        "too many unread leads",
        "a whole must-read language",
    ],
)
def test_what_was_not_read_forbids_the_first_sentence(account: Account):
    """Each of these alone could hide a story."""
    sentence, level = verdict(account, DAYS)
    assert sentence.startswith("Some sources were not read: ")
    assert level is Reliance.SOME_NOT_READ


def test_one_unread_source_that_need_not_be_read_allows_the_first_sentence():
    """One English site of 42 fails most days; it is listed below and alarms nobody."""
    lesser = FeedProblem("Phnom Penh Gazette", "en", MORNING, "500", new=True)
    account = replace(ALL_READ, read=(*ALL_READ.read[:4], ("en", 41, 42), ALL_READ.read[5]), problems=(lesser,))
    assert verdict(account, DAYS)[1] is Reliance.ALL_READ
    assert ("New problems since yesterday", "Phnom Penh Gazette since today (not asked)") in source_lines(account, DAYS, "yesterday")


@pytest.mark.parametrize(
    ("account", "because"),
    [
        (Account(), "there is no source to read"),
        (replace(ALL_READ, read=(("km", 0, 9), ("en", 0, 42))), "no source was read"),
        (
            replace(ALL_READ, read=(("km", 4, 9), ("zh", 1, 4), ("th", 1, 3), ("ko", 1, 3), ("en", 5, 42))),
            "only 12 of 61 sources were read",
        ),
        (replace(ALL_READ, read=(("en", 42, 42), ("ja", 3, 3))), "no must-read language was read"),
        (
            replace(ALL_READ, self_test=datetime(2023, 11, 5, 0, 0, tzinfo=UTC)),
            "the self-test has not passed since 5 Nov",
        ),
    ],
)
def test_a_mail_that_knows_next_to_nothing_says_not_to_rely_on_it(account: Account, because: str):
    """Silence on such a day means nothing, and the mail must not look like a quiet day."""
    assert verdict(account, DAYS) == (f"Do not rely on this mail: {because}.", Reliance.DO_NOT_RELY)


def test_only_key_sources_and_whole_must_read_languages_reach_the_subject():
    """A subject that always warns is soon not read."""
    assert subject_gap(SOME_UNREAD) == ""
    assert subject_gap(KHMER_UNREAD) == "Khmer news not read"
    assert subject_gap(replace(SOME_UNREAD, problems=(replace(NHK, key=True), KOH))) == "NHK not read"
    assert subject_gap(replace(ALL_READ, must_read=("km", "lo", "my"))) == "Lao, Burmese news not read"


def test_the_preview_names_the_first_source_that_must_be_read():
    """Under the subject on a phone stands what is missing."""
    assert unread_preview(SOME_UNREAD, DAYS) == "Khmer news not fully read: Koh Santepheap since 6 Nov."
    assert unread_preview(KHMER_UNREAD, DAYS) == "Khmer news not read."
    assert unread_preview(ALL_READ, DAYS) == ""


def test_a_long_list_says_how_many_more_there_are():
    """A mail with 60 names is not read; the number is."""
    many = tuple(replace(KOH, title=f"Paper {number}", since=MORNING - timedelta(days=1)) for number in range(20))
    sentence, _ = verdict(replace(ALL_READ, problems=many), DAYS)
    assert sentence.endswith("; and 16 more.")


SHRUNK = FeedProblem("Rasmei News", "km", MORNING - timedelta(days=2), "3 items where 40 are usual", new=False, state=HealthState.SHRUNK)
QUIET = FeedProblem("Radio One", "en", MORNING - timedelta(days=9), "no new item", new=False, key=True, state=HealthState.SILENT)
HOLE = (MORNING - timedelta(hours=4), MORNING - timedelta(hours=1))
OFF = (MORNING - timedelta(hours=9), MORNING - timedelta(hours=2))

# What each fact alone makes of a day on which all else was read: the table in the module's docstring, line by line.
SOME: dict[str, Callable[[Account], Account]] = {
    "a key source not read": lambda one: replace(one, problems=(*one.problems, replace(NHK, key=True))),
    "a must-read language's source not read": lambda one: replace(one, problems=(*one.problems, KOH)),
    "a key source silent": lambda one: replace(one, silent=(*one.silent, QUIET)),
    "a must-read source shrunk": lambda one: replace(one, partial=(*one.partial, SHRUNK)),
    "a key source always the same": lambda one: replace(one, partial=(*one.partial, replace(QUIET, state=HealthState.FROZEN))),
    "all of a must-read language silent": lambda one: replace(
        one, silent=(*one.silent, *(replace(QUIET, title=f"Paper {n}", language="th", key=False) for n in range(3)))
    ),
    "a whole language not read": lambda one: replace(one, read=(*one.read, ("vi", 0, 2))),
    "too few sources read": lambda one: replace(one, read=tuple((code, min(read, 20), of) for code, read, of in one.read)),
    "a gap that matters": lambda one: replace(one, gaps=(*one.gaps, ("VnExpress", *HOLE)), must_gaps=(*one.must_gaps, "VnExpress")),
    "many gaps": lambda one: replace(one, gaps=(*one.gaps, *((f"Lesser {n}", *HOLE) for n in range(17)))),
    "the service was off": lambda one: replace(one, outages=(*one.outages, OFF)),
    "unread leads": lambda one: replace(one, unread_leads=UNREAD_LEADS_LIMIT + 1),
    "leads that wait": lambda one: replace(one, waiting_leads=UNREAD_LEADS_LIMIT + 1),
    "the rules file is wrong": lambda one: replace(one, rules_problem="rules.toml:3: unknown key"),
    "an earlier mail did not arrive": lambda one: replace(one, own_undelivered=(142,)),
}
WORST: dict[str, Callable[[Account], Account]] = {
    "no source": lambda one: replace(one, read=()),
    "none read": lambda one: replace(one, read=tuple((code, 0, of) for code, _, of in one.read)),
    "less than half read": lambda one: replace(one, read=tuple((code, min(read, 4), of) for code, read, of in one.read)),
    "no must-read language": lambda one: replace(
        one, read=tuple((code, 0 if code in one.must_read else r, of) for code, r, of in one.read)
    ),
    "half may have missed items": lambda one: replace(one, gaps=(*one.gaps, *((f"Paper {n}", *HOLE) for n in range(32)))),
    "the self-test failed": lambda one: replace(one, self_test_failed=MORNING - timedelta(seconds=30)),
    "the self-test is old": lambda one: replace(one, self_test=MORNING - timedelta(days=4)),
    "no self-test ever passed": lambda one: replace(one, self_test=None, self_test_expected=True),
}
HARMLESS: dict[str, Callable[[Account], Account]] = {
    "one lesser source not read": lambda one: replace(one, problems=(*one.problems, replace(NHK, language="en"))),
    "one lesser source silent": lambda one: replace(one, silent=(*one.silent, replace(QUIET, key=False))),
    "one lesser gap": lambda one: replace(one, gaps=(*one.gaps, ("Lesser", *HOLE))),
    "few unread leads": lambda one: replace(one, unread_leads=3),
    "a message to others not delivered": lambda one: replace(one, undelivered=(*one.undelivered, ("alert", "slack"))),
    "the first day, no self-test yet": lambda one: (
        replace(one, self_test=None) if one.self_test == ALL_READ.self_test and not one.self_test_expected else one
    ),
}
LEVELS = [Reliance.ALL_READ, Reliance.SOME_NOT_READ, Reliance.DO_NOT_RELY]


@pytest.mark.parametrize("name", SOME)
def test_each_of_these_alone_forbids_the_first_sentence(name: str):
    """Each could hide a story; none may look like a day on which all was read."""
    sentence, level = verdict(SOME[name](ALL_READ), DAYS)
    assert (sentence.partition(":")[0], level) == ("Some sources were not read", Reliance.SOME_NOT_READ)


@pytest.mark.parametrize("name", WORST)
def test_each_of_these_alone_says_not_to_rely_on_the_mail(name: str):
    """Silence means nothing on such a day."""
    sentence, level = verdict(WORST[name](ALL_READ), DAYS)
    assert (sentence.partition(":")[0], level) == ("Do not rely on this mail", Reliance.DO_NOT_RELY)


@pytest.mark.parametrize("name", HARMLESS)
def test_none_of_these_alone_alarms_a_reader(name: str):
    """They stand in the account; a warning every day is no warning."""
    assert verdict(HARMLESS[name](ALL_READ), DAYS) == ("All must-read sources were read.", Reliance.ALL_READ)


def test_a_late_mail_never_says_that_all_was_read():
    """While the service was off nothing was read, whatever is read since."""
    assert verdict(ALL_READ, DAYS, late="5-9 Nov") == ("Some sources were not read: the service was off 5-9 Nov.", Reliance.SOME_NOT_READ)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*SOME, *WORST, *HARMLESS]), max_size=8, unique=True), st.booleans())
def test_no_combination_is_softer_than_its_worst_part(names: list[str], late: bool):
    """Trouble added to trouble never makes a sentence softer, in whatever order it comes."""
    damage = SOME | WORST | HARMLESS
    account = ALL_READ
    for name in names:
        account = damage[name](account)
    alone = [LEVELS.index(verdict(damage[name](ALL_READ), DAYS)[1]) for name in names]
    sentence, level = verdict(account, DAYS, late="9 Nov" if late else "")
    assert LEVELS.index(level) >= max([*alone, int(late)])
    assert sentence.startswith(("All must-read sources were read.", "Some sources were not read: ", "Do not rely on this mail: "))
    assert sentence.endswith(".") and (level is Reliance.ALL_READ) == (sentence == "All must-read sources were read.")


def test_sources_that_are_dead_for_weeks_take_one_phrase_in_the_sentence():
    """What every reader knows since weeks must not push what is new out of the sentence."""
    old = [replace(KOH, title=f"Paper {n}", since=MORNING - timedelta(days=40)) for n in range(6)]
    sentence, _ = verdict(replace(ALL_READ, problems=(*old, replace(KOH, title="Fresh News", since=MORNING, new=True))), DAYS)
    assert sentence == "Some sources were not read: Fresh News (Khmer) since today; 6 sources for more than 2 weeks."


def test_the_outage_stands_first_and_says_from_when_to_when():
    """It concerns every source at once."""
    account = replace(SOME_UNREAD, outages=(OFF,))
    assert verdict(account, DAYS)[0].startswith(
        "Some sources were not read: nothing was read 8 Nov 22:00 to 9 Nov 05:00 (the service was off); Koh"
    )
