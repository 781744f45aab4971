"""Account -> the verdict on this mail, and the words that account for what was read and what was not.

The verdict is computed from the account and is never softer than it. Which numbers go into the account is the
caller's business. No technical reasons here: those go to the operator.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from watcher.digest.clean import one_line
from watcher.digest.days import UTC_TODAY_UNKNOWN, Days
from watcher.digest.names import language_name
from watcher.model import Account, FeedProblem

UNREAD_LEADS_LIMIT = 10  # articles that may matter and could not be read; above it no mail says that all was read
LEAST_SHARE_READ = 0.75  # of all sources; below it no mail says that all was read
USELESS_SHARE_READ = 0.5  # of all sources; below it the mail says not to rely on it
SELF_TEST_MAX_DAYS = 1  # the self-test runs once a day; an older one means that it fails since
NAMES_IN_VERDICT = 4
NAMES_IN_LIST = 12


class Reliance(StrEnum):
    """How far a mail's silence can be trusted."""

    ALL_READ = "all_read"
    SOME_NOT_READ = "some_not_read"
    DO_NOT_RELY = "do_not_rely"


def verdict(account: Account, days: Days = UTC_TODAY_UNKNOWN) -> tuple[str, Reliance]:
    """Return the one sentence that says how far this mail can be trusted, and its level.

    "All must-read sources were read." needs every source that is `key` or in a must-read language (every source,
    where nothing is named must-read), no language wholly unread, and few unread leads.
    """
    worst = _do_not_rely(account, days)
    if worst:
        return f"Do not rely on this mail: {worst}.", Reliance.DO_NOT_RELY
    unread = _not_read(account, days)
    if unread:
        return f"Some sources were not read: {_shown(unread, NAMES_IN_VERDICT, '; ')}.", Reliance.SOME_NOT_READ
    return "All must-read sources were read.", Reliance.ALL_READ


def subject_gap(account: Account) -> str:
    """Return what the subject must admit: a whole must-read language or a `key` source that was not read; else ""."""
    languages = [language_name(code) for code in unread_languages(account) if _must(code, account)]
    names = [one_line(problem.title, 40) for problem in account.problems if problem.key]
    parts = ([f"{', '.join(languages)} news"] if languages else []) + names
    return f"{_shown(parts, 3, ', ')} not read" if parts else ""


def unread_languages(account: Account) -> list[str]:
    """Return the languages of which no source was read; a must-read language without any source is one."""
    silent = [language for language, read, total in account.read if read == 0 and total > 0]
    have = {_primary(language) for language, _, total in account.read if total > 0}
    return silent + [language for language in account.must_read if _primary(language) not in have]


def counts(account: Account) -> tuple[int, int]:
    """Return how many sources were read, and how many there are."""
    return sum(read for _, read, _ in account.read), sum(total for _, _, total in account.read)


def source_lines(account: Account, days: Days, since: str) -> list[tuple[str, str]]:
    """Return the account as (label, words): read, new and known problems, silent, gaps, leads, never read, self-test.

    `since` says from when on a problem is new: "yesterday", "the last mail"; "" in a first mail, which knows no old ones.
    """
    fresh = [problem for problem in account.problems if problem.new]
    known = [problem for problem in account.problems if not problem.new]
    languages = [f"{language_name(language)} {read} of {total}" for language, read, total in account.read]
    languages += [f"{language_name(code)} none" for code in unread_languages(account) if code not in {row[0] for row in account.read}]
    gaps = [f"{one_line(title, 60)}, {days.span(start, end)}" for title, start, end in account.gaps]
    rows = [
        ("Read", ", ".join(languages) or "nothing"),
        (f"New problems since {since}", _names(fresh, days) or "none") if since else ("Problems", _names([*fresh, *known], days)),
        ("Known", _names(known, days) if since else ""),
        ("Never answered from here", _shown([one_line(name, 60) for name in account.never_answered], NAMES_IN_LIST, ", ")),
        ("Silent longer than usual", _names(account.silent, days)),
        ("May have missed items", _shown(gaps, NAMES_IN_LIST, "; ")),
        ("Title only, article not readable", f"{account.title_only:,}" if account.title_only else ""),
        ("Articles that may matter, not readable", f"{account.unread_leads:,}" if account.unread_leads else ""),
        ("Never read", _shown([one_line(name) for name in account.not_covered], NAMES_IN_LIST, "; ")),
        ("Not delivered", _undelivered(account.undelivered)),
        ("Rules", "the file has a mistake; the rules that worked last are in use. The operator is told." if account.rules_problem else ""),
        ("Self-test", f"passed {days.when(account.self_test)}" if account.self_test else "none ran"),
    ]
    return [(label, words) for label, words in rows if words]


def unread_preview(account: Account, days: Days) -> str:
    """Return the first gap for a phone's preview line: "Khmer news not fully read: Koh Santepheap since 6 Nov."; "" without one."""
    for code in unread_languages(account):
        if _must(code, account):
            return f"{language_name(code)} news not read."
    for problem in _by_weight(account.problems, account):
        if problem.key or _must(problem.language, account):
            language = f"{language_name(problem.language)} news" if problem.language else "News"
            return f"{language} not fully read: {_name(problem, days)}."
    return ""


def _do_not_rely(account: Account, days: Days) -> str:
    read, total = counts(account)
    if total == 0:
        return "there is no source to read"
    if read == 0:
        return "no source was read"
    must = {_primary(code) for code in account.must_read}
    if len(must) > 1 and must <= {_primary(code) for code in unread_languages(account)}:
        return "no must-read language was read"
    if read < total * USELESS_SHARE_READ:
        return f"only {read} of {total} sources were read"
    tested = days.local(account.self_test).date() if account.self_test else None
    if tested and days is not UTC_TODAY_UNKNOWN and days.today - tested > timedelta(days=SELF_TEST_MAX_DAYS):
        return f"the self-test has not passed since {days.short(tested)}"
    return ""


def _not_read(account: Account, days: Days) -> list[str]:
    """Everything that forbids "All must-read sources were read.", the worst first; empty if nothing does."""
    whole = unread_languages(account)
    problems = _by_weight(account.problems, account)
    mattering = [problem for problem in problems if problem.key or _must(problem.language, account)]
    uncounted = [
        f"{language_name(language)} {total - read} of {total} sources"
        for language, read, total in account.read
        if 0 < read < total and _must(language, account) and not any(_same(problem.language, language) for problem in problems)
    ]
    read, total = counts(account)
    few = [f"{total - read} of {total} sources"] if read < total * LEAST_SHARE_READ else []
    leads = [f"{account.unread_leads:,} articles that may matter"] if account.unread_leads > UNREAD_LEADS_LIMIT else []
    if not (whole or mattering or uncounted or few or leads):
        return []
    rest = [problem for problem in problems if not any(_same(problem.language, code) for code in whole)]
    return [f"all {language_name(code)} sources" for code in whole] + [_named(problem, days) for problem in rest] + uncounted + few + leads


def _by_weight(problems: Sequence[FeedProblem], account: Account) -> list[FeedProblem]:
    return sorted(problems, key=lambda problem: (not problem.key, not _must(problem.language, account)))


def _must(language: str | None, account: Account) -> bool:
    """Whether a source of this language must be read: all must, where nobody named any."""
    return not account.must_read or any(_same(language, code) for code in account.must_read)


def _same(language: str | None, other: str) -> bool:
    return language is not None and _primary(language) == _primary(other)


def _primary(language: str) -> str:
    return language.split("-")[0].lower()


def _name(problem: FeedProblem, days: Days) -> str:
    return one_line(problem.title, 60) + (f" {days.since(problem.since)}" if problem.since else "")


def _named(problem: FeedProblem, days: Days) -> str:
    language = f" ({language_name(problem.language)})" if problem.language else ""
    return one_line(problem.title, 60) + language + (f" {days.since(problem.since)}" if problem.since else "")


def _names(problems: Sequence[FeedProblem], days: Days) -> str:
    return _shown([_name(problem, days) for problem in problems], NAMES_IN_LIST, ", ")


def _shown(parts: Sequence[str], most: int, joint: str) -> str:
    """Join the first `most` parts and say how many more there are."""
    rest = len(parts) - most
    return joint.join(parts[:most]) + (f"{joint}and {rest} more" if rest > 0 else "")


def _undelivered(count: int) -> str:
    return f"{count:,} earlier {'message' if count == 1 else 'messages'}. The operator has the list." if count else ""
