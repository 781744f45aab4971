"""Rendered -> rows: what our own program cannot write goes in a plainer form, and costs nothing else."""

from __future__ import annotations

from corridor import entry
from sqlite_utils import Database

from watcher.deliver.readable import readable
from watcher.model import MessageKind, Rendered, StoryFile
from watcher.pipeline.messages import Envelope, messages, written
from watcher.pipeline.take_in import report_of
from watcher.store import operations

STORY = {"type": "story.new", "data": {"story": {"id": 12, "headline": "25 Japanese \r\nBcc: x@evil.test"}}}


def test_a_text_that_cannot_be_written_is_sent_as_numbers_and_headlines(database: Database, rules, now) -> None:
    """A fault of ours in the look of a mail must not cost the story, nor open a header."""
    config = rules.watch.config
    broken = Rendered("Subject", None, "", slack=(), events=(STORY,))  # type: ignore[arg-type]  # a fault of the room before
    (row,) = messages(database, config, config.channel("staff"), broken, Envelope(MessageKind.ALERT, "daily", "daily 1", "UTC", now))
    assert "#12 25 Japanese Bcc: x@evil.test" in readable(row.payload).text
    assert b"\r\nBcc:" not in row.payload
    assert operations.faults(database) == []


def test_what_cannot_be_written_in_any_form_is_told_to_the_operator_and_nothing_is_queued(database: Database, rules, now) -> None:
    """Silence about a lost message is the one thing that must not happen."""
    config = rules.watch.config
    broken = Rendered("Subject", None, "", slack=(), events=("no event",))  # type: ignore[arg-type]
    assert messages(database, config, config.channel("staff"), broken, Envelope(MessageKind.ALERT, "daily", "daily 1", "UTC", now)) == []
    (fault,) = operations.faults(database)
    assert (fault.subject, fault.urgent) == ("channel:staff", True)
    assert "not even in its plain form" in fault.text


def test_a_template_that_fails_leaves_numbers_and_titles(now) -> None:
    """One odd story must not hold up the mail of everybody, day after day."""
    report = report_of(entry(25, "Japanese", now), article=1, revision=1, claims=(), rules=(), first_seen=now, feed=None)

    def fails() -> Rendered:
        raise KeyError("no such name")

    made = written(fails, [StoryFile(12, (report,))], "daily")
    assert made.text.splitlines()[1] == "#12 Cambodia: 25 Japanese deported over online scam"
    assert made.subject == "watcher: daily (plain form)"
