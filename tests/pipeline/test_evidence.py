"""The file of a story from a real archive: texts as read, with their hashes, and who was told by which message."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from corridor import bring, column, entry

from watcher import store
from watcher.model import ChangeKind, Filed
from watcher.pipeline.compose import compose
from watcher.pipeline.digests import preview
from watcher.store import evidence, outbox, stories

STORY = "https://courier.test/31"


def file_of(database, number: int = 1) -> Filed:
    found = stories.load(database, number)
    assert found is not None
    return evidence.file_of(database, found)


def report(now, count=31, text=""):
    one = entry(count, "Thais", now, key="31", url=STORY)
    return replace(one, text=text or one.text)


async def test_every_text_of_an_article_is_kept_with_the_hash_of_the_day_it_was_read(tools, database, watch, clock) -> None:
    """34, then 26 under the same address: the file holds both texts, and which of them counts."""
    bring(database, watch, "Courier", clock.forward(minutes=1), first := report(clock.now, 34))
    bring(database, watch, "Courier", clock.forward(hours=1), second := report(clock.now, 26))
    (source,) = file_of(database).sources
    assert (source.text.title, source.text.text, source.text.intact) == (second.title, second.text, True)
    assert [(other.title, other.text) for other in source.others] == [(first.title, first.text)]
    assert source.text.read_at == clock.now
    anew = hashlib.blake2b(f"{second.title}\0{second.text}\0".encode(), digest_size=8).hexdigest()
    assert source.text.stored_hash == anew, "the hash can be made again from the text, as the page says"


async def test_an_edited_database_is_noticed(database, watch, clock) -> None:
    """A figure changed in the file by hand must not look like one that was read."""
    bring(database, watch, "Courier", clock.forward(minutes=1), report(clock.now))
    with store.transaction(database):
        database.conn.execute("UPDATE revisions SET text = replace(text, '31', '13')")
    (source,) = file_of(database).sources
    assert source.text.intact is False


async def test_who_was_told_names_the_message_and_how_many_took_it(tools, database, watch, clock) -> None:
    """ "Did the ambassador's office get that mail?" is answered by channel and count, without an address."""
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), report(clock.now))
    await compose(tools)
    (taken,) = outbox.claim(database, clock.now, ["team"])
    outbox.sent(database, taken, code=200, answer="ok", now=clock.forward(minutes=1))
    told = [one for one in file_of(database).tellings if one.told]
    assert [(one.audience, one.number, one.kind, one.story) for one in told] == [("alert:at-once", 1, ChangeKind.NEW, 1)]
    assert [(sent.channel, sent.recipients, sent.taken) for sent in told[0].sent] == [("ledger", 1, 0), ("team", 1, 1)]
    assert told[0].sent[1].last == clock.now
    assert told[0].facts is not None
    assert told[0].facts.total == 31


async def test_links_are_shown_from_both_sides(database, watch, clock) -> None:
    """The file of the older case says which later one looks back at it."""
    bring(database, watch, "Courier", clock.forward(minutes=1), report(clock.now))
    bring(database, watch, "Herald", clock.forward(minutes=1), entry(450, "Chinese", clock.now, source="Herald"))
    with store.transaction(database):
        database.conn.execute("INSERT INTO story_links (story, other, kind, reason, at) VALUES (2, 1, 'background', 'x', '2023-11-09')")
    (here,), (there,) = file_of(database, 1).links, file_of(database, 2).links
    assert (here.story, here.outward, there.story, there.outward) == (2, False, 1, True)


async def test_an_audience_that_was_told_hears_of_a_correction_to_what_it_did_not_ask_for(tools, rules, database, watch, clock) -> None:
    """Told "31 Thai" because it asked for Thai; they were Lao. Its `where` must not hide that from it."""
    clock.forward(hours=1)
    text = rules.path.read_text("utf-8").replace(
        '[[digests]]\nname = "daily"', '[[digests]]\nname = "daily"\nwhere = { nationality = ["TH"] }'
    )
    rules.path.write_text(text, "utf-8")
    assert rules.reread(), rules.problem
    assert rules.problem is None
    await compose(tools)
    bring(database, watch, "Courier", clock.forward(minutes=1), report(clock.now))
    clock.forward(hours=23)
    await compose(tools)
    lao = replace(
        report(clock.now),
        title="Cambodia: 31 Laotians deported over online scam",
        text="They were Laotians: 31 Laotians deported over a scam.",
    )
    bring(database, watch, "Courier", clock.forward(hours=1), lao)
    assert column(database, "SELECT kind FROM changes ORDER BY id") == ["new", "correction"]
    _, mail, _ = preview(database, rules, rules.watch.config.digests[0], clock.now)
    assert 'we told you "31 Thai deported". Now: 31 Lao' in " ".join(mail.split())


async def test_every_movement_of_the_facts_is_a_change(database, watch, clock) -> None:
    """The ledger of any day is read back from the changes: the last one's `after` is what the story says."""
    for count in (31, 33, 34, 35, 60):
        bring(database, watch, "Courier", clock.forward(hours=2), report(clock.now, count))
        found = file_of(database)
        assert found.changes[-1].after == found.story.facts
    assert [change.kind for change in found.changes] == [ChangeKind.NEW, *[ChangeKind.COVERAGE] * 3, ChangeKind.FIGURE]
