"""Feeds made to break readers, and thousands of real and odd ones: nothing gets out, and good entries stay.

What takes ten seconds of CPU by its nature runs with WATCHER_FULL=1 only.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from collect_feeds import item, rss

from watcher.collect import Parsers
from watcher.collect.jobs import FeedJob
from watcher.errors import ParseError

FULL = os.environ.get("WATCHER_FULL") == "1"
ENDINGS = {".xml", ".rss", ".atom", ".rdf", ".json", ".feed"}
SLOW = {"manyattrs", "deep", "deep_unclosed"}  # of the generators: seconds of CPU each, so with WATCHER_FULL only
GOOD = 30

# One item each that costs a feed reader the whole feed, or minutes.
POISONS = {
    "surrogate": item(0, "a&#xD800;b &#x0; &#55357;"),
    "control characters": item(0, "a\x00\x01\x0bb\x1b"),
    "author with dots": item(0, extra="<author>" + "a@a." * 8_000 + "!</author>"),
    "author without at": item(0, extra="<author>" + "a" * 20_000 + "</author>"),
    "author beside markup": item(0, extra="<author>" + "a@a." * 8_000 + "!<b/></author>"),
    "deep elements": item(0, extra="<a>" * 5_000 + "z" + "</a>" * 5_000),
    "deep html": item(0, text="&lt;div&gt;" * 50_000),
    "deep html in cdata": item(0, text="<![CDATA[" + "<div>" * 20_000 + "]]>"),
    "brackets": item(0, text="<![CDATA[" + "<" * 100_000 + "]]>"),
    "open quotes": item(0, text="<![CDATA[" + '<a href="' * 20_000 + "]]>"),
    "huge attribute": item(0).replace("<item>", '<item x="' + "A" * 1_000_000 + '">'),
    "huge title": item(0, "T" * 1_000_000),
    "item in item": item(0, extra=item(99)),
    "unknown entity": item(0, "a &nosuch; b & c"),
    "date of year 10000": item(0).replace("Wed, 08 Nov 2023", "Wed, 08 Nov 10000"),
    "date of digits": item(0).replace("Wed, 08 Nov 2023 10:00:00 +0700", "1" * 100_000),
    "element not closed": item(0, extra="<b><i>"),
    "namespace not declared": item(0, extra="<nosuch:thing>x</nosuch:thing>"),
    "attribute without quotes": item(0, extra="<x a=b>y</x>"),
}


def beside_good_ones(poison: bytes) -> bytes:
    """Put a poisoned item in the middle of good ones."""
    around = rss(*(item(number) for number in range(1, 16)), "POISON", *(item(number) for number in range(16, GOOD + 1)))
    return around.replace(b"POISON", poison)


def good_keys(found: object) -> set[str]:
    return {entry.key for entry in found.entries} & {f"id-{number}" for number in range(1, GOOD + 1)}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", POISONS)
async def test_dos_3_one_poisoned_item_costs_only_itself(name: str, parsers: Parsers, job: FeedJob) -> None:
    """Whoever can put one item into a feed must not be able to silence it."""
    started = time.monotonic()
    found = await parsers.parse(beside_good_ones(POISONS[name].encode()), job)
    assert len(good_keys(found)) == GOOD
    assert time.monotonic() - started < 15


async def test_bytes_of_another_encoding_cost_one_item(parsers: Parsers, job: FeedJob) -> None:
    """A story pasted in from elsewhere."""
    found = await parsers.parse(beside_good_ones(item(0, "caf\xe9 \x93q\x94").encode("cp1252", "ignore")), job)
    assert len(good_keys(found)) == GOOD


@pytest.mark.skipif(not FULL, reason="10 s of CPU; set WATCHER_FULL=1")
async def test_attributes_without_number_cost_ten_seconds_and_no_good_item(parsers: Parsers, job: FeedJob) -> None:
    """feedparser needs minutes for them; the child is killed and the second reader takes over."""
    poison = item(0).replace("<item>", "<item " + " ".join(f'a{number}="1"' for number in range(100_000)) + ">")
    started = time.monotonic()
    found = await parsers.parse(beside_good_ones(poison.encode()), job)
    assert len(good_keys(found)) == GOOD
    assert time.monotonic() - started < 15


def corpus(folder: Path) -> Iterator[Path]:
    """Every file of the corpora that is or claims to be a feed."""
    for source in ("feedparser", "gofeed", "miniflux", "lemon24-reader", "defusedxml"):
        yield from sorted(path for path in (folder / "corpora" / source).rglob("*") if path.is_file() and path.suffix in ENDINGS)


@pytest.mark.shared
async def test_no_feed_of_the_corpora_gets_out_of_hand(shared_folder: Path, parsers: Parsers, job: FeedJob) -> None:
    """Thousands of feeds nobody here wrote: each is read or refused with a reason, in 5 s and 512 MB."""
    read = refused = 0
    for path in corpus(shared_folder):
        started = time.monotonic()
        try:
            await parsers.parse(path.read_bytes(), job)
            read += 1
        except ParseError as error:
            refused += 1
            assert "nonsense" not in str(error), path
            assert "too long" not in str(error), path
            assert "cannot be read (" not in str(error), path
        assert time.monotonic() - started < 5, path
    assert read > 5 * refused
    assert read + refused > 2_500


@pytest.mark.shared
async def test_g6_the_second_reader_is_as_safe(shared_folder: Path, parsers: Parsers, job: FeedJob) -> None:
    """It sees what the first one died of."""
    for path in corpus(shared_folder):
        try:
            await parsers.parse(path.read_bytes(), replace(job, second=True))
        except ParseError as error:
            assert "cannot be read" not in str(error), path


def generators(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("hostile_generators", folder / "corpora" / "hostile" / "gen.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.shared
async def test_dos_2_every_hostile_generator_is_contained(shared_folder: Path, parsers: Parsers, job: FeedJob) -> None:
    """Each once took minutes, gigabytes or the whole process."""
    made = generators(shared_folder)
    names = [name for name in made.CASES if FULL or name not in SLOW]
    assert len(names) >= 45
    for name in names:
        body = getattr(made, name)()
        started = time.monotonic()
        try:
            found = await parsers.parse(body, job)
            assert not any("root:" in entry.title + entry.text for entry in found.entries), name
        except ParseError:
            pass
        assert time.monotonic() - started < 15, name
    assert len((await parsers.parse(made.normal(), job)).entries) == 50
