"""A hostile source can add itself to a story; it can never keep one from being told, nor have it told again.

"Courier" reports the truth; "Herald" is in the hands of somebody who wants it unheard, and knows ids, links and titles beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from corridor import bring, column, count, entry, noise, polled, value
from sqlite_utils import Database

from watcher.model import Entry
from watcher.pipeline import alerts, digests
from watcher.pipeline.check import Watch
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.take_in import take_in
from watcher.store import feeds, operations

HARMLESS = "Hotels in Siem Reap expect guests for the water festival."


class Newsroom:
    """Two sources, an alert and a digest, and a clock that moves with each step."""

    def __init__(self, database: Database, rules: RulesFile, now: datetime) -> None:
        self.database, self.rules, self.now = database, rules, now
        self.true = entry(25, "Japanese", now, key="true-1")
        self.tell()  # audiences begin now
        for source in ("Courier", "Herald"):
            self.bring(source, noise(now))

    @property
    def watch(self) -> Watch:
        return self.rules.watch

    def bring(self, source: str, *entries: Entry) -> None:
        """One poll, and what is due after it."""
        self.now += timedelta(minutes=15)
        bring(self.database, self.watch, source, self.now, *(replace(one, source=source) for one in entries))
        self.tell()

    def tell(self) -> None:
        """A turn of compose."""
        config = self.rules.watch.config
        for one in config.digests:
            digests.make_if_due(self.database, self.rules, one, self.now)
        for alert in config.alerts:
            alerts.make_if_due(self.database, self.rules, alert, self.now)

    def mail(self) -> None:
        """The next morning."""
        self.now += timedelta(days=1)
        self.tell()

    def tellings(self, audience: str, key: str = "true-1") -> list[object]:
        """As what the story of an item of Courier was told to an audience, first first."""
        return column(
            self.database,
            f"""
            SELECT told.kind FROM told JOIN audiences ON audiences.id = told.audience WHERE told.told = 1 AND audiences.name = '{audience}'
            AND told.story IN (SELECT story FROM story_articles JOIN entries ON entries.article = story_articles.article WHERE entries.key = '{key}')
            GROUP BY told.digest ORDER BY told.at
            """,
        )


@pytest.fixture
def newsroom(database, rules, now) -> Newsroom:
    return Newsroom(database, rules, now)


def harmless(true: Entry, **same: str) -> Entry:
    """An item of the hostile source that says nothing, with something of the true one's identity."""
    other = Entry(
        key="own", url="https://herald.test/own", canonical_url="https://herald.test/own", title="Hotels expect guests", text=HARMLESS,
        language="en", published=true.published, source="Herald",
    )  # fmt: skip
    return replace(other, **same)


def flood(number: int, at: datetime, prefix: str = "flood") -> list[Entry]:
    """Stories that nobody else reports, each of other people."""
    peoples = ("Chinese", "Thai", "Vietnamese", "Indonesian", "Korean", "Malaysian", "Indian", "Bangladeshi", "Nepali", "Pakistani")
    return [entry(100 + 7 * place, peoples[place % len(peoples)], at, key=f"{prefix}-{place}", source="Herald") for place in range(number)]


def link_of(room: Newsroom) -> dict[str, str]:
    return {"url": room.true.url, "canonical_url": room.true.canonical_url}


def same_id_before(room: Newsroom) -> None:
    room.bring("Herald", harmless(room.true, key=room.true.key))
    room.bring("Courier", room.true)


def same_id_after(room: Newsroom) -> None:
    room.bring("Courier", room.true)
    room.bring("Herald", harmless(room.true, key=room.true.key))


def same_link_before(room: Newsroom) -> None:
    room.bring("Herald", harmless(room.true, **link_of(room)))
    room.bring("Courier", room.true)


def same_link_after(room: Newsroom) -> None:
    room.bring("Courier", room.true)
    room.bring("Herald", harmless(room.true, **link_of(room)))


def same_title_before(room: Newsroom) -> None:
    room.bring("Herald", harmless(room.true, title=room.true.title))
    room.bring("Courier", room.true)


def same_title_after(room: Newsroom) -> None:
    room.bring("Courier", room.true)
    room.bring("Herald", harmless(room.true, title=room.true.title))


def everything_the_same_and_other_words_before(room: Newsroom) -> None:
    room.bring("Herald", harmless(room.true, key=room.true.key, title=room.true.title, **link_of(room)))
    room.bring("Courier", room.true)


def a_harmless_item_is_edited_into_the_story(room: Newsroom) -> None:
    room.bring("Courier", harmless(room.true, key=room.true.key, **link_of(room)))
    room.bring("Courier", room.true)


def the_story_is_edited_after_it_was_told(room: Newsroom) -> None:
    room.bring("Courier", room.true)
    room.bring("Courier", replace(room.true, text=room.true.text + " The report was updated at noon."))


def the_true_site_gives_all_its_items_new_ids(room: Newsroom) -> None:
    old = [
        replace(noise(room.now), key=f"n{one}", canonical_url=f"https://courier.test/n{one}", text=f"Hotel {one} is full.")
        for one in range(30)
    ]
    room.bring("Courier", *old[:15])
    room.bring("Courier", *old[15:], room.true)
    room.bring("Courier", *(replace(one, key=f"again-{one.key}", canonical_url=f"{one.canonical_url}?new") for one in (room.true, *old)))


def a_hostile_site_of_only_new_items_has_a_copy_of_it(room: Newsroom) -> None:
    room.bring(
        "Herald", *flood(30, room.now), replace(room.true, key="copy", url="https://herald.test/c", canonical_url="https://herald.test/c")
    )
    assert room.tellings("alert:at-once", "copy") == [], "no alert speaks of what only such a poll brought"
    room.bring("Courier", room.true)


def a_hostile_site_floods_the_limits(room: Newsroom) -> None:
    for place in range(4):
        room.bring("Herald", *flood(15, room.now, f"flood{place}"))
    room.bring("Courier", room.true)


def a_hostile_site_is_the_first_to_tell_it_beyond_its_limit(room: Newsroom) -> None:
    room.bring("Herald", *flood(19, room.now, "a"))
    room.bring(
        "Herald",
        *flood(19, room.now, "b"),
        replace(room.true, key="copy", url="https://herald.test/c", canonical_url="https://herald.test/c"),
    )
    room.bring("Courier", room.true)


SCENARIOS: Iterable[Callable[[Newsroom], None]] = (
    same_id_before,
    same_id_after,
    same_link_before,
    same_link_after,
    same_title_before,
    same_title_after,
    everything_the_same_and_other_words_before,
    a_harmless_item_is_edited_into_the_story,
    the_story_is_edited_after_it_was_told,
    the_true_site_gives_all_its_items_new_ids,
    a_hostile_site_of_only_new_items_has_a_copy_of_it,
    a_hostile_site_floods_the_limits,
    a_hostile_site_is_the_first_to_tell_it_beyond_its_limit,
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_the_true_story_is_told_at_once_and_once_to_each_audience(newsroom: Newsroom, scenario) -> None:
    """Whatever a hostile source does before or after, people who asked for alerts hear of it in an alert, and mail tells it once."""
    scenario(newsroom)
    assert newsroom.tellings("alert:at-once") == ["new"]
    newsroom.mail()
    newsroom.mail()
    assert newsroom.tellings("alert:at-once") == ["new"]
    assert newsroom.tellings("digest:daily") == ["new"]


def test_what_floods_an_alert_stands_in_full_in_the_next_digest_and_is_told_to_the_operator(newsroom, database) -> None:
    """One source in wrong hands gives one notice, not sixty messages; and what is true in it is not lost."""
    newsroom.bring("Herald", *flood(30, newsroom.now))
    assert count(database, "outbox WHERE kind = 'alert'") == 0
    (line,) = operations.faults(database)
    assert "30 of 30 items were new at once" in line.text
    newsroom.mail()
    stories = value(database, "SELECT count(*) FROM stories")
    assert (
        value(
            database,
            "SELECT count(DISTINCT story) FROM told JOIN audiences ON audiences.id = audience WHERE told = 1 AND name = 'digest:daily'",
        )
        == stories
    )


def test_a_source_tells_at_most_twenty_stories_an_hour_by_alerts(newsroom, database) -> None:
    """More than that nobody reads at once; the rest is left to the digest."""
    newsroom.bring("Herald", *flood(19, newsroom.now, "a"))
    newsroom.bring("Herald", *flood(38, newsroom.now, "a")[19:])
    alone = "SELECT count(DISTINCT story) FROM told JOIN audiences ON audiences.id = audience WHERE told = 1 AND name = 'alert:at-once'"
    assert value(database, alone) == 20
    assert any(line.subject.startswith("flood:") for line in operations.faults(database))
    newsroom.mail()
    assert value(database, alone) == 20, "what was left to the digest does not come drop by drop"


def test_old_stories_of_a_site_that_renames_everything_are_not_told_as_new(database, rules, now) -> None:
    """A new system of the newspaper must not mail an archive to everybody."""
    room = Newsroom(database, rules, now)
    old = [entry(100 + 7 * place, "Thai", now - timedelta(days=1), key=f"old-{place}") for place in range(25)]
    database.conn.execute("UPDATE feeds SET first_ok = NULL WHERE title = 'Courier'")
    (feed,) = feeds.due(database, room.now, everything=True, names=["Courier"])
    take_in(database, [polled(replace(feed, first_ok=None), room.now, *old)], room.watch)
    room.bring("Courier", *(replace(one, key=f"new-{one.key}", url=f"{one.url}/x", canonical_url=f"{one.canonical_url}/x") for one in old))
    assert count(database, "outbox WHERE kind = 'alert'") == 0
    room.mail()
    assert value(database, "SELECT count(*) FROM told WHERE told = 1 AND kind = 'new' AND reason NOT LIKE 'listed%'") == 0


def test_a_source_that_is_new_at_every_poll_is_simply_so(newsroom, database) -> None:
    """A search or a wire that turns over within an hour must not lose its alerts for ever."""
    for turn in range(4):
        newsroom.now += timedelta(hours=2)
        items = [
            replace(noise(newsroom.now), key=f"{turn}-{one}", canonical_url=f"https://herald.test/{turn}-{one}", text=f"{turn} {one}")
            for one in range(30)
        ]
        newsroom.bring("Herald", *items, entry(200 + turn, "Thai", newsroom.now, key=f"t{turn}", source="Herald"))
    told = "SELECT count(DISTINCT story) FROM told JOIN audiences ON audiences.id = audience WHERE told = 1 AND name = 'alert:at-once'"
    assert value(database, told) >= 1
    assert not any(line.subject.startswith("bulk:") and "34" in line.text for line in operations.faults(database))
