"""FeedProblem -> the few plain words a reader needs: which source, since when, what it looks like from outside.

No technical reasons here: those go to the operator. What a problem means for the mail is `verdict`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from watcher.digest.clean import one_line
from watcher.digest.days import UTC_TODAY_UNKNOWN, Days
from watcher.digest.names import language_name
from watcher.model import Account, FeedProblem, HealthState

LASTS = timedelta(days=14)  # a problem older than this is known to every reader: its date is left out, and only a few are named
NAMES_IN_LIST = 12
NAMES_THAT_LAST = 3

STATE_WORDS: dict[HealthState | None, str] = {
    None: "not asked",
    HealthState.FAILING: "not readable",
    HealthState.DEAD: "not readable",
    HealthState.BLOCKED: "refuses our program",
    HealthState.NOT_A_FEED: "shows a web page in place of its list of news",
    HealthState.SHRUNK: "shows far fewer items than usual",
    HealthState.FROZEN: "always shows the same items",
    HealthState.DEGRADED: "only partly readable",
    HealthState.SILENT: "no new item",
}


def name(problem: FeedProblem, days: Days) -> str:
    """Return "Koh Santepheap since 6 Nov"."""
    return one_line(problem.title, 60) + (f" {days.since(problem.since)}" if problem.since else "")


def named(problem: FeedProblem, days: Days) -> str:
    """Return the same with the language: "Koh Santepheap (Khmer) since 6 Nov"."""
    language = f" ({language_name(problem.language)})" if problem.language else ""
    return one_line(problem.title, 60) + language + (f" {days.since(problem.since)}" if problem.since else "")


def listed(problems: Sequence[FeedProblem], days: Days) -> str:
    """Return problems with what they look like, those with the same words together; what lasts for weeks is kept short."""
    lasting = [problem for problem in problems if lasts(problem, days)]
    fresh = [problem for problem in problems if not lasts(problem, days)]
    parts = [_group(words, [name(problem, days) for problem in group]) for words, group in _by_words(fresh).items()]
    if lasting:
        parts.append(f"for more than 2 weeks {shown([one_line(problem.title, 60) for problem in lasting], NAMES_THAT_LAST, ', ')}")
    return "; ".join(parts)


def lasts(problem: FeedProblem, days: Days) -> bool:
    """Whether a problem is so old that every reader knows it."""
    if problem.since is None or days is UTC_TODAY_UNKNOWN:
        return False
    return days.today - days.local(problem.since).date() > LASTS


def shown(parts: Sequence[str], most: int, joint: str) -> str:
    """Join the first `most` parts and say how many more there are."""
    rest = len(parts) - most
    return joint.join(parts[:most]) + (f"{joint}and {rest} more" if rest > 0 else "")


def must_be_read(language: str | None, account: Account) -> bool:
    """Whether a source of this language must be read: all must, where nobody named any."""
    return not account.must_read or any(same_language(language, code) for code in account.must_read)


def same_language(language: str | None, other: str) -> bool:
    """Whether two tags name one language: "zh-TW" and "zh"."""
    return language is not None and primary(language) == primary(other)


def primary(language: str) -> str:
    """Return the language of a tag without script and country."""
    return language.split("-")[0].lower()


def _group(words: str, names: Sequence[str]) -> str:
    """One source with its words behind it, several with the words once before them."""
    return f"{names[0]} ({words})" if len(names) == 1 else f"{words}: {shown(names, NAMES_IN_LIST, ', ')}"


def _by_words(problems: Iterable[FeedProblem]) -> dict[str, list[FeedProblem]]:
    groups: dict[str, list[FeedProblem]] = {}
    for problem in problems:
        groups.setdefault(STATE_WORDS.get(problem.state, "not readable"), []).append(problem)
    return groups
