"""What a person's word does to figures, and which later reports a dismissal covers."""

from __future__ import annotations

from datetime import date

import pytest
from story_archive import claim, report, story

from watcher.errors import UsageError
from watcher.model import PeopleRow, Qualifier, Report, Stage, Status
from watcher.story import decide
from watcher.story.corrections import Edit, covered, edited, held_beside
from watcher.story.groups import Group, groups

TODAY = date(2023, 11, 10)
LABEL = "Dara, 10 Nov"


def row(count: int | None, nationality: str = "CN", stage: Stage = Stage.DEPORTED, on: str = "2023-11-08") -> PeopleRow:
    day = date.fromisoformat(on)
    return PeopleRow(stage, Status.DONE, tuple(nationality.split()), count, count, Qualifier.EXACT, day, checked_by=LABEL)


def shown(*reports: Report, **more: object) -> list[tuple[str, int | None, tuple[tuple[str, str], ...]]]:
    facts = decide(story(*reports, checked_by=LABEL, **more))
    return [(one.stage.value, one.count, one.figures) for one in facts.people]


def people(*claims: object) -> tuple[Group, ...]:
    return groups(report(*claims))  # type: ignore[arg-type]


def test_only_the_step_and_people_that_were_checked_are_frozen():
    """A later deportation, and other people, are still read from reports."""
    reports = (
        report(claim(90, "CN", "arrested")),
        report(claim(12, "JP", "arrested")),
        report(claim(40, "CN", on="2023-11-20"), on="2023-11-20"),
    )
    found = shown(*reports, confirmed=(row(88, stage=Stage.ARRESTED),))
    assert [(stage, count) for stage, count, _ in found] == [("arrested", 12), ("arrested", 88), ("deported", 40)]


def test_of_each_source_only_its_last_other_figure_is_shown():
    """An outlet that came round to the checked figure differs no more; a rounded one that fits never did."""
    first, second = report(claim(110, "CN"), source="A"), report(claim(111, "CN"), source="A", on="2023-11-09")
    third = report(claim(100, "CN", qualifier=Qualifier.AT_LEAST, printed="more than 100"), source="B")
    assert shown(first, second, third, confirmed=(row(111),)) == [("deported", 111, ())]
    assert shown(first, third, confirmed=(row(90),)) == [("deported", 90, (("A", "110"), ("B", '"more than 100"')))]


def test_a_row_of_the_wrong_people_is_replaced_and_does_not_come_back():
    """They were Taiwanese: no report may bring the Chinese back beside them."""
    reports = (report(claim(25, "CN")), report(claim(26, "CN")))
    assert [(stage, count) for stage, count, _ in shown(*reports, confirmed=(row(25, "TW"),), replaced=(row(25),))] == [("deported", 25)]


def test_the_label_needs_every_figure_of_the_last_step():
    """One of two flights was checked: the sum was not."""
    reports = (report(claim(25, "JP"), claim(60, "TH")),)
    both = decide(story(*reports, checked_by=LABEL, confirmed=(row(25, "JP"), row(60, "TH"))))
    one = decide(story(*reports, checked_by=LABEL, confirmed=(row(25, "JP"),)))
    assert (both.checked_by, one.checked_by) == (LABEL, None)


@pytest.mark.parametrize(
    ("later", "is_covered"),
    [
        (claim(31, "TH"), True),
        (claim(33, "TH"), True),
        (claim(None, "TH"), True),
        (claim(31, None), True),
        (claim(30, "TH", qualifier=Qualifier.ABOUT), True),
        (claim(36, "TH"), False),
        (claim(26, "TH"), False),
        (claim(31, "LA"), False),
        (claim(31, "TH LA"), False),
        (claim(31, "TH", "charged"), False),
        (claim(31, "TH", "repatriated"), True),
    ],
)
def test_a_dismissal_covers_what_its_story_said(later, is_covered):
    """Ten percent and five people make another figure; outlets' words for one way out are one stage."""
    assert covered(people(later), people(claim(31, "TH"))) is is_covered


def facts(*claims: object):
    return decide(story(report(*claims)))  # type: ignore[arg-type]


def test_an_edit_keeps_what_it_does_not_name():
    """Only the count was wrong; a new exact count takes a range away."""
    old, new = edited(facts(claim(25, "JP", on="2023-11-08")), Edit(count=26), label=LABEL, today=TODAY)
    assert old is not None
    assert new == PeopleRow(Stage.DEPORTED, Status.DONE, ("JP",), 26, 26, Qualifier.EXACT, date(2023, 11, 8), checked_by=LABEL)


def test_stage_and_people_say_which_figure_is_meant_or_what_it_is():
    """With one figure they change it; with several they choose."""
    one, several = facts(claim(25, "JP")), facts(claim(25, "JP"), claim(60, "TH"))
    assert edited(one, Edit(nationality=("KR",)), label=LABEL, today=TODAY)[1].nationality == ("KR",)
    assert edited(several, Edit(nationality=("TH",), count=61), label=LABEL, today=TODAY)[1].count == 61
    with pytest.raises(UsageError, match="which figure"):
        edited(several, Edit(nationality=("KR",)), label=LABEL, today=TODAY)


def test_a_story_without_a_figure_gets_one_only_with_its_stage():
    """A number alone says nothing of people."""
    with pytest.raises(UsageError, match="--stage deported"):
        edited(facts(), Edit(count=26), label=LABEL, today=TODAY)
    old, new = edited(facts(), Edit(count=26, stage=Stage.DEPORTED, nationality=("JP",)), label=LABEL, today=TODAY)
    assert (old, new.count, new.nationality) == (None, 26, ("JP",))


def test_other_flights_of_the_same_people_stay_when_one_is_edited():
    """An edit of the second flight must not swallow the first."""
    both = facts(claim(25, "CN", on="2023-11-01"), claim(60, "CN", on="2023-11-08"))
    assert [one.count for one in both.people] == [25, 60]
    old, new = edited(both, Edit(count=61, row=2), label=LABEL, today=TODAY)
    assert [one.count for one in held_beside(both, old, new)] == [25]
