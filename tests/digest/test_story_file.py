"""The printed file of a story: what a figure is defended with when the page is gone."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import html5lib
import pytest
from digest_samples import ZONE, claim, facts, report, row, story

from watcher.digest.render import render_story_file
from watcher.digest.story_file import file_page
from watcher.model import (
    Change,
    ChangeKind,
    Claim,
    Filed,
    FiledCorrection,
    FiledLink,
    FiledSource,
    FiledTelling,
    KeptText,
    LinkKind,
    Report,
    Role,
    Seen,
    Sent,
)

HTML = "{http://www.w3.org/1999/xhtml}"
NOW = datetime(2024, 11, 9, 3, 0, tzinfo=UTC)
READ = datetime(2023, 11, 8, 14, 20, tzinfo=UTC)
TITLE = "Cambodia deports 25 Japanese"
TEXT = "Rain fell.\n\n  Twenty-five Japanese left <b>Phnom Penh</b> & flew home.\tIn April, 19 Japanese did.\nEnd"


def kept(title: str = TITLE, text: str | None = TEXT, **more: object) -> KeptText:
    base = KeptText(1, title, text, "https://ap.example/1?utm_source=rss", None, "feed", "AP world", READ, "en", "00ff" * 4, True)
    return replace(base, **more)


def at(text: str, sentence: str, field: str = "text", **more: object) -> Claim:
    start = text.index(sentence)
    return claim(sentence, "25", count=25, count_max=25, nationality=("JP",), field=field, start=start, end=start + len(sentence), **more)


def filed(text: KeptText | None = None, *claims: Claim, others: tuple[KeptText, ...] = (), **more: object) -> Filed:
    text = text or kept()
    of: Report = report("AP", title=text.title, text=text.text or "", claims=claims, url=text.url, published=READ - timedelta(hours=2))
    source = FiledSource(of, text, others, (Seen("AP world", READ, True),), None, READ)
    return replace(Filed(story(12, facts(row(25, ("JP",))), of), (source,)), **more)


def page(of: Filed) -> str:
    return render_story_file(of, now=NOW, time_zone=ZONE)


def shown(html: str, name: str) -> str:
    """The very characters of a title or text, as a program reads them from the file."""
    (found,) = [one for one in html5lib.parse(html).iter() if one.get("id") == name]
    return "".join(found.itertext())


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "\n\nbegins with empty lines  \n",
        "Windows\r\nlines\rand old ones",
        "hidden\x1b[31m \u202ebackwards\u202c \x00end",
        "ភ្នំ\u200bពេញ ២៥នាក់",
        "日本人25人🙂",
    ],
)
def test_anybody_can_make_the_hash_again_from_the_page(text: str) -> None:
    """The figure is worth what its proof is worth: title and text in the file, and SHA-256, need no program of ours."""
    html = page(filed(kept(text=text), at(TITLE, TITLE, "title")))
    title, body = shown(html, "source-1-title"), shown(html, "source-1-text")
    assert title == TITLE
    assert hashlib.sha256(f"{title}\n{body}".encode()).hexdigest() in html
    if text in (TEXT, "ភ្នំ\u200bពេញ ២៥នាក់", "日本人25人🙂"):
        assert body == text
        assert "left out here" not in html
    if "\x1b" in text:
        assert "4 characters that cannot be seen" in html


def test_sentences_behind_the_figure_are_marked_and_nothing_else() -> None:
    """A ministry's clerk must find the sentence on the page without reading all of it."""
    sentence = "Twenty-five Japanese left <b>Phnom Penh</b> & flew home."
    april = "In April, 19 Japanese did."
    html = page(filed(None, at(TITLE, TITLE, "title"), at(TEXT, sentence), at(TEXT, april, role=Role.BACKGROUND)))
    marks = [("".join(one.itertext()), one.get("data-claims")) for one in html5lib.parse(html).iter(f"{HTML}mark")]
    assert marks == [(TITLE, "1"), (sentence, "2"), (april, "3")]


def test_offsets_that_lie_outside_the_text_mark_by_words_or_not_at_all() -> None:
    """A text that was read again may be shorter than its claims say; the page must still be made."""
    lost = replace(at(TEXT, "Rain fell."), start=900, end=990)
    gone = replace(lost, sentence="Words that stand nowhere.")
    marks = ["".join(one.itertext()) for one in html5lib.parse(page(filed(None, lost, gone))).iter(f"{HTML}mark")]
    assert marks == ["Rain fell."]


def test_hostile_text_stays_text_and_nothing_is_loaded() -> None:
    """The page is opened on a work computer, from a folder, years later: no script, no picture, no address that is called."""
    evil = '<script>alert(1)</script><img src=x onerror=alert(1)><link rel=stylesheet href="https://evil.test/x.css">'
    text = kept(title=evil, text=evil, url='javascript:alert(1)"><script>', final_url="https://evil.test/<script>", feed=evil)
    one = filed(
        text,
        replace(at(evil, evil, "title"), printed=evil, word=evil),
        corrections=(FiledCorrection("c1", "edit", evil, evil, evil, READ),),
    )
    html = page(one)
    tree = html5lib.parse(html)
    names = {str(element.tag).removeprefix(HTML) for element in tree.iter() if isinstance(element.tag, str)}
    assert not names & {"script", "img", "link", "iframe", "object", "embed", "form", "input", "base", "svg"}
    assert not [
        element
        for element in tree.iter()
        if any(str(name).startswith("on") or name in ("src", "srcset", "background") for name in element.attrib)
    ]
    assert [element.get("href") for element in tree.iter(f"{HTML}a")] == []
    policy = next(element.get("content") for element in tree.iter(f"{HTML}meta") if element.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "url(" not in html and "@import" not in html


def test_where_and_when_a_text_was_read_is_said_in_both_clocks() -> None:
    """ "Read when, from where" is the first question of who doubts it."""
    from_page = kept(final_url="https://ap.example/world/1", text_from="page", page_hash="ab" * 32)
    html = page(filed(from_page))
    words = re.sub(r"\s+", " ", "".join(html5lib.parse(html).itertext()))
    for said in (
        "8 Nov 2023 14:20 UTC (21:20 Phnom Penh), from the article's own page (AP world)",
        "https://ap.example/1?utm_source=rss",
        "https://ap.example/world/1",
        "ab" * 32,
        "00ff00ff00ff00ff (the text kept still has it)",
        "Made 9 Nov 2024 03:00 UTC (10:00 Phnom Penh)",
    ):
        assert said in words


def test_text_that_is_not_the_one_that_was_read_says_so() -> None:
    """Somebody edited the database: the page must not vouch for it."""
    assert "DIFFERS: the text kept is not the one that was read" in page(filed(kept(intact=False)))


def test_older_texts_of_an_article_are_there_and_dropped_ones_are_said() -> None:
    """An outlet that turned 34 into 26 without a word is caught by its first text."""
    older = kept(text="34 Japanese left.", revision=1)
    html = page(filed(kept(revision=3), others=(older, kept(text=None, revision=2, intact=None))))
    assert shown(html, "source-1-other-1-text") == "34 Japanese left."
    assert "This text was dropped after `keep_text`; its title and hash are kept." in html


def test_foreign_lines_carry_their_language() -> None:
    """A screen reader and the choice of a Khmer font both need it."""
    text = kept(title="ជនជាតិជប៉ុន", text="ភ្នំពេញ", language="km")
    of = filed(text)
    one = replace(of.sources[0], report=replace(of.sources[0].report, language="km"))
    languages = {element.get("lang") for element in html5lib.parse(page(replace(of, sources=(one,)))).iter() if element.get("lang")}
    assert languages == {"en", "km"}


def test_history_corrections_links_and_messages_are_in_words() -> None:
    """Who said what to whom, and when, is asked a year later by people who know no database."""
    before, after = facts(row(34, ("MY",))), facts(row(26, ("MY",)))
    sent = (Sent("staff", 4, 4, READ), Sent("slack", 1, 0, None))
    of = filed(
        changes=(Change(12, ChangeKind.CORRECTION, before, after, "the sources now give a lower figure", at=READ),),
        corrections=(FiledCorrection("c5", "edit", "", "Dara", "the embassy says 26", READ, "by Sok: a slip"),),
        tellings=(
            FiledTelling(READ, "digest:daily", True, ChangeKind.NEW, "first", 15, 143, before, sent),
            FiledTelling(READ, "alert:team", False, ChangeKind.COVERAGE, "already told", 12),
        ),
        links=(FiledLink(7, LinkKind.BACKGROUND, "", True), FiledLink(20, LinkKind.BACKGROUND, "", False)),
        linked={7: facts(row(19, ("JP",)))},
        numbers=(15,),
    )
    page_ = file_page(of, now=NOW, time_zone="UTC")
    assert page_.number == "#12 (before: #15)"
    assert page_.history[0].what == "correction: the sources now give a lower figure"
    assert page_.history[0].below == ("34 Malaysians deported, 8 Nov 2023 → 26 Malaysians deported, 8 Nov 2023",)
    assert page_.corrections[0].what == "c5 edit, by Dara: the embassy says 26"
    assert page_.corrections[0].below == ("Taken back by Sok: a slip.",)
    told, silent = page_.tellings
    assert told.what == "digest:daily no. 143, as #15, told as new"
    assert told.below[1:] == ("staff: 4 recipients, sent 8 Nov 2023 14:20 UTC", "slack: 1 recipient, 0 of them reached so far")
    assert silent.what == "alert:team, not told: already told"
    assert page_.links == ("Earlier case, different people: #7, Invented headline, Nov 2023.", "Looks back at this case: #20.")
