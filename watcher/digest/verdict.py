"""Account -> how far this mail can be trusted: exactly one of three sentences, computed and never softer than the account.

    what the account says                                              sentence
    ----------------------------------------------------------------  ------------------
    no source configured, or none read                                 Do not rely
    less than half of all sources read                                 Do not rely
    no must-read language read (where there are two or more)           Do not rely
    half of all sources or more not read or with a gap                 Do not rely
    the self-test failed and none passed since                         Do not rely
    no self-test passed for two days; after the first day, none ever   Do not rely
    a `key` source not read, silent, shrunk or always the same         Some not read
    a source of a must-read language not read, shrunk, always the same Some not read
    a whole language not read; all of a must-read language silent      Some not read
    fewer than three quarters of all sources read                      Some not read
    a gap of a `key` source or of a must-read language, not refilled   Some not read
    more than a quarter of all sources not read or with a gap          Some not read
    the service was off for an hour or more, or this mail is late      Some not read
    more than 10 articles that may matter not read                     Some not read
    the rules file has a mistake: older rules judge                    Some not read
    an earlier mail of this audience did not reach somebody            Some not read
    all else (one lesser source failing, a lesser one silent)          All must-read

Every language is must-read where nobody named any. Each line holds whatever the others say: more trouble never makes a sentence
softer. The words after the colon name the worst first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from watcher.digest.clean import one_line
from watcher.digest.days import UTC_TODAY_UNKNOWN, Days
from watcher.digest.names import language_name
from watcher.digest.problems import lasts, must_be_read, name, named, primary, same_language, shown
from watcher.model import Account, FeedProblem

UNREAD_LEADS_LIMIT = 10  # articles that may matter and were not read; above it no mail says that all was read
LEAST_SHARE_READ = 0.75  # of all sources; below it no mail says that all was read
USELESS_SHARE_READ = 0.5  # of all sources; below it the mail says not to rely on it
SELF_TEST_MAX_DAYS = 1  # the self-test runs once a day; an older one means that it fails since
NAMES_IN_VERDICT = 4


class Reliance(StrEnum):
    """How far a mail's silence can be trusted."""

    ALL_READ = "all_read"
    SOME_NOT_READ = "some_not_read"
    DO_NOT_RELY = "do_not_rely"


def verdict(account: Account, days: Days = UTC_TODAY_UNKNOWN, *, late: str = "") -> tuple[str, Reliance]:
    """Return the one sentence that says how far this mail can be trusted, and its level.

    `late` names the days whose mail did not come in its time, "5-9 Nov"; "" for a mail in time.
    """
    worst = _do_not_rely(account, days)
    if worst:
        return f"Do not rely on this mail: {worst}.", Reliance.DO_NOT_RELY
    unread = _not_read(account, days, late)
    if unread:
        return f"Some sources were not read: {shown(unread, NAMES_IN_VERDICT, '; ')}.", Reliance.SOME_NOT_READ
    return "All must-read sources were read.", Reliance.ALL_READ


def subject_gap(account: Account) -> str:
    """Return what the subject must admit: a whole must-read language or a `key` source that was not read; else ""."""
    languages = [language_name(code) for code in unread_languages(account) if must_be_read(code, account)]
    names = [one_line(problem.title, 40) for problem in account.problems if problem.key]
    parts = ([f"{', '.join(languages)} news"] if languages else []) + names
    return f"{shown(parts, 3, ', ')} not read" if parts else ""


def unread_languages(account: Account) -> list[str]:
    """Return the languages of which no source was read; a must-read language without any source is one."""
    silent = [language for language, read, total in account.read if read == 0 and total > 0]
    have = {primary(language) for language, _, total in account.read if total > 0}
    return silent + [language for language in account.must_read if primary(language) not in have]


def counts(account: Account) -> tuple[int, int]:
    """Return how many sources were read, and how many there are."""
    return sum(read for _, read, _ in account.read), sum(total for _, _, total in account.read)


def unread_preview(account: Account, days: Days) -> str:
    """Return the first gap for a phone's preview line: "Khmer news not fully read: Koh Santepheap since 6 Nov."; "" without one."""
    for code in unread_languages(account):
        if must_be_read(code, account):
            return f"{language_name(code)} news not read."
    for problem in _by_weight(account.problems, account):
        if problem.key or must_be_read(problem.language, account):
            language = f"{language_name(problem.language)} news" if problem.language else "News"
            return f"{language} not fully read: {name(problem, days)}."
    return ""


def _do_not_rely(account: Account, days: Days) -> str:
    read, total = counts(account)
    if total == 0:
        return "there is no source to read"
    if read == 0:
        return "no source was read"
    must = {primary(code) for code in account.must_read}
    if len(must) > 1 and must <= {primary(code) for code in unread_languages(account)}:
        return "no must-read language was read"
    if read < total * USELESS_SHARE_READ:
        return f"only {read} of {total} sources were read"
    if account.gaps and _in_full(account) <= total * USELESS_SHARE_READ:
        return f"only {_in_full(account)} of {total} sources were read without a gap"
    return _self_test(account, days)


def _in_full(account: Account) -> int:
    """How many sources were read and may not have missed items. A source with a gap that is not read counts twice: never too soft."""
    read, _ = counts(account)
    return max(0, read - len({title for title, _, _ in account.gaps}))


def _self_test(account: Account, days: Days) -> str:
    """Why the self-test forbids to rely on a mail; "" where it does not."""
    failed, passed = account.self_test_failed, account.self_test
    if failed and (passed is None or failed >= passed):
        return f"the self-test failed {days.when(failed)}"
    if passed is None:
        return "the self-test never passed" if account.self_test_expected else ""
    tested = days.local(passed).date()
    if days is not UTC_TODAY_UNKNOWN and days.today - tested > timedelta(days=SELF_TEST_MAX_DAYS):
        return f"the self-test has not passed since {days.short(tested)}"
    return ""


def _not_read(account: Account, days: Days, late: str) -> list[str]:
    """Everything that forbids "All must-read sources were read.", the worst first; empty if nothing does."""
    sources = _sources(account, days)
    away = [f"nothing was read {days.span(start, end)} (the service was off)" for start, end in account.outages]
    if late and not away:
        away = [f"the service was off {late}"]
    holes = [f"{one_line(title, 60)} may have missed items" for title in dict.fromkeys(account.must_gaps)]
    _, total = counts(account)
    if account.gaps and not holes and _in_full(account) < total * LEAST_SHARE_READ:
        holes = [f"{len({title for title, _, _ in account.gaps})} sources may have missed items"]
    leads = account.unread_leads + account.waiting_leads
    rest = [f"{leads:,} articles that may matter"] if leads > UNREAD_LEADS_LIMIT else []
    if account.rules_problem:
        rest.append("new rules (their file has a mistake, older rules are in use)")
    if account.own_undelivered:
        numbers = shown([str(number) for number in account.own_undelivered], 3, ", ")
        rest.append(f"news of mail no. {numbers} (it did not reach everybody)")
    return away[-1:] + sources + holes + rest


def _sources(account: Account, days: Days) -> list[str]:
    """What was not read or cannot be believed, where it matters; what does not matter is added only beside what does."""
    whole = unread_languages(account)
    problems = _by_weight(account.problems, account)
    mattering = [problem for problem in problems if problem.key or must_be_read(problem.language, account)]
    uncounted = [
        f"{language_name(language)} {total - read} of {total} sources"
        for language, read, total in account.read
        if 0 < read < total and must_be_read(language, account) and not any(same_language(one.language, language) for one in problems)
    ]
    doubtful = [one for one in account.partial if one.key or must_be_read(one.language, account)]
    quiet = [f"{named(one, days)} (silent)" for one in account.silent if one.key]
    quiet += [f"all {language_name(code)} sources are silent" for code in _silent_languages(account)]
    read, total = counts(account)
    few = [f"{total - read} of {total} sources"] if read < total * LEAST_SHARE_READ else []
    if not (whole or mattering or uncounted or doubtful or quiet or few):
        return []
    rest = [problem for problem in problems if not any(same_language(problem.language, code) for code in whole)]
    return [
        *(f"all {language_name(code)} sources" for code in whole),
        *_short(rest, days),
        *uncounted,
        *few,
        *(f"{named(one, days)} (perhaps not in full)" for one in doubtful),
        *quiet,
    ]


def _silent_languages(account: Account) -> list[str]:
    """Must-read languages with sources that are read, and not one of them shows anything new."""
    found = []
    for language, read, _ in account.read:
        quiet = sum(same_language(one.language, language) for one in (*account.silent, *account.partial))
        if 0 < read <= quiet and must_be_read(language, account):
            found.append(language)
    return found


def _short(problems: Sequence[FeedProblem], days: Days) -> list[str]:
    """Problems by name; those that last for weeks, and are not `key`, in one phrase."""
    lasting = [problem for problem in problems if lasts(problem, days) and not problem.key]
    if len(lasting) < 2:
        return [named(problem, days) for problem in problems]
    return [*(named(problem, days) for problem in problems if problem not in lasting), f"{len(lasting)} sources for more than 2 weeks"]


def _by_weight(problems: Sequence[FeedProblem], account: Account) -> list[FeedProblem]:
    return sorted(problems, key=lambda problem: (not problem.key, not must_be_read(problem.language, account), not problem.new))
