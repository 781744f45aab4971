"""Bytes that would cost a whole feed cost a character, and no more."""

from __future__ import annotations

import codecs

import pytest
from collect_feeds import item, rss

from watcher.collect.preclean import preclean
from watcher.errors import ParseError

KHMER = "ចាប់ខ្លួនជនបរទេស ២៥ នាក់"


def declared(name: str, text: str = "x") -> bytes:
    return f'<?xml version="1.0" encoding="{name}"?><rss>{text}</rss>'.encode()


@pytest.mark.parametrize("code", ["xD800", "55357", "0", "x0", "11", "xFFFE", "1114112", "x110000", "xFFFFFFFF"])
def test_g4_references_that_xml_forbids_are_replaced(code: str) -> None:
    """One `&#xD800;` in a title makes feedparser raise, and all 31 entries are lost."""
    assert preclean(f"<rss>a&#{code};b</rss>".encode()).body.decode() == "<rss>a\ufffdb</rss>"


def test_references_that_xml_allows_stay() -> None:
    """They are quotes, emoji and Khmer letters."""
    body = b"<rss>&#8217;&#x1F600;&#10;&#x1798;</rss>"
    assert preclean(body).body == body


def test_control_characters_go() -> None:
    """XML allows none of them, and a strict parser stops at the first."""
    assert preclean(b"<rss>a\x00\x01\x0b\x1b[31mb\tc\r\n</rss>").body == b"<rss>a[31mb\tc\r\n</rss>"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_all_forms_of_unicode_become_utf_8(name: str) -> None:
    """Windows tools still write UTF-16."""
    body = f'<?xml version="1.0" encoding="{name}"?><rss>{KHMER}</rss>'.encode(name)
    found = preclean(body)
    assert found.body.decode() == f'<?xml version="1.0" encoding="utf-8"?><rss>{KHMER}</rss>'
    assert found.warning is None


@pytest.mark.parametrize(
    ("name", "text"),
    [("gb2312", "遣返"), ("big5", "遣返"), ("shift_jis", "詐欺"), ("euc-kr", "송환"), ("tis-620", "เนรเทศ"), ("iso-8859-1", "café")],
)
def test_old_encodings_are_read(name: str, text: str) -> None:
    """State media in the region have not all changed."""
    body = f'<?xml version="1.0" encoding="{name}"?><rss>{text}</rss>'.encode(name)
    assert text in preclean(body).body.decode()
    assert text in preclean(f"<rss>{text}</rss>".encode(name), name).body.decode()


def test_bytes_that_are_utf_8_are_utf_8_whatever_the_labels_say() -> None:
    """A wrong charset header is common; believed, it turns Khmer into Western European letters."""
    assert KHMER in preclean(declared("iso-8859-1", KHMER), "windows-1252").body.decode()


def test_one_broken_byte_costs_one_character() -> None:
    """feedparser would take the whole feed for Western European, and no Khmer term would match again."""
    found = preclean(rss(item(1, KHMER)).replace(b"Police", b"Pol\xffice"))
    assert KHMER in found.body.decode()
    assert found.warning == "1 broken characters"


def test_western_european_without_a_label_is_read_as_such() -> None:
    """The commonest mistake of small sites."""
    assert "café" in preclean("<rss>café</rss>".encode("cp1252")).body.decode()


@pytest.mark.parametrize("name", ["rot13", "zlib_codec", "idna", "punycode", "unicode_escape", "utf-7", "no-such-encoding"])
def test_g4_encodings_that_smuggle_are_never_decoded(name: str) -> None:
    """Python knows codecs that unpack, run wild or raise; a feed may not choose one."""
    found = preclean(declared(name, "+ADw-script+AD4-"))
    assert b"+ADw-script+AD4-" in found.body
    assert found.warning is not None
    with pytest.raises(ParseError):
        preclean(declared(name, "x") + b"\xff")


def test_every_allowed_encoding_exists() -> None:
    """A typing error in the list would silently refuse a language."""
    for name in ("iso-8859-11", "koi8-u", "cp874", "big5hkscs"):
        assert codecs.lookup(name)
        preclean(declared(name) + b"\x80")
