"""`watcher run` as a process, its rules file, and the other commands beside it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from loopback import MailServer, Receiver
from sqlite_utils import Database

from watcher.store import open_reader

WATCHER = Path(sys.executable).with_name("watcher")
SECRET = "whsec_" + "c2l4dHktZm91ci1iaXRzLWFyZS1ub3QtZW5vdWdoLWhlcmU="
PATIENCE = 120.0  # seconds; a shared machine can be very slow, and a condition that holds ends the wait at once
T = TypeVar("T")

RULES = """\
[watcher]
time_zone = "Asia/Phnom_Penh"
contact = "ops@ngo.example"
[watcher.politeness]
floor = "1s"
start = "1s"
ceiling = "1s"
back_off = "2s"

[operator]
to = ["ops"]

[[feeds]]
url = "{feed}"
title = "Mekong Courier"
language = "en"
allow_private = true

[[rules]]
name = "scam-deportation"
match = "@cambodia AND (@scam NEAR/60 @deported)"
lead = "@cambodia AND (@scam OR @deported)"

[[channels]]
name = "staff"
kind = "email"
server = "${{SMTP_URL}}"
tls = "none"
allow_private = true
from = "watcher@ngo.example"
to = ["staff@ngo.example"]

[[channels]]
name = "desk"
kind = "email"
server = "${{SMTP_URL}}"
tls = "none"
allow_private = true
from = "watcher@ngo.example"
to = ["desk@ngo.example"]

[[channels]]
name = "ops"
kind = "email"
server = "${{SMTP_URL}}"
tls = "none"
allow_private = true
from = "watcher@ngo.example"
to = ["ops@ngo.example"]

[[channels]]
name = "team"
kind = "slack"
url = "${{SLACK_URL}}"
allow_private = true

[[channels]]
name = "ledger"
kind = "webhook"
url = "${{LEDGER_URL}}"
secret = "${{LEDGER_SECRET}}"
allow_private = true

[[digests]]
name = "daily"
at = "{at}"
channels = ["staff"]

[[alerts]]
name = "at-once"
on = ["new", "stage", "withdrawn"]
channels = ["team", "ledger"]
wait = "0s"
max_per_day = 1000

[[alerts]]
name = "to-the-desk"
on = ["new", "stage", "withdrawn"]
channels = ["desk"]
wait = "0s"
max_per_day = 1000
"""


def until(
    condition: Callable[[], T], what: str, *, seconds: float = PATIENCE, log: Callable[[], str] = lambda: "", pause: float = 0.05
) -> T:
    """Wait until a condition holds, and give what it gave."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s in vain: {what}\n{log()}")
        time.sleep(pause)
    return found


class Service:
    """A folder with rules and database; `start`, `stop` and `kill` are of the one `watcher run` on it."""

    def __init__(self, folder: Path, *, feed: str, mail: MailServer, slack: Receiver, ledger: Receiver) -> None:
        self.folder, self.feed = folder, feed
        self.rules, self.database = folder / "rules.toml", folder / "watcher.db"
        self.environment: Mapping[str, str] = {
            **os.environ,
            "SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
            "SLACK_URL": slack.url,
            "LEDGER_URL": ledger.url,
            "LEDGER_SECRET": SECRET,
            "PYTHONUNBUFFERED": "1",
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._logs = 0

    def write_rules(self, *, at: str = "07:00", after: str = "") -> None:
        """Save the rules file as an editor does: a new file put in place of the old one."""
        new = self.rules.with_suffix(".new")
        new.write_text(RULES.format(feed=self.feed, at=at) + after, encoding="utf-8")
        new.replace(self.rules)

    def start(self) -> None:
        """Start `watcher run` and wait until it says that it runs."""
        assert self.process is None
        self._logs += 1
        with self._log.open("wb") as log:
            command = [WATCHER, "--rules", self.rules, "--db", self.database, "run", "--speed", "20"]
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=dict(self.environment))
        self.until(lambda: "watcher runs." in self.log() or self._has_ended(), "the start of `watcher run`")
        assert not self._has_ended(), self.log()

    def stop(self) -> float:
        """SIGTERM; gives the seconds until the process ended. It must end by itself, with status 0."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        took, self.process = time.monotonic() - begun, None
        assert status == 0, self.log()
        assert "Traceback" not in self.log(), self.log()
        return took

    def kill(self) -> None:
        """kill -9, as a power cut or the kernel does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def command(self, *words: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Another command of watcher on the same rules and database."""
        command = [WATCHER, "--rules", self.rules, "--db", self.database, *words]
        return subprocess.run(command, capture_output=True, text=True, env=dict(self.environment), timeout=seconds, check=False)

    def json(self, *words: str) -> Any:
        answer = self.command(*words, "--json")
        assert answer.stdout, answer.stderr
        return json.loads(answer.stdout)

    def until(self, condition: Callable[[], T], what: str) -> T:
        return until(condition, what, log=self.log)

    def count(self, sql: str) -> int:
        """One number from the database, read beside the running service."""
        if not self.database.exists() or not self.database.stat().st_size:
            return 0
        database: Database = open_reader(self.database)
        try:
            return int(database.conn.execute(sql).fetchone()[0])
        finally:
            database.conn.close()

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    @property
    def _log(self) -> Path:
        return self.folder / f"run-{self._logs}.log"

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def utc_now() -> datetime:
    return datetime.now(UTC)
