"""Two services on one database, by mistake or by a machine that was paused: one sends, the other leaves and says why."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from loopback import Receiver
from service_process import RULES, SECRET, WATCHER, until, utc_now
from slow_mail import SlowMail

from watcher.model import Message, MessageKind
from watcher.store import open_store, operations, outbox, transaction

STARTS = 200 if os.environ.get("WATCHER_FULL") else 3
SENDER, MESSAGE = 3.0, 9.0  # seconds of the two leases; two and twenty minutes in real life
PEOPLE = ("staff", "desk", "ops")
Process = subprocess.Popen[bytes]


@pytest.fixture
def slow() -> Iterator[SlowMail]:
    with SlowMail() as server:
        yield server


class Share:
    """One folder that two machines see."""

    def __init__(self, folder: Path, mail: SlowMail, ledger: Receiver) -> None:
        self.folder, self.database, self.rules = folder, folder / "watcher.db", folder / "rules.toml"
        self.rules.write_text(RULES.format(feed="http://127.0.0.1:9/feed.xml", at="07:00"), encoding="utf-8")
        self.environment = {
            **os.environ, "SMTP_URL": f"smtp://127.0.0.1:{mail.port}", "SLACK_URL": ledger.url, "LEDGER_URL": ledger.url,
            "LEDGER_SECRET": SECRET, "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        self.processes: list[Process] = []

    def start(self, machine: str) -> Process:
        with self.log(machine).open("wb") as log:
            command = [
                sys.executable,
                Path(__file__).with_name("one_service.py"),
                self.rules,
                self.database,
                machine,
                str(SENDER),
                str(MESSAGE),
            ]
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=self.environment)
        self.processes.append(process)
        return process

    def runs(self, machine: str) -> None:
        until(lambda: "it runs" in self.said(machine), f"{machine} runs", log=lambda: self.said(machine))

    def log(self, machine: str) -> Path:
        return self.folder / f"{machine}.log"

    def said(self, machine: str) -> str:
        return self.log(machine).read_text(encoding="utf-8")

    def queue(self, channel: str, number: int = 1) -> None:
        database = open_store(self.database)
        with transaction(database):
            outbox.add(database, [_message(channel, number)], digest=None, now=utc_now())
        database.conn.close()

    def states(self) -> set[str]:
        database = open_store(self.database)
        found = {row.state for row in outbox.listing(database) if row.channel != "ledger" or row.state != "sent"}
        database.conn.close()
        return found

    def lease_is_over(self) -> bool:
        database = open_store(self.database)
        lease = operations.lease(database, "sender")
        database.conn.close()
        return lease is None or lease.until < utc_now()

    def pause(self, process: Process) -> None:
        """SIGSTOP, between two transactions: one that is paused within keeps the database locked for all, and nobody could send."""
        while True:
            process.send_signal(signal.SIGSTOP)
            with (
                closing(sqlite3.connect(self.database, isolation_level=None, timeout=0.2)) as connection,
                suppress(sqlite3.OperationalError),
            ):
                connection.execute("BEGIN EXCLUSIVE")
                connection.rollback()
                return
            process.send_signal(signal.SIGCONT)
            time.sleep(0.05)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def share(tmp_path: Path, slow: SlowMail, ledger: Receiver) -> Iterator[Share]:
    one = Share(tmp_path, slow, ledger)
    try:
        yield one
    finally:
        one.end()


def _message(channel: str, number: int) -> Message:
    identity = f"{channel}-{number}"
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = (
        "watcher@ngo.example",
        f"{channel}@ngo.example",
        identity,
        f"<{identity}@ngo.example>",
    )
    mail.set_content("One story.")
    payload = b'{"type": "story.new"}' if channel == "ledger" else mail.as_bytes()
    return Message(
        key=identity, kind=MessageKind.ALERT, channel=channel, recipient="ledger" if channel == "ledger" else f"{channel}@ngo.example",
        payload=payload, message_id=f"<{identity}@ngo.example>",
    )  # fmt: skip


def test_of_several_started_at_once_one_runs_and_the_others_say_so(share: Share) -> None:
    """A unit file started twice, a cron line beside systemd: one service, and a clear line with status 2 for each other."""

    def start(number: int) -> Process:
        with share.log(f"race-{number}").open("wb") as log:
            return subprocess.Popen(
                [WATCHER, "--rules", share.rules, "--db", share.database, "run"],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=share.environment,
            )

    with ThreadPoolExecutor(8) as pool:
        share.processes += pool.map(start, range(STARTS))
    until(lambda: sum(process.poll() is None for process in share.processes) == 1, "all but one have left")
    running = next(process for process in share.processes if process.poll() is None)
    until(lambda: any("watcher runs." in share.said(f"race-{number}") for number in range(STARTS)), "one runs")
    assert [process.returncode for process in share.processes if process is not running] == [2] * (STARTS - 1)
    for number, process in enumerate(share.processes):
        if process is not running:
            assert "another `watcher run` works on this database" in share.said(f"race-{number}")
    running.send_signal(signal.SIGTERM)
    assert running.wait(60) == 0


def test_a_paused_service_that_wakes_sends_nothing(share: Share, slow: SlowMail, ledger: Receiver) -> None:
    """A virtual machine is frozen in the middle of four sends, another one takes over; then the first one thaws."""
    slow.waits = {"staff@ngo.example": "RCPT", "desk@ngo.example": "DATA", "ops@ngo.example": "end"}
    ledger.hold = threading.Event()
    first = share.start("first")
    share.runs("first")
    for channel in (*PEOPLE, "ledger"):
        share.queue(channel)
    begun = time.monotonic()
    until(lambda: len(slow.waiting) == 3 and ledger.posts, "the first service waits for four answers", pause=0.01)
    share.pause(first)
    assert time.monotonic() - begun < 0.7 * MESSAGE, "the machine is too slow for this test's leases"
    first_posts, ledger.hold = ledger.hold, None

    if os.environ.get("WATCHER_FULL"):
        early = share.start("early")
        assert early.wait(60) == 2 or share.lease_is_over()
    until(share.lease_is_over, "the end of the first one's lease")
    second = share.start("second")
    share.runs("second")
    until(lambda: share.states() == {"sent"}, "the second service has sent all four", log=lambda: share.said("second"))

    share.queue("staff", 2)
    until(lambda: slow.count("staff@ngo.example") == 2, "the second service sends what is new")
    share.pause(second)
    share.queue("desk", 2)
    before = list(slow.accepted)
    slow.go.set()
    first_posts.set()
    first.send_signal(signal.SIGCONT)
    assert first.wait(60) == 2
    assert "took over this database while this one was paused" in share.said("first")
    assert slow.accepted == before, "the first one sent after it woke"
    second.send_signal(signal.SIGCONT)
    until(lambda: slow.count("desk@ngo.example") == 2, "the second service goes on")

    assert slow.count("staff@ngo.example") == slow.count("desk@ngo.example") == 2, "one each of the first and the second message"
    to_ops = [identity for to, identity in slow.accepted if to == "ops@ngo.example"]
    assert 1 <= len(to_ops) <= 2
    assert set(to_ops) == {"<ops-1@ngo.example>"}, "accepted before the pause, the answer lost: one repeat, and the same id"
    assert len(ledger.accepted) == 1
    assert len({re.sub(rb"\s", b"", post.body) for post in ledger.posts}) == 1


def test_a_service_elsewhere_is_named_and_its_place_is_free_when_its_lease_ends(tmp_path: Path) -> None:
    """On a network share the lock file may not work between machines; the lease in the database does."""
    database, now = open_store(tmp_path / "watcher.db"), utc_now()
    with transaction(database):
        first = operations.take_lease_anew(database, "sender", "north:run", now)
        assert operations.take_lease_anew(database, "sender", "south:run", now) == 0
        second = operations.take_lease_anew(database, "sender", "south:run", now + timedelta(minutes=3))
        assert second > first
        assert operations.take_lease(database, "sender", "north:run", now + timedelta(hours=1), token=first) == 0
        assert operations.take_lease(database, "sender", "south:run", now + timedelta(hours=1), token=second) == second
        again = operations.take_lease_anew(database, "sender", "south:run", now + timedelta(hours=1))
        assert again > second, "a paused one of the same name has lost it too"
        operations.give_back(database, "sender", "south:run")
        assert operations.take_lease_anew(database, "sender", "north:run", now) > again
