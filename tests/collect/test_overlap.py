"""How many items two polls share: 0 says that items may have been missed, and must neither be said falsely nor hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watcher.collect.overlap import Shown, needs_archive, overlap, reach, shown
from watcher.model import Entry, Feed, FeedKind, Fetched

NOW = datetime(2023, 11, 9, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)


def fingerprint(name: str) -> bytes:
    return name.encode().ljust(8)


def prints(*names: str) -> bytes:
    return b"".join(fingerprint(name) for name in names)


FEED = Feed(1, "https://news.test/feed", "News", first_ok=BEFORE, last_ok=BEFORE, items=prints("a", "b", "c", "d", "e", "f", "g", "h"))


def entry(name: str, *, key: str = "", url: str = "", title: str = "", published: datetime | None = None) -> Entry:
    url = url or f"https://news.test/{name}"
    return Entry(key or name, url, url, title or f"A report about the matter of {name}", published=published)


def brought(*names: str, entries: tuple[Entry, ...] | None = None, **more: object) -> Fetched:
    """A body with these items; those FEED did not have are entries, unless they are given."""
    old = {FEED.items[i : i + 8] for i in range(0, len(FEED.items), 8)}
    fresh = entries if entries is not None else tuple(entry(name) for name in names if fingerprint(name) not in old)
    known = sum(fingerprint(name) in old for name in names)
    return Fetched(1, NOW, "changed", 200, fresh, known, prints(*names), answered_url=FEED.url, **more)  # type: ignore[arg-type]


ARCHIVE = shown((name, f"https://news.test/{name}", f"A report about the matter of {name}") for name in "abcdefgh")


def test_items_that_were_there_before_are_counted_by_their_bytes():
    """The usual case costs no question to the archive."""
    poll = brought("x", "y", "a", "b", "c", "d", "e", "f")
    assert not needs_archive(FEED, poll)
    assert overlap(FEED, poll, Shown()) == 6


def test_a_window_that_rolled_over_is_a_gap():
    """Eight new items where there were eight: what came between them nobody saw."""
    poll = brought("p", "q", "r", "s", "t", "u", "v", "w")
    assert needs_archive(FEED, poll)
    assert overlap(FEED, poll, ARCHIVE) == 0


def test_an_item_pinned_to_the_top_hides_no_gap():
    """It is in every poll, so it proves nothing."""
    poll = brought("a", "q", "r", "s", "t", "u", "v", "w")
    assert needs_archive(FEED, poll)
    assert overlap(FEED, poll, ARCHIVE) == 0


def test_a_pinned_item_beside_others_that_moved_on_is_no_gap():
    """Only where nothing else is left does the pinned one stand alone."""
    assert overlap(FEED, brought("a", "q", "r", "s", "t", "u", "v", "b"), Shown()) == 2


def test_a_feed_that_lists_the_oldest_first_is_no_gap():
    """Its last item of before is its first of now."""
    assert overlap(FEED, brought("h", "q", "r", "s", "t", "u", "v", "w"), Shown()) == 1


def test_a_site_that_gives_all_its_items_new_ids_has_no_gap():
    """A new program on the site, the same articles: the links say it."""
    same = tuple(entry(name, key=f"new-id-{name}") for name in "abcdefgh")
    assert overlap(FEED, brought(*"ABCDEFGH", entries=same), ARCHIVE) == 8


def test_a_site_with_new_ids_and_new_links_is_known_by_its_titles():
    """A move to another domain changes both; two titles or more are no chance."""
    same = tuple(entry(name, key=f"n{name}", url=f"https://moved.test/{name}") for name in "abcdefgh")
    assert overlap(FEED, brought(*"ABCDEFGH", entries=same), ARCHIVE) == 8


def test_one_title_that_comes_every_day_hides_no_gap():
    """ "Exchange rates of the day" is no proof."""
    fresh = (entry("x", title="A report about the matter of a"), *(entry(name) for name in "qrstuvw"))
    assert overlap(FEED, brought(*"xqrstuvw", entries=fresh), ARCHIVE) == 0


def test_a_real_gap_of_a_site_with_new_ids_is_seen():
    """New ids must not excuse that everything else is new too."""
    fresh = tuple(entry(name, key=f"new-{name}") for name in "pqrstuvw")
    assert overlap(FEED, brought(*"pqrstuvw", entries=fresh), ARCHIVE) == 0


def test_edited_items_are_no_gap():
    """A view counter in each item changes all bytes; ids say what they are."""
    edited = tuple(entry(name) for name in "abcdefgh")
    assert overlap(FEED, brought(*"ABCDEFGH", entries=edited), ARCHIVE) == 8


def test_a_first_poll_has_nothing_to_be_compared_with():
    """Everything is new then."""
    poll = brought("a", "b")
    assert overlap(replace(FEED, first_ok=None, items=b""), poll, Shown()) is None


def test_a_search_is_never_a_gap():
    """It lists by its own mind."""
    assert overlap(replace(FEED, kind=FeedKind.SEARCH), brought(*"pqrstuvw"), ARCHIVE) is None


def test_a_fallback_that_reaches_back_is_no_gap():
    """It has other links, but its oldest item is older than the last poll: nothing is open."""
    fresh = tuple(entry(str(n), url=f"https://search.test/{n}", published=NOW - timedelta(hours=n)) for n in range(5))
    poll = replace(brought(*"pqrst", entries=fresh), answered_url="https://search.test/")
    assert overlap(FEED, poll, ARCHIVE) is None


def test_a_fallback_that_begins_later_than_the_feed_ended_is_a_gap():
    """The site was down for three days, the fallback shows one."""
    fresh = tuple(entry(str(n), url=f"https://search.test/{n}", published=NOW - timedelta(hours=n)) for n in range(24))
    poll = replace(brought(*"pqrst", entries=fresh), answered_url="https://search.test/")
    assert overlap(replace(FEED, last_ok=NOW - timedelta(days=3)), poll, ARCHIVE) == 0


def test_a_fallback_without_dates_is_a_gap_only_after_a_long_silence():
    """Where nothing can be known, an hour is no reason to worry and three days are."""
    fresh = tuple(entry(str(n), url=f"https://search.test/{n}") for n in range(5))
    poll = replace(brought(*"pqrst", entries=fresh), answered_url="https://search.test/")
    assert overlap(FEED, poll, ARCHIVE) is None
    assert overlap(replace(FEED, last_ok=NOW - timedelta(days=3)), poll, ARCHIVE) == 0


def test_an_unchanged_or_failed_poll_says_nothing():
    """No body, nothing to compare."""
    assert overlap(FEED, replace(brought("a"), outcome="unchanged"), Shown()) is None
    assert overlap(FEED, replace(brought("a"), outcome="failed"), Shown()) is None


def test_the_archive_is_asked_for_twice_the_window():
    """Items that were edited stand among newer ones."""
    assert (reach(FEED), reach(replace(FEED, items=b""))) == (16, 50)


def test_items_edited_since_count_beside_those_that_were_not():
    """Two items with the same bytes, five with a new view counter, one new: nothing rolled over, and nothing is to be hurried."""
    edited = (entry("x"), *(entry(name) for name in "abcde"))
    poll = brought(*"xABCDEfg", entries=edited)
    assert needs_archive(FEED, poll)
    assert overlap(FEED, poll, ARCHIVE) == 7
