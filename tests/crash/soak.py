"""Two months in an hour: `python tests/crash/soak.py [--days 60] [--no-kills]`.

Fifty feeds that publish by a simulated clock, one request in twenty goes wrong, mail server, Slack and webhook break links, and the
service is killed once in every 20 simulated minutes, at any moment of its work. At the end everybody must have been told of every group
exactly once (a repeat carries the same id, and only where a link or the process died in the doubt), and there must be one digest a day.

With --no-kills one process lives through all of it, with the real parse children, and says each day what memory and file descriptors
it has: they must not grow.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import script
from checks import opened, outbox_rows
from loopback import Item, plain
from script import BEGIN, OTHER_LOOPS, Group, Step, report
from servers import MailServer, Newsroom, Receiver
from stage import Accepted, GoneError, Stage
from world import LONGEST, World

FEEDS, WINDOW = 50, 40  # feeds, and items in each at a time
PER_DAY = 6  # items of one feed
EVERY = timedelta(hours=6)  # between two groups of people
FAULTS = 0.05  # of requests to feeds, and of talks with those who are told
LIFE = timedelta(minutes=20)
LOOK = timedelta(minutes=10)
BATCH_WAIT = 0.02  # seconds that an answer waits for company; the service's own half second would make this an afternoon
START = BEGIN.replace(hour=1, minute=0, second=0)  # eight in the morning in Phnom Penh
PEOPLE = (
    "Thai", "Malaysian", "Indonesian", "Nepali", "Vietnamese", "Japanese", "Kenyan", "Indian", "Pakistani", "Ugandan", "Mexican",
    "Russian", "Ethiopian", "Colombian", "Zambian", "Mongolian", "Brazilian", "Nigerian", "Moroccan", "Egyptian",
)  # fmt: skip
PLACES = ("Poipet", "Bavet", "Sihanoukville", "Koh Kong", "Phnom Penh")
TOWNS = ("Kampot", "Takeo", "Kep", "Battambang", "Kratie", "Pursat", "Siem Reap")
RECIPIENTS = ("staff@ngo.example", "chief@ngo.example", "desk@ngo.example", "team", "ledger")
POLITE = '[watcher.politeness]\nfloor = "15m"\nstart = "15m"\nceiling = "1h"\nback_off = "2h"\n'
AFTER_THE_YES = ("taken, no answer", "half an answer sent")  # where a broken link leaves the sender in doubt

ROUND = (Step(0, command="say_the_time"), *(Step(0, loop=name) for name in ("poll", "leads", "compose", "deliver")))


@dataclass
class Story:
    """One group of people: when each of the feeds that have it prints it."""

    group: Group
    items: dict[int, tuple[datetime, Item]]


@dataclass
class Shaky(Stage):
    """Links of those who are told break by chance, at any phase. `doubts`: how often after they had taken a message."""

    dice: random.Random = field(default_factory=lambda: random.Random(7))
    doubts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__init__()
        self._mine = threading.local()

    def accept(self, message: Accepted) -> None:
        super().accept(message)
        self._mine.identity = message.identity

    def reached(self, phase: str) -> None:
        if not phase.startswith(("mail:", "slack:", "hook:")) or self.dice.random() >= FAULTS / 6:  # some six phases a talk
            return
        if phase.endswith(AFTER_THE_YES):
            self.doubts[self._mine.identity] += 1
        raise GoneError


class Paper(Newsroom):
    """Fifty feeds; what each holds is what was published until the time that the service itself wrote down."""

    def __init__(self, stage: Stage, name: str, published: dict[int, list[tuple[datetime, Item]]]) -> None:
        super().__init__(stage, name)
        self.published, self.folder, self.dice = published, Path(), random.Random(11)
        self.asked = self.broken = 0

    @property
    def feeds(self) -> dict[str, str]:
        return {f"paper-{number}": f"http://127.0.0.1:{self.port}/{number}.xml" for number in self.published}

    def _answer(self, path: str) -> tuple[str, str, bytes, str]:
        if not path.endswith(".xml"):
            return "404 Not Found", "text/html", b"<p>There is no such page.", ""
        self.asked += 1
        if self.dice.random() < FAULTS:
            self.broken += 1
            return self._broken()
        number = int(path.strip("/").removesuffix(".xml"))
        body = self._of(number, datetime.fromisoformat((self.folder / "now").read_text()))
        return "200 OK", "application/rss+xml; charset=utf-8", body, f'"{hash(body):x}"'

    def _broken(self) -> tuple[str, str, bytes, str]:
        kind = self.dice.randrange(6)
        if kind == 0:
            raise OSError("the link breaks")
        if kind == 1:
            return "200 OK", "application/rss+xml", b"<rss version='2.0'><channel><title>x</title><item><title>half", ""
        if kind == 2:
            return "200 OK", "text/html", b"<!doctype html><html><body>Checking your browser", ""
        if kind == 3:
            return "200 OK", "application/rss+xml", b"", ""
        return ("429 Too Many Requests", "503 Service Unavailable")[kind % 2], "text/plain", b"later", ""

    def _of(self, number: int, now: datetime) -> bytes:
        shown = [(at, item) for at, item in self.published[number] if at <= now][-WINDOW:]
        rows = "".join(
            f"<item><guid isPermaLink='false'>{item.name}</guid><link>http://127.0.0.1:{self.port}/{item.name}</link>"
            f"<title>{item.title}</title><description>{item.text}</description><pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for at, item in reversed(shown)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Paper {number}</title><language>en</language>{rows}</channel></rss>'.encode()


class Soak(World):
    """The world of the crash matrix, with a longer story."""

    def __init__(self, days: int, dice: random.Random) -> None:
        super().__init__()
        self.days = days
        self.stories, published = newsroom(days, dice)
        self.stage = Shaky()
        self.newsroom = Paper(self.stage, "news", published)
        self.mail = MailServer(self.stage, "mail")
        self.slack, self.hook = Receiver(self.stage, "slack"), Receiver(self.stage, "hook")
        self._stack = ExitStack()

    def _set_up(self) -> None:
        self.folder = self.home / "soak"
        self.folder.mkdir()
        text = script.rules(self.newsroom.feeds)
        begin, end = text.index("[watcher.politeness]"), text.index("[operator]")
        (self.folder / "rules.toml").write_text(text[:begin] + POLITE + text[end:], encoding="utf-8")
        (self.folder / "rules.toml").chmod(0o600)
        self.newsroom.folder = self.folder

    def _warm_up(self) -> None:
        """The first poll of every feed, without faults, in the launcher itself: what it has imported its children need not."""
        self.newsroom.dice.random = lambda: 1.0  # type: ignore[method-assign]
        rounds = [(timedelta(), ROUND), (timedelta(minutes=5), ROUND)]
        self._say(self._plan(self.folder, START, rounds, warm=True, batch_wait=BATCH_WAIT))
        assert "started" in self._hear()
        assert self._hear() == {"ended": 0}, self.log(self.folder)
        self.newsroom.dice = random.Random(11)

    def life(self, begin: datetime, seconds: float | None, rounds: Sequence[tuple[timedelta, Sequence[Step]]]) -> int:
        """One life, killed after so many seconds where it has not ended; gives how it ended."""
        self._started.clear()
        self._over.clear()
        self._say(self._plan(self.folder, begin, rounds, batch_wait=BATCH_WAIT))
        self._pid = self._hear()["started"]
        self._started.set()
        timer = threading.Timer(LONGEST if seconds is None else seconds, self._kill)
        timer.start()
        status = int(self._hear()["ended"])
        timer.cancel()
        self._over.set()
        self._quiet()
        return status


def newsroom(days: int, dice: random.Random) -> tuple[list[Story], dict[int, list[tuple[datetime, Item]]]]:
    """What fifty papers print in so many days: noise, and each EVERY a group of people, in one to three papers."""
    published: dict[int, list[tuple[datetime, Item]]] = {number: [] for number in range(FEEDS)}
    first = START - timedelta(days=5)
    for number, items in published.items():
        for serial in range(int((days + 5) * PER_DAY)):
            at = first + timedelta(days=days + 5) * dice.random()
            town, year = dice.choice(TOWNS), 1900 + dice.randrange(120)
            items.append(
                (at, Item(f"n{number}-{serial}", f"Market of {town} opens again, {serial}", f"A hall of {year} in {town}, paper {number}."))
            )
    stories = []
    for serial in range(int(timedelta(days=days - 1.5) / EVERY)):
        at = START + timedelta(hours=7) + serial * EVERY
        group = Group(11 + (serial * 37) % 291, PEOPLE[serial % len(PEOPLE)])
        papers = dice.sample(range(FEEDS), dice.randint(1, 3))
        told = {
            paper: (at + timedelta(minutes=90 * place), report(group, f"s{serial}-{paper}", place=PLACES[serial % len(PLACES)]))
            for place, paper in enumerate(papers)
        }
        stories.append(Story(group, told))
        for paper, printed in told.items():
            published[paper].append(printed)
    for items in published.values():
        items.sort(key=lambda one: one[0])
    return stories, published


def rounds_of(length: timedelta) -> Iterator[tuple[timedelta, Sequence[Step]]]:
    """A look at what is due every ten minutes, the rest of the loops in between."""
    for number in range(int(length / LOOK)):
        yield number * LOOK, ROUND
        yield number * LOOK + LOOK / 2, (Step(0, loop=OTHER_LOOPS),)


def with_kills(world: Soak, dice: random.Random) -> tuple[int, Counter[str]]:
    """Live through all days, a life each LIFE, each of them killed: at any moment, or when it had nothing left to do.

    Gives the kills, and for each message how often one left it in doubt.
    """
    kills, doubts, typical = 0, Counter[str](), 10.0
    begun = time.monotonic()
    lives = int(timedelta(days=world.days) / LIFE)
    for number in range(1, lives):
        before, started = len(world.stage.accepted), time.monotonic()
        moment = dice.uniform(0.0, 1.3) if number > 1 else 1.3  # of the time that a life takes
        (world.folder / "done").unlink(missing_ok=True)
        status = world.life(START + number * LIFE, typical * moment, [*rounds_of(LIFE), (LIFE, (Step(0, command="wait_for_the_end"),))])
        assert status == -signal.SIGKILL, world.log(world.folder)[-4000:]
        kills += 1
        doubts += _in_doubt(world, world.stage.accepted[before:])
        if (world.folder / "done").exists():
            took = (world.folder / "done").stat().st_mtime - (time.time() - (time.monotonic() - started))
            typical = took if number == 1 else 0.8 * typical + 0.2 * took
        elif moment > 1:
            typical *= 1.1
        if number % 360 == 0:
            print(
                f"  day {number // 72}: {kills} kills, {len(world.stage.accepted)} messages taken, {time.monotonic() - begun:.0f} s",
                flush=True,
            )
    return kills, doubts


def _in_doubt(world: Soak, taken: Sequence[Accepted]) -> Counter[str]:
    """Messages that were taken in this life and are not written down as sent: the next life sends them again."""
    if not taken:
        return Counter()
    with opened(world.folder) as database:
        rows = outbox_rows(database)
    return Counter({one.identity for one in taken if one.identity in rows and rows[one.identity]["state"] != "sent"})


def _held(world: Soak) -> int:
    with opened(world.folder) as database:
        return int(database.execute("SELECT count(*) FROM outbox WHERE state = 'held'").fetchone()[0])


def judge(world: Soak, doubts: Counter[str]) -> list[str]:
    """What is wrong at the end; nothing, if all is well."""
    wrong: list[str] = []
    accepted = world.stage.accepted
    for recipient in RECIPIENTS:
        mine = [one for one in accepted if one.recipient == recipient]
        told = {one.identity: _groups(one, [story.group for story in world.stories]) for one in mine}
        for story in world.stories:
            identities = [identity for identity, groups in told.items() if story.group in groups]
            if len(identities) != 1:
                wrong.append(f"{recipient} was told of {story.group.text} {len(identities)} times ({', '.join(identities)})")
    repeats = 0
    for identity, count in Counter(one.identity for one in accepted).items():
        repeats += count - 1
        if len({one.body for one in accepted if one.identity == identity}) > 1:
            wrong.append(f"{identity} was sent with other words the second time")
        if count - 1 > doubts[identity] + world.stage.doubts[identity]:
            wrong.append(f"{identity} was sent {count} times, in doubt {doubts[identity] + world.stage.doubts[identity]} times")
    with opened(world.folder) as database:
        if (answer := database.execute("PRAGMA integrity_check(3)").fetchone()[0]) != "ok":
            wrong.append(f"the database is damaged: {answer}")
        sql = "SELECT local_date FROM digests JOIN audiences ON audiences.id = audience WHERE name = 'digest:daily'"
        days = [date.fromisoformat(row[0]) for row in database.execute(sql)]
        waiting = database.execute("SELECT count(*) FROM outbox WHERE state <> 'sent'").fetchone()[0]
    if sorted(days) != [min(days) + timedelta(days=number) for number in range(len(days))] or len(days) < world.days - 1:
        wrong.append(f"{len(days)} digests in {world.days} days: {Counter(days).most_common(3)}")
    wrong += [f"{waiting} messages wait at the end"] if waiting else []
    print(
        f"groups {len(world.stories)}, digests {len(days)}, messages {len({one.identity for one in accepted})}, repeats {repeats} (in doubt {sum(doubts.values())} by kills, {sum(world.stage.doubts.values())} by links)"
    )
    print(f"requests to feeds {world.newsroom.asked}, {world.newsroom.broken} of them went wrong")
    return wrong


def _groups(one: Accepted, groups: Sequence[Group]) -> set[Group]:
    """The groups that a message tells of as its own news."""
    if one.channel == "mail":
        mail = message_from_bytes(one.body, policy=default)
        assert isinstance(mail, EmailMessage)
        said = [line for line in plain(mail).splitlines() if re.match(r"#\d+\s", line)]
    elif one.channel == "slack":
        said = [block["text"]["text"] for block in json.loads(one.body)["blocks"] if block["type"] == "section"]
    else:
        data = json.loads(one.body).get("data")
        said = [str((data.get("story") or {}).get("headline"))] if isinstance(data, dict) else []
    return {group for group in groups if any(re.search(rf"(?<!\d){group.text}", words) for words in said)}


def without_kills(world: Soak) -> list[tuple[int, int, int]]:
    """One life of all days; gives (day, KB of memory, file descriptors) as they were seen on the way."""
    seen: list[tuple[int, int, int]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(1.0):
            pid = world._pid
            try:
                moment = datetime.fromisoformat((world.folder / "now").read_text())
                status = Path(f"/proc/{pid}/status").read_text()
                count = len(list(Path(f"/proc/{pid}/fd").iterdir()))
            except (OSError, ValueError):
                continue
            day = (moment - START).days
            memory = int(status.partition("VmRSS:")[2].split()[0])
            if not seen or seen[-1][0] != day:
                seen.append((day, memory, count))
                if day % 5 == 0:
                    print(f"  day {day}: {memory / 1024:.0f} MB, {count} file descriptors", flush=True)

    world._pid = None
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    rounds = [(after, steps) for number in range(1, world.days) for after, steps in _moved(number)]
    world._started.clear()
    world._say(world._plan(world.folder, START, rounds, same_process=False, batch_wait=BATCH_WAIT))
    world._pid = world._hear()["started"]
    status = world._hear()["ended"]
    over.set()
    assert status == 0, world.log(world.folder)[-4000:]
    return seen


def _moved(day: int) -> Iterator[tuple[timedelta, Sequence[Step]]]:
    for number in range(72):
        for after, steps in rounds_of(LIFE):
            yield timedelta(days=day) + number * LIFE + after, steps


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--days", type=int, default=60)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--no-kills", action="store_true")
    said = asked.parse_args()
    begun = time.monotonic()
    with Soak(said.days, random.Random(said.seed)) as world:
        if said.no_kills:
            seen = without_kills(world)
            kills, doubts = 0, Counter[str]()
            half = seen[len(seen) // 3]
            print(
                f"memory {half[1] / 1024:.0f} MB on day {half[0]}, {seen[-1][1] / 1024:.0f} MB on day {seen[-1][0]}; file descriptors {half[2]}, {seen[-1][2]}"
            )
        else:
            kills, doubts = with_kills(world, random.Random(said.seed))
        end = START + timedelta(days=world.days)
        held = _held(world)
        for number in range(4):  # until nothing waits; what two kills in a row have held is released by a person
            released = (timedelta(minutes=1), (Step(0, command="release"),))
            assert world.life(end + number * timedelta(hours=5), None, [released, *rounds_of(LIFE)]) == 0
        wrong = judge(world, doubts)
        print(f"held after two kills in a row on them, released at the end: {held}")
        print(f"{said.days} days, {FEEDS} feeds, {kills} kills, {len(wrong)} breaches, {time.monotonic() - begun:.0f} s")
        for line in wrong[:40]:
            print(f"  BREACH {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
