"""`watcher feeds repair` and `off --until`: a source that went away is found again, and one that rests comes back by itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cli_terminal import FeedServer, Operator, rss

HOME = '<html><head><link rel="alternate" type="application/rss+xml" title="News" href="{}"></head><body>news</body></html>'
_DAY_AGO = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
OLD = (("https://alpha.test/1", "Rain in Kampot", "Rain."), ("https://alpha.test/2", "Rice in Takeo", "Rice."))


@pytest.fixture
def alpha(started: Operator, site: FeedServer) -> str:
    """An outlet that was read once, under the name of Alpha; gives the address it had then."""
    address = site.serve("/old.rss", rss("Alpha", *OLD))
    assert started.watcher("feeds", "add", address, "--allow-private", "--language", "en", "--title", "Alpha").status == 0
    assert started.watcher("poll", "--no-leads").status == 0
    return address


def _fails_now(operator: Operator, site: FeedServer, path: str = "/old.rss") -> None:
    site.pages.pop(path)
    operator.watcher("poll", "--all", "--no-leads")


def _source(operator: Operator) -> dict[str, object]:
    return next(one for one in json.loads(operator.watcher("feeds", "--json").out) if one["title"] == "Alpha")


def test_a_feed_that_moved_within_its_site_is_found_and_keeps_its_entries(started: Operator, site: FeedServer, alpha: str) -> None:
    """A new web design is the usual end of a feed; nothing of what was read may be told again at the new address."""
    _fails_now(started, site)
    new = site.serve("/news/feed", rss("Alpha", ("https://alpha.test/3", "Roads in Battambang", "Roads."), *OLD))
    site.serve("/", HOME.format("/news/feed"), "text/html")
    answer = started.watcher("feeds", "repair", "--yes")
    assert (answer.status, new in answer.out, "2 of them known already" in answer.out) == (0, True, True)
    assert "Roads in Battambang" in answer.out
    assert f'url = "{new}"' in started.rules()
    polled = started.watcher("poll", "--all", "--no-leads")
    assert "1 new entry" in polled.out
    assert (_source(started)["url"], _source(started)["entries"]) == (new, 3)


def test_a_feed_of_other_news_is_not_taken_without_a_person(started: Operator, site: FeedServer, alpha: str) -> None:
    """A site that was sold serves somebody else's feed; a program must not follow it there."""
    _fails_now(started, site)
    site.serve("/casino.rss", rss("Casino", ("https://casino.test/1", "Win", "Win.")))
    site.serve("/", HOME.format("/casino.rss"), "text/html")
    before = started.rules()
    answer = started.watcher("feeds", "repair", "Alpha", "--yes")
    assert (answer.status, "none of them known" in answer.out, "another source" in answer.err) == (1, True, True)
    assert started.rules() == before
    assert started.process("feeds", "repair", "Alpha").status == 1  # nobody there to say yes
    assert started.rules() == before
    assert started.process("feeds", "repair", "Alpha", given=b"y\n").status == 0
    assert "/casino.rss" in started.rules()


def test_where_a_feed_is_sent_on_for_good_the_new_address_is_offered(started: Operator, site: FeedServer, alpha: str) -> None:
    """It is still read, by way of a redirect that its owner takes down one day."""
    new = site.serve("/new.rss", rss("Alpha", *OLD))
    site.serve("/old.rss", new, status=301)
    answer = started.watcher("feeds", "repair", "Alpha", "--yes")
    assert (answer.status, "where it moved to" in answer.out) == (0, True)
    assert f'url = "{new}"' in started.rules()


def test_a_feed_that_answers_again_is_left_as_it_is_and_read_at_once(started: Operator, site: FeedServer, alpha: str) -> None:
    """After a bad day of the site there is nothing to mend, and nobody waits for the end of a long pause."""
    _fails_now(started, site)
    site.serve("/old.rss", rss("Alpha", *OLD))
    before = started.rules()
    answer = started.watcher("feeds", "repair")
    assert (answer.status, "answers again" in answer.out) == (0, True)
    assert started.rules() == before
    assert "1 unchanged" in started.watcher("poll", "--no-leads").out.replace("1 changed", "1 unchanged")
    assert "Nothing to repair" in started.watcher("feeds", "repair").out


def test_where_nothing_is_found_it_says_what_was_tried_and_what_to_do(started: Operator, site: FeedServer, alpha: str) -> None:
    """A part-time operator needs the next step, not an empty answer."""
    _fails_now(started, site)
    answer = started.watcher("feeds", "repair", "Alpha")
    assert answer.status == 1
    assert "404" in answer.out
    assert "watcher feeds off Alpha" in answer.out


def test_an_unknown_name_and_one_that_is_off_are_refused(started: Operator, alpha: str) -> None:
    """A slip in a name must not look like a source without a fault."""
    assert "there is no feed 'Alfa'" in started.watcher("feeds", "repair", "Alfa").err
    started.watcher("feeds", "off", "Alpha")
    assert "Alpha is off" in started.watcher("feeds", "repair", "Alpha").err


def test_off_until_a_day_comes_back_by_itself(started: Operator, alpha: str) -> None:
    """A site announces two weeks of repair; nobody should have to remember the day."""
    today = datetime.now(UTC).date()
    later = today + timedelta(days=10)
    assert started.watcher("feeds", "off", "Alpha", "--until", later.isoformat()).status == 0
    assert f"off until {later.isoformat()}" in started.watcher("feeds").out
    assert "Alpha is off" in started.watcher("poll", "Alpha").err
    rules = started.folder / "rules.toml"
    rules.write_text(started.rules().replace(later.isoformat(), (today - timedelta(days=1)).isoformat()), "utf-8")
    assert "off until" not in started.watcher("feeds").out
    assert "1 feed:" in started.watcher("poll", "Alpha", "--no-leads").out
    assert started.watcher("feeds", "on", "Alpha").status == 0
    assert "off_until" not in started.rules()


@pytest.mark.parametrize(("until", "says"), [("2020-01-01", "not in the future"), ("tomorrow", "does not match the format")])
def test_a_day_that_cannot_be_is_refused(started: Operator, alpha: str, until: str, says: str) -> None:
    """A source that is off until yesterday is not off, and the operator would not know."""
    answer = started.watcher("feeds", "off", "Alpha", "--until", until)
    assert (answer.status, says in answer.err) == (2, True)
