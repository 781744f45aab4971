"""Stories that a person merged or split: ids that lead to them, what later reports do, who is told, and all of it taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from corrected import QUIET, TELL, UNSAID, ZONE, articles, facts, figures, one_of_two, open_ids, told, two
from corridor import bring, count, entry
from test_compose import mails, section, slack

from watcher.errors import AlreadyToldError, UsageError
from watcher.pipeline.compose import compose
from watcher.pipeline.corrections import confirm, dismiss, edit, merge, split
from watcher.pipeline.corrections_undo import undo
from watcher.store import corrections as stored
from watcher.store import stories
from watcher.store.corrections import Decided
from watcher.story.corrections import Edit


async def test_a_merge_keeps_the_lower_id_and_takes_what_fits_the_other(database, watch, clock) -> None:
    """A later report of the merged-away story joins the one it became; the old number leads there for ever."""
    two(database, watch, clock)
    done = merge(database, 2, 1, Decided("Dara", "one flight"), clock.now)
    assert (done.story, done.other, open_ids(database), stories.resolve(database, 2)) == (1, 2, [1], 1)
    bring(database, watch, "Courier", clock.forward(hours=1), entry(90, "Thais", clock.now, key="late"))
    bring(
        database,
        watch,
        "Herald",
        clock.forward(hours=1),
        replace(entry(90, "Thais", clock.now, source="Herald"), text="Cambodia deported 90 Thais over an online scam, again."),
    )
    assert (open_ids(database), articles(database, 1)) == ([1], [1, 2, 3])


async def test_who_was_told_of_both_is_told_once_that_they_are_one(tools, database, watch, clock) -> None:
    """Nobody counts 31 and 90 people twice, and nobody is told again what they were told."""
    await compose(tools)
    clock.forward(minutes=1)
    two(database, watch, clock)
    await compose(tools)
    with pytest.raises(AlreadyToldError):
        merge(database, 1, 2, UNSAID, clock.now)
    merge(database, 1, 2, replace(TELL, why="one flight"), clock.forward(minutes=1))
    await compose(tools)
    assert [one for one in told(database) if one[0] == "alert:at-once"] == [
        ("alert:at-once", 1, "new"), ("alert:at-once", 2, "new"), ("alert:at-once", 1, "merged"),
    ]  # fmt: skip
    assert "#2 is now #1: one flight" in slack(database)[-1]
    bring(database, watch, "Courier", clock.forward(hours=1), entry(90, "Thais", clock.now, key="late"))
    assert (await compose(tools)).alerts == 0


async def test_an_undone_merge_gives_the_other_id_back_with_what_is_its_own(tools, database, watch, clock) -> None:
    """Both numbers mean again what they meant; a report that came meanwhile goes where it belongs."""
    two(database, watch, clock)
    merge(database, 1, 2, Decided("Dara", "one flight"), clock.now)
    bring(database, watch, "Courier", clock.forward(hours=1), entry(90, "Thais", clock.now, key="late"))
    bring(database, watch, "Herald", clock.forward(hours=1), entry(31, "Thais", clock.now, source="Herald"))
    assert articles(database, 1) == [1, 2, 3, 4]
    done = undo(database, Decided("Sok", "two flights"), clock.now, number=2)
    assert (done.correction.undone_by, done.correction.undone_why) == ("Sok", "two flights")
    assert (sorted(filter(None, open_ids(database))), articles(database, 1), articles(database, 2)) == ([1, 2], [1, 4], [2, 3])
    assert (figures(database, 1), figures(database, 2)) == ([("deported", 31)], [("deported", 90)])
    assert count(database, "story_merges WHERE undone_at IS NOT NULL") == 1, "that they were one for a while can be read back"
    merge(database, 1, 2, Decided("Dara", "one flight after all"), clock.now)
    assert stories.resolve(database, 2) == 1


async def test_merges_of_merges_come_apart_one_by_one(database, watch, clock) -> None:
    """#3 into #2, #2 into #1: undoing the first leaves the second, and no number leads nowhere."""
    two(database, watch, clock)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(200, "Thais", clock.now))
    inner = merge(database, 3, 2, Decided("Dara", "same"), clock.now).correction.id
    outer = merge(database, 2, 1, Decided("Dara", "same"), clock.now).correction.id
    assert [stories.resolve(database, number) for number in (1, 2, 3)] == [1, 1, 1]
    undo(database, Decided("Dara", "not"), clock.now, correction=inner)
    assert [stories.resolve(database, number) for number in (1, 2, 3)] == [1, 1, 3]
    assert (articles(database, 1), articles(database, 3)) == ([1, 2], [3])
    undo(database, Decided("Dara", "not"), clock.now, correction=outer)
    assert [articles(database, number) for number in (1, 2, 3)] == [[1], [2], [3]]


async def test_undoing_the_outer_merge_first_takes_the_inner_one_along(database, watch, clock) -> None:
    """The story that comes back is what it was: two in one."""
    two(database, watch, clock)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(200, "Thais", clock.now))
    inner = merge(database, 3, 2, Decided("Dara", "same"), clock.now).correction.id
    undo_first = merge(database, 2, 1, Decided("Dara", "same"), clock.now).correction.id
    undo(database, Decided("Dara", "not"), clock.now, correction=undo_first)
    assert [stories.resolve(database, number) for number in (1, 2, 3)] == [1, 2, 2]
    assert (articles(database, 1), articles(database, 2)) == ([1], [2, 3])
    undo(database, Decided("Dara", "not"), clock.now, correction=inner)
    assert [articles(database, number) for number in (1, 2, 3)] == [[1], [2], [3]]


async def test_a_split_keeps_the_id_with_the_older_half_and_no_later_report_joins_them(database, watch, clock) -> None:
    """Reports that fit both go to one of them; the halves stay apart through every later run."""
    one_of_two(database, watch, clock)
    done = split(database, 1, [1], Decided("Dara", "two flights"), clock.now)
    assert (done.story, done.other, articles(database, 1), articles(database, 2)) == (1, 2, [1], [2])
    for figure, key in ((31, "x"), (34, "y"), (32, "z")):
        bring(database, watch, "Courier", clock.forward(minutes=9), entry(figure, "Thais", clock.now, key=key))
    bring(
        database,
        watch,
        "Herald",
        clock.forward(minutes=1),
        replace(entry(34, "Thais", clock.now, source="Herald"), text="Cambodia deported 33 Thais over an online scam."),
    )
    assert sorted(filter(None, open_ids(database))) == [1, 2]
    assert 1 in articles(database, 1) and 2 in articles(database, 2)
    assert 3 in articles(database, 1) and 4 in articles(database, 2)


async def test_who_was_told_of_the_whole_is_told_of_both_halves(tools, database, watch, clock) -> None:
    """Told "31 to 34": both numbers correct it, and neither half is sold as new."""
    await compose(tools)
    clock.forward(minutes=1)
    one_of_two(database, watch, clock)
    await compose(tools)
    split(database, 1, [2], replace(TELL, why="two flights"), clock.forward(minutes=1))
    await compose(tools)
    assert [one for one in told(database) if one[0] == "alert:at-once"][2:] == [
        ("alert:at-once", 1, "correction"), ("alert:at-once", 2, "correction"),
    ]  # fmt: skip
    clock.forward(days=1)
    await compose(tools)
    news = section(mails(database)[0], "NEW")
    assert "31 Thai" in news and "34 Thai" in news


async def test_a_quiet_split_tells_nobody_and_an_undone_one_is_as_if_it_had_not_been(tools, database, watch, clock) -> None:
    """Neither the halves nor their coming together again is news to who knows the whole."""
    await compose(tools)
    clock.forward(minutes=1)
    one_of_two(database, watch, clock)
    await compose(tools)
    done = split(database, 1, [2], QUIET, clock.forward(minutes=1))
    bring(database, watch, "Courier", clock.forward(minutes=9), entry(31, "Thais", clock.now, key="more"))
    assert (await compose(tools)).alerts == 0
    again = undo(database, UNSAID, clock.forward(minutes=1), correction=done.correction.id)
    assert (again.told, stories.resolve(database, 2), articles(database, 1)) == ((), 1, [1, 2, 3])
    bring(database, watch, "Courier", clock.forward(minutes=9), entry(34, "Thais", clock.now, key="most"))
    assert (open_ids(database), (await compose(tools)).alerts) == ([1], 0)


async def test_split_halves_that_are_merged_again_are_one(database, watch, clock) -> None:
    """The newer of two words holds: an article of the story is not barred from it."""
    one_of_two(database, watch, clock)
    split(database, 1, [2], Decided("Dara", "two flights"), clock.now)
    merge(database, 1, 2, Decided("Sok", "one after all"), clock.now)
    found = stories.load(database, 1)
    assert found is not None and (found.must, found.must_not) == ({1, 2}, frozenset())
    bring(
        database,
        watch,
        "Herald",
        clock.forward(minutes=1),
        replace(entry(34, "Thais", clock.now, source="Herald"), text="Cambodia deported 34 Thais over an online scam."),
    )
    assert (open_ids(database), articles(database, 1)) == ([1], [1, 2])


async def test_figures_checked_of_the_whole_are_not_those_of_a_half(database, watch, clock) -> None:
    """A confirmed 31 to 34 must not stand over the half with 31."""
    one_of_two(database, watch, clock)
    confirm(database, 1, Decided("Dara", "checked"), clock.now, ZONE)
    done = split(database, 1, [2], Decided("Dara", "two flights"), clock.now)
    assert (figures(database, 1), facts(database, 1).checked_by, len(done.notes)) == ([("deported", 31)], None, 1)
    undo(database, Decided("Dara", "one"), clock.now, number=1)
    assert facts(database, 1).checked_by == "Dara, 9 Nov"


async def test_figures_checked_while_two_were_one_are_set_aside_when_they_are_two_again(database, watch, clock) -> None:
    """The other people's figures must not stay in this story; the same for halves that are one again."""
    two(database, watch, clock)
    merged = merge(database, 1, 2, Decided("Dara", "one flight"), clock.now).correction.id
    confirm(database, 1, Decided("Dara", "checked"), clock.forward(minutes=1), ZONE)
    done = undo(database, Decided("Dara", "two"), clock.forward(minutes=1), correction=merged)
    assert (figures(database, 1), figures(database, 2), len(done.notes)) == ([("deported", 31)], [("deported", 90)], 1)
    confirm(database, 1, Decided("Dara", "checked"), clock.forward(minutes=1), ZONE)
    assert facts(database, 1).checked_by == "Dara, 9 Nov"
    merge(database, 1, 2, Decided("Dara", "one after all"), clock.now)
    assert figures(database, 1) == [("deported", 31)], "what was checked of one of them stands over the sum of both"


async def test_a_half_that_was_checked_is_not_the_whole(database, watch, clock) -> None:
    """31 checked of one flight is not 31 to 34 of both."""
    one_of_two(database, watch, clock)
    parted = split(database, 1, [2], Decided("Dara", "two flights"), clock.now).correction.id
    confirm(database, 1, Decided("Dara", "checked"), clock.forward(minutes=1), ZONE)
    confirm(database, 2, Decided("Dara", "checked"), clock.now, ZONE)
    undo(database, Decided("Dara", "one"), clock.forward(minutes=1), correction=parted)
    (row,) = facts(database, 1).people
    assert (row.count, row.count_max, row.checked_by, facts(database, 1).checked_by) == (31, 34, None, None)


async def test_an_undone_dismissal_brings_the_story_back_and_tells_whom_it_was_withdrawn_from(tools, database, watch, clock) -> None:
    """They were told not to use it; they must hear that it stands."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    dismiss(database, 1, TELL, clock.forward(minutes=1))
    await compose(tools)
    with pytest.raises(AlreadyToldError):
        undo(database, UNSAID, clock.now, number=1)
    undo(database, replace(TELL, why="it was Cambodia"), clock.forward(minutes=1), number=1)
    assert open_ids(database) == [1]
    await compose(tools)
    assert [kind for name, _, kind in told(database) if name == "alert:at-once"] == ["new", "withdrawn", "correction"]
    assert "it stands again" in slack(database)[-1] and "it was Cambodia" in slack(database)[-1]
    clock.forward(days=1)
    await compose(tools)
    assert "31 Thai" in section(mails(database)[0], "NEW"), "and who had not been told hears of it as news"


async def test_what_was_taken_back_before_anybody_was_told_is_told_to_nobody(tools, database, watch, clock) -> None:
    """A slip, mended within the minute, is no mail."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    dismiss(database, 1, TELL, clock.forward(seconds=5))
    assert undo(database, UNSAID, clock.forward(seconds=5), number=1).told == ()
    edit(database, 1, Edit(count=13), TELL, clock.forward(seconds=5), ZONE)
    assert undo(database, UNSAID, clock.forward(seconds=5), number=1).told == ()
    assert (await compose(tools)).alerts == 0
    assert (figures(database, 1), len(slack(database))) == ([("deported", 31)], 1)


async def test_an_undone_edit_is_corrected_to_whom_it_was_told(tools, database, watch, clock) -> None:
    """The first figure was right after all."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    edit(database, 1, Edit(count=13), TELL, clock.forward(minutes=1), ZONE)
    await compose(tools)
    undo(database, replace(TELL, why="my mistake"), clock.forward(minutes=1), number=1)
    await compose(tools)
    assert [kind for name, _, kind in told(database) if name == "alert:at-once"] == ["new", "correction", "correction"]
    assert "13 Thai deported" in slack(database)[-1] and "31 Thai deported" in slack(database)[-1] and "my mistake" in slack(database)[-1]


async def test_an_undone_merge_that_was_told_is_corrected(tools, database, watch, clock) -> None:
    """Told that two numbers are one case, they must hear that they are two."""
    await compose(tools)
    clock.forward(minutes=1)
    two(database, watch, clock)
    await compose(tools)
    merge(database, 1, 2, TELL, clock.forward(minutes=1))
    await compose(tools)
    with pytest.raises(AlreadyToldError):
        undo(database, UNSAID, clock.now, number=1)
    undo(database, replace(TELL, why="two flights"), clock.forward(minutes=1), number=1)
    await compose(tools)
    assert "#2 is a case of its own again: two flights" in slack(database)[-1]
    assert [one[1:] for one in told(database) if one[0] == "alert:at-once"][3:] == [(1, "correction")]


async def test_what_is_undone_cannot_be_undone_again_and_stays_listed(database, watch, clock) -> None:
    """The history of a figure is never shortened."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", clock.now))
    first = edit(database, 1, Edit(count=13), UNSAID, clock.now, ZONE).correction.id
    undo(database, UNSAID, clock.now, number=1)
    with pytest.raises(UsageError, match="c1: was undone already by Dara on 2023-11-09"):
        undo(database, UNSAID, clock.now, correction=first)
    with pytest.raises(UsageError, match="#1: no correction of it is in force; c1 was undone already by Dara"):
        undo(database, UNSAID, clock.now, number=1)
    assert [(one.name, one.kind, one.undone_by) for one in stored.of_story(database, 1)] == [("c1", "edit", "Dara")]


async def test_undoing_a_check_that_an_edit_rests_on_leaves_the_edit(database, watch, clock) -> None:
    """Two people's words: taking one back leaves the other."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", clock.now))
    edit(database, 1, Edit(count=26), Decided("Dara", "list"), clock.now, ZONE)
    confirm(database, 1, Decided("Sok", "list"), clock.forward(days=1), ZONE)
    assert facts(database, 1).checked_by == "Sok, 10 Nov"
    done = undo(database, Decided("Sok", "not sure"), clock.now, number=1)
    assert (figures(database, 1), facts(database, 1).checked_by, len(done.notes)) == ([("deported", 26)], "Dara, 9 Nov", 1)
