"""Account -> the lines that account for what was read and what was not, for readers with a phone and English as a second language.

Which sentence follows from it is `verdict`. Which numbers go into the account is the caller's business.
"""

from __future__ import annotations

from watcher.digest.clean import one_line
from watcher.digest.days import Days
from watcher.digest.names import language_name
from watcher.digest.problems import NAMES_IN_LIST, listed, name, shown
from watcher.digest.verdict import unread_languages
from watcher.model import Account

UNDELIVERED_SHOWN = 4


def source_lines(account: Account, days: Days, since: str) -> list[tuple[str, str]]:
    """Return the account as (label, words): read, new and known problems, silent, gaps, leads, never read, self-test.

    `since` says from when on a problem is new: "yesterday", "the last mail"; "" in a first mail, which knows no old ones.
    """
    fresh = [problem for problem in account.problems if problem.new]
    known = [problem for problem in account.problems if not problem.new]
    rows = [
        ("Read", _languages(account)),
        (f"New problems since {since}", listed(fresh, days) or "none") if since else ("Problems", listed([*fresh, *known], days)),
        ("Known", listed(known, days) if since else ""),
        ("Never answered from here", shown([one_line(title, 60) for title in account.never_answered], NAMES_IN_LIST, ", ")),
        ("Read, but perhaps not in full", listed(account.partial, days)),
        ("Silent longer than usual", _silent(account, days)),
        ("The service was off", shown([days.span(start, end) for start, end in account.outages[::-1]], 3, "; ")),
        ("May have missed items", _gaps(account, days)),
        ("Title only, article not readable", f"{account.title_only:,}" if account.title_only else ""),
        ("Articles that may matter, not readable", f"{account.unread_leads:,}" if account.unread_leads else ""),
        ("Articles that may matter, not read yet", f"{account.waiting_leads:,}" if account.waiting_leads else ""),
        ("Never read", shown([one_line(words) for words in account.not_covered], NAMES_IN_LIST, "; ")),
        ("Not delivered", _undelivered(account)),
        ("Rules", _rules(account, days)),
        ("Self-test", _self_test(account, days)),
    ]
    return [(label, words) for label, words in rows if words]


def _languages(account: Account) -> str:
    rows = [f"{language_name(language)} {read} of {total}" for language, read, total in account.read]
    rows += [f"{language_name(code)} none" for code in unread_languages(account) if code not in {row[0] for row in account.read}]
    return ", ".join(rows) or "nothing"


def _silent(account: Account, days: Days) -> str:
    """Names with the day of the newest item; the label says what is wrong with them."""
    return shown([name(problem, days) for problem in account.silent], NAMES_IN_LIST, ", ")


def _gaps(account: Account, days: Days) -> str:
    """The widest span of each source, so that one with many gaps fills no mail."""
    spans: dict[str, tuple[str, str]] = {}
    for title, start, end in account.gaps:
        more = " (and other times)" if title in spans else ""
        spans[title] = (spans[title][0] if title in spans else days.span(start, end), more)
    return shown([f"{one_line(title, 60)}, {span}{more}" for title, (span, more) in spans.items()], NAMES_IN_LIST, "; ")


def _undelivered(account: Account) -> str:
    """What did not arrive and on which channel; never to whom."""
    parts = [f"{one_line(what, 60)} ({one_line(channel, 40)})" for what, channel in account.undelivered]
    return f"{shown(parts, UNDELIVERED_SHOWN, '; ')}. The operator has the list." if parts else ""


def _rules(account: Account, days: Days) -> str:
    version = f"version {account.rules}" if account.rules else ""
    held = f"{version}, {days.since(account.rules_since)}" if version and account.rules_since else version
    if not account.rules_problem:
        return held
    mistake = "the file has a mistake; the rules that worked last are in use"
    return f"{mistake}{f' ({held})' if held else ''}. The operator is told."


def _self_test(account: Account, days: Days) -> str:
    failed, passed = account.self_test_failed, account.self_test
    if failed and (passed is None or failed >= passed):
        return f"failed {days.when(failed)}" + (f"; passed last {days.when(passed)}" if passed else "")
    return f"passed {days.when(passed)}" if passed else "none passed yet"
