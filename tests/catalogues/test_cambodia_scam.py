"""The shipped catalogue: whole, believable, and complete against the research it was made from."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from watcher.config import Catalogue, load, load_catalogue
from watcher.config.catalogue import read_catalogue
from watcher.errors import ConfigError
from watcher.model import FeedKind

SEVERAL_LANGUAGES = {"AKP", "Cambodia: Ministry of Foreign Affairs (MFAIC)", "EMM NewsBrief search"}
NEWS_SEARCH = "news.google.com"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue("cambodia-scam")


def addresses(catalogue: Catalogue) -> set[str]:
    return {url for feed in catalogue.feeds for url in (feed.url, *feed.fallbacks)}


def test_every_feed_says_its_language_and_why_it_is_believed(catalogue: Catalogue) -> None:
    """A digest accounts by language for what was read; the evidence tells an operator what to expect."""
    assert {feed.title for feed in catalogue.feeds if feed.language is None} == SEVERAL_LANGUAGES
    assert all(feed.evidence for feed in catalogue.feeds)


def test_what_nobody_saw_answer_is_auto_and_what_is_on_was_seen(catalogue: Catalogue) -> None:
    """An address that was only guessed must be tried before it counts as a source."""
    for feed in catalogue.feeds:
        seen = "answered" in feed.evidence and "never" not in feed.evidence
        assert (feed.enabled == "yes") <= seen, feed.title
        assert ("guess" not in feed.evidence and "never probed" not in feed.evidence) or feed.enabled != "yes", feed.title


def test_every_feed_has_a_news_search_to_fall_back_on_last(catalogue: Catalogue) -> None:
    """One feed in ten stops within half a year; its outlet must not fall silent with it."""
    for feed in catalogue.feeds:
        if feed.kind is FeedKind.FEED and feed.enabled != "no":
            assert urlsplit(feed.fallbacks[-1]).hostname == NEWS_SEARCH, feed.title


def test_news_searches_ask_for_one_outlet_or_words_of_the_last_two_days_in_one_edition(catalogue: Catalogue) -> None:
    """A search without a day brings last year's stories back; without an edition it answers in any language."""
    for url in (url for url in addresses(catalogue) if urlsplit(url).hostname == NEWS_SEARCH):
        asked = parse_qs(urlsplit(url).query)
        assert asked["q"][0].endswith(" when:2d"), url
        assert {"hl", "gl", "ceid"} <= asked.keys(), url


def test_state_media_and_governments_are_marked(catalogue: Catalogue) -> None:
    """They are read, and never the only confirmation of a story."""
    marked = {feed.title: (feed.state_media, feed.official) for feed in catalogue.feeds}
    for title in ("AKP", "Fresh News Asia", "Xinhua English", "China Daily", "Xinhua in Chinese, via Google News", "CCTV, via Google News"):
        assert marked[title] == (True, False), title
    for title in (
        "Cambodia: Ministry of Foreign Affairs (MFAIC)",
        "US State Department, press",
        "China: Ministry of Public Security, via Google News",
    ):
        assert marked[title] == (False, True), title
    assert marked["Khmer Times"] == (False, False)


def test_the_must_read_languages_have_feeds(catalogue: Catalogue) -> None:
    """Khmer, Chinese, Korean and Thai are what the shipped rules file calls must-read."""
    languages = {(feed.language or "").partition("-")[0] for feed in catalogue.feeds}
    assert {"en", "km", "zh", "ko", "th", "ja", "vi", "id"} <= languages


def test_an_unknown_catalogue_is_named_with_the_nearest() -> None:
    """A typing mistake must not mean that nothing is read."""
    with pytest.raises(ConfigError, match="did you mean 'cambodia-scam'"):
        load_catalogue("cambodia_scam")


def test_a_feed_that_stands_twice_in_a_catalogue_is_a_mistake() -> None:
    """Two rows of one feed would count as two sources."""
    row = '[[feeds]]\nurl = "https://a.test/"\ntitle = "{}"\nlanguage = "en"\nevidence = "x"\n'
    with pytest.raises(ExceptionGroup) as caught:
        read_catalogue('[catalogue]\ntitle = "t"\n' + row.format("A") + row.format("B"), "mine")
    assert str(caught.value.exceptions[0]) == "mine.toml:8: 'https://a.test/' stands in this catalogue twice; remove one"


def test_an_own_table_changes_a_shipped_feed_and_is_not_a_second_one(catalogue: Catalogue) -> None:
    """Upgrades repair the catalogue; what an operator decided about a feed must outlive them."""
    text = """
[watcher]
time_zone = "UTC"
catalogues = ["cambodia-scam"]
[[feeds]]
title = "Thai Enquirer"
enabled = false
[[feeds]]
url = "https://www.rappler.com/feed/"
key = true
[[feeds]]
title = "Kiripost"
url = "https://kiripost.com/rss"
[[rules]]
name = "r"
match = "x"
"""
    feeds = load(text, environment={}).feeds
    assert len(feeds) == len(catalogue.feeds)
    enquirer, rappler, kiripost = feeds[:3]
    assert (enquirer.enabled, enquirer.url) == ("no", "https://www.thaienquirer.com/feed/")
    assert (rappler.title, rappler.key, rappler.enabled) == ("Rappler", True, "yes")
    assert (kiripost.url, kiripost.was, kiripost.language) == ("https://kiripost.com/rss", "https://kiripost.com/feed", "en")


def test_what_no_program_can_read_is_said_unless_the_operator_says_it_himself() -> None:
    """A reader must know of the police pages on Facebook that nobody polls."""
    text = '[watcher]\ntime_zone = "UTC"\ncatalogues = ["cambodia-scam"]\n{}[[rules]]\nname = "r"\nmatch = "x"\n'
    assert any("Facebook" in line for line in load(text.format(""), environment={}).settings.not_covered)
    assert load(text.format('not_covered = ["Radio"]\n'), environment={}).settings.not_covered == ("Radio",)


# ---- against the research


def table_rows(research: str) -> list[tuple[str, str]]:
    """(outlets, addresses) of every row of the tables of the research file."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in research.splitlines() if line.startswith("|")]
    return [(row[0], row[2]) for row in rows if row[0] not in ("Outlet", "Source") and not row[0].startswith("---")]


@pytest.mark.shared
def test_no_address_of_the_research_is_left_out(catalogue: Catalogue, shared_folder: Path) -> None:
    """Each was found by hand; a news search may be narrower than the one noted, but is of the same site."""
    rows = table_rows((shared_folder / "facts" / "feeds.md").read_text("utf-8"))
    assert len(rows) > 90
    ours = addresses(catalogue)
    missing = []
    for outlet, cell in rows:
        noted = [url for url in re.findall(r"`(https?://[^`]+)`", cell) if "..." not in url]
        for url in noted:
            site = re.search(r"q=(site:[\w.]+)", url)
            if url not in ours and not (site and any(site[1] in each for each in ours)):
                missing.append((outlet, url))
    assert missing == []


@pytest.mark.shared
def test_every_row_of_the_research_is_a_feed_a_search_or_named_as_never_read(catalogue: Catalogue, shared_folder: Path) -> None:
    """Rows without an address are outlets too: a search, or a line that says they are not read."""
    rows = table_rows((shared_folder / "facts" / "feeds.md").read_text("utf-8"))
    ours = " ".join(
        [feed.title + " " + " ".join((feed.url, *feed.fallbacks)) for feed in catalogue.feeds] + list(catalogue.never_read)
    ).casefold()
    general = set(
        re.findall(r"\w+", "news english world intl society politics japanese chinese immigration interior ministry state office")
    )
    missing = []
    for outlet, _ in rows:
        for part in re.split(r"[;,/]|\(.*?\)| via ", outlet):
            words = [word for word in re.findall(r"[a-z&]{3,}", part.casefold()) if word not in general]
            if words and not any(word in ours for word in words):
                missing.append((outlet, part))
    assert missing == []


@pytest.mark.shared
def test_every_search_of_the_research_is_there(catalogue: Catalogue, shared_folder: Path) -> None:
    """One search a language, and that of EMM; the wording is that of the draft."""
    research = (shared_folder / "facts" / "feeds.md").read_text("utf-8")
    drafts = re.findall(r"^   - [\w-]+ `([^`]+)`", research, re.MULTILINE)
    assert len(drafts) == 9
    asked = {parse_qs(urlsplit(feed.url).query).get("q", [""])[0].removesuffix(" when:2d") for feed in catalogue.feeds}
    assert set(drafts) <= asked
    assert any("emm.newsbrief.eu/rss/rss?" in feed.url for feed in catalogue.feeds)
