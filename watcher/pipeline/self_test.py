"""The daily self-test: a made-up report goes the way of every report, and its message must arrive.

Once a local date, some minutes before the first digest, and at a start where the newest date has none: bytes through the
parse children, `read` and `match` with the rules in force, the store, the story join, the templates, the outbox, the
deliver loop. It has passed when its message is settled as sent. What it stores is a canary's and stands in no list; its
story is made by the real join and taken back in the same transaction, because ids, keys, search words, merges and counts of
stories are shared by everything that reads them, and a made-up one must not touch any.

What the report is stands in `canary`; whether a failed test stops the dead-man ping, in `watchdog`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from watcher import store
from watcher.collect.jobs import FeedJob
from watcher.config import Config
from watcher.digest.schedule import instant
from watcher.errors import WatcherError
from watcher.match import judge
from watcher.model import ChangeKind, Entry, FeedKind, Level, MessageKind, Rendered
from watcher.pipeline import canary
from watcher.pipeline.check import Watch
from watcher.pipeline.messages import Envelope, messages
from watcher.pipeline.take_in import join_story, report_of
from watcher.pipeline.tools import Tools
from watcher.pipeline.words import without_addresses
from watcher.read import read
from watcher.store import Database, entries, feeds, operations, outbox, self_tests, stories, verdicts

BEFORE_DIGEST = timedelta(minutes=10)  # so that the mail can say that it passed
WITHOUT_DIGESTS = time(7, 0)  # when there is no digest to be in time for
PATIENCE = timedelta(minutes=15)  # for the message to arrive: one attempt of the slowest channel ends within this
AGAIN = timedelta(minutes=15)  # after a failure, so that a mended service need not wait for tomorrow
KEEP = timedelta(days=3)  # made-up reports, messages and files, to be looked at after a failure
FAULT = "self-test"  # subject of the operator's line

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest local date whose self-test is due, since when, and how its test stands (None: not begun)."""

    day: date
    due: datetime
    test: self_tests.SelfTest | None


class _BrokenError(Exception):
    """A stage broke; `words` say how, fit for the operator and for a reader."""

    def __init__(self, stage: str, words: str) -> None:
        super().__init__(f"{stage}: {words}")
        self.stage, self.words = stage, words


async def self_test(tools: Tools) -> None:
    """One turn: begin the test that is due, or look whether its message has arrived. Where neither is, nothing is written."""
    now, config = tools.clock(), tools.rules.watch.config
    stands = await tools.writer.run(standing, config, now)
    known = stands.test
    if known is not None and known.passed is not None:
        return
    if known is not None and known.messages and await _arrives(tools, known):
        return
    if known is not None and now - max(known.began, known.failed or known.began) < AGAIN:
        return
    await _begin(tools, stands.day, now)


def standing(database: Database, config: Config, now: datetime) -> Standing:
    """Which self-test is due, and how it stands."""
    day, due = _newest_due(config, now)
    return Standing(day, due, self_tests.of_day(database, day))


def self_test_due(config: Config, now: datetime) -> datetime:
    """When the next self-test is due, of a date whose time has not come."""
    today = now.astimezone(ZoneInfo(config.settings.time_zone)).date()
    return next(due for ahead in range(-1, 5) if (due := _due(config, today + timedelta(days=ahead))) > now)


def _newest_due(config: Config, now: datetime) -> tuple[date, datetime]:
    """The newest date whose time has come, in the zone of [watcher]; a date belongs to a test once, through every clock change."""
    today = now.astimezone(ZoneInfo(config.settings.time_zone)).date()
    for back in range(-1, 5):  # tomorrow's may be due before midnight; zones differ by up to a day
        day = today - timedelta(days=back)
        due = _due(config, day)
        if due <= now:
            return day, due
    raise AssertionError("a time of day has come within five days")


def _due(config: Config, day: date) -> datetime:
    """Some minutes before the first digest of a date."""
    zone = ZoneInfo(config.settings.time_zone)
    first = min((instant(day, one.at, ZoneInfo(one.time_zone)) for one in config.digests), default=instant(day, WITHOUT_DIGESTS, zone))
    return first - BEFORE_DIGEST


async def _begin(tools: Tools, day: date, now: datetime) -> None:
    """One attempt, stage by stage, up to the outbox."""
    watch = tools.rules.watch
    attempt = await tools.writer.change(self_tests.begin, day, now)
    try:
        entry = await _parsed(tools, day, attempt, now)
        with _stage("match"):
            judged = await asyncio.to_thread(_judged, entry, watch)
        await tools.writer.run(_take_in, judged, watch, day, attempt, tools.writer.path, now)
    except _BrokenError as broken:
        await tools.writer.run(_failed, day, broken.stage, broken.words, config=watch.config, now=tools.clock())
    await asyncio.to_thread(_forget_files, canary.way_out(watch.config, tools.writer.path).folder, now)


@contextmanager
def _stage(name: str) -> Iterator[None]:
    """What breaks inside is a broken stage, not a fault of the turn: the next test begins all the same."""
    try:
        yield
    except _BrokenError:
        raise
    except WatcherError as error:
        raise _BrokenError(name, str(error)) from error
    except Exception as error:  # a bug in a stage is what the test is there to find; it is shown with its trace
        log.exception("self-test, %s: unexpected", name)
        raise _BrokenError(name, f"{type(error).__name__}: {error}"[:300]) from error


async def _parsed(tools: Tools, day: date, attempt: int, now: datetime) -> Entry:
    """The report as both readers of the parse children give it; they must agree."""
    with _stage("parse"):
        found = []
        for body in canary.bodies(day, attempt, now):
            job = FeedJob(url=canary.SOURCE, now=now.isoformat(), title=canary.TITLE, language="en")
            parsed = await tools.parsers.parse(body.content, job)
            if len(parsed.entries) != 1 or parsed.warning:
                raise _BrokenError(
                    "parse", f"the {body.reader} reader found {len(parsed.entries)} items of 1 ({parsed.warning or 'no warning'})"
                )
            found.append(parsed.entries[0])
        if (found[0].title, found[0].text) != (found[1].title, found[1].text):
            raise _BrokenError("parse", "the two readers of feeds do not read the same")
        return found[0]


def _judged(entry: Entry, watch: Watch) -> entries.Judged:
    """Judge the report by the built-in rule beside the operator's, and the examples of the rules by what is in force."""
    rules, vocabulary = canary.compiled(watch)
    reading = read(entry, vocabulary)
    verdict = judge(reading, rules)
    if verdict.level is not Level.MATCH or canary.RULE.name not in verdict.rules:
        raise _BrokenError("match", f"the made-up report is not recognised ({verdict.reason or 'no rule matched'})")
    lost = rule_that_lost_its_example(watch)
    if lost:
        raise _BrokenError("match", f"the rule {lost!r} no longer matches its own example; `watcher check` passed before")
    return entries.Judged(entry, verdict, reading.claims or ())


def rule_that_lost_its_example(watch: Watch) -> str | None:
    """A rule in force that does not match an example it matched when it was checked; None while all do. Pure."""
    for rule, text, wanted in watch.rules.examples:
        if wanted and rule not in judge(read(Entry("", "", "", "", text), watch.vocabulary), watch.rules).rules:
            return rule
    return None


def _take_in(database: Database, judged: entries.Judged, watch: Watch, day: date, attempt: int, path: Path, now: datetime) -> None:
    """Store the report, make its story and its message, take the story back, queue the message: one transaction."""
    with _stage("store"), store.transaction(database):
        self_tests.forget(database, now - KEEP)
        feed = feeds.source(database, canary.SOURCE, canary.TITLE, FeedKind.CANARY, now)
        rules = verdicts.rule_set(database, watch.fingerprint, watch.kept_text, now)
        (saved,) = entries.save(database, feed, [judged], {}, now=now, live=True)
        verdicts.save(database, [saved], rules, now)
        kept = verdicts.latest(database, saved.article)
        if kept is None or kept[1].rules != judged.verdict.rules:
            raise _BrokenError("store", "the verdict that was stored is not the one that is read back")
        with self_tests.taken_back(database):
            rendered = _story(database, saved, watch, now)
        self_tests.drop_text(database, saved.revision)
        with _stage("outbox"):
            self_tests.waits_for(database, day, _queue(database, watch.config, rendered, f"self-test {day} {attempt}", path, now))


def _story(database: Database, saved: entries.Saved, watch: Watch, now: datetime) -> Rendered:
    """The report as a story, by the same join, and the story as readers would get it. What this writes is taken back."""
    with _stage("story"):
        one = saved.judged
        report = report_of(
            one.entry, article=saved.article, revision=saved.revision, claims=one.claims, rules=one.verdict.rules, first_seen=now, feed=None
        )
        changes = join_story(database, report, live=True, watch=watch, now=now)
        if [change.kind for change in changes] != [ChangeKind.NEW]:
            raise _BrokenError("story", "the made-up report did not become one new story")
        found = stories.load(database, changes[0].story)
        if found is None or found.facts is None or found.facts.total != canary.COUNT:
            raise _BrokenError("story", "the story does not say what its report says")
    with _stage("compose"):
        rendered = canary.written(found, watch.config, now)
        if not {f"{canary.COUNT:,}", str(canary.COUNT)} & set(rendered.text.replace("\n", " ").split()):
            raise _BrokenError("compose", "the message does not say what the story says")
        return rendered


def _queue(database: Database, config: Config, rendered: Rendered, subject: str, path: Path, now: datetime) -> list[str]:
    """Put its message into the outbox; gives the keys."""
    channel = canary.way_out(config, path)
    if channel.missing:
        raise _BrokenError("delivery", f"the channel {channel.name} is paused: {', '.join(channel.missing)} is not set")
    envelope = Envelope(MessageKind.TEST, "self-test", subject, config.settings.time_zone, now)
    made = messages(database, config, channel, rendered, envelope)
    outbox.add(database, made, digest=None, now=now)
    if not made:
        raise _BrokenError("outbox", f"no message could be made for the channel {channel.name}")
    return [one.key for one in made]


async def _arrives(tools: Tools, known: self_tests.SelfTest) -> bool:
    """Look at the messages of an attempt; gives whether there is still something to wait for (or it just passed)."""
    return await tools.writer.run(_look, known, tools.rules.watch.config, tools.writer.path, tools.clock())


def _look(database: Database, known: self_tests.SelfTest, config: Config, path: Path, now: datetime) -> bool:
    on_their_way = self_tests.on_their_way(database, known.messages)
    states = {one.state for one in on_their_way}
    problem: tuple[str, str] | None = None
    waits = bool(states & {"pending", "sending"})
    if len(on_their_way) < len(known.messages) or states & {"dead", "discarded", "covered"}:
        problem = (
            "delivery",
            next((one.answer for one in on_their_way if one.answer and one.state != "sent"), None) or "its message was dropped",
        )
        waits = False
    elif "held" in states:
        problem = "outbox", "its message is held back, as all are"
    elif not waits and not _is_there(on_their_way, canary.way_out(config, path).folder):
        problem = "delivery", "the file that was written is not there"
    elif waits and now - known.began > PATIENCE:
        problem = "delivery", next((one.answer for one in on_their_way if one.answer), None) or "its message was not taken yet"
    if problem is None and not waits:
        _passed(database, known.day, now)
        return True
    if problem and not known.broken:
        _failed(database, known.day, *problem, config=config, now=now)
    return waits


def _is_there(sent: list[self_tests.OnItsWay], folder: str) -> bool:
    """Whether what a folder says it wrote stands in it; other channels have said so themselves."""
    names = [one.answer.partition(".html")[0] + ".eml" for one in sent if folder and one.answer]
    return all((Path(folder) / name).is_file() for name in names)


def _passed(database: Database, day: date, now: datetime) -> None:
    with store.transaction(database):
        self_tests.record(database, day, now)
        operations.mended(database, FAULT, now)
    log.info("self-test passed")


def _failed(database: Database, day: date, stage: str, words: str, *, config: Config, now: datetime) -> None:
    shown = without_addresses(words)[:300]
    with store.transaction(database):
        self_tests.record(database, day, now, (stage, shown))
        urgent = stage in ("store", "outbox", "delivery")  # the others are said with the day's lines; the ping has stopped already
        operations.fault(database, FAULT, f"The daily self-test failed at {stage}: {shown}", _mend(stage, config), now, urgent=urgent)
    log.error("self-test failed at %s: %s", stage, shown)


def _mend(stage: str, config: Config) -> str:
    """The command that helps where this stage broke."""
    channel = config.settings.canary_channel
    return {
        "parse": "watcher check --feeds",
        "match": "watcher check",
        "outbox": "watcher outbox --state held",
        "delivery": f"watcher check --send-test {channel}" if channel else "watcher outbox",
    }.get(stage, "watcher status")


def _forget_files(folder: str, now: datetime) -> None:
    """Remove old files of self-tests; only those, and only from a folder."""
    if not folder or not Path(folder).is_dir():
        return
    oldest = (now - KEEP).timestamp()
    for file in Path(folder).glob("????-??-??-self-test-*"):
        try:
            if file.stat().st_mtime < oldest:
                file.unlink()
        except OSError:  # not ours to remove, or gone meanwhile
            log.warning("%s: an old file of a self-test cannot be removed", file.name)
