"""The verdict is computed from the account and never softer than it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from digest_samples import ALL_READ, KHMER_UNREAD, KOH, MORNING, NHK, SOME_UNREAD, ZONE

from watcher.digest.days import Days
from watcher.digest.sources import UNREAD_LEADS_LIMIT, Reliance, source_lines, subject_gap, unread_preview, verdict
from watcher.model import Account, FeedProblem

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
    assert ("New problems since yesterday", "Phnom Penh Gazette since today") in source_lines(account, DAYS, "yesterday")


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


def test_the_account_lists_every_kind_of_not_knowing():
    """Nothing that was not read is left out, and it is in the order of DIGEST.md."""
    account = replace(
        SOME_UNREAD, unread_leads=3, undelivered=1, rules_problem="rules.toml:3: x", never_answered=("Radio X",), self_test=None
    )
    assert source_lines(account, DAYS, "yesterday") == [
        ("Read", "Khmer 7 of 9, Chinese 4 of 4, Thai 3 of 3, Korean 3 of 3, English 41 of 42, Japanese 2 of 3"),
        ("New problems since yesterday", "NHK since today"),
        ("Known", "Koh Santepheap since 6 Nov"),
        ("Never answered from here", "Radio X"),
        ("Silent longer than usual", "Kampot Post"),
        ("May have missed items", "VnExpress, 03:10 to 06:40"),
        ("Title only, article not readable", "6"),
        ("Articles that may matter, not readable", "3"),
        ("Never read", "Facebook and Telegram of police and Immigration Department"),
        ("Not delivered", "1 earlier message. The operator has the list."),
        ("Rules", "the file has a mistake; the rules that worked last are in use. The operator is told."),
        ("Self-test", "none ran"),
    ]


def test_a_long_list_says_how_many_more_there_are():
    """A mail with 60 names is not read; the number is."""
    many = tuple(replace(KOH, title=f"Paper {number}", since=MORNING - timedelta(days=1)) for number in range(20))
    sentence, _ = verdict(replace(ALL_READ, problems=many), DAYS)
    assert sentence.endswith("; and 16 more.")


def test_a_first_mail_lists_problems_and_calls_none_of_them_new():
    """ "New problems since yesterday: none" below "Some sources were not read" contradicts itself on the first day."""
    labels = dict(source_lines(SOME_UNREAD, DAYS, ""))
    assert labels["Problems"] == "NHK since today, Koh Santepheap since 6 Nov"
    assert not any(label.startswith(("New problems", "Known")) for label in labels)
    assert "Problems" not in dict(source_lines(ALL_READ, DAYS, ""))
