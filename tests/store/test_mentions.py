"""Articles that wait for the story they look back at, and the stories that are found for a report: real SQLite, the store's own functions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from sqlite_utils import Database

from watcher import story
from watcher.model import ArticleRole, Claim, Entry, Feed, Join, Level, Report, Role, Stage, StoryFile, Verdict
from watcher.store import candidates, entries, mentions, stories, transaction, verdicts
from watcher.store.schema import migrations

LOOK_BACK = Claim(Role.BACKGROUND, Stage.DEPORTED, count=19, nationality=("JP",), date=date(2023, 4, 1), date_precision="month")


def stored(database: Database, feed: Feed, now: datetime, key: str, *claims: Claim, on: date = date(2023, 11, 8)) -> Report:
    """An article with its verdict and claims, as the corridor hands it to the story room."""
    url, published = f"https://outlet.test/{key}", datetime(on.year, on.month, on.day, tzinfo=UTC)
    entry = Entry(key, url, url, key, f"Text of {key}.", published=published, source=key)
    saved = entries.save(database, feed.id, [entries.Judged(entry, Verdict(Level.MATCH, ("any",)), claims)], {}, now=now, live=True)
    verdicts.save(database, saved, verdicts.rule_set(database, "a", "", now), now)
    return Report(
        article=saved[0].article, revision=saved[0].revision, url=url, canonical_url=url, title=entry.title, text=entry.text, source=key,
        language=None, published=published, first_seen=now, claims=claims,
    )  # fmt: skip


def flight(count: int, on: date, who: str = "JP") -> Claim:
    return Claim(Role.MAIN, Stage.DEPORTED, count=count, count_max=count, nationality=(who,), date=on, date_precision="day")


def opened(database: Database, report: Report, now: datetime) -> int:
    """A story of one report."""
    file = StoryFile(id=None, reports=(report,), first_seen=now)
    identity = stories.create(database, story.decide(file), first_seen=now, now=now)
    stories.put_article(database, identity, report, Join(identity, ArticleRole.REPORT, "first report"), now)
    stories.set_facts(database, identity, story.decide(file), story.index_keys(file), story.event_day(report), now)
    return identity


def test_look_back_waits_until_the_event_it_names_is_told(database: Database, feed: Feed, now: datetime) -> None:
    """A feature of January is read before the flight of April is found; it must not be lost, and not open a story."""
    with transaction(database):
        feature = stored(database, feed, now, "feature", LOOK_BACK, on=date(2024, 1, 10))
        mentions.keep(database, feature, story.mention_keys(feature))
        other = stored(database, feed, now, "other", flight(25, date(2023, 11, 8)))
        told = stored(database, feed, now, "told", flight(19, date(2023, 4, 11)), on=date(2023, 4, 11))
        assert mentions.waiting(database, story.waiting_keys(other)) == []
        (found,) = mentions.waiting(database, story.waiting_keys(told))
        assert (found.article, found.claims, found.text) == (feature.article, (LOOK_BACK,), "Text of feature.")
        mentions.settle(database, feature.article)
        assert mentions.waiting(database, story.waiting_keys(told)) == []


def test_a_newer_text_of_an_article_waits_in_place_of_the_older(database: Database, feed: Feed, now: datetime) -> None:
    """An outlet that corrects 18 to 19 looks back at one event."""
    with transaction(database):
        feature = stored(database, feed, now, "feature", LOOK_BACK)
        mentions.keep(database, feature, {"mention:JP:18:2023-04"})
        mentions.keep(database, feature, story.mention_keys(feature))
        assert mentions.waiting(database, {"mention:JP:18:2023-04"}) == []
        assert len(mentions.waiting(database, {"mention:JP:19:2023-04"})) == 1


def test_a_busy_month_costs_no_more_than_a_quiet_one_and_hides_nothing(database: Database, feed: Feed, now: datetime) -> None:
    """Sixty flights of one nationality in a month: few are compared, and the one with the same figure is among them."""
    with transaction(database):
        for number in range(60):
            on = date(2026, 2, 1 + number % 28)
            opened(database, stored(database, feed, now, f"s{number}", flight(100 + number, on, "CN"), on=on), now)
        report = stored(database, feed, now, "again", flight(137, date(2026, 2, 10), "CN"), on=date(2026, 2, 11))
        found = candidates.find(database, *story.wanted(report))
        assert len(found) <= 24
        assert story.join(report, found).story == 38


def test_texts_are_loaded_only_where_words_are_compared(database: Database, feed: Feed, now: datetime) -> None:
    """A thousand bodies read for nothing is what made joining slow."""
    with transaction(database):
        known = opened(database, stored(database, feed, now, "morning", flight(25, date(2023, 11, 8))), now)
        same_words = stored(database, feed, now, "late paper", flight(25, date(2023, 11, 8)))
        (file,) = candidates.find(database, *story.wanted(same_words))
        assert (file.id, file.reports[0].text, file.reports[0].claims) == (known, "", (flight(25, date(2023, 11, 8)),))


def test_an_old_database_ends_as_a_new_one(tmp_path: Path) -> None:
    """An upgrade must not leave two kinds of archive behind."""
    old, new = Database(tmp_path / "old.db"), Database(tmp_path / "new.db")
    migrations.apply(old, stop_before="m003_mentions")
    assert "mentions" not in old.table_names()
    migrations.apply(old)
    migrations.apply(new)
    assert old["mentions"].schema == new["mentions"].schema
