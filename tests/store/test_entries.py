"""What was seen: identity, revisions, and what is never stored twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.model import Entry, Feed, Level, Verdict
from watcher.store import entries, feeds, labels, select, transaction, verdicts

NEWS = Entry(
    key="guid-1",
    url="http://Outlet.test/a?utm_source=x",
    canonical_url="https://outlet.test/a",
    title="Title",
    text="Text",
    source="Outlet",
)
NO = Verdict(Level.NO, reason="nothing of @cambodia")


def save(database: Database, feed: int, entry: Entry, now: datetime, verdict: Verdict = NO) -> entries.Saved:
    with transaction(database):
        already = entries.known(database, feed, [entry.key])
        saved = entries.save(database, feed, [entries.Judged(entry, verdict)], already, now=now, live=True)
        rules = verdicts.rule_set(database, "hash", "text", now)
        verdicts.save(database, saved, rules, now)
    return saved[0]


def test_an_entry_is_known_by_its_key_and_text(database: Database, feed: Feed, now: datetime):
    """The second sighting of an unchanged item is no news."""
    save(database, feed.id, NEWS, now)
    known = entries.known(database, feed.id, ["guid-1", "guid-2"])
    assert set(known) == {"guid-1"}
    assert known["guid-1"].text_hash == entries.text_hash(NEWS)


def test_a_changed_text_is_a_new_revision_of_the_same_article(database: Database, feed: Feed, now: datetime):
    """An item without a title today may carry the story tomorrow; it is judged again."""
    first = save(database, feed.id, NEWS, now)
    second = save(database, feed.id, replace(NEWS, text="Corrected"), now)
    assert (first.article, first.new_entry, second.new_entry) == (second.article, True, False)
    assert second.new_text
    assert len(select(database, "SELECT * FROM verdicts")) == 2


def test_two_feeds_with_one_link_share_the_article_and_its_text(database: Database, feed: Feed, now: datetime):
    """One article, two sightings, one revision; what one feed saw is not known to the other."""
    with transaction(database):
        feeds.configure(
            database, [feeds.Configured(url="http://feed.test/", title="Feed"), feeds.Configured(url="http://two.test/", title="Two")], now
        )
    other = next(one for one in feeds.due(database, now) if one.url == "http://two.test/")
    first, second = save(database, feed.id, NEWS, now), save(database, other.id, NEWS, now)
    assert (first.article, first.revision) == (second.article, second.revision)
    assert second.new_entry
    assert not second.new_text


def test_items_without_a_link_are_articles_of_their_own(database: Database, feed: Feed, now: datetime):
    """No link must not mean one article for all."""
    bare = replace(NEWS, url="", canonical_url="")
    first, second = save(database, feed.id, replace(bare, key="a"), now), save(database, feed.id, replace(bare, key="b"), now)
    assert first.article != second.article


def test_the_link_is_kept_exactly_as_received(database: Database, feed: Feed, now: datetime):
    """A figure is defended with the address that was read, not with our idea of it."""
    save(database, feed.id, NEWS, now)
    row = select(database, "SELECT revisions.url, articles.canonical_url FROM revisions JOIN articles ON articles.id = article")[0]
    assert tuple(row) == ("http://Outlet.test/a?utm_source=x", "https://outlet.test/a")


def test_text_that_never_matched_goes_after_its_time_and_the_rest_stays(database: Database, feed: Feed, now: datetime):
    """Texts about private people are not kept for ever; the reason of the no is."""
    save(database, feed.id, NEWS, now)
    kept = save(database, feed.id, replace(NEWS, key="b", canonical_url="https://outlet.test/b"), now, Verdict(Level.MATCH, ("rule",)))
    with transaction(database):
        assert entries.forget_texts(database, now + timedelta(days=89), timedelta(days=90)) == 0
        assert entries.forget_texts(database, now + timedelta(days=91), timedelta(days=90)) == 1
    texts = {row["id"]: row["text"] for row in select(database, "SELECT id, text FROM revisions")}
    assert texts[kept.revision] == "Text"
    assert sorted(text is None for text in texts.values()) == [False, True]
    assert {row["reason"] for row in select(database, "SELECT reason FROM verdicts")} == {"nothing of @cambodia", ""}


def test_a_labelled_text_stays_as_long_as_its_label(database: Database, feed: Feed, now: datetime):
    """`rules test` holds the rules against it: a judgement without the text it is of is worth nothing."""
    saved = save(database, feed.id, NEWS, now)
    later = now + timedelta(days=91)
    with transaction(database):
        labels.put(database, saved.article, wanted=True, by="Dara", now=now)
        assert entries.forget_texts(database, later, timedelta(days=90)) == 0
        labels.remove(database, saved.article)
        assert entries.forget_texts(database, later, timedelta(days=90)) == 1


def test_what_only_the_rules_of_before_matched_is_not_kept_for_ever(database: Database, feed: Feed, now: datetime):
    """The latest verdict counts, here as everywhere; and what is matched now is kept though it was not before."""
    lost = save(database, feed.id, NEWS, now, Verdict(Level.MATCH, ("rule",)))
    found = save(database, feed.id, replace(NEWS, key="b", canonical_url="https://outlet.test/b"), now)
    with transaction(database):
        rules = verdicts.rule_set(database, "other", "text", now)
        verdicts.save_one(database, lost.revision, NO, (), rules, now)
        verdicts.save_one(database, found.revision, Verdict(Level.MATCH, ("rule",)), (), rules, now)
        assert entries.forget_texts(database, now + timedelta(days=91), timedelta(days=90)) == 1
    texts = {row["id"]: row["text"] for row in select(database, "SELECT id, text FROM revisions")}
    assert texts == {lost.revision: None, found.revision: "Text"}


def test_a_thousand_new_entries_are_stored_in_one_go(database: Database, feed: Feed, now: datetime):
    """More keys than one IN list takes."""
    many = [entries.Judged(replace(NEWS, key=str(n), canonical_url=f"https://outlet.test/{n}"), NO) for n in range(1200)]
    with transaction(database):
        entries.save(database, feed.id, many, {}, now=now, live=True)
    assert len(entries.known(database, feed.id, [str(n) for n in range(1200)])) == 1200
