"""The health of feeds: polls over days that must lead to a state and back, and feeds that are well and must not be called otherwise."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from health_world import CLOSED, STARTS, Answer, Fault, Polled, Server, away, faults, polled, run, servers

from watcher.collect.health import after, begun, fault_of, patience, rhythm
from watcher.errors import FetchError, ParseError
from watcher.model import Feed, FeedKind, Fetched, HealthMemory, HealthState

OK, FAILING, DEAD, SILENT, SHRUNK = HealthState.OK, HealthState.FAILING, HealthState.DEAD, HealthState.SILENT, HealthState.SHRUNK
NOT_A_FEED, MOVED, BLOCKED, FROZEN = HealthState.NOT_A_FEED, HealthState.MOVED, HealthState.BLOCKED, HealthState.FROZEN
DEGRADED = HealthState.DEGRADED

START = datetime(2026, 1, 20, tzinfo=UTC)
REFUSED = Answer(0, "connection refused", "other")
FORBIDDEN = Answer(403, "403, blocked from here", "blocked")
PAGE = Answer(200, "answers with a web page, not a feed", "not_a_feed")
ELSEWHERE = Answer(moved_to="https://new.test/feed")

Spans = tuple[tuple[float, float, Answer], ...]


def every(hours: float, *, days: int = 260, until: float = 260) -> list[datetime]:
    """Times of items from 100 days before the first poll on."""
    first = START - timedelta(days=100)
    return [first + timedelta(hours=hours * n) for n in range(int(days * 24 / hours)) if hours * n / 24 < 100 + until]


def daily(**more: object) -> Server:
    """An item an hour, but none at night."""
    return Server("daily", [at for at in every(1) if 1 <= at.hour < 15], **{"failing": 0.0} | more)  # type: ignore[arg-type]


def weekly(**more: object) -> Server:
    """A post a week."""
    return Server("weekly", every(24 * 7), **{"window": 10, "failing": 0.0} | more)  # type: ignore[arg-type]


def ministry(country: str, *, until: float = 260) -> Server:
    """Three items a working day."""

    def works(at: datetime) -> bool:
        closed = any(first <= at.date() <= last for first, last in CLOSED[country])
        return at.weekday() < 5 and 2 <= at.hour < 10 and not closed

    return Server("ministry", [at for at in every(3, until=until) if works(at)], failing=0.0)


def search(*, quiet_from: float, quiet_until: float) -> Server:
    """Bursts of three days in each twenty, and nothing at all in between."""
    since, until = START + timedelta(days=quiet_from), START + timedelta(days=quiet_until)
    found = [at for at in every(5) if (at - START).days % 20 < 3 and not since <= at < until]
    return Server("search", found, 100, FeedKind.SEARCH, failing=0.0)


def without(server: Server, first: float, last: float) -> Server:
    """The same without what it published between two days."""
    since, until = START + timedelta(days=first), START + timedelta(days=last)
    server.times = [at for at in server.times if not since <= at < until]
    return server


def during(*spans: tuple[float, float, Answer]) -> Fault:
    """A server that answers so between these days."""

    def fault(at: datetime) -> Answer | None:
        day = (at - START) / timedelta(days=1)
        return next((answer for first, last, answer in spans if first <= day < last), None)

    return fault


def each(hours: int, answer: Answer, *, first: float, last: float) -> Fault:
    """A server that answers well in one hour of so many, and so in the others."""
    return lambda at: answer if first <= (at - START) / timedelta(days=1) < last and at.hour % hours else None


@dataclass(frozen=True)
class Case:
    """A feed, what happens to it, and the states it must be in: (day, state), in this order and with no other between."""

    name: str
    server: Callable[[], Server]
    happens: Fault | None
    states: tuple[tuple[float, HealthState], ...]
    days: float = 45
    off: Callable[[float], bool] | None = None


CASES = (
    # Not read
    Case("connection refused for three days", daily, during((30, 33, REFUSED)), ((30.5, FAILING), (32.5, DEAD), (34.5, OK))),
    Case("404 for good", daily, during((30, 99, Answer(404, "404, not found", "other"))), ((30.5, FAILING), (44, DEAD))),
    Case("an empty page for good", daily, during((30, 99, Answer(200, "answers with nothing", "other"))), ((30.5, FAILING), (44, DEAD))),
    Case("broken for an evening", daily, during((30, 30.3, Answer(500, "500", "other"))), ((30.29, FAILING), (31, OK))),
    Case("three time-outs in a row", daily, during((30, 30.03, REFUSED)), ((31, OK),)),
    Case("a server that comes and goes for a day", daily, each(8, REFUSED, first=30, last=31), ((30.6, FAILING), (33, OK))),
    Case("403 for two days", daily, during((30, 32, FORBIDDEN)), ((30.35, FAILING), (31.5, BLOCKED), (33.5, OK))),
    Case("403 for a month is blocked, not dead", daily, during((30, 99, FORBIDDEN)), ((30.35, FAILING), (59, BLOCKED)), days=60),
    Case("429 for a day", daily, during((30, 31, Answer(429, "429", "blocked"))), ((30.35, FAILING), (30.9, BLOCKED), (33, OK))),
    Case("429 for half an hour", daily, during((30, 30.02, Answer(429, "429", "blocked"))), ((31, OK),)),
    Case("451 for good", daily, during((30, 99, Answer(451, "451", "blocked"))), ((30.35, FAILING), (44, BLOCKED))),
    Case("a page that checks the browser", daily, during((30, 99, Answer(200, "a web page", "blocked"))), ((30.35, FAILING), (44, BLOCKED))),
    Case(
        "403 with time-outs between",
        daily,
        during((30, 30.7, FORBIDDEN), (30.7, 31.5, REFUSED), (31.5, 40, FORBIDDEN)),
        ((30.35, FAILING), (30.68, BLOCKED), (39, BLOCKED), (42, OK)),
    ),
    Case("a web page for two days", daily, during((30, 32, PAGE)), ((30.35, FAILING), (31.5, NOT_A_FEED), (33.5, OK))),
    Case("a parked domain", daily, during((30, 99, PAGE)), ((30.35, FAILING), (59, NOT_A_FEED)), days=60),
    Case("a page of maintenance for two hours", daily, during((30, 30.08, PAGE)), ((31, OK),)),
    Case("down from the first day", daily, during((0, 99, REFUSED)), ((0.5, FAILING), (2, DEAD))),
    Case("a weekly that is down for two days", weekly, during((30, 32, REFUSED)), ((30.6, FAILING), (31.9, DEAD), (34.5, OK))),
    Case("down for a month, and nothing new after it", lambda: without(daily(), 28, 63), during((30, 60, REFUSED)),
         ((30.5, FAILING), (59, DEAD), (63, OK)), days=64),
    # Read, but short
    Case("no item at all for three days", daily, during((30, 33, Answer(items=0))), ((32, SHRUNK), (35, OK))),
    Case("no item at all for an hour", daily, during((30, 30.04, Answer(items=0))), ((32, OK),)),
    Case("one item of twenty", daily, during((30, 35, Answer(items=1))), ((32, SHRUNK), (37, OK))),
    Case("five items of fifty", lambda: daily(window=50), during((30, 35, Answer(items=5))), ((32, SHRUNK), (37, OK))),
    Case("half of its items", daily, during((30, 99, Answer(items=10))), ((44, OK),)),
    Case("made short for good", daily, during((30, 999, Answer(items=4))), ((32, SHRUNK), (75, OK)), days=76),
    Case("a list of the last week that empties over a holiday", lambda: without(daily(days_shown=7, window=500), 30, 36), None, ((44, OK),)),
    # Read, but nothing new
    Case("304 for ever", daily, during((30, 99, Answer(frozen=START + timedelta(days=30), same_bytes=True))),
         ((36, OK), (40, SILENT), (59, FROZEN)), days=60),
    Case("the same bytes with 200", lambda: daily(etag=False, stamped=True),
         during((30, 50, Answer(frozen=START + timedelta(days=30), same_bytes=True))), ((36, OK), (40, SILENT), (49, FROZEN), (52, OK)), days=54),
    Case("a new date each time, but no item", lambda: daily(stamped=True), during((30, 60, Answer(frozen=START + timedelta(days=30)))),
         ((36, OK), (59, SILENT), (62, OK)), days=64),
    Case("a weekly that is frozen", weekly, during((50, 999, Answer(frozen=START + timedelta(days=50), same_bytes=True))),
         ((80, OK), (110, FROZEN)), days=111),
    Case("a weekly on leave for three weeks", lambda: without(weekly(), 30, 52), None, ((80, OK),), days=80),
    Case("a strike of five days", lambda: without(daily(), 30, 35), None, ((44, OK),)),
    Case("a ministry over Chinese New Year", lambda: ministry("CN"), None, ((60, OK),), days=60),
    Case("a ministry over Tet", lambda: ministry("VN"), None, ((60, OK),), days=60),
    Case("a ministry over Khmer New Year", lambda: ministry("KH"), None, ((100, OK),), days=100),
    Case("a ministry that publishes no more", lambda: ministry("KR", until=40), None, ((50, OK), (52.5, SILENT), (59, FROZEN)), days=60),
    Case("a search that finds nothing for seven weeks", lambda: search(quiet_from=43, quiet_until=92), None, ((100, OK),), days=100),
    Case("a search that finds nothing for four months", lambda: search(quiet_from=30, quiet_until=150), None, ((80, OK), (140, FROZEN)), days=141),
    Case("a monthly that prints no dates", lambda: Server("monthly", every(24 * 30), 10, dated=False, failing=0.0), None, ((99, OK),), days=100),
    # Read, but elsewhere or in part
    Case("moved for three days", daily, during((30, 33, ELSEWHERE)), ((32, MOVED), (35, OK))),
    Case("moved for an hour", daily, during((30, 30.04, ELSEWHERE)), ((32, OK),)),
    Case("read in part for three days", daily, during((30, 33, Answer(degraded=True))), ((32.5, DEGRADED), (35, OK))),
    Case("read in part once", daily, during((30, 30.04, Answer(degraded=True))), ((32, OK),)),
    Case("moved and read in part", daily, during((30, 99, Answer(moved_to="https://new.test/", degraded=True))), ((33, DEGRADED),), days=34),
    # The service itself was away
    Case("ten days without service", daily, None, ((44, OK),), off=lambda day: 30 <= day < 40),
    Case("a month without service, a weekly", weekly, None, ((100, OK),), days=100, off=lambda day: 50 <= day < 85),
    Case("one failure on each side of three days without service", daily, during((29.99, 30.02, REFUSED), (33, 33.02, REFUSED)), ((40, OK),),
         off=lambda day: 30.01 <= day < 33),
    Case("a computer that is on for three hours a day", daily, None, ((44, OK),), off=lambda day: not 0.1 <= day % 1 < 0.225),
)  # fmt: skip


def play(case: Case, seed: int = 1) -> Polled:
    server = case.server()
    server.fault = case.happens
    off = None if case.off is None else (lambda at, off=case.off: off((at - START) / timedelta(days=1)))
    return run(polled(server, 1), START, case.days, random.Random(seed), off=off)


def state_on(one: Polled, day: float) -> HealthState:
    return [state for at, state in one.states if at <= START + timedelta(days=day)][-1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_feed_comes_into_its_state_and_out_of_it(case: Case):
    """Each is said once when it lasts, and once when it is over; nothing in between, and nothing of what passes by itself."""
    one = play(case)
    seen = [state_on(one, day) for day, _ in case.states]
    assert seen == [state for _, state in case.states], one.states
    expected = [OK, *(state for _, state in case.states)] if case.states[0][1] is not OK else [state for _, state in case.states]
    changes = [state for state, before in zip(expected, [None, *expected], strict=False) if state is not before]
    assert [state for _, state in one.states] == changes


def test_there_are_forty_cases_and_every_state_is_among_them():
    """The list above is what the figure counts."""
    assert len(CASES) >= 40
    assert {state for case in CASES for _, state in case.states} == set(HealthState)


@pytest.mark.parametrize("start", STARTS, ids=["new year", "autumn"])
def test_feeds_that_are_well_are_not_called_otherwise(start: datetime):
    """A line that cries wolf is not read when it matters. A sixth of the simulated feeds; `python bench/health.py` has all, over ten seeds."""
    chance = random.Random(5)
    told = []
    for number, server in enumerate(servers(5, start, 90)):
        if number % 6 == 0:
            one = run(polled(server, number), start, 90, chance, off=away(start))
            told += [(server.name, at, state) for at, state in one.states if state is not OK]
    assert told == []


def test_the_simulation_can_fail():
    """Without the measure of its own rhythm a ministry over the holidays is called silent: the wait for it is what keeps it from that."""
    one = play(Case("", lambda: ministry("CN"), None, ((60, OK),), days=60))
    longest = max(one.memory.gaps)
    assert timedelta(days=7) < timedelta(seconds=longest) < patience(one.memory, FeedKind.FEED)


def test_every_fault_is_found_in_a_daily_within_a_fortnight():
    """Found late is found after the story."""
    broken = START + timedelta(days=30)
    for state, kinds in faults(broken).items():
        for fault in kinds:
            one = run(polled(daily(fault=fault, stamped=state is SILENT), 1), START, 46, random.Random(3))
            assert one.memory.state is state


def test_the_reason_is_in_words_and_stays_as_it_was():
    """The operator reads what was wrong when it began; it must not read differently every hour."""
    one = play(Case("", daily, during((30, 31, REFUSED)), (), days=30.4))
    began = one.memory
    one.server.fault = during((30, 99, Answer(503, "503", "other")))
    later = run(one, one.feed.next_poll or START, 0.3, random.Random(1)).memory
    assert (began.state, began.reason, later.reason, later.since) == (FAILING, "connection refused", "connection refused", began.since)
    shrunk = play(Case("", daily, during((30, 99, Answer(items=1))), ()))
    assert shrunk.memory.reason == "1 item where 20 are usual"


def test_the_rhythm_is_the_longest_wait_of_a_day_with_news():
    """A daily's is its night, a weekly's is a week; a feed that was just added has none."""
    assert timedelta(hours=9) < (rhythm(play(Case("", daily, None, ())).memory) or timedelta(0)) < timedelta(hours=16)
    assert (rhythm(play(Case("", weekly, None, (), days=80)).memory) or timedelta(0)).days in (6, 7)
    assert rhythm(HealthMemory(gaps=(3600, 7200))) is None


def test_a_clock_that_is_set_back_changes_no_state():
    """A wrong clock is no feed's fault."""
    one = play(Case("", daily, None, ()))
    back = after(one.memory, one.feed, Fetched(1, (one.memory.seen or START) - timedelta(days=3), "failed", problem="timed out"), new=0)
    assert replace(back, seen=None) == replace(one.memory, seen=None)


def test_a_fallback_is_another_body_and_not_a_short_one():
    """Where the site is down and a search stands in for it, its three items are no fault of the site's feed; its return is none either."""
    one = play(Case("", daily, None, ()))
    at = one.memory.seen or START
    memory = one.memory
    for hour in range(100):
        at += timedelta(hours=1)
        print_of = hour.to_bytes(8, "big")
        read = Fetched(1, at, "changed", 200, known=3, items=print_of * 3, answered_url="https://fallback.test/", used_fallback=True)
        memory = after(memory, one.feed, read, new=1)
        assert memory.state is OK
    assert memory.fallback_since is not None
    back = after(memory, one.feed, Fetched(1, at, "changed", 200, known=20, answered_url=one.feed.url), new=1)
    assert (back.state, back.fallback_since) == (OK, None)


def test_what_was_known_before_health_was_kept_is_its_beginning():
    """After an upgrade a weekly is not a stranger for two months."""
    feed = Feed(1, "https://weekly.test/", "Weekly", first_ok=START - timedelta(days=90), last_ok=START)
    memory = begun(feed, [START - timedelta(days=7 * n) for n in range(12, 0, -1)], [10] * 12, None)
    assert rhythm(memory) == timedelta(days=7)
    assert patience(memory, FeedKind.FEED) == timedelta(days=42)


@pytest.mark.parametrize(
    ("error", "body", "kind"),
    [
        (FetchError("u", "403", kind="status", status=403), None, "blocked"),
        (FetchError("u", "503, a page that checks", kind="challenge", status=503), None, "blocked"),
        (FetchError("u", "503", kind="status", status=503), None, "other"),
        (FetchError("u", "timed out", kind="timeout"), None, "other"),
        (ParseError("a web page"), b"<!DOCTYPE html><html><head><title>Just a moment...</title>", "blocked"),
        (ParseError("a web page"), b"<html><body>This domain is for sale", "not_a_feed"),
        (ParseError("nothing"), b"", "other"),
    ],
)
def test_the_kind_of_a_failure_is_told_from_what_was_answered(error: Exception, body: bytes | None, kind: str):
    """What helps is not the same for a refusal, a web page and a time-out."""
    assert fault_of(error, body) == kind
