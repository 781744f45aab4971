"""A world to crash in: servers on loopback, a launcher to fork from, and a database that stands before a cycle.

`play` runs one life of the service in a folder and says how it ended; `recover` starts it again until all is quiet.
What must hold afterwards is in `checks`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import script
from checks import Evidence, after_a_kill, row_of
from script import APART, BEGIN, CYCLE, NEXT_DAY, ROUND, SET_UP, SETTING_UP, Step
from servers import MailServer, Newsroom, Receiver
from service_process import SECRET
from stage import Point, Stage

HERE = Path(__file__).resolve().parent
MEMORY = Path("/dev/shm")  # a kill asks nothing of the disk: files in memory say the same, and sooner
HOME = "WATCHER_CRASH_HOME"  # in the environment: where to make folders instead
LONGEST = 120.0  # seconds of one life; a busy machine is slow
Rounds = Sequence[tuple[timedelta, Sequence[Step]]]


@dataclass
class Life:
    """How one run of the service ended. `points` is everything that was counted, servers' phases apart."""

    killed: bool
    status: int
    points: list[Point] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    refused: str = ""
    disk: dict[str, Any] | None = None
    seconds: float = 0.0


class World:
    """Servers, launcher and template; a context manager. Use it from one thread."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.newsroom = Newsroom(self.stage, "news")
        self.mail = MailServer(self.stage, "mail")
        self.slack, self.hook = Receiver(self.stage, "slack"), Receiver(self.stage, "hook")
        self._stack = ExitStack()
        self._pid: int | None = None
        self._started, self._over = threading.Event(), threading.Event()

    def __enter__(self) -> Self:
        for server in self.servers:
            self._stack.enter_context(server)
        place = os.environ.get(HOME) or (MEMORY if os.access(MEMORY, os.W_OK) else None)
        self.home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="watcher-crash-", dir=place)))
        self.stage.kill = self._kill
        self.launcher = subprocess.Popen(
            [sys.executable, HERE / "child.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=_environment(),
            cwd=HERE.parent.parent,
        )
        assert self._hear() == {"ready": True}
        self.template = self.home / "template"
        self._set_up()
        self._warm_up()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.launcher.stdin is not None
        self.launcher.stdin.close()
        self.launcher.wait(30)
        self._stack.close()

    @property
    def servers(self) -> tuple[Newsroom, MailServer, Receiver, Receiver]:
        return self.newsroom, self.mail, self.slack, self.hook

    def fresh(self) -> Path:
        """A folder that stands before a cycle; nothing is accepted yet, and the feeds hold their news."""
        folder = Path(tempfile.mkdtemp(dir=self.home))
        shutil.copytree(self.template, folder, dirs_exist_ok=True)
        self.stage.begin(None)
        self.newsroom.later, self.newsroom.mended = True, False
        self.evidence = Evidence({name: (self.newsroom.etag(name), [one.name for one in script.AFTER[name]]) for name in script.AFTER})
        return folder

    def cycle(
        self, folder: Path, *, point: Point | None = None, begin: datetime = BEGIN, kill_after: float | None = None, **plan: Any
    ) -> Life:
        """One cycle, killed at a point of the child or of a server, or after so many seconds; what it leaves is looked at."""
        at_server = point is not None and ":" in point.name
        self.stage.arm(point if at_server else None)
        return self.play(
            folder,
            begin,
            [(timedelta(), CYCLE)],
            point=None if at_server or point is None else (point.name, point.nth),
            kill_after=kill_after,
            **plan,
        )

    def recover(self, folder: Path, *, begin: datetime = BEGIN + APART, **plan: Any) -> None:
        """Start again, with the shaky feed mended, until nothing waits; then the next day's digest, until nothing waits."""
        self.stage.arm(None)
        self.newsroom.mended = True
        until = NEXT_DAY - begin
        rounds = [(timedelta(), ROUND), (APART, ROUND), (until, ROUND), (until + APART, ROUND)]
        life = self.play(folder, begin, rounds, **plan)
        assert life.status == 0, f"a restart ended with {life.status} {life.refused}\n{self.log(folder)}"
        for more in range(3, 6):
            if self.evidence.quiet(folder):
                return
            self.play(folder, NEXT_DAY + more * APART, [(timedelta(), ROUND)], **plan)

    def play(
        self,
        folder: Path,
        begin: datetime,
        rounds: Rounds,
        *,
        point: tuple[str, int] | None = None,
        kill_after: float | None = None,
        **plan: Any,
    ) -> Life:
        """One life of the service; after a kill what it leaves behind is judged at once."""
        self.stage.written_down = lambda identity: _is_sent(folder, identity)
        self._pid = None
        self._started.clear()
        self._over.clear()
        begun = time.monotonic()
        self._say(self._plan(folder, begin, rounds, point=point, **plan))
        self._pid = self._hear()["started"]
        self._started.set()
        timer = threading.Timer(LONGEST if kill_after is None else kill_after, self._kill)
        timer.start()
        status = self._hear()["ended"]
        timer.cancel()
        self._over.set()
        self._quiet()
        life = Life(status == -signal.SIGKILL, status, seconds=time.monotonic() - begun)
        if life.killed:
            assert time.monotonic() - begun < LONGEST, f"a life did not end\n{self.log(folder)}"
            after_a_kill(self.evidence, folder, self.stage.accepted)
            self.evidence.breaches += self.stage.late
            self.stage.late = []
        else:
            told = json.loads((folder / "told.json").read_text())
            (folder / "told.json").unlink()
            life.points = [Point(*one) for one in told["points"]]
            life.problems, life.refused, life.disk = told["problems"], told["refused"], told["disk"]
        return life

    def log(self, folder: Path) -> str:
        path = folder / "run.log"
        return path.read_text() if path.exists() else ""

    def throw_away(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)

    def _set_up(self) -> None:
        self.template.mkdir()
        rules = self.template / "rules.toml"
        rules.write_text(script.rules(self.newsroom.feeds), encoding="utf-8")
        rules.chmod(0o600)
        self.evidence = Evidence({})
        life = self.play(self.template, SETTING_UP, [(timedelta(), SET_UP)])
        assert life.status == 0, self.log(self.template)
        assert len(self.stage.accepted) >= 2, f"no first mail\n{self.log(self.template)}"
        (self.template / "run.log").unlink()
        shutil.rmtree(self.template / "shelf")  # its first mail lists what was there before

    def _warm_up(self) -> None:
        """Let the launcher play a cycle itself, once, so that its children need not read rules and templates anew."""
        folder = self.fresh()
        self._say(self._plan(folder, BEGIN, [(timedelta(), CYCLE)], warm=True))
        assert "started" in self._hear()
        assert self._hear() == {"ended": 0}
        self.throw_away(folder)

    def _plan(self, folder: Path, begin: datetime, rounds: Rounds, **plan: Any) -> dict[str, Any]:
        steps = [[after.total_seconds(), [asdict(step) for step in played]] for after, played in rounds]
        return {"folder": str(folder), "begin": begin.isoformat(), "environment": self.secrets(folder), "rounds": steps, **plan}

    def _kill(self) -> None:
        """SIGKILL, and wait until it has died: a server's next words must not reach it."""
        assert self._started.wait(LONGEST)
        if self._pid is not None and not self._over.is_set():
            os.kill(self._pid, signal.SIGKILL)
            assert self._over.wait(LONGEST) or True

    def _quiet(self) -> None:
        """Wait until the servers have read what a dead child had sent."""
        for server in self.servers:
            server.drain()
        end = time.monotonic() + LONGEST
        while self.stage.busy and time.monotonic() < end:
            time.sleep(0.002)

    def secrets(self, folder: Path) -> dict[str, str]:
        """What rules.toml takes from the environment."""
        return {
            "SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}", "SLACK_URL": self.slack.url, "LEDGER_URL": self.hook.url,
            "LEDGER_SECRET": SECRET, "SHELF": str(folder / "shelf"),
        }  # fmt: skip

    def _say(self, plan: dict[str, Any]) -> None:
        assert self.launcher.stdin is not None
        self.launcher.stdin.write(json.dumps(plan) + "\n")
        self.launcher.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self.launcher.stdout is not None
        line = self.launcher.stdout.readline()
        assert line, "the launcher has died"
        return dict(json.loads(line))


def _is_sent(folder: Path, identity: str) -> bool:
    row = row_of(folder, identity)
    return row is not None and row == "sent"


def _environment() -> dict[str, str]:
    """Where the child finds our modules. numpy, where it is installed, would start threads as soon as it is imported."""
    here = [str(HERE), str(HERE.parent / "end_to_end"), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, here)), "OPENBLAS_NUM_THREADS": "1"}
