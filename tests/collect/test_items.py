"""Where items begin and end, and which of them were read before."""

from __future__ import annotations

import pytest
from collect_feeds import item, rss
from hypothesis import given
from hypothesis import strategies as st

from watcher.collect.items import FINGERPRINT, first_items, split


def test_known_items_are_cut_out_and_new_ones_stay() -> None:
    """Reading 35 items to find the new one is most of what a poll costs."""
    before = split(rss(item(1), item(2)))
    after = split(rss(item(3), item(1), item(2)), before.fingerprints)
    assert (after.known, after.count) == (2, 3)
    assert after.body == rss(item(3))


def test_a_changed_item_is_new() -> None:
    """A corrected figure must be judged again."""
    before = split(rss(item(1)))
    after = split(rss(item(1, text="Police sent 74 home.")), before.fingerprints)
    assert after.known == 0


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1), "<item><item></item></item>"),
        rss(item(1), "<item>"),
        rss(item(1), "</item>"),
        rss(item(1), "<item></entry>"),
        rss("<item/>", item(1)),
        rss(item(1)).decode().encode("utf-16"),
        b'{"items": ["<item></item>"]}',
        b"",
    ],
)
def test_what_looks_odd_is_left_whole(body: bytes) -> None:
    """Cutting at the wrong place could lose a story; reading too much only costs time."""
    found = split(body)
    assert (found.fingerprints, found.known, found.body) == (b"", 0, body)


def test_items_of_other_names_are_no_items() -> None:
    """RSS 1.0 lists all links in <items>."""
    assert split(b"<rdf:RDF><items></items><item>a</item></rdf:RDF>").count == 1


def test_items_beyond_the_limit_are_dropped_and_not_called_known() -> None:
    """What was not read must not count as read at the next poll."""
    found = split(rss(*(item(number) for number in range(5))), b"", 2)
    assert (found.count, found.dropped, found.body) == (2, 3, rss(item(0), item(1)))


def test_an_unfinished_feed_is_shortened_too() -> None:
    """100,000 items in a broken feed would cost the parse child its life."""
    body = b"<rss><channel>&bad;" + "".join(item(number) for number in range(9)).encode()
    short, dropped = first_items(body, 4)
    assert (short.count(b"<item>"), dropped) == (4, 5)


@given(st.lists(st.sampled_from([b"<item>", b"</item>", b"<entry a='1'>", b"</entry>", b"x", b"<![CDATA[", b"]]>"]), max_size=12))
def test_nothing_is_lost_or_invented_by_cutting(parts: list[bytes]) -> None:
    """Whatever the bytes are, the whole is what was cut and what was left."""
    body = b"".join(parts)
    once = split(body)
    assert once.body == body
    again = split(body, once.fingerprints)
    assert again.known == again.count == len(once.fingerprints) // FINGERPRINT
    assert split(again.body).count == 0
