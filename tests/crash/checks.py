"""What must hold: right after a kill, and when everything is quiet again.

Judged from outside: the database file as it lies there, and what the servers took. Every breach is a line of
`Evidence.breaches`; repeats that the promise allows are counted and named apart.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path
from typing import Any

from loopback import plain
from script import AUDIENCES, LEADS, NOT_TOLD, TOLD, Group
from stage import Accepted

_STORED = {"sent"}


@dataclass
class Evidence:
    """What one run showed. `feeds`: for each feed the ETag of its news, and the items that go with it."""

    feeds: dict[str, tuple[str, list[str]]]
    breaches: list[str] = field(default_factory=list)
    kills: int = 0
    in_doubt: Counter[str] = field(default_factory=Counter)  # by identity: kills after the server's yes and before our record of it
    repeats: Counter[str] = field(default_factory=Counter)  # by identity: taken again
    lost: int = 0

    def quiet(self, folder: Path) -> bool:
        """Whether nothing waits to be sent or read."""
        with opened(folder) as database:
            open_rows = database.execute("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')").fetchone()[0]
            open_leads = database.execute("SELECT count(*) FROM leads WHERE state = 'open'").fetchone()[0]
        return not open_rows and not open_leads

    def breach(self, what: str) -> None:
        self.breaches.append(what)


@dataclass(frozen=True)
class Taken:
    """A message as its reader has it: which groups it tells of."""

    identity: str
    recipient: str
    digest: bytes
    groups: tuple[Group, ...]


def after_a_kill(evidence: Evidence, folder: Path, accepted: Sequence[Accepted]) -> None:
    """The file as the dead process left it: whole, nothing half, and at most one message a channel in doubt."""
    evidence.kills += 1
    as_it_ended(evidence, folder, accepted)


def as_it_ended(evidence: Evidence, folder: Path, accepted: Sequence[Accepted]) -> None:
    """The same after a process that ended by itself, because it could write nothing more."""
    with opened(folder) as database:
        if not _tables(database):
            return
        _whole(evidence, database)
        _nothing_half(evidence, database)
        rows = outbox_rows(database)
        in_doubt: Counter[str] = Counter()
        for identity in {one.identity for one in accepted}:
            row = rows.get(identity)
            if row is None:
                evidence.breach(f"{identity} was sent and is not in the outbox")
            elif row["state"] not in _STORED:
                evidence.in_doubt[identity] += 1
                in_doubt[row["channel"]] += 1
        evidence.breaches += [f"{count} messages of {channel} in doubt at once" for channel, count in in_doubt.items() if count > 1]


def when_quiet(evidence: Evidence, folder: Path, accepted: Sequence[Accepted]) -> None:
    """The end: every group told once to every recipient, each repeat one that the promise allows."""
    with opened(folder) as database:
        _whole(evidence, database)
        _nothing_half(evidence, database)
        _everything_stored(evidence, database)
        for row in database.execute(
            "SELECT channel, state, answer, count(*) AS n FROM outbox WHERE state <> 'sent' AND kind <> 'test' GROUP BY 1, 2, 3"
        ):
            evidence.breach(f"{row['n']} messages of {row['channel']} are {row['state']} at the end ({row['answer']})")
        rows = outbox_rows(database)
    _repeats(evidence, accepted, rows)
    taken = [*(_taken(one) for one in accepted), *_shelf(folder)]
    for audience in AUDIENCES:
        for recipient in (one for names in audience.recipients.values() for one in names):
            _told_once(evidence, recipient, [one for one in taken if one.recipient == recipient])


def row_of(folder: Path, identity: str) -> str | None:
    """The state of a message, read beside the running child; None where it cannot be read now."""
    try:
        with closing(sqlite3.connect(f"file:{folder / 'watcher.db'}?mode=ro", uri=True, timeout=0.05)) as database:
            database.row_factory = sqlite3.Row
            row = outbox_rows(database).get(identity)
            return None if row is None else str(row["state"])
    except sqlite3.Error:
        return None


def _told_once(evidence: Evidence, recipient: str, taken: Sequence[Taken]) -> None:
    for group in TOLD:
        identities = {one.identity for one in taken if group in one.groups}
        if not identities:
            evidence.lost += 1
            evidence.breach(f"lost: {recipient} was never told of {group.text}")
        elif len(identities) > 1:
            evidence.breach(f"told twice under different ids: {recipient} of {group.text} ({', '.join(sorted(identities))})")
    for group in NOT_TOLD:
        if any(group in one.groups for one in taken):
            evidence.breach(f"{recipient} was told of {group.text}, which nobody should be")


def _repeats(evidence: Evidence, accepted: Sequence[Accepted], rows: dict[str, sqlite3.Row]) -> None:
    for identity, count in Counter(one.identity for one in accepted).items():
        if identity not in rows:
            evidence.breach(f"{identity} was sent and is not in the outbox")
        if len({one.body for one in accepted if one.identity == identity}) > 1:
            evidence.breach(f"{identity} was sent with other words the second time")
        if count > 1:
            evidence.repeats[identity] = count - 1
        if count - 1 > evidence.in_doubt[identity]:
            evidence.breach(f"{identity} was sent {count} times with {evidence.in_doubt[identity]} kills in doubt")


def _whole(evidence: Evidence, database: sqlite3.Connection) -> None:
    answers = [row[0] for row in database.execute("PRAGMA integrity_check(5)")]
    if answers != ["ok"]:
        evidence.breach(f"the database is damaged: {answers[0]}")
    if broken := database.execute("PRAGMA foreign_key_check").fetchall():
        evidence.breach(f"{len(broken)} rows point nowhere, the first in {broken[0][0]}")


def _nothing_half(evidence: Evidence, database: sqlite3.Connection) -> None:
    """No validators without their entries, no lead without its record, no digest without its messages and marks."""
    for row in database.execute("SELECT id, lower(title) AS name, etag FROM feeds WHERE etag IS NOT NULL"):
        etag, items = evidence.feeds.get(row["name"], ("", []))
        have = {one["key"] for one in database.execute("SELECT key FROM entries WHERE feed = ?", (row["id"],))}
        if row["etag"] == etag and (missing := [one for one in items if one not in have]):
            evidence.breach(f"the ETag of {row['name']} is stored without {len(missing)} of its items")
    for name in LEADS:
        if database.execute("SELECT 1 FROM entries WHERE key = ?", (name,)).fetchone() and not _followed(database, name):
            evidence.breach(f"the entry {name} is stored without its lead")
    for row in database.execute("SELECT digests.id, audiences.name, number, text FROM digests JOIN audiences ON audiences.id = audience"):
        _whole_digest(evidence, database, row)
    if orphans := database.execute("SELECT count(*) FROM told WHERE told = 1 AND digest IS NULL").fetchone()[0]:
        evidence.breach(f"{orphans} changes are marked as told in no digest")


def _whole_digest(evidence: Evidence, database: sqlite3.Connection, made: sqlite3.Row) -> None:
    audience = next((one for one in AUDIENCES if one.name == made["name"]), None)
    if audience is None:
        return
    have = {(row[0], row[1]) for row in database.execute("SELECT channel, recipient FROM outbox WHERE digest = ?", (made["id"],))}
    wanted = {(channel, recipient) for channel, names in audience.recipients.items() for recipient in names}
    if wanted - have:
        evidence.breach(f"half a digest: {made['name']} {made['number']} has no message for {sorted(wanted - have)}")
    facts = [row[0] for row in database.execute("SELECT facts FROM told WHERE told = 1 AND digest = ?", (made["id"],))]
    marked = database.execute(
        "SELECT stories.headline FROM told JOIN stories ON stories.id = told.story WHERE told.told = 1 AND digest = ?", (made["id"],)
    ).fetchall()
    for group in (one for one in TOLD if has_entry(made["text"], one)):
        if not any(row[0].startswith(group.text) for row in marked):
            evidence.breach(
                f"half a digest: {made['name']} {made['number']} tells of {group.text} and has no mark of it ({len(facts)} marks)"
            )


def _everything_stored(evidence: Evidence, database: sqlite3.Connection) -> None:
    """Every item that the feeds held is there, every lead is read, every group has one story."""
    for name, (_, items) in evidence.feeds.items():
        have = {
            row[0]
            for row in database.execute(
                "SELECT entries.key FROM entries JOIN feeds ON feeds.id = entries.feed WHERE lower(title) = ?", (name,)
            )
        }
        if missing := set(items) - have:
            evidence.lost += len(missing)
            evidence.breach(f"lost: {sorted(missing)} of {name} were never stored")
    if unread := [name for name in LEADS if not _followed(database, name, "AND state = 'read'")]:
        evidence.breach(f"lost: the leads {unread} were never read")
    headlines = [row[0] for row in database.execute("SELECT headline FROM stories WHERE state = 'open'")]
    for group in (*TOLD, *NOT_TOLD):
        if (count := sum(one.startswith(group.text) for one in headlines)) != 1:
            evidence.breach(f"{group.text} has {count} stories")


def _followed(database: sqlite3.Connection, key: str, wanted: str = "") -> bool:
    """Whether an entry has a lead, or needs none because its own text matched (under rules that were edited before it came)."""
    lead = f"SELECT 1 FROM leads JOIN entries USING (article) WHERE entries.key = ? {wanted}"
    story = "SELECT 1 FROM story_articles JOIN entries USING (article) WHERE entries.key = ?"
    return any(database.execute(sql, (key,)).fetchone() for sql in (lead, story))


def outbox_rows(database: sqlite3.Connection) -> dict[str, sqlite3.Row]:
    """Rows by what a receiver knows them by: a mail's id, a webhook's id, a Slack message's reference."""
    found = {}
    for row in database.execute("SELECT id, channel, message_id, state, payload FROM outbox"):
        digits = row["message_id"].strip("<>").partition("@")[0]
        found[row["message_id"]] = found[f"msg_{digits}"] = row
        if row["payload"].startswith(b"{") and (reference := _reference(row["payload"])):
            found[reference] = row
    return found


def _reference(body: bytes) -> str:
    found = re.search(rb"ref ([0-9A-F]{3}-[0-9A-F]{3}(?:, \d+ of \d+)?)", body)
    return found[1].decode() if found else ""


def _taken(one: Accepted) -> Taken:
    if one.channel == "mail":
        text = plain(_mail(one.body))
        groups = tuple(group for group in (*TOLD, *NOT_TOLD) if has_entry(text, group))
    elif one.channel == "slack":
        sections = [block["text"]["text"] for block in json.loads(one.body)["blocks"] if block["type"] == "section"]
        groups = tuple(group for group in (*TOLD, *NOT_TOLD) if any(group.text in section for section in sections))
    else:
        headline = str(_story(one.body).get("headline"))
        groups = tuple(group for group in (*TOLD, *NOT_TOLD) if headline.startswith(group.text))
    return Taken(one.identity, one.recipient, sha256(one.body).digest(), groups)


def _story(body: bytes) -> dict[str, Any]:
    data = json.loads(body).get("data")
    return dict(data.get("story") or {}) if isinstance(data, dict) else {}


def _shelf(folder: Path) -> Iterator[Taken]:
    """The folder channel: a message is a set of files, which a second write leaves as it is."""
    for path in sorted((folder / "shelf").glob("[!.]*.eml")):
        mail = _mail(path.read_bytes())
        text = plain(mail)
        yield Taken(path.stem, "shelf", b"", tuple(group for group in (*TOLD, *NOT_TOLD) if has_entry(text, group)))


def _mail(body: bytes) -> EmailMessage:
    mail = message_from_bytes(body, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def has_entry(text: str, group: Group) -> bool:
    """Whether a mail lists the story itself: a line that begins with its number."""
    return any(re.match(r"#\d+\s", line) and group.text in line for line in text.splitlines())


def _tables(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'outbox'").fetchone()[0])


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the file and its journal: looking must not roll back what the next start has to."""
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        for name in ("watcher.db", "watcher.db-journal"):
            if (folder / name).exists():
                shutil.copy(folder / name, Path(aside) / name)
        with closing(sqlite3.connect(Path(aside) / "watcher.db", isolation_level=None)) as database:
            database.row_factory = sqlite3.Row
            yield database
