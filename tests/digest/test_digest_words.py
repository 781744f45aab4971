"""Subjects, counts and the order of sections."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import digest_samples as samples
import pytest
from digest_samples import KHMER_UNREAD, MORNING, SOME_UNREAD, digest, facts, new, row, story

from watcher.digest.compose import page, preview, subject
from watcher.digest.days import Days
from watcher.digest.paragraphs import story_paragraph
from watcher.digest.stories import Reader, story_item
from watcher.model import ChangeKind, Digest, Qualifier, Stage, Status, Told


def _two_new_one_update() -> Digest:
    return digest(new(samples.japanese()), new(samples.chinese()), samples.deported_later())


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (_two_new_one_update(), "25 Japanese, 110-112 Chinese deported - 2 new, 1 update"),
        (digest(), "No new story - all key sources read"),
        (digest(account=KHMER_UNREAD), "No new story - Khmer news not read"),
        (digest(account=SOME_UNREAD), "No new story - 60 of 64 sources read"),
        (digest(account=samples.Account()), "No new story - do not rely on this mail"),
        (digest(new(samples.japanese()), account=KHMER_UNREAD), "25 Japanese deported - 1 new - Khmer news not read"),
        (digest(samples.deported_later()), "74 Chinese and Taiwanese deported - 1 update"),
        (digest(samples.withdrawn()), "Correction: #11 withdrawn"),
        (digest(samples.withdrawn(), new(samples.japanese())), "Correction: #11 withdrawn - 25 Japanese deported - 1 new"),
        (samples.first_mail(), "START: 3 stories already found in the last 30 days. Nothing below is new."),
        (
            replace(samples.first_mail(), account=KHMER_UNREAD),
            "START: 3 stories already found in the last 30 days. Nothing below is new - Khmer news not read",
        ),
        (replace(samples.first_mail(), start_stories=()), "START: no story found yet in the last 30 days. Nothing below is new."),
        (digest(missed_dates=samples.late_mail().missed_dates), "Late mail: service was off 5-9 Nov"),
        (samples.late_mail(), "Late mail: service was off 5-9 Nov - 25 Japanese deported - 1 found late"),
    ],
)
def test_the_subject_says_the_most_important_first(mail: Digest, expected: str):
    """Many read no more than the subject."""
    assert subject(mail) == expected


def test_groups_of_several_stories_are_never_added_up():
    """Two groups of Japanese are two groups; a sum would be a figure that no source printed."""
    first, second = (story(number, facts(row(count, ("JP",)))) for number, count in ((1, 25), (2, 10)))
    assert subject(digest(new(first), new(second))) == "25 Japanese, 10 Japanese deported - 2 new"


def test_announced_and_open_figures_are_not_made_firmer():
    """ "At least" and "to be deported" survive into the subject."""
    planned = row(100, ("CN",), qualifier=Qualifier.AT_LEAST, status=Status.ANNOUNCED)
    assert subject(digest(new(story(1, facts(planned))))) == "100+ Chinese to be deported - 1 new"


def test_a_new_story_tells_what_is_announced_beside_what_was_done():
    """Who hears today of a flight on Monday can still be there; mail and Slack both say it, and the mail with its day."""
    freed = row(27, ("IN",), Stage.RESCUED)
    ahead = row(27, ("IN",), Stage.REPATRIATED, status=Status.ANNOUNCED, day=date(2023, 11, 13))
    told = new(story(1, facts(freed, ahead)))
    days = Days(samples.ZONE, date(2023, 11, 9))
    (note,) = [note for note in story_item(told.story, Reader(days)).notes if note.startswith("Announced: ")]
    assert "27 Indian" in note and "to be repatriated" in note and "13 Nov" in note
    assert "announced: 27 Indian" in story_paragraph(told, days)


def test_corrections_come_first_and_late_finds_after_updates():
    """Who used a wrong figure must see it before anything else."""
    mail = digest(new(samples.japanese()), samples.deported_later(), new(samples.chinese(), late=True), samples.withdrawn())
    assert [section.title for section in page(mail).sections] == ["Corrections", "New", "Updates", "Found late"]


def test_a_mail_without_a_figure_does_not_warn_of_figures():
    """A warning that is there for nothing is not read when it matters."""
    assert page(digest()).caution == ""
    assert page(digest(month_totals=(("JP", 25, 25),))).caution
    assert page(digest(new(samples.japanese()))).caution


def test_more_coverage_alone_is_not_told():
    """A story that ten more outlets repeat is no news to this reader."""
    mail = digest(Told(samples.japanese(), ChangeKind.COVERAGE, "more"))
    assert page(mail).sections == ()
    assert subject(mail).startswith("No new story")


def test_at_most_three_possible_stories_are_listed_and_all_are_counted():
    """The number tells how much is behind; the mail stays short."""
    words = page(digest(possible=samples.POSSIBLE * 3, possible_total=14))
    assert (len(words.possible), words.possible_total) == (3, 14)


def test_a_corrected_figure_says_what_was_told_before():
    """The reader must find the number in his own notes again."""
    before = facts(row(60, ("CN",)))
    told = Told(
        story(5, facts(row(16, ("CN",)))), ChangeKind.CORRECTION, "The police gave a new figure", before, MORNING - timedelta(days=3)
    )
    (section,) = page(digest(told)).sections
    assert section.items[0].flag == "CORRECTED"
    assert section.items[0].what == ('On 6 Nov we told you "60 Chinese deported". Now: 16 Chinese deported. The police gave a new figure.')


def test_two_numbers_that_were_one_case_are_counted_once():
    """Merged stories would otherwise be added up by the reader."""
    told = Told(samples.japanese(), ChangeKind.MERGED, "#14 is the same case", facts(row(25, ("JP",))), MORNING - timedelta(days=1))
    (section,) = page(digest(told)).sections
    assert section.items[0].what == (
        'On 8 Nov we told you "25 Japanese deported". #14 is the same case. Count it once: 25 Japanese deported.'
    )


def test_the_rest_is_only_counted_where_both_figures_are_exact():
    """ "The other 302" from "about 376" would be invented."""

    def notes(arrested: int, qualifier: Qualifier) -> tuple[str, ...]:
        rows = (row(arrested, ("CN",), Stage.ARRESTED, qualifier=qualifier), row(74, ("CN",)))
        (section,) = page(digest(new(story(9, facts(*rows))))).sections
        return section.items[0].notes

    assert "No report about the other 302." in notes(376, Qualifier.EXACT)
    assert not any("other" in note for note in notes(376, Qualifier.ABOUT))


def test_mail_number_hour_and_contact_let_a_reader_notice_a_missing_mail():
    """A mail that never comes is noticed only by who expects it."""
    assert page(digest()).closing[:2] == (
        "Mail no. 143; no. 142 went yesterday 07:00.",
        "This mail comes every day. Not here by 08:00? Tell ops@example.org.",
    )
    assert page(digest(every="monday", previous_number=None)).closing[:2] == (
        "Mail no. 143, the first.",
        "This mail comes every Monday. Not here by 08:00? Tell ops@example.org.",
    )


def test_the_preview_warns_before_it_informs():
    """The phone's second line shows what is missing, and only then what is there."""
    assert preview(digest(account=SOME_UNREAD)).startswith("Khmer news not fully read")
    assert preview(_two_new_one_update()).startswith("2 new stories, 1 update since Wed 8 Nov 2023, 07:00 (Phnom Penh).")
