"""Simulated publishers and their servers, polled over days by the real decisions: health, overlap, and when to ask again.

Sixty-four feeds of the kinds this service reads: dailies with nights, wires, ministries that close on weekends and over the long holidays
of their country, weekly and monthly blogs, searches that find nothing for weeks, flaky servers, feeds with 304 and feeds whose bytes
change at every poll. Nothing here decides anything; the same answers go through the pure functions, or through the real store.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b

from watcher.collect import cadence, health
from watcher.collect import overlap as window
from watcher.collect.cadence import Politeness
from watcher.model import Entry, Feed, FeedKind, Fetched, HealthMemory, HealthState, Hints

BEFORE = timedelta(days=200)  # of items there were when the first poll comes
RULES = Politeness()

# Days on which offices are closed beyond weekends, bridges included, as announced for 2026: (country, first day, last day).
CLOSED = {
    "KH": [(date(2026, 4, 11), date(2026, 4, 19)), (date(2026, 10, 10), date(2026, 10, 13)), (date(2026, 11, 23), date(2026, 11, 25))],
    "CN": [(date(2026, 2, 15), date(2026, 2, 23)), (date(2026, 4, 4), date(2026, 4, 6)), (date(2026, 10, 1), date(2026, 10, 7))],
    "VN": [(date(2026, 2, 14), date(2026, 2, 22)), (date(2026, 4, 30), date(2026, 5, 3)), (date(2026, 8, 29), date(2026, 9, 2))],
    "TW": [(date(2026, 2, 14), date(2026, 2, 22)), (date(2026, 9, 25), date(2026, 9, 28))],
    "KR": [(date(2026, 2, 14), date(2026, 2, 18)), (date(2026, 9, 24), date(2026, 9, 27))],
    "TH": [(date(2026, 4, 11), date(2026, 4, 15)), (date(2026, 10, 23), date(2026, 10, 25))],
}
STARTS = (datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 8, 20, tzinfo=UTC))  # 90 days from each hold the long holidays


@dataclass(frozen=True, slots=True)
class Answer:
    """What a fault makes of a server's answer; None leaves it as it is."""

    status: int = 200
    problem: str | None = None
    fault: str | None = None  # as `collect` would name it
    items: int | None = None  # only so many
    frozen: datetime | None = None  # nothing newer than this
    same_bytes: bool = False
    moved_to: str | None = None
    degraded: bool = False


Fault = Callable[[datetime], Answer | None]


@dataclass(slots=True)
class Server:
    """One feed: when it published what, how many items it shows, and how its server behaves."""

    name: str
    times: list[datetime]
    window: int = 20
    kind: FeedKind = FeedKind.FEED
    failing: float = 0.003  # share of requests that fail by chance
    etag: bool = True  # says 304
    stamped: bool = False  # prints the time of the request: no two answers have the same bytes
    rendered: bool = False  # the items too (a view counter in each)
    dated: bool = True
    days_shown: int | None = None  # shows the items of so many days, however many they are
    fault: Fault | None = None
    breaks: list[tuple[datetime, datetime]] = field(default_factory=list)  # restarts and the like, under an hour each

    def shown(self, at: datetime) -> range:
        """The numbers of the items it shows, oldest first."""
        end = bisect_right(self.times, at)
        start = max(0, end - self.window)
        if self.days_shown is not None:
            start = max(start, bisect_right(self.times, at - timedelta(days=self.days_shown)))
        return range(start, end)

    def entry(self, number: int) -> Entry:
        """One item as it is read."""
        url = f"https://{self.name}.test/{number}"
        published = self.times[number] if self.dated else None
        return Entry(url, url, url, f"Report number {number} of {self.name}", "Words.", "en", published, self.name)

    def prints(self, numbers: range, at: datetime) -> list[bytes]:
        """The fingerprints of items, newest first."""
        salt = at.isoformat() if self.rendered else ""
        return [blake2b(f"{self.name} {number} {salt}".encode(), digest_size=8).digest() for number in reversed(numbers)]


def ask(server: Server, feed: Feed, at: datetime, chance: random.Random) -> Fetched:
    """One poll of the server, as `collect` reports it."""
    answer = server.fault(at) if server.fault is not None else None
    jitter = chance.random()
    if answer is None and (chance.random() < server.failing or any(since <= at < until for since, until in server.breaks)):
        answer = Answer(0, "timed out", "other")
    if answer is not None and answer.problem is not None:
        return _failed(feed, at, answer, jitter)
    answer = answer or Answer()
    numbers = server.shown(min(at, answer.frozen) if answer.frozen else at)
    if answer.items is not None:
        numbers = numbers[-answer.items :] if answer.items else range(0)
    prints = server.prints(numbers, answer.frozen if answer.frozen and answer.same_bytes else at)
    if not numbers and feed.items and feed.kind is not FeedKind.SEARCH:
        return _failed(feed, at, Answer(200, "empty: a feed without any item, where there were some before", "empty"), jitter)
    items = b"".join(prints)
    if feed.first_ok is not None and (answer.same_bytes or not server.stamped) and items == feed.items:
        status = 304 if server.etag else 200
        due, interval = cadence.next_poll(feed, "unchanged", at, Hints(), RULES, jitter)
        return Fetched(
            feed.id,
            at,
            "unchanged",
            status,
            items=feed.items,
            next_poll=due,
            interval=interval,
            answered_url=feed.url,
            moved_to=answer.moved_to,
        )
    before = {feed.items[i : i + 8] for i in range(0, len(feed.items), 8)}
    entries = tuple(server.entry(n) for n, one in zip(reversed(numbers), prints, strict=True) if one not in before)
    known = len(numbers) - len(entries)
    hints = Hints(len(numbers), len(entries), overlap=known or None)
    due, interval = cadence.next_poll(feed, "changed", at, hints, RULES, jitter)
    return Fetched(
        feed.id, at, "changed", 200, entries, known, items, next_poll=due, interval=interval, answered_url=feed.url, hints=hints,
        jitter=jitter, moved_to=answer.moved_to, warning="degraded parse: the usual reader failed" if answer.degraded and entries else None,
        final_url=feed.url, body_hash=blake2b(items, digest_size=8).digest(),
    )  # fmt: skip


def _failed(feed: Feed, at: datetime, answer: Answer, jitter: float) -> Fetched:
    due, interval = cadence.next_poll(feed, "failed", at, Hints(), RULES, jitter)
    return Fetched(feed.id, at, "failed", answer.status, next_poll=due, interval=interval, problem=answer.problem, fault=answer.fault)


@dataclass(slots=True)
class Polled:
    """A feed as polls have made it: its row, its health, the entries it brought, and the states it was in."""

    server: Server
    feed: Feed
    memory: HealthMemory = field(default_factory=HealthMemory)
    keys: set[str] = field(default_factory=set)
    newest: list[tuple[str, str, str]] = field(default_factory=list)
    states: list[tuple[datetime, HealthState]] = field(default_factory=list)
    gaps: list[datetime] = field(default_factory=list)

    def poll(self, at: datetime, chance: random.Random) -> None:
        """One poll, decided as the corridor decides it."""
        feed = self.feed
        fetched = ask(self.server, feed, at, chance)
        before = window.shown(self.newest[-window.reach(feed) :]) if window.needs_archive(feed, fetched) else window.Shown()
        overlap = window.overlap(feed, fetched, before)
        if overlap == 0:
            self.gaps.append(at)
        fresh = [entry for entry in fetched.entries if entry.key not in self.keys]
        self.keys.update(entry.key for entry in fresh)
        self.newest.extend((entry.key, entry.canonical_url, entry.title) for entry in reversed(fresh))
        self.memory = health.after(self.memory, feed, fetched, new=len(fresh))
        if fetched.hints is not None:
            hints = replace(fetched.hints, overlap=overlap, new=max(0, fetched.hints.items - (overlap or 0)))
            due, interval = cadence.next_poll(feed, "changed", at, hints, RULES, fetched.jitter)
            fetched = replace(fetched, next_poll=due, interval=interval)
        self.feed = _after(feed, fetched)
        if not self.states or self.states[-1][1] is not self.memory.state:
            self.states.append((at, self.memory.state))


def _after(feed: Feed, fetched: Fetched) -> Feed:
    """The feed's row after a poll, as the store keeps it."""
    feed = replace(feed, interval=fetched.interval or feed.interval, next_poll=fetched.next_poll)
    if fetched.outcome == "failed":
        return replace(feed, failures=feed.failures + 1)
    read = replace(feed, failures=0, first_ok=feed.first_ok or fetched.at, last_ok=fetched.at)
    return replace(read, items=fetched.items) if fetched.outcome == "changed" else read


def polled(server: Server, number: int) -> Polled:
    """A feed that was never polled."""
    return Polled(server, Feed(number, f"https://{server.name}.test/feed", server.name, kind=server.kind))


def run(one: Polled, start: datetime, days: float, chance: random.Random, *, off: Callable[[datetime], bool] | None = None) -> Polled:
    """Poll one feed whenever it is due. `off` says when the service does not run; it looks every ten minutes."""
    at, end = start, start + timedelta(days=days)
    while at < end:
        if off is None or not off(at):
            one.poll(at, chance)
            assert one.feed.next_poll is not None
            at = max(one.feed.next_poll, at + timedelta(minutes=1))
        else:
            at += timedelta(minutes=10)
    return one


def servers(seed: int, start: datetime, days: int) -> list[Server]:
    """Sixty-four feeds that are well."""
    chance = random.Random(f"{seed} {start}")
    since, until = start - BEFORE, start + timedelta(days=days)
    made = [
        Server(f"daily{n}", list(_daily(chance, since, until, chance.uniform(15, 90))), chance.choice([10, 20, 30, 50])) for n in range(14)
    ]
    made += [
        Server(f"wire{n}", list(_even(chance, since, until, chance.uniform(100, 250))), chance.choice([30, 50, 100])) for n in range(6)
    ]
    for n in range(14):
        country = list(CLOSED)[n % len(CLOSED)]
        made.append(
            Server(f"ministry{n}-{country}", list(_office(chance, since, until, chance.uniform(0.7, 6), country)), chance.choice([10, 20]))
        )
    made += [Server(f"weekly{n}", list(_spaced(chance, since, until, 7, 1.5)), 10) for n in range(7)]
    made += [Server(f"twice{n}", list(_spaced(chance, since, until, 3.5, 1)), 15) for n in range(4)]
    made += [Server(f"monthly{n}", list(_spaced(chance, since, until, 25, 8)), 10) for n in range(4)]
    made += [Server(f"search{n}", list(_bursts(chance, since, until)), 100, FeedKind.SEARCH) for n in range(9)]
    made += [Server(f"lately{n}", list(_daily(chance, since, until, 40)), 500, days_shown=2 + n) for n in range(2)]
    made += [Server(f"closing{n}", list(_office(chance, since, until, 4, "KH")), 500, days_shown=7) for n in range(2)]
    made += [Server(f"counting{n}", list(_daily(chance, since, until, 30)), 20, rendered=True) for n in range(2)]
    assert len(made) == 64
    for number, server in enumerate(chance.sample(made, len(made))):
        server.failing = chance.uniform(0.02, 0.05) if number % 5 == 0 else 0.003
        server.etag = number % 3 > 0
        server.stamped = number % 4 == 1
        server.dated = number % 7 > 0
        server.breaks = list(_breaks(chance, start, until, 7 if number % 5 == 0 else 30))
    return made


def away(start: datetime) -> Callable[[datetime], bool]:
    """When the service itself is off in these 90 days: three days once, and an hour each Sunday."""
    return lambda at: timedelta(days=50) <= at - start < timedelta(days=53) or (at.weekday() == 6 and at.hour == 3)


def _breaks(chance: random.Random, since: datetime, until: datetime, days: float) -> Iterator[tuple[datetime, datetime]]:
    at = since
    while (at := at + timedelta(days=chance.expovariate(1 / days))) < until:
        yield at, at + timedelta(minutes=chance.uniform(3, 45))


def _even(chance: random.Random, since: datetime, until: datetime, per_day: float) -> Iterator[datetime]:
    at = since
    while (at := at + timedelta(days=chance.expovariate(per_day))) < until:
        yield at


def _daily(chance: random.Random, since: datetime, until: datetime, per_day: float) -> Iterator[datetime]:
    """A newspaper in Phnom Penh: few items at night, half as many on Sundays."""
    for at in _even(chance, since, until, per_day * 2):
        local = at + timedelta(hours=7)
        busy = (0.02 if local.hour < 6 or local.hour >= 22 else 0.75) * (0.5 if local.weekday() == 6 else 1)
        if chance.random() < busy:
            yield at


def _office(chance: random.Random, since: datetime, until: datetime, per_day: float, country: str) -> Iterator[datetime]:
    """A ministry: office hours, no weekends, no holidays."""
    for at in _even(chance, since, until, per_day * 24 / 9):
        local = at + timedelta(hours=8)
        closed = any(first <= local.date() <= last for first, last in CLOSED[country])
        if local.weekday() < 5 and 8 <= local.hour < 17 and not closed:
            yield at


def _spaced(chance: random.Random, since: datetime, until: datetime, days: float, spread: float) -> Iterator[datetime]:
    """A blog: one post in so many days; now and then one is left out, and rarely the author is on leave for three."""
    at = since
    while True:
        left_out = chance.choices((1, 2, 4), (0.9, 0.08, 0.02))[0]
        at += timedelta(days=max(0.5, chance.gauss(days, spread)) * left_out)
        if at >= until:
            return
        yield at


def _bursts(chance: random.Random, since: datetime, until: datetime) -> Iterator[datetime]:
    """A search: nothing for days or weeks, then some days with many."""
    at = since
    while at < until:
        at += timedelta(days=chance.uniform(1, 40))
        for found in _even(chance, at, min(until, at + timedelta(days=chance.uniform(0.3, 4))), chance.uniform(3, 30)):
            yield found
            at = found


def false_alarms(seed: int, start: datetime, days: int = 90) -> list[tuple[str, datetime, HealthState]]:
    """Every state other than ok that 64 feeds that are well came into."""
    chance = random.Random(seed)
    found: list[tuple[str, datetime, HealthState]] = []
    for number, server in enumerate(servers(seed, start, days)):
        one = run(polled(server, number), start + timedelta(seconds=chance.uniform(0, 600)), days, chance, off=away(start))
        found += [(server.name, at, state) for at, state in one.states if state is not HealthState.OK]
    return found


def faults(at: datetime) -> dict[HealthState, tuple[Fault, ...]]:
    """Real faults that begin at a moment and last, by the state they must lead to; several kinds of some."""

    def from_then(answer: Answer) -> Fault:
        return lambda now: answer if now >= at else None

    return {
        HealthState.DEAD: (from_then(Answer(0, "connection refused", "other")), from_then(Answer(404, "404, not found", "other"))),
        HealthState.BLOCKED: (from_then(Answer(403, "403, blocked from here", "blocked")),),
        HealthState.NOT_A_FEED: (from_then(Answer(200, "answers with a web page, not a feed", "not_a_feed")),),
        HealthState.SHRUNK: (from_then(Answer(items=0)), from_then(Answer(items=1))),
        HealthState.FROZEN: (from_then(Answer(frozen=at, same_bytes=True)),),
        HealthState.SILENT: (from_then(Answer(frozen=at)),),
        HealthState.MOVED: (from_then(Answer(moved_to="https://new.test/feed")),),
        HealthState.DEGRADED: (from_then(Answer(degraded=True)),),
    }


@dataclass(frozen=True, slots=True)
class Found:
    """One fault in one feed: what was told of it and after how long; None where nothing was until the end."""

    name: str
    fault: HealthState
    first: timedelta | None  # until any state was told
    named: timedelta | None  # until the state itself was


def found_faults(seed: int, start: datetime, *, well: int = 45, broken: int = 60, every: int = 1) -> list[Found]:
    """Break copies of 64 feeds (each `every`-th) in every way after so many days, and say what was told of each."""
    at = start + timedelta(days=well)
    result: list[Found] = []
    kinds = [(state, fault) for state, some in faults(at).items() for fault in some]
    for number, server in enumerate(servers(seed, start, well + broken)[::every]):
        chance = random.Random(f"{seed} {number}")
        before = run(polled(server, number), start, well, chance)
        for state, fault in kinds:
            copy = replace(
                before, server=replace(server, fault=fault), keys=set(before.keys), newest=list(before.newest), states=list(before.states)
            )
            assert copy.feed.next_poll is not None
            run(copy, copy.feed.next_poll, broken - (copy.feed.next_poll - at).total_seconds() / 86400, random.Random(f"{seed} {number}"))
            told = [(when - at, what) for when, what in copy.states if when >= at and what is not HealthState.OK]
            named = next((wait for wait, what in told if what is state), None)
            result.append(Found(server.name, state, told[0][0] if told else None, named))
    return result
