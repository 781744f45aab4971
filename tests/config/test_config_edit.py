"""Edits: feeds added, turned off and on; all that a person wrote stays."""

from __future__ import annotations

import time as clock
from datetime import date

import pytest

from watcher.config import FeedConfig, add_feed, add_feeds, export_opml, import_opml, load, move_feed, new_file, turn_off, turn_on
from watcher.errors import UsageError
from watcher.model import FeedKind

TEXT = """# my file
[watcher]
time_zone = "UTC" # ours
contact = "ops@watch.test"
catalogues = ["cambodia-scam"]

# our feeds
[[feeds]] # the first
url = "https://a.test/feed" # keep
title = "A"

# about rules
[[rules]]
name = "r"
match = "[[feeds]]"
"""


def added_lines(before: str, after: str) -> list[str]:
    """The lines that are new, where all others stand as they stood."""
    rest = iter(after.splitlines())
    new: list[str] = []
    for line in before.splitlines():
        for other in rest:
            if other == line:
                break
            new.append(other)
        else:
            pytest.fail(f"lost: {line}")
    return new + list(rest)


def test_an_added_feed_stands_behind_the_others_and_all_else_stays() -> None:
    """People explain themselves in comments; a program that eats them is not let near the file again."""
    feed = FeedConfig("https://b.test/feed", 'B "quoted" \\ ខ្មែរ', language="km", allow_private=True, kind=FeedKind.SEARCH, enabled="auto")
    text = add_feed(TEXT, feed)
    config = load(text, environment={})
    found = next(each for each in config.feeds if each.url == feed.url)
    assert (found.title, found.language, found.allow_private, found.kind, found.enabled) == (
        feed.title,
        "km",
        True,
        FeedKind.SEARCH,
        "auto",
    )
    assert [line for line in added_lines(TEXT, text) if line][:2] == ["[[feeds]]", 'url = "https://b.test/feed"']
    assert text.index("b.test") < text.index("# about rules")


def test_a_feed_that_is_there_already_is_refused() -> None:
    """Own or shipped: polled twice, it would be counted as two sources."""
    for url in ("https://a.test/feed", "https://www.khmertimeskh.com/feed/"):
        with pytest.raises(UsageError, match="is there already"):
            add_feed(TEXT, FeedConfig(url, "Again"))


def test_what_would_make_the_file_wrong_is_refused_before_it_is_written() -> None:
    """An edit by command must never leave a file that does not load."""
    for feed in (FeedConfig("ftp://b.test", "B"), FeedConfig("https://b.test", "B", language="kh")):
        with pytest.raises(UsageError):
            add_feed(TEXT, feed)


def test_a_taken_title_gets_its_host() -> None:
    """Commands name feeds by title, and a shipped feed must not be changed by an import."""
    result = add_feeds(
        TEXT, [FeedConfig("https://x.test/1", "Khmer Times"), FeedConfig("https://x.test/2", "a"), FeedConfig("https://x.test/3", "\n")]
    )
    assert [feed.title for feed in result.added] == ["Khmer Times (x.test)", "a (x.test)", "x.test/3"]
    assert len(load(result.text, environment={}).feeds) == len(load(TEXT, environment={}).feeds) + 3


def test_a_file_without_feeds_and_without_a_last_line_end_takes_one() -> None:
    """The usual state of a file after `init`."""
    text = TEXT[: TEXT.index("# our feeds")] + TEXT[TEXT.index("# about rules") :].rstrip("\n")
    assert "https://b.test/" in [feed.url for feed in load(add_feed(text, FeedConfig("https://b.test/", "B")), environment={}).feeds]


def test_an_own_feed_is_turned_off_in_its_place_and_on_again() -> None:
    """By title in any case, or by address; its comments stay."""
    off = turn_off(TEXT, "a")
    assert added_lines(TEXT, off) == ["enabled = false"]
    assert load(off, environment={}).feeds[0].enabled == "no"
    assert load(turn_on(off, "https://a.test/feed"), environment={}).feeds[0].enabled == "yes"


def test_a_shipped_feed_is_turned_off_by_two_lines() -> None:
    """The catalogue itself is not the operator's to edit, and upgrades replace it."""
    off = turn_off(TEXT, "thai enquirer")
    assert [line for line in added_lines(TEXT, off) if line] == ["[[feeds]]", 'title = "Thai Enquirer"', "enabled = false"]
    config = load(off, environment={})
    assert [feed.enabled for feed in config.feeds if feed.title == "Thai Enquirer"] == ["no"]
    assert load(turn_on(off, "Thai Enquirer"), environment={}).feeds[1].enabled == "yes"


def test_rare_line_separators_inside_a_text_do_not_shift_an_edit() -> None:
    """Copied titles hold U+2028 and U+0085, which are no line ends in this file format."""
    text = TEXT.replace("# our feeds", "# our \u2028 \x85 feeds")
    assert added_lines(text.replace("\u2028", "").replace("\x85", ""), turn_off(text, "a").replace("\u2028", "").replace("\x85", "")) == [
        "enabled = false"
    ]


def test_an_unknown_feed_is_named_with_the_nearest() -> None:
    """Outlets have names that are easily misspelt."""
    with pytest.raises(UsageError, match="did you mean 'Koh Santepheap'"):
        turn_off(TEXT, "Koh Santephap")


def test_a_missing_file_is_made_and_polls_only_what_was_added() -> None:
    """`watcher feeds import list.opml` is a start of its own; the shipped feeds are not forced on it."""
    result = add_feeds("", [FeedConfig("https://b.test/", "B", allow_private=True)])
    config = load(result.text, environment={})
    assert [feed.url for feed in config.feeds] == ["https://b.test/"]
    assert config.rules
    assert load(new_file(), environment={}).only_folders


def test_feeds_survive_the_way_to_opml_and_back() -> None:
    """OPML is how people move between feed readers."""
    feeds = [FeedConfig("https://a.test/?x=1&y=<2>", 'A & "B" <c>', language="km"), FeedConfig("https://b.test/", "ព័ត៌មាន", language=None)]
    off = FeedConfig("https://c.test/", "C", enabled="no")
    back = import_opml(export_opml([*feeds, off]))
    assert [(feed.url, feed.title, feed.language) for feed in back] == [(feed.url, feed.title, feed.language) for feed in feeds]
    assert all(feed.allow_private for feed in import_opml(export_opml(feeds), allow_private=True))


def test_what_is_no_opml_is_refused() -> None:
    """A bare address must not make the program ask it, and an empty list must not look like success."""
    for text in ("http://127.0.0.1:9/list.opml", "", "<html><body>Not here</body></html>", '<opml version="2.0"><body/></opml>'):
        with pytest.raises(UsageError):
            import_opml(text)


def test_an_opml_with_hostile_addresses_adds_only_the_good_ones() -> None:
    """A list from elsewhere is not trusted; what was left out is said with its reason."""
    body = "".join(
        f'<outline type="rss" text="x" xmlUrl="{url}"/>' for url in ("file:///etc/passwd", "https://u:p@h.test/", "https://ok.test/")
    )
    result = add_feeds(TEXT, import_opml(f'<opml version="2.0"><body>{body}</body></opml>'))
    assert [feed.url for feed in result.added] == ["https://ok.test/"]
    assert len(result.skipped) == 2
    load(result.text, environment={})


def test_a_thousand_feeds_are_imported_in_a_moment() -> None:
    """Under 2 s, reading the list, writing the text and turning one off included."""
    listed = export_opml([FeedConfig(f"https://h{number}.test/feed", "Same title") for number in range(1000)])
    started = clock.process_time()
    result = add_feeds("", import_opml(listed, allow_private=True))
    turn_off(result.text, "https://h500.test/feed")
    assert clock.process_time() - started < 2
    assert len(load(result.text, environment={}).feeds) == 1000


def test_a_shipped_feed_with_fallbacks_has_them_again_when_it_is_on_again() -> None:
    """Off and on must leave a source as it was; `enabled = true` would have taken its fallbacks away."""
    shipped = next(feed for feed in load(TEXT, environment={}).feeds if feed.enabled == "auto")
    again = load(turn_on(turn_off(TEXT, shipped.title), shipped.title), environment={})
    found = next(feed for feed in again.feeds if feed.title == shipped.title)
    assert (found.enabled, found.fallbacks) == ("auto", shipped.fallbacks)


def test_a_feed_that_was_off_for_good_can_be_off_until_a_day() -> None:
    """Who writes a day wants it back on that day."""
    text = turn_off(turn_off(TEXT, "A"), "A", until=date(2026, 12, 1))
    feed = load(text, environment={}).feeds[0]
    assert (feed.is_read(date(2026, 11, 30)), feed.is_read(date(2026, 12, 1))) == (False, True)


def test_a_moved_feed_says_where_it_was() -> None:
    """Its entries are found by the address it had."""
    feed = load(move_feed(TEXT, "a", "https://a.test/new"), environment={}).feeds[0]
    assert (feed.url, feed.was) == ("https://a.test/new", "https://a.test/feed")
    shipped = next(feed for feed in load(TEXT, environment={}).feeds if feed.origin != "rules")
    moved = next(
        one for one in load(move_feed(TEXT, shipped.title, "https://b.test/new"), environment={}).feeds if one.title == shipped.title
    )
    assert (moved.url, moved.was, moved.language) == ("https://b.test/new", shipped.url, shipped.language)
    with pytest.raises(UsageError, match="there already"):
        move_feed(TEXT, "A", shipped.url)
