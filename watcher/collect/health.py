"""What a feed showed before and now -> how it is: a state that was entered only after it lasted and is left only when it is surely over.

A pure function of values, the clock's as well. Nothing is stored or told here, and a single poll decides nothing: each poll leaves signs
in the feed's memory (how often in a row, for how long), and the state follows from them. Of several the worst for a reader is told.

Time is watched time. A service that was off did not see a feed fail, nor keep silent: its own absence makes no feed dead or silent.

Silence is measured by the feed's own rhythm, the waits for a new item that it showed before, one a day (the longest): a daily's night, a
ministry's weekend, a weekly's week. Where the numbers come from: three failures, a day, seven days, six times the median, fourteen days
are the project's own goals for feed health; the others were set by simulation (bench/health.py) so that a feed that is well is called
otherwise at most once in 2,000 days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from watcher.errors import FetchError
from watcher.model import Feed, FeedKind, Fetched, HealthMemory, HealthState, Sign

HOUR, DAY = 3600, 86400  # seconds

# Not read
FAILURES = 3  # in a row; goal
FAILING_FOR = HOUR  # three time-outs of a flaky server fit into 45 minutes, a fourth failure is needed: 1 in 160,000 polls at 5 %
WRONG_ANSWER_FOR = 6 * HOUR  # a page of maintenance or a 429 passes within hours; until then it is "failing"
DEAD_FOR = DAY  # goal
READ_AGAIN = 2  # good polls in a row before a source is called read again; a server that comes and goes stays what it is

# Read, but not to be believed
SILENT_FOR = 7 * DAY  # goal; a daily over a long weekend
MEDIANS = 6  # goal
# A ministry works five days and then has a holiday: Chinese New Year, Tet, Khmer New Year and Chuseok with their bridges take up to
# 9.7 days, 3.7 times a usual weekend (64 hours, Friday 17:00 to Monday 9:00).
USUAL_LONGEST = 5
FEW_KNOWN, SHORT_KNOWN = 5, 14 * DAY  # gaps, and watched time, before a rhythm counts as known
SILENT_UNKNOWN = 45 * DAY  # a monthly's first month
SEARCH_SILENT = 60 * DAY  # a search may find nothing for weeks: that is no fault
SEARCH_UNKNOWN = 90 * DAY
FROZEN_FOR = 14 * DAY  # goal
FEWER = 4  # times fewer items than usual
USUAL_ITEMS = 8  # below it a feed is too short to be called short
FEW_POLLS, FEW_FOR = 3, DAY
NEW_USUAL = 30 * DAY  # a feed that stays short this long was made so; told by then, it counts as usual
READS, READS_FOR = 3, DAY  # degraded or moved: in so many polls in a row and for so long
CLEAR = 3  # polls in a row without it before it is over

# Memory
KEEP_GAPS, KEEP_SIZES = 60, 30  # days with news, days
LATE = HOUR  # a poll this much behind its time was still on time
LONGEST_WATCH = 26 * HOUR  # two polls further apart saw no more than this; a poll a day by cron still counts in full

_NOT_READ = frozenset({HealthState.FAILING, HealthState.DEAD, HealthState.BLOCKED, HealthState.NOT_A_FEED})
_REFUSED = frozenset({401, 403, 429, 451})
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
# Pages that look at the browser before they let it in: Cloudflare, DDoS-Guard, Sucuri, Imperva, Akamai, Tencent and Alibaba's "slider".
_CHALLENGE = re.compile(
    rb"cdn-cgi/challenge-platform|cf-browser-verification|cf_chl_|<title>\s*(?:just a moment|attention required! \| cloudflare)"
    rb"|checking your browser|ddos-guard|sucuri_cloudproxy|_incapsula_resource|errors\.edgesuite\.net|captcha\.gtimg|aliyun_waf|/_guard/",
    re.IGNORECASE,
)
_HEAD = 65_536  # bytes of a page in which these stand


def fault_of(error: Exception, body: bytes | None) -> str:
    """Return the kind of a failure: "blocked", "not_a_feed", "empty" or "other". `body` is what was answered, None where nothing was."""
    if isinstance(error, FetchError):
        return "blocked" if error.status in _REFUSED or error.kind == "challenge" else "other"
    if body is None:
        return "other"
    if is_challenge(body):
        return "blocked"
    if _HTML.search(body[:_HEAD]):
        return "not_a_feed"
    return "other"


def is_challenge(body: bytes) -> bool:
    """Say whether a page only checks who asks; behind it the feed may be well."""
    return _CHALLENGE.search(body[:_HEAD]) is not None


def after(memory: HealthMemory, feed: Feed, fetched: Fetched, *, new: int) -> HealthMemory:
    """Return the memory after one more poll, with the state that holds now. `feed` is as it was before the poll; `new` counts new entries."""
    if memory.seen is not None and fetched.at < memory.seen:
        return replace(memory, seen=fetched.at)  # the clock was set back; what lasted is not told by it
    memory = _failed(memory, feed, fetched) if fetched.outcome == "failed" else _read(memory, feed, fetched, new)
    state, reason = _judged(memory, feed, fetched)
    memory = replace(memory, seen=fetched.at)
    if state is memory.state:
        return memory
    return replace(memory, state=state, since=fetched.at, reason=reason)


def rhythm(memory: HealthMemory) -> timedelta | None:
    """Return the feed's usual longest wait for a new item within a day that brings some; None while too little is known."""
    return timedelta(seconds=int(median(memory.gaps))) if len(memory.gaps) >= FEW_KNOWN else None


def patience(memory: HealthMemory, kind: FeedKind) -> timedelta:
    """Return how long the feed may bring nothing new before it is called silent."""
    known = len(memory.gaps) >= FEW_KNOWN and memory.read_s >= SHORT_KNOWN
    if kind is FeedKind.SEARCH:
        seconds = max(SEARCH_SILENT, MEDIANS * median(memory.gaps), 2 * max(memory.gaps)) if known else SEARCH_UNKNOWN
        return timedelta(seconds=int(seconds))
    if not memory.gaps:
        return timedelta(seconds=SILENT_UNKNOWN)
    usual = max(SILENT_FOR, MEDIANS * median(memory.gaps), USUAL_LONGEST * _longest(memory.gaps))
    return timedelta(seconds=int(usual if known else max(SILENT_UNKNOWN, usual)))


def begun(feed: Feed, news: Sequence[datetime], sizes: Sequence[int], failing_since: datetime | None) -> HealthMemory:
    """Return the memory of a feed whose health was not kept so far, from what is known of its polls: those with news, newest body sizes."""
    watched = (feed.last_ok - feed.first_ok) if feed.first_ok and feed.last_ok else timedelta(0)
    failing = Sign(feed.failures, 0) if failing_since is not None else Sign()
    return HealthMemory(
        failing=failing,
        read_s=_seconds(watched),
        quiet_s=_seconds(feed.last_ok - news[-1]) if news and feed.last_ok else 0,
        gaps=_daily_gaps(news),
        news_day=news[-1].date().isoformat() if news else None,
        size=sizes[-1] if sizes else 0,
        sizes=tuple(size for size in sizes if size)[-KEEP_SIZES:],
    )


def _failed(memory: HealthMemory, feed: Feed, fetched: Fetched) -> HealthMemory:
    """One more poll that brought nothing. Where a feed that dwindled anyway is empty at last, that is no failure but its silence."""
    passed = _since_scheduled(memory, feed, fetched.at)
    fault = fetched.fault or "other"
    if fault == "empty":
        memory = replace(_without_failure(memory), quiet_s=memory.quiet_s + passed)
        if memory.few.polls or _falls_short(memory, 0):
            return replace(memory, few=_shown(memory.few, passed), size=0)
        return _learned_size(memory, 0, fetched.at)
    if fault == memory.fault:
        sign = _shown(memory.fault_sign, passed)
    elif memory.state in (HealthState.BLOCKED, HealthState.NOT_A_FEED) and memory.fault_sign.clear + 1 < CLEAR:
        fault, sign = (
            memory.fault or fault,
            replace(memory.fault_sign, clear=memory.fault_sign.clear + 1),
        )  # one time-out between two refusals
    else:
        sign = Sign(1)
    return replace(memory, failing=_shown(memory.failing, passed), fault=fault, fault_sign=sign)


def _read(memory: HealthMemory, feed: Feed, fetched: Fetched, new: int) -> HealthMemory:
    """One more poll that was read."""
    passed = _watched(memory, fetched.at)
    memory = _without_failure(memory)
    if fetched.answered_url != memory.address and fetched.answered_url is not None:  # another body: sizes and bytes of the old say nothing
        memory = _at_another_address(memory, feed, fetched)
    memory = replace(memory, read_s=memory.read_s + passed)
    unchanged = fetched.outcome == "unchanged"
    memory = replace(memory, same_s=memory.same_s + passed if unchanged else 0)
    memory = _with_news(memory, feed, fetched, new, passed)
    memory = _with_size(memory, feed, fetched, passed)
    if fetched.entries or unchanged:  # where all items were known, nothing was parsed, and nothing could be degraded
        shows = memory.degraded.polls > 0 and not memory.degraded.clear if unchanged else _is_degraded(fetched)
        memory = replace(memory, degraded=_sign(memory.degraded, shows, passed, held=memory.state is HealthState.DEGRADED))
    return _with_move(memory, fetched, passed)


def _at_another_address(memory: HealthMemory, feed: Feed, fetched: Fetched) -> HealthMemory:
    """Forget what was of the body of the old address; the rhythm is the source's."""
    address = fetched.answered_url
    if memory.address is None:
        return replace(memory, address=address)
    since = (memory.fallback_since or (fetched.at if memory.address == feed.url else None)) if fetched.used_fallback else None
    fresh = replace(memory, address=address, fallback_since=since, same_s=0)
    return replace(fresh, sizes=(), size=0, size_day=None, few=Sign(), degraded=Sign(), moved=Sign(), moved_to=None)


def _without_failure(memory: HealthMemory) -> HealthMemory:
    """A good poll ends a run of failures, but one that was told only with the next good poll."""
    if memory.state in _NOT_READ and memory.failing.clear + 1 < READ_AGAIN:
        return replace(memory, failing=replace(memory.failing, clear=memory.failing.clear + 1))
    return replace(memory, failing=Sign(), fault=None, fault_sign=Sign())


def _with_news(memory: HealthMemory, feed: Feed, fetched: Fetched, new: int, passed: int) -> HealthMemory:
    """Learn the rhythm: how long the feed was quiet before this news. Of a first poll only the dates it prints can say anything."""
    quiet = memory.quiet_s + passed
    if new == 0:
        return replace(memory, quiet_s=quiet)
    day = fetched.at.date().isoformat()
    if feed.first_ok is None:
        dates = sorted(entry.published for entry in fetched.entries if entry.published and entry.published <= fetched.at)
        return replace(memory, quiet_s=0, gaps=_daily_gaps(dates), news_day=None)
    if day == memory.news_day and memory.gaps:
        gaps = (*memory.gaps[:-1], max(memory.gaps[-1], quiet))
    else:
        gaps = (*memory.gaps, quiet)[-KEEP_GAPS:]
    return replace(memory, quiet_s=0, gaps=gaps, news_day=day)


def _with_size(memory: HealthMemory, feed: Feed, fetched: Fetched, passed: int) -> HealthMemory:
    """Look at how many items there are. A search has as many as it finds."""
    if feed.kind is FeedKind.SEARCH:
        return memory
    items = memory.size if fetched.outcome == "unchanged" else fetched.known + len(fetched.entries)
    short = _is_short(memory, items) if memory.few.polls else _falls_short(memory, items)
    few = _sign(memory.few, short, passed, held=memory.state is HealthState.SHRUNK)
    if few.seconds >= NEW_USUAL and items:
        return replace(memory, few=Sign(), sizes=(items,), size=items, size_day=None)
    memory = replace(memory, few=few)
    return replace(memory, size=items) if short else _learned_size(memory, items, fetched.at)


def _with_move(memory: HealthMemory, fetched: Fetched, passed: int) -> HealthMemory:
    target = fetched.moved_to
    if target is not None and target != memory.moved_to:
        return replace(memory, moved_to=target, moved=Sign(1))
    sign = _sign(memory.moved, target is not None, passed, held=memory.state is HealthState.MOVED)
    return replace(memory, moved=sign, moved_to=memory.moved_to if sign.polls else None)


def _judged(memory: HealthMemory, feed: Feed, fetched: Fetched) -> tuple[HealthState, str | None]:
    """Return the worst state that the signs speak for, with its reason in words."""
    if memory.failing.polls:
        state = _not_read(memory)
        if state is not None:
            return state, fetched.problem
    if _lasts(memory.few, FEW_POLLS, FEW_FOR, held=memory.state is HealthState.SHRUNK):
        usual = int(median(memory.sizes)) if memory.sizes else 0
        return HealthState.SHRUNK, f"{memory.size or 'no'} {'item' if memory.size == 1 else 'items'} where {usual} are usual"
    wait = patience(memory, feed.kind)
    if memory.same_s >= max(FROZEN_FOR, wait.total_seconds()) and rhythm(memory) is not None and memory.quiet_s >= wait.total_seconds():
        return (
            HealthState.FROZEN,
            f"the very same answer for {memory.same_s // DAY} days, where news every {_words(rhythm(memory))} is usual",
        )
    if memory.quiet_s > wait.total_seconds():
        return HealthState.SILENT, f"no new item for {memory.quiet_s // DAY} days{_usual(memory)}"
    if _lasts(memory.degraded, READS, READS_FOR, held=memory.state is HealthState.DEGRADED):
        return HealthState.DEGRADED, fetched.warning or memory.reason
    if _lasts(memory.moved, READS, READS_FOR, held=memory.state is HealthState.MOVED):
        return HealthState.MOVED, f"moved to {memory.moved_to}"
    return HealthState.OK, None


def _not_read(memory: HealthMemory) -> HealthState | None:
    """Return which of the states of a source that is not read holds, None while it is too early to say."""
    held = memory.state in _NOT_READ
    if memory.fault in ("blocked", "not_a_feed") and _lasts(
        memory.fault_sign, FAILURES, WRONG_ANSWER_FOR, held=memory.state == memory.fault
    ):
        return HealthState(memory.fault)
    if _lasts(memory.failing, FAILURES, DEAD_FOR, held=memory.state is HealthState.DEAD):
        return HealthState.DEAD
    return HealthState.FAILING if _lasts(memory.failing, FAILURES, FAILING_FOR, held=held) else None


def _is_degraded(fetched: Fetched) -> bool:
    return "degraded parse" in (fetched.warning or "")


def _falls_short(memory: HealthMemory, items: int) -> bool:
    """Say whether a feed lost most of its items at once. One that drops them day by day over a holiday is not short but silent."""
    return _is_short(memory, items) and memory.size - items >= median(memory.sizes) / 2


def _is_short(memory: HealthMemory, items: int) -> bool:
    """Say whether a body has far fewer items than the feed ever had."""
    if len(memory.sizes) < 3 or median(memory.sizes) < (USUAL_ITEMS if items else 1):
        return False
    return items * FEWER <= median(memory.sizes) and items * 2 <= min(memory.sizes) and min(memory.sizes) > 0


def _learned_size(memory: HealthMemory, items: int, at: datetime) -> HealthMemory:
    """Remember the least number of items of the day."""
    day = at.date().isoformat()
    if day == memory.size_day and memory.sizes:
        sizes = (*memory.sizes[:-1], min(memory.sizes[-1], items))
    else:
        sizes = (*memory.sizes, items)[-KEEP_SIZES:]
    return replace(memory, size=items, sizes=sizes, size_day=day)


def _sign(sign: Sign, shown: bool, passed: int, *, held: bool) -> Sign:
    """Return the sign after one more poll. One that holds a state is forgotten only when it was not shown CLEAR times in a row."""
    if shown:
        return _shown(sign, passed)
    return replace(sign, clear=sign.clear + 1) if held and sign.clear + 1 < CLEAR else Sign()


def _shown(sign: Sign, passed: int) -> Sign:
    return Sign(sign.polls + 1, sign.seconds + passed if sign.polls else 0)


def _lasts(sign: Sign, polls: int, seconds: int, *, held: bool) -> bool:
    """Say whether a sign was shown often and long enough; what holds already, holds while there is any sign of it."""
    return sign.polls > 0 if held else sign.polls >= polls and sign.seconds >= seconds


def _watched(memory: HealthMemory, at: datetime) -> int:
    """Return the seconds since the poll before that this service can speak for."""
    return 0 if memory.seen is None else min(_seconds(at - memory.seen), LONGEST_WATCH)


def _since_scheduled(memory: HealthMemory, feed: Feed, at: datetime) -> int:
    """The same for a failing feed, more strictly: no more than the wait that was decided on. Three failures around a week off are no week."""
    if memory.seen is None:
        return 0
    passed = _seconds(at - memory.seen)
    return min(passed, max(0, _seconds(feed.next_poll - memory.seen)) + LATE) if feed.next_poll is not None else min(passed, LATE)


def _daily_gaps(moments: Iterable[datetime]) -> tuple[int, ...]:
    """Return the waits between news, the longest that ended on each UTC day."""
    longest: dict[str, int] = {}
    for earlier, later in pairwise(moments):
        day = later.date().isoformat()
        longest[day] = max(longest.get(day, 0), _seconds(later - earlier))
    return tuple(longest.values())[-KEEP_GAPS:]


def _longest(gaps: tuple[int, ...]) -> int:
    """Return the wait that all but the longest tenth stay below; of ten or fewer the longest."""
    return sorted(gaps)[-1 - (len(gaps) - 1) // 10]


def _usual(memory: HealthMemory) -> str:
    return f", {_words(timedelta(seconds=_longest(memory.gaps)))} at most are usual" if rhythm(memory) is not None else ""


def _words(length: timedelta | None) -> str:
    hours = _seconds(length or timedelta(0)) // HOUR
    return f"{max(hours, 1)} h" if hours < 48 else f"{hours // 24} days"


def _seconds(length: timedelta) -> int:
    return max(0, int(length.total_seconds()))
