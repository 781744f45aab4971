"""The sample newsroom answers as real outlets do, and changes between its two polls."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import feedparser
import httpx
import pytest

from watcher import languages
from watcher.config import load
from watcher.demo.rules import write_rules
from watcher.demo.sample import load_sample, print_date
from watcher.demo.server import Newsroom
from watcher.fold import folded
from watcher.model import Language

LANGUAGES = {"en", "km", "zh", "ja", "ko", "th", "vi", "id"}


@pytest.fixture
def newsroom(now: datetime) -> Iterator[Newsroom]:
    """A running newsroom, in its first state."""
    with Newsroom(now) as running:
        yield running


def _parsed(newsroom: Newsroom, name: str) -> feedparser.FeedParserDict:
    outlet = next(outlet for outlet in newsroom.sample.outlets if outlet.name == name)
    body = httpx.get(newsroom.feed_url(outlet), follow_redirects=True).content
    return feedparser.parse(body)


def test_the_sample_has_about_25_entries_in_eight_languages(now):
    """A reader of the demo sees that the service is not about English news alone."""
    sample = load_sample(now)
    languages = {outlet.name: outlet.language for outlet in sample.outlets}
    assert 25 <= len(sample.items) <= 32
    assert {languages[item.outlet] for item in sample.items} == LANGUAGES
    assert {item.outlet for item in sample.items} | {"harbour-times", "phka-chhouk"} == set(languages)


def test_every_feed_that_answers_is_read_without_complaint_and_gains_items(newsroom):
    """A malformed sample would look like a fault of the service; a still one would show nothing new."""
    for outlet in newsroom.sample.outlets:
        if outlet.answer in ("forbidden", "page"):
            continue
        newsroom.poll_number = 1
        first = _parsed(newsroom, outlet.name)
        newsroom.poll_number = 2
        second = _parsed(newsroom, outlet.name)
        assert not first.bozo and not second.bozo, outlet.name
        assert first.version and first.entries, outlet.name
        assert {entry.id for entry in first.entries} <= {entry.id for entry in second.entries}
        assert len(second.entries) > len(first.entries), outlet.name


def test_entries_of_the_first_poll_are_older_than_a_day(now):
    """The demo polls first "yesterday": an entry from the future of that poll would give the play away."""
    for item in load_sample(now).items:
        age = now - item.published
        assert age > timedelta(hours=25) if item.poll == 1 else timedelta(hours=1) < age < timedelta(hours=24), item.key


def test_an_unchanged_feed_costs_no_body(newsroom):
    """Both kinds of validators are there, so the 304s that the demo counts are real."""
    for name in ("mekong-wire", "coast-courier"):
        url = f"{newsroom.base}/{name}/feed.xml"
        first = httpx.get(url)
        validators = (
            {"If-None-Match": first.headers["ETag"]} if "ETag" in first.headers else {"If-Modified-Since": first.headers["Last-Modified"]}
        )
        again = httpx.get(url, headers=validators)
        assert (again.status_code, again.content) == (304, b"")
        newsroom.poll_number = 2
        assert httpx.get(url, headers=validators).status_code == 200
        newsroom.poll_number = 1
    assert [asked.status for asked in newsroom.asked] == [200, 304, 200] * 2


def test_an_outlet_answers_under_its_own_name_too(now):
    """Links in the demo's mail show the outlet, and not an address of this machine."""
    with Newsroom(now, poll_number=2, named=True) as running:
        outlet = next(outlet for outlet in running.sample.outlets if outlet.name == "ben-song")
        address = httpx.URL(running.feed_url(outlet))
        assert (address.host, address.path) == ("ben-song.example", "/feed.xml")
        item = next(item for item in running.sample.items if item.outlet == "ben-song" and item.page)
        for asked in (address, httpx.URL(running.link(item)), address.copy_with(path="/robots.txt")):
            answer = httpx.get(asked.copy_with(host="127.0.0.1"), headers={"Host": "ben-song.example"})
            assert answer.status_code == 200, asked
        assert running.link(item) in httpx.get(f"{running.base}/ben-song/feed.xml").text


def test_gzip_comes_only_to_those_who_ask(newsroom):
    """A reader that asks for no encoding must get plain bytes."""
    url = f"{newsroom.base}/tonle-thmey/feed.xml"
    with httpx.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as answer:
        zipped = b"".join(answer.iter_raw())
    plain = httpx.get(url, headers={"Accept-Encoding": "identity"}).content
    assert gzip.decompress(zipped) == plain


def test_the_bad_feeds_answer_403_a_web_page_and_301(newsroom):
    """The digest's account of what was not read needs something that cannot be read."""
    forbidden, page, moved = (httpx.get(f"{newsroom.base}/{name}/feed.xml") for name in ("phka-chhouk", "harbour-times", "warta-pesisir"))
    assert forbidden.status_code == 403
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{newsroom.base}/warta-pesisir/new/feed.xml")


def test_the_lead_is_decided_by_its_article_and_another_is_closed(newsroom):
    """The snippet names no scam, the article does; the second lead answers 403 and stays a possible story."""
    newsroom.poll_number = 2
    items = {item.key: item for item in newsroom.sample.items}
    lead, closed = items["ben-song/trao-tra-moc-bai"], items["sai-nam-news/thais-handed-over"]
    article = httpx.get(newsroom.link(lead)).text
    assert "lừa đảo" in article and "lừa đảo" not in lead.title + lead.text
    assert "39 công dân" in article
    assert httpx.get(newsroom.link(closed)).status_code == 403


def test_an_article_is_not_there_before_its_time(newsroom):
    """Nothing of the second poll may be seen during the first."""
    lead = next(item for item in newsroom.sample.items if item.slug == "trao-tra-moc-bai")
    assert httpx.get(newsroom.link(lead)).status_code == 404


def test_a_search_prints_the_outlet_and_leads_by_a_redirect_where_it_can(newsroom):
    """One search entry resolves to the outlet's own address, the other needs a browser, as with real news searches."""
    newsroom.poll_number = 2
    entries = {entry.id: entry for entry in _parsed(newsroom, "news-search").entries}
    resolved, opaque = entries["s-a0d4e2"], entries["s-93be07"]
    assert resolved.title.endswith(" - Riverside Post") and resolved.source.title == "Riverside Post"
    outlets_own = _parsed(newsroom, "riverside-post").entries
    assert httpx.get(resolved.link).headers["Location"] in {entry.link for entry in outlets_own}
    assert httpx.get(opaque.link).headers["Content-Type"].startswith("text/html")


def test_the_twins_share_an_address_but_for_scheme_and_tracker(newsroom):
    """One article, two ids: a reader must be told once."""
    newsroom.poll_number = 2
    links = [entry.link for entry in _parsed(newsroom, "coast-courier").entries if "110-chinese" in entry.link]
    assert len(links) == 2 and len(set(links)) == 2
    assert len({re.sub(r"^https?:|\?.*$", "", link) for link in links}) == 1


def test_texts_have_no_open_places_and_dates_are_those_of_the_demo(now):
    """A `{date}` left in a text, or a fixed day, would look broken a week from now."""
    later = now + timedelta(days=5)
    for item in load_sample(later).items:
        assert "{" not in item.title + item.text + item.page, item.key
    lead = next(item for item in load_sample(now).items if item.slug == "cambodia-112")
    assert lead.text.startswith("11月8日")
    assert next(item for item in load_sample(later).items if item.slug == "cambodia-112").text.startswith("11月13日")


@pytest.mark.parametrize(
    ("language", "printed"),
    [("en", "8 November"), ("km", "នៅថ្ងៃទី៨ ខែវិច្ឆិកា"), ("th", "วันที่ 8 พฤศจิกายน"), ("vi", "8/11"), ("id", "8 November"), ("ko", "8일")],
)
def test_dates_are_printed_as_the_language_prints_them(language, printed):
    """A Thai text with an English month would not be a Thai text."""
    assert print_date(datetime(2023, 11, 8, tzinfo=UTC).date(), language) == printed


def _said(text: str, language: Language) -> set[str]:
    """Which of the demo's concepts a text holds a word of; substring search is enough for texts of our own."""
    folded_text = folded(text)
    terms = {name: [folded(term.rstrip("*")) for term in language.concepts[name]] for name in ("cambodia", "scam", "deported", "arrested")}
    return {name for name, words in terms.items() if any(word in folded_text for word in words)}


def test_stories_hold_the_words_of_their_language_and_noise_does_not(now):
    """If a language's word list loses a word, the demo would quietly show fewer stories."""
    sample = load_sample(now)
    shipped = {language.code: language for language in languages.load()}
    of = {outlet.name: shipped[outlet.language] for outlet in sample.outlets}
    written = [item for item in sample.items if item.found is None]
    said = {item.key: _said(f"{item.title}\n{item.text}", of[item.outlet]) for item in written}
    deported = {key for key, found in said.items() if {"cambodia", "scam", "deported"} <= found}
    arrested = {key for key, found in said.items() if {"cambodia", "scam", "arrested"} <= found} - deported
    leads = {key for key, found in said.items() if "cambodia" in found and {"scam", "deported"} & found} - deported - arrested
    assert deported == {
        "warta-pesisir/34-wni-dideportasi", "mekong-wire/japanese-deported", "riverside-post/27-japanese-deported",
        "minato-tsushin/cambodia-27", "mekong-wire/koreans-deported", "hangaram-daily/cambodia-48", "coast-courier/110-chinese-deported",
        "shiqiao-news/cambodia-112", "tonle-thmey/chinese-expelled",
    }  # fmt: skip
    assert arrested == {"mekong-wire/koreans-arrested-poipet", "hangaram-daily/poipet-68", "tonle-thmey/poipet-68"}
    assert leads == {
        "ben-song/trao-tra-moc-bai", "sai-nam-news/thais-handed-over",
        "sai-nam-news/workers-sent-back", "riverside-post/deported-to-cambodia",
    }  # fmt: skip


def test_every_lead_leads_to_this_machine(newsroom):
    """The demo must work without a network: the articles that are asked for are served by the newsroom itself."""
    for item in newsroom.sample.items:
        if item.page:
            assert newsroom.link(item).startswith("http://127.0.0.1:"), item.key


def test_the_rules_file_of_the_demo_has_no_mistake_and_no_warning(newsroom):
    """People read it as an example; what it says must be in force."""
    text = write_rules(newsroom.sample, newsroom.feed_url, folder='a "quoted" folder', at=time(7, 0))
    environment = {
        "SMTP_URL": "smtp://127.0.0.1:1025",
        "SLACK_URL": "http://127.0.0.1:9/slack",
        "WEBHOOK_URL": "http://127.0.0.1:9/webhook",
        "WEBHOOK_SECRET": "whsec_ZGVtbw==",
    }
    config = load(text, environment=environment)
    assert config.warnings == ()
    assert [feed.title for feed in config.feeds] == [outlet.title for outlet in newsroom.sample.outlets]
    folder = config.channel("files")
    assert folder is not None and folder.folder == 'a "quoted" folder'
