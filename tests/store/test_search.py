"""Finding stories: words of any script, filters on indexed columns, and an old archive filled in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.model import (
    ArticleRole,
    Called,
    Confidence,
    Entry,
    Facts,
    Feed,
    Join,
    Level,
    PeopleRow,
    Qualifier,
    Report,
    Stage,
    Status,
    Verdict,
)  # fmt: skip
from watcher.store import coverage, entries, feeds, listing, open_store, search, select, stories, transaction, verdicts
from watcher.store.schema import migrations
from watcher.store.values import to_facts

TEXTS = {
    "km": ("កម្ពុជានិរទេសជនជាតិជប៉ុន", "អាជ្ញាធរបាននិរទេសជនជាតិជប៉ុន ២៥ នាក់ពីភ្នំពេញ"),
    "th": ("กัมพูชาเนรเทศคนญี่ปุ่น", "ตำรวจส่งตัวคนญี่ปุ่น 25 คนกลับประเทศจากปอยเปต"),
    "lo": ("ກຳປູເຈຍສົ່ງຊາວຍີ່ປຸ່ນກັບ", "ເຈົ້າໜ້າທີ່ສົ່ງຊາວຍີ່ປຸ່ນ 25 ຄົນ"),
    "my": ("ကမ္ဘောဒီးယားက ဂျပန်များကို ပြန်ပို့", "ရဲများက ဂျပန် ၂၅ ဦးကို ပြန်ပို့ခဲ့သည်"),
    "zh": ("柬埔寨遣返二十五名日本人", "柬埔寨警方在西港遣返電信詐騙嫌犯"),
    "ja": ("カンボジアから日本人25人を送還", "プノンペンのＫＫ園区で拘束された"),
    "ko": ("캄보디아에서 일본인 25명 추방", "경찰은 프놈펜에서 체포했다"),
    "vi": ("Campuchia trục xuất 25 người Nhật", "Cảnh sát đưa họ ra sân bay Phnôm Pênh"),
    "hi": ("कंबोडिया ने 25 जापानी नागरिकों को निर्वासित किया", "पुलिस ने उन्हें नोम पेन्ह में पकड़ा"),
    "fr": ("Le Cambodge expulse 25 Japonais", "Ils ont été arrêtés à l'hôtel d'un complexe près de Poipet"),
    "en": ("Cambodia deports 25 Japanese over phone scam", "The suspects were held in a KK-Park compound; the phone was not theirs"),
}


def facts(headline: str = "25 Japanese deported", **more: object) -> Facts:
    row = PeopleRow(Stage.DEPORTED, Status.DONE, ("JP",), 25, 25, Qualifier.EXACT, date(2023, 11, 8))
    fields: dict[str, object] = {
        "headline": headline, "stage": Stage.DEPORTED, "date": date(2023, 11, 8), "origin": "KH", "to": (), "places": ("Phnom Penh",),
        "called": Called.NOT_SAID, "people": (row,), "total": 25, "total_max": 25, "confidence": Confidence.ONE_SOURCE, "sources": ("AP",),
        **more,
    }  # fmt: skip
    return Facts(**fields)  # type: ignore[arg-type]


def put(database: Database, feed: Feed, now: datetime, name: str, *texts: tuple[str, str], into: int = 0, role: ArticleRole = ArticleRole.REPORT, said: Facts | None = None, source: str = "Outlet") -> int:  # fmt: skip
    """Store a story with these texts, or put them into one."""
    said = said or facts()
    with transaction(database):
        rules = verdicts.rule_set(database, "rules", "", now)
        story = into or stories.create(database, said, first_seen=now, now=now)
        for number, (title, text) in enumerate(texts):
            url = f"https://a.test/{name}/{number}"
            one = entries.Judged(Entry(f"{name}{number}", url, url, title, text, source=source, published=now), Verdict(Level.MATCH))
            (saved,) = entries.save(database, feed.id, [one], {}, now=now, live=True)
            verdicts.save(database, [saved], rules, now)
            report = Report(saved.article, saved.revision, url, url, title, text, source, None, now, now, ())
            stories.put_article(database, story, report, Join(story, role, "a test"), now)
        stories.set_facts(database, story, said, [f"key:{story}"], said.date or now.date(), now)
    return story


def found(database: Database, typed: str = "", **wanted: object) -> list[int]:
    return listing.find(database, listing.Wanted(phrases=search.phrases(typed), **wanted))  # type: ignore[arg-type]


@pytest.fixture
def in_many_scripts(database: Database, feed: Feed, now: datetime) -> dict[str, int]:
    return {code: put(database, feed, now, code, text, said=facts("")) for code, text in TEXTS.items()}


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("日本", "zh ja"),  # two characters are a word in Chinese
        ("遣返", "zh"),
        ("诈骗", "zh"),  # typed in the other way of writing Chinese
        ("詐騙", "zh"),
        ("人本日", ""),  # the same characters in another order are another word
        ("ជប៉ុន", "km"),
        ("ភ្នំពេញ", "km"),
        ("25", "km th lo my ja ko vi hi fr en"),  # digits of all scripts
        ("ญี่ปุ่น", "th"),
        ("ยี่ปุ่น", ""),
        ("ຍີ່ປຸ່ນ", "lo"),
        ("ဂျပန်", "my"),
        ("プノンペン", "ja"),
        ("ﾌﾟﾉﾝﾍﾟﾝ", "ja"),  # narrow letters
        ("KK园区", "ja"),
        ("일본인", "ko"),
        ("캄보디아", "ko"),  # a particle sticks to it
        ("TRỤC XUẤT", "vi"),
        ("जापानी", "hi"),
        ("जापान", ""),  # half a word of a script with spaces
        ("HÔTEL", "fr"),
        ("hotel", ""),  # accents tell words apart
        ("ｃａｍｂｏｄｉａ", "en"),
        ("kk-park", "en"),
        ("phone scam", "en"),
        ('"phone scam"', "en"),
        ('"scam phone"', ""),
        ("scam phone", "en"),
        ("“phone scam”", "en"),
        ("suspect*", "en"),
        ("suspect", ""),
        ("Cambodia เนรเทศ", ""),
        ("outlet", "km th lo my zh ja ko vi hi fr en"),
        ('scam "', "en"),
        ("scam AND OR NOT ( * ^", ""),  # words to us, and nothing that a full text engine would obey
        ("phone' OR 1=1 --", ""),
    ],
)
def test_words_are_found_in_any_script(database: Database, in_many_scripts: dict[str, int], typed: str, codes: str):
    """Who looks for a name in Khmer or Chinese must find it as surely as in English."""
    assert sorted(found(database, typed)) == sorted(in_many_scripts[code] for code in codes.split())


def test_what_holds_no_word_asks_for_nothing():
    """The door refuses it; here it must not become a broken query."""
    assert [search.phrases(typed) for typed in ("", "  ", '""', "!? …", "*")] == [()] * 5


def test_all_words_must_be_there_but_not_in_one_text(database: Database, feed: Feed, now: datetime):
    """A story is one over outlets and languages: one says the name, the other the place, the headline who."""
    story = put(
        database, feed, now, "one", TEXTS["km"], TEXTS["zh"], said=facts("25 Japanese deported", sources=("Mainichi",), places=("Bavet",))
    )
    put(database, feed, now, "other", TEXTS["zh"], said=facts("9 Thai arrested"))
    for typed in ("ជប៉ុន 遣返", "japanese 遣返", "bavet 柬埔寨 ភ្នំពេញ", "mainichi 日本"):
        assert found(database, typed) == [story], typed
    assert found(database, "thai ភ្នំពេញ") == []


@pytest.mark.parametrize("typed", ["日本", "25", '"phone scam"', "outlet", "nowhere", "suspect*"])
def test_a_common_word_finds_the_same(database: Database, in_many_scripts: dict[str, int], typed: str):
    """Words in very many texts are asked in another way; the answer must not depend on how many there are."""
    (phrase,) = search.phrases(typed)
    ways = [search.condition(database, phrase, common=common) for common in (-1, search.COMMON)]
    answers = [[row["id"] for row in select(database, f"SELECT id FROM stories WHERE {way.sql} ORDER BY id", way.values)] for way in ways]
    assert answers[0] == answers[1] == sorted(found(database, typed))


def test_a_headline_that_changed_is_found_by_its_new_words_only(database: Database, feed: Feed, now: datetime):
    """After a correction the wrong number must not lead here for ever."""
    story = put(database, feed, now, "a", said=facts("60 Chinese deported"))
    put(database, feed, now, "a", into=story, said=facts("61 Chinese deported"))
    assert (found(database, "60"), found(database, "61")) == ([], [story])


def test_a_newer_text_of_an_article_takes_the_place_of_the_older(database: Database, feed: Feed, now: datetime):
    """The text that counts is the one a story shows."""
    story = put(database, feed, now, "a", ("Old title", "alpha"))
    with transaction(database):
        one = entries.Judged(
            Entry("a0", "https://a.test/a/0", "https://a.test/a/0", "New title", "beta", source="O", published=now), Verdict(Level.MATCH)
        )
        (saved,) = entries.save(database, feed.id, [one], entries.known(database, feed.id, ["a0"]), now=now, live=True)
        report = Report(saved.article, saved.revision, "u", "u", "New title", "beta", "O", None, now, now, ())
        stories.put_article(database, story, report, Join(story, ArticleRole.REPORT, "again"), now)
    assert (found(database, "beta"), found(database, "alpha")) == ([story], [])


def test_an_article_that_only_looks_back_does_not_lead_to_the_older_story(database: Database, feed: Feed, now: datetime):
    """Its words are about other people."""
    story = put(database, feed, now, "a", TEXTS["en"])
    put(database, feed, now, "b", TEXTS["ja"], into=story, role=ArticleRole.BACKGROUND)
    assert (found(database, "カンボジア"), found(database, "phone")) == ([], [story])


def test_a_story_and_its_words_are_stored_together_or_not_at_all(database: Database, feed: Feed, now: datetime):
    """A crash between the two would hide a story from every search."""
    with pytest.raises(ZeroDivisionError), transaction(database):
        story = stories.create(database, facts(), first_seen=now, now=now)
        stories.set_facts(database, story, facts(), [], now.date(), now)
        1 / 0  # noqa: B018
    assert found(database, "japanese") == []
    assert select(database, "SELECT * FROM story_people") == []


def test_filters_ask_the_same_people(database: Database, feed: Feed, now: datetime):
    """Japanese who were deported are not found by Chinese who were, beside Japanese who were only arrested."""
    deported = PeopleRow(Stage.DEPORTED, Status.DONE, ("CN", "TW"), 30, 30, Qualifier.EXACT, None)
    arrested = PeopleRow(Stage.ARRESTED, Status.DONE, ("JP",), 5, 5, Qualifier.EXACT, None)
    both = put(database, feed, now, "a", said=facts(people=(deported, arrested)))
    japanese = put(database, feed, now, "b")
    nobody = put(database, feed, now, "c", said=facts(people=(PeopleRow(Stage.RAID, Status.DONE, None, None, None, Qualifier.EXACT),)))
    assert found(database, nationality="JP", stage=Stage.DEPORTED) == [japanese]
    assert found(database, nationality="TW", stage=Stage.DEPORTED) == [both]
    assert sorted(found(database, nationality="JP")) == [both, japanese]
    assert found(database, stage=Stage.RAID) == [nobody]
    assert found(database, stage=Stage.SENTENCED) == []


def test_days_places_confidence_and_number(database: Database, feed: Feed, now: datetime):
    """Each filter of the list, and the newest first."""
    ids = [
        put(database, feed, now, f"{number}", said=facts(date=date(2023, 11, number), places=(place,), confidence=confidence))
        for number, place, confidence in (
            (6, "Preah Sihanouk", Confidence.ONE_SOURCE),
            (7, "Sihanoukville", Confidence.CHECKED),
            (8, "Poipet", Confidence.STATE_ONLY),
        )
    ]
    assert found(database) == ids[::-1]
    assert found(database, limit=2) == ids[:0:-1]
    assert found(database, since=date(2023, 11, 7)) == ids[:0:-1]
    assert found(database, until=date(2023, 11, 6)) == ids[:1]
    assert found(database, place="SIHANOUK") == ids[1::-1]
    assert found(database, place="100%") == []
    assert found(database, confidence=Confidence.STATE_ONLY) == ids[2:]
    assert (found(database, checked=True), found(database, checked=False)) == ([ids[1]], [ids[2], ids[0]])
    assert found(database, "poipet", until=date(2023, 11, 7)) == []


@pytest.mark.parametrize("wanted", [{"nationality": "JP"}, {"stage": Stage.RAID}, {"since": date(2023, 1, 1)}, {"typed": "日本"}, {}])
def test_no_list_scans_all_stories(database: Database, wanted: dict[str, object]):
    """A hundred thousand stories are ten years of them, and a person waits."""
    statements: list[str] = []
    database.conn.set_trace_callback(statements.append)
    found(database, **wanted)  # type: ignore[arg-type]
    database.conn.set_trace_callback(None)
    (asked,) = (one for one in statements if "ORDER BY day DESC" in one)
    plan = " ".join(row["detail"] for row in select(database, f"EXPLAIN QUERY PLAN {asked}"))
    assert "SCAN stories" not in plan
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_an_old_archive_is_filled_in_and_ends_as_a_new_one(tmp_path: Path, now: datetime):
    """After an upgrade every story of before is found like a new one."""
    old, new = Database(tmp_path / "old.db"), Database(tmp_path / "new.db")
    migrations.apply(old, stop_before="m005_search")
    at = "2023-11-08T00:00:00.000Z"
    said = to_facts(facts("19 Thai deported"))
    old.conn.executescript(
        f"""
        INSERT INTO feeds (id, url, title, kind, created) VALUES (1, 'http://a.test/', 'A', 'feed', '{at}');
        INSERT INTO articles (id, url_hash, canonical_url, first_seen) VALUES (1, 1, 'u', '{at}');
        INSERT INTO revisions (id, article, hash, feed, url, title, text, source, text_from, read_at)
            VALUES (1, 1, 1, 1, 'u', '日本人送還', NULL, 'NHK', 'feed', '{at}');
        INSERT INTO stories (id, facts, headline, day, confidence, first_seen, updated)
            VALUES (1, '{said}', '19 Thai deported', '2023-11-08', 'one_source', '{at}', '{at}');
        INSERT INTO story_articles (story, article, revision, role, reason, at) VALUES (1, 1, 1, 'report', 'first', '{at}');
        """
    )
    migrations.apply(old)
    migrations.apply(new)
    assert old.schema == new.schema
    for typed in ("送還", "nhk", "thai"):
        assert found(old, typed) == [1], typed
    assert found(old, nationality="JP", place="phnom penh") == [1]


def test_which_feeds_were_read_in_a_month_outlives_the_rows_of_polls(database: Database, feed: Feed, now: datetime):
    """The ledger of ten years ago must not say one day that nothing was read."""
    from watcher.model import Fetched

    with transaction(database):
        feeds.polled(database, feed, Fetched(feed.id, now, "changed", next_poll=now), new=0, overlap=None)
        failed = now - timedelta(days=40)
        feeds.polled(database, feed, Fetched(feed.id, failed, "failed", problem="403", next_poll=now), new=0, overlap=None)
    before = coverage.coverage(database, now)
    assert {month: sorted(read.outlets) for month, read in before.months.items()} == {"2023-11": ["feed"]}
    later = now + feeds.KEEP_POLLS + timedelta(days=1)
    with transaction(database):
        assert feeds.forget_old_polls(database, later) == 2
    assert coverage.coverage(database, later).months == before.months
    assert coverage.coverage(database, later).lately.outlets == frozenset()


def test_a_search_is_no_outlet_but_what_it_finds_is(database: Database, now: datetime):
    """A search engine is not a newspaper that was read; its language was."""
    from watcher.model import FeedKind, Fetched

    wanted = feeds.Configured(url="http://search.test/", title="Search engine", kind=FeedKind.SEARCH, language="km-KH")
    with transaction(database):
        feeds.configure(database, [wanted], now)
        (engine,) = feeds.due(database, now)
        feeds.polled(database, engine, Fetched(engine.id, now, "changed", next_poll=now), new=0, overlap=None)
    put(database, engine, now, "a", TEXTS["th"], source=" Thai  RATH ")
    lately = coverage.coverage(database, now).lately
    assert (sorted(lately.outlets), sorted(lately.languages)) == (["thai rath"], ["km"])


def test_the_database_opens_twice_with_its_index(path: Path, database: Database, feed: Feed, now: datetime):
    """The full text is in the file, and a reader finds in it."""
    story = put(database, feed, now, "a", TEXTS["zh"])
    database.conn.close()
    assert found(open_store(path), "西港") == [story]
