"""Dismissed, confirmed and edited stories: applied before any score, told to those who were told, and for ever."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from corrected import LONG, QUIET, TELL, UNSAID, ZONE, articles, facts, figures, judge_all_again, open_ids, told
from corridor import RULES, Clock, bring, column, count, entry, value
from test_compose import mails, section, slack

from watcher import story
from watcher.errors import AlreadyToldError
from watcher.model import Stage
from watcher.pipeline import housekeeping
from watcher.pipeline.backfill import backfill_file
from watcher.pipeline.compose import compose
from watcher.pipeline.corrections import confirm, dismiss, edit
from watcher.store import stories
from watcher.store.corrections import Decided
from watcher.store.writer import Writer
from watcher.story.corrections import Edit


@pytest.fixture
def set_rules(rules, database, clock: Clock):
    def put(old: str, new: str) -> None:
        rules.path.write_text(RULES.replace(old, new), encoding="utf-8")
        assert rules.reread() and rules.problem is None
        housekeeping.apply(database, rules, clock())

    return put


async def test_a_dismissed_story_leaves_lists_totals_and_digests(tools, database, watch, clock) -> None:
    """A false alarm must not stand in the month's figures that go to a ministry."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    done = dismiss(database, 1, UNSAID, clock.now)
    assert (done.told, done.tell, done.correction.articles) == ((), None, (1,))
    assert open_ids(database) == []
    assert story.month_totals(stories.of_month(database, 2023, 11), 2023, 11) == ((), 0)
    clock.forward(days=1)
    await compose(tools)
    (mail,) = mails(database)
    assert "31 Thai" not in mail
    assert told(database) == []
    assert "dismissed by a person before this audience was told" in column(database, "SELECT reason FROM told")


async def test_nothing_that_runs_later_brings_a_dismissed_story_back(tools, database, watch, clock, path, rules) -> None:
    """The same article, its newer text, a copy, the same figures elsewhere, the rules judging again, a backfill: all stay dismissed."""
    first = replace(entry(31, "Thais", clock.now), text=LONG)
    bring(database, watch, "Courier", clock.now, first)
    dismiss(database, 1, UNSAID, clock.now)
    bring(database, watch, "Courier", clock.forward(minutes=1), first)
    bring(database, watch, "Courier", clock.forward(minutes=1), replace(first, text=LONG + " More is to follow."))
    bring(
        database,
        watch,
        "Herald",
        clock.forward(minutes=1),
        replace(first, key="b", url="https://h.test/b", canonical_url="https://h.test/b", source="Herald"),
    )
    bring(database, watch, "Herald", clock.forward(minutes=1), entry(31, "Thais", clock.now, source="Herald"))
    line = {"url": first.url, "title": first.title, "text": first.text, "source": first.source, "published": clock.now.isoformat()}
    writer = Writer(path)
    backfill_file(writer, [json.dumps(line).encode()], watch, now=clock.forward(minutes=1), on_bad_line=pytest.fail)
    await judge_all_again(database, writer, clock)
    writer.close()
    assert open_ids(database) == []
    assert (count(database, "stories"), articles(database, 1)) == (1, [1, 2, 3])


@pytest.mark.parametrize(
    ("figure", "people", "step"),
    [(31, "Japanese", "deported"), (31, "Thais", "arrested"), (36, "Thais", "deported"), (60, "Thais", "deported")],
)
async def test_another_nationality_stage_or_materially_other_count_is_new_again(
    figure, people, step, tools, database, watch, clock
) -> None:
    """A dismissal covers one report and its copies; it must not silence the next real case."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    dismiss(database, 1, UNSAID, clock.now)
    bring(database, watch, "Herald", clock.forward(minutes=5), entry(figure, people, clock.now, step=step, source="Herald"))
    assert open_ids(database) == [2]
    await compose(tools)
    assert told(database) == [("alert:at-once", 2, "new")]


async def test_the_template_of_a_police_notice_with_another_count_is_no_copy(tools, database, watch, clock) -> None:
    """Offices print the same words with other numbers; a dismissed one must not swallow the next."""
    first = replace(entry(31, "Thais", clock.now), text=LONG)
    bring(database, watch, "Courier", clock.now, first)
    dismiss(database, 1, UNSAID, clock.now)
    later = replace(entry(58, "Thais", clock.now, source="Herald"), text=LONG.replace("31", "58"))
    bring(database, watch, "Herald", clock.forward(minutes=5), later)
    assert open_ids(database) == [2]


async def test_a_withdrawal_goes_to_exactly_those_who_were_told_and_first_in_their_next_mail(tools, database, watch, clock) -> None:
    """Whoever passed the figure on must hear that it is wrong; nobody else is bothered with it."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    with pytest.raises(AlreadyToldError) as refused:
        dismiss(database, 1, UNSAID, clock.now)
    assert [(name, number) for name, number, _ in refused.value.told] == [("alert:at-once", 1)]
    assert open_ids(database) == [1], "nothing was done"
    dismiss(database, 1, TELL, clock.forward(minutes=1))
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(450, "Chinese", clock.now))
    await compose(tools)
    assert told(database) == [("alert:at-once", 1, "new"), ("alert:at-once", 1, "withdrawn"), ("alert:at-once", 2, "new")]
    assert "Myanmar, not Cambodia. Do not use it." in slack(database)[1]
    clock.forward(days=1)
    await compose(tools)
    assert "31 Thai" not in mails(database)[0], "the daily mail had not told it"


async def test_the_daily_mail_begins_with_the_withdrawal(tools, database, watch, clock) -> None:
    """Corrections come first, with what was said, when, and the person's reason."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    clock.forward(days=1)
    await compose(tools)
    dismiss(database, 1, TELL, clock.forward(minutes=1))
    clock.forward(days=1)
    await compose(tools)
    mail = mails(database)[1]
    assert mail.index("CORRECTIONS") < mail.index("SOURCES")
    said = " ".join(section(mail, "CORRECTIONS").split())
    assert said.startswith('#1 WITHDRAWN. On 10 Nov we told you "31 Thai deported". It is wrong: Myanmar, not Cambodia. Do not use it.')
    clock.forward(days=1)
    await compose(tools)
    assert "WITHDRAWN" not in mails(database)[2], "once"


async def test_a_correction_goes_to_an_alert_that_did_not_ask_for_corrections(tools, database, watch, clock, set_rules) -> None:
    """They were told the wrong thing; that they asked for new stories only does not make it right."""
    set_rules('on = ["new", "stage", "withdrawn"]', 'on = ["new"]')
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    edit(database, 1, Edit(count=29), replace(TELL, why="the embassy counted"), clock.forward(minutes=1), ZONE)
    await compose(tools)
    dismiss(database, 1, TELL, clock.forward(minutes=1))
    await compose(tools)
    assert [kind for name, _, kind in told(database) if name == "alert:at-once"] == ["new", "correction", "withdrawn"]
    assert "the embassy counted" in slack(database)[1]


async def test_quiet_tells_nobody_and_keeps_the_reason(tools, database, watch, clock) -> None:
    """Some corrections are too small for a mail; why nobody heard of them can be read later."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    edit(database, 1, Edit(count=12), QUIET, clock.forward(minutes=1), ZONE)
    bring(database, watch, "Herald", clock.forward(minutes=5), entry(31, "Thais", clock.now, source="Herald"))
    assert (await compose(tools)).alerts == 0, "neither at once nor with the next report"
    alert = "audience = (SELECT id FROM audiences WHERE name = 'alert:at-once')"
    assert "Dara asked to tell nobody: Myanmar, not Cambodia" in column(database, f"SELECT reason FROM told WHERE {alert}")
    clock.forward(days=1)
    await compose(tools)
    assert "12 Thai" in section(mails(database)[0], "NEW"), "who was never told gets the corrected figure as plain news"


async def test_what_happens_after_a_quiet_correction_is_told_with_what_was_told_before_it(tools, database, watch, clock) -> None:
    """Quiet is about the correction: the next step of these people is news, measured from what the reader has read."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now, step="arrested"))
    await compose(tools)
    edit(database, 1, Edit(count=29), QUIET, clock.forward(minutes=1), ZONE)
    bring(database, watch, "Courier", clock.forward(days=1), entry(29, "Thais", clock.now))
    assert (await compose(tools)).alerts == 1
    assert "29 Thai deported" in slack(database)[-1] and "before: 31 Thai arrested" in slack(database)[-1]


async def test_who_was_told_is_told_though_the_people_are_no_longer_those_it_asked_for(tools, database, watch, clock, set_rules) -> None:
    """An embassy was told of its own nationals: that they are others is what it must hear."""
    set_rules('wait = "0s"', 'wait = "0s"\nwhere = { nationality = ["TH"] }')
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    edit(database, 1, Edit(nationality=("LA",)), replace(TELL, why="their passports"), clock.forward(minutes=1), ZONE)
    await compose(tools)
    assert [kind for name, _, kind in told(database) if name == "alert:at-once"] == ["new", "correction"]
    assert "31 Lao deported" in slack(database)[-1] and "their passports" in slack(database)[-1]


async def test_a_confirmed_figure_stands_and_other_reports_are_shown_beside_it(tools, database, watch, clock) -> None:
    """What staff checked with the ministry is defended, and what others say is not hidden."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    confirm(database, 1, Decided("Dara", "asked the consul"), clock.now, ZONE)
    bring(database, watch, "Herald", clock.forward(minutes=9), entry(34, "Thais", clock.now, source="Herald"))
    (row,) = facts(database, 1).people
    assert ((row.count, row.count_max), row.figures, row.checked_by) == ((31, 31), (("Herald", "34"),), "Dara, 9 Nov")
    clock.forward(days=1)
    await compose(tools)
    news = " ".join(section(mails(database)[0], "NEW").split())
    assert "Checked by Dara, 9 Nov. Reported by Courier, Herald." in news
    assert "Sources say otherwise: Herald 34." in news


async def test_a_step_that_nobody_checked_takes_the_label_away(database, watch, clock) -> None:
    """ "Checked" on a deportation must not rest on a check of the arrest."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", clock.now, step="arrested"))
    confirm(database, 1, Decided("Dara", "asked the consul"), clock.now, ZONE)
    assert facts(database, 1).checked_by == "Dara, 9 Nov"
    bring(database, watch, "Courier", clock.forward(days=2), entry(31, "Thais", clock.now))
    assert figures(database, 1) == [("arrested", 31), ("deported", 31)]
    assert facts(database, 1).checked_by is None
    assert value(database, "SELECT checked_by FROM stories") is None
    confirm(database, 1, Decided("Sok", "asked again"), clock.now, ZONE)
    assert (facts(database, 1).checked_by, value(database, "SELECT checked_by FROM stories")) == ("Sok, 11 Nov", "Sok, 11 Nov")


async def test_an_edit_outlives_reports_newer_texts_and_judging_again(tools, database, watch, clock, path) -> None:
    """A person's figure is not undone by the next run."""
    first = entry(31, "Thais", clock.now)
    bring(database, watch, "Courier", clock.now, first)
    edit(database, 1, Edit(count=26, nationality=("JP",), stage=Stage.REPATRIATED), Decided("Dara", "the airline's list"), clock.now, ZONE)
    bring(
        database, watch, "Courier", clock.forward(minutes=1), replace(first, text=first.text.replace("31", "33"), title="33 Thais deported")
    )
    writer = Writer(path)
    await judge_all_again(database, writer, clock)
    writer.close()
    (row,) = facts(database, 1).people
    assert (row.count, row.nationality, row.stage, row.checked_by) == (26, ("JP",), Stage.REPATRIATED, "Dara, 9 Nov")


async def test_who_was_never_told_gets_the_corrected_figure_as_plain_news(tools, database, watch, clock) -> None:
    """A correction means nothing to a reader who never saw the mistake."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), entry(31, "Thais", clock.now))
    await compose(tools)
    edit(database, 1, Edit(count=26), replace(TELL, why="the airline's list"), clock.forward(minutes=1), ZONE)
    clock.forward(days=1)
    await compose(tools)
    assert told(database) == [("alert:at-once", 1, "new"), ("digest:daily", 1, "new"), ("alert:at-once", 1, "correction")]
    assert "26 Thai" in section(mails(database)[0], "NEW") and "CORRECTED" not in mails(database)[0]


async def test_places_are_set_without_touching_the_figure(database, watch, clock) -> None:
    """The town was wrong, the number was right: it stays open to later reports."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", clock.now))
    edit(database, 1, Edit(places=("Bavet",)), Decided("Dara", "it was Bavet"), clock.now, ZONE)
    assert (facts(database, 1).places, facts(database, 1).checked_by) == (("Bavet",), None)
    bring(database, watch, "Herald", clock.forward(minutes=9), entry(34, "Thais", clock.now, source="Herald"))
    assert facts(database, 1).places == ("Bavet",)
