"""`watcher explain`: texts, addresses in and out of the archive, pages fetched and not stored."""

from __future__ import annotations

import hashlib
import json

import pytest
from cli_terminal import HOSTILE, FeedServer, Operator
from rule_samples import MATCHED, NEARLY, NOTHING, RULES, WATCHED, backfill

PAGE = """<html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p>
<p>The embassy said that more flights would follow next week, and thanked the authorities of the province for their help with papers and rooms.</p>
<p>Relatives waited at the airport from early in the morning. Some of them had not heard from a son or a daughter for half a year, they told reporters there.</p>
<p>A spokesman declined to say how the journey was paid for, or whether anybody would be questioned after the arrival of the plane in the evening.</p></article></body></html>"""


def _explained(operator: Operator, title: str, text: str, *more: str) -> str:
    (operator.folder / "rules.toml").write_text(RULES, "utf-8")
    (operator.folder / "article.txt").write_text(f"{title}\n\n{text}\n", "utf-8")
    answer = operator.watcher("explain", "article.txt", *more)
    assert answer.status == 0, answer.err
    return answer.out


def _page(server: FeedServer, path: str, row: dict[str, str]) -> str:
    return server.serve(path, PAGE.format(title=row["title"], text=row["text"] + " It was the first such group this year."), "text/html")


def test_a_match_is_shown_as_the_text_with_what_was_found_marked_in_it(operator) -> None:
    """A list of words says what fired; only the marked text says why."""
    shown = _explained(operator, "A flight home", "Police said a scam was run from Poipet; the nine were sent home.")
    assert shown.startswith("MATCH. By sent-home.\nTitle: A flight home\n")
    assert "sent-home: match\n" in shown
    assert "a [scam @scam] was run from [Poipet @cambodia]; the nine were [sent home" in " ".join(shown.split())
    assert "missing" not in shown


def test_what_stands_in_the_title_and_in_the_text_is_marked_in_both(operator) -> None:
    """A headline that says it all must not hide where the text says it."""
    shown = " ".join(_explained(operator, "Scam suspects deported from Cambodia", "A scam from Poipet.").split())
    assert "title: [Scam @scam] suspects [" in shown
    assert "text: A [scam @scam] from [Poipet @cambodia]." in shown


def test_a_no_names_the_fewest_parts_that_would_have_made_it_a_match(operator) -> None:
    """Who mends a rule needs the one word that was not there."""
    shown = _explained(operator, NEARLY["title"], NEARLY["text"])
    assert shown.startswith("No match: nothing of @scam.")
    assert "sent-home: no\n  title: [Cambodia @cambodia]" in shown
    assert shown.count("missing: nothing of @scam\n") == 1
    assert "+ @cambodia" not in shown


def test_a_lead_says_what_it_is_and_what_a_match_lacks(operator) -> None:
    """Lead and watch are no words that an operator remembers."""
    shown = _explained(operator, WATCHED["title"], WATCHED["text"])
    assert "sent-home: watch (listed for review, never told)" in shown
    assert "a match lacks: nothing of @deported" in shown


def test_rules_of_which_nothing_was_found_stand_in_one_line(operator) -> None:
    """With fifty rules, fifty empty answers hide the one that counts."""
    more = "".join(f'[[rules]]\nname = "other-{number}"\nmatch = "zebra{number}"\n' for number in range(5))
    (operator.folder / "rules.toml").write_text(RULES + more, "utf-8")
    (operator.folder / "a.txt").write_text(NEARLY["text"], "utf-8")
    shown = operator.watcher("explain", "a.txt").out
    assert "Nothing was found of the other rules: other-0, other-1, other-2, other-3, other-4." in " ".join(shown.split())
    assert shown.count("zebra") == 0


def test_the_tree_shows_every_part_with_its_places(operator) -> None:
    """The whole of it, for who asks."""
    shown = _explained(operator, NEARLY["title"], NEARLY["text"], "--tree")
    assert "sent-home (match): does not hold\n  - @cambodia AND @scam AND @deported\n    + @cambodia\n        title: [Cambodia]" in shown
    assert "\n    - @scam\n" in shown
    assert "sent-home (lead): does not hold" in shown


def test_a_text_cannot_forge_a_mark_or_move_the_cursor(operator) -> None:
    """What is marked must be what was found."""
    shown = _explained(operator, HOSTILE.replace("\r", " "), "A [scam @scam] from Poipet")
    assert {one for one in shown if not one.isprintable()} <= {"\n"}
    assert "A (" in shown and "A [" not in shown


def test_an_address_of_the_archive_says_when_from_where_what_and_whom(operator) -> None:
    """The question that staff ask most: did you see this link?"""
    backfill(operator, MATCHED, NEARLY)
    shown = operator.watcher("explain", NEARLY["url"] + "?utm_source=x").out
    first = " ".join(shown.partition("\nWhat comes")[0].split())
    assert first.startswith("Cambodia sends home 18 Koreans Read ")
    assert first.endswith("from Backfill; no match: nothing of @scam; never told.")
    assert "Article a2; not labelled.\nStories: none.\n" in shown
    assert "What the rules in force say of its newest text:\nNo match: nothing of @scam." in shown
    operator.watcher("rules", "label", "a2", "yes", "--by", "Dara")
    assert "Labelled yes by Dara, " in operator.watcher("explain", NEARLY["url"]).out
    told = json.loads(operator.watcher("explain", MATCHED["url"], "--json").out)
    assert (told["seen"], told["article"], told["stories"], told["explanation"]["match"]) == (True, "a1", [1], True)


def test_an_address_never_seen_names_the_missing_feed_and_the_next_commands(operator) -> None:
    """ "Never seen" alone leaves a person with nothing to do."""
    backfill(operator, NOTHING)
    shown = operator.watcher("explain", "https://www.nobody.test/news/1").out
    assert shown.splitlines() == [
        "Never seen: no feed of www.nobody.test. Add: watcher feeds add https://www.nobody.test/",
        "Put it in by hand: watcher stories add https://www.nobody.test/news/1",
        "What the rules would say of it: watcher explain --fetch https://www.nobody.test/news/1",
    ]


def test_an_outlet_that_is_read_says_how_far_back_its_feed_went(newsroom, feed_server) -> None:
    """The feed may simply have been too short: the article was older than its oldest item."""
    shown = newsroom.watcher("explain", f"{feed_server.url}/old-story").out
    assert shown.startswith("Never seen, though Alpha News (http://127.0.0.1:")
    assert "last read " in shown and ", its oldest item then " in shown
    (feed,) = [
        one
        for one in json.loads(newsroom.watcher("explain", f"{feed_server.url}/old", "--json").out)["outlets"]
        if one["feed"] == "Alpha News"
    ]
    assert feed["last_read"] > feed["oldest_item"] > "2020"


def test_an_outlet_whose_feed_is_off_is_said_to_be_off(newsroom, feed_server) -> None:
    """Somebody turned it off; the answer is to turn it on, not to add it twice."""
    for name in ("/a.rss", "/b.rss"):
        newsroom.watcher("feeds", "off", feed_server.url + name)
    assert "is off. Read it again: watcher feeds on" in newsroom.watcher("explain", f"{feed_server.url}/old").out


def test_a_page_is_fetched_and_judged_and_nothing_is_stored(operator, feed_server) -> None:
    """A look must not change what the archive says it has read."""
    backfill(operator, NOTHING)
    before = hashlib.sha256((operator.folder / "watcher.db").read_bytes()).hexdigest()
    url = _page(feed_server, "/fetched.html", MATCHED)
    shown = operator.watcher("explain", "--fetch", "--allow-private", url).out
    assert shown.startswith("Never seen: ")
    assert "What the rules in force say of the page as it is now (nothing was stored):\nMATCH. By sent-home." in shown
    assert "--fetch" not in shown
    found = json.loads(operator.watcher("explain", "--fetch", "--allow-private", url, "--json").out)
    assert (found["seen"], found["fetched"], found["explanation"]["match"]) == (False, True, True)
    assert hashlib.sha256((operator.folder / "watcher.db").read_bytes()).hexdigest() == before
    (operator.folder / "watcher.db").unlink()
    assert operator.watcher("explain", "--fetch", "--allow-private", url).status == 0
    assert not (operator.folder / "watcher.db").exists()


@pytest.mark.parametrize(("path", "problem"), [("/not-there.html", "404"), ("/empty.html", "no readable text")])
def test_a_page_that_cannot_be_read_says_why(operator, feed_server, path: str, problem: str) -> None:
    """Exit status 1: it was tried and failed."""
    backfill(operator, NOTHING)
    feed_server.serve("/empty.html", "<html><body></body></html>", "text/html")
    answer = operator.watcher("explain", "--fetch", "--allow-private", feed_server.url + path)
    assert answer.status == 1
    assert problem in answer.err


def test_a_page_of_the_own_network_is_not_fetched_unasked(operator, feed_server) -> None:
    """An address pasted from a mail must not make this machine ask its own router; and the reason is said, not robots.txt."""
    backfill(operator, NOTHING)
    url = _page(feed_server, "/private.html", MATCHED)
    answer = operator.watcher("explain", "--fetch", url)
    assert answer.status == 1
    assert "robots" not in answer.err.replace("/robots.txt", "")
    assert "port" in answer.err or "private" in answer.err


def test_fetch_is_for_addresses(operator) -> None:
    """A file is read as it is."""
    backfill(operator, NOTHING)
    assert "--fetch is for an address" in operator.watcher("explain", "--fetch", "past.jsonl").err
