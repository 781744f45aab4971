"""The state of the service as lines for a terminal; the last lines say what is next and what to do."""

from __future__ import annotations

from datetime import datetime

from watcher.cli.rule_change_page import rule_change_lines
from watcher.cli.show import ago, counted, safe, when, wrapped
from watcher.pipeline.state import State

TO_DO_LINES = 8
GAPS_SHOWN = 3
_WHY_HELD = {  # what a message waits for
    "approval": "for your approval",
    "restore": "since the restore",
    "channel": "for a channel that rules.toml names no more",
    "crashed": "as the program failed on it",
    "person": "held by a person",
}


def status_lines(state: State, now: datetime) -> list[str]:
    """Short where all is well; what is held after a restore first, then what is not well."""
    lines = _held(state, now)
    for problem in state.stuck:
        lines += wrapped(f"Not well: {safe(problem)}.", rest="  ")
    running = f"Running since {when(state.running_since, state.zone, now)}. " if state.running_since else ""
    polled = f"Last poll {ago(state.last_poll, now)}." if state.last_poll else "No poll yet."
    lines += wrapped(f"{running}{polled} {_backup(state, now)} {_self_test(state, now)} {_watchdog(state, now)}")
    lines += _sources(state, now)
    lines += wrapped(f"Messages: {_messages(state)}.", rest="  ")
    if state.rules_problem:
        lines += wrapped(f"rules.toml is wrong; the last good rules stay in force: {safe(state.rules_problem.splitlines()[0])}", rest="  ")
    if state.judging_again:
        lines += rule_change_lines(state.judging_again, state.zone, now)
    if state.only_folders:
        lines.append("No one is told: only files are written.")
    lines.append(_next(state, now))
    lines += _to_do(state)
    return lines


def _held(state: State, now: datetime) -> list[str]:
    if state.held_since is None:
        return []
    reason = f" ({safe(state.held_reason)})" if state.held_reason else ""
    return wrapped(f"NOTHING IS SENT since {when(state.held_since, state.zone, now)}{reason}: it is held until you release it.", rest="  ")


def _backup(state: State, now: datetime) -> str:
    if state.backups.last is None:
        return "No backup yet."
    elsewhere = state.backups.elsewhere
    where = f"on another disk too {ago(elsewhere, now)}" if elsewhere else "on this disk only"
    return f"Last backup {when(state.backups.last, state.zone, now)}, {where}."


def _self_test(state: State, now: datetime) -> str:
    tests = state.self_tests
    if tests.failed:
        return f"Self-test FAILED {when(tests.failed, state.zone, now)}."
    if tests.passed is None:
        return "No self-test yet."
    return f"Self-test passed {when(tests.passed, state.zone, now)}."


def _watchdog(state: State, now: datetime) -> str:
    pings = state.pings
    if not pings.is_set:
        return "No outside watchdog: if this server dies, nobody is told."
    last = f"last heard from us {ago(pings.last_ok, now)}" if pings.last_ok else "has not heard from us yet"
    why = f" (kept back: {safe(pings.held_back_by[0], 60)})" if pings.held_back_by else ""
    return f"The outside watchdog {last}{why}."


def _sources(state: State, now: datetime) -> list[str]:
    never = f", {state.feeds_never} never answered yet" if state.feeds_never else ""
    states = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in state.by_state if name != "ok")
    states = f" ({states})" if states else ""
    lines = wrapped(
        f"Sources: {state.feeds_read} of {state.feeds} read, {state.feeds_failing} failing{never}{states}. Stories: {state.stories}.",
        rest="  ",
    )
    if state.by_language:
        languages = ", ".join(f"{language} {read} of {of}" for language, read, of in state.by_language)
        lines += wrapped(languages, first="  ", rest="  ")
    if state.gaps:
        some = [
            f"{safe(title)} {when(since, state.zone, now)} to {when(until, state.zone, now)}"
            for title, since, until in state.gaps[:GAPS_SHOWN]
        ]
        more = f" and {len(state.gaps) - GAPS_SHOWN} more" if len(state.gaps) > GAPS_SHOWN else ""
        lines += wrapped(f"Items may be missing from {'; '.join(some)}{more}. Try again: watcher backfill gaps", rest="  ")
    return lines


def _messages(state: State) -> str:
    found = [f"{state.messages.waiting} waiting"]
    found += [f"{state.messages.dead} given up"] if state.messages.dead else []
    found += [f"{count} {_WHY_HELD.get(why, 'held')}" for why, count in state.messages.held]
    return ", ".join(found)


def _next(state: State, now: datetime) -> str:
    mail = state.next_mail
    if mail is None:
        return "Next: nothing; rules.toml has no [[digests]]."
    to = "into files" if state.only_folders else f"to {counted(mail.recipients, 'recipient')}" if mail.recipients else "to nobody (paused)"
    condition = "" if state.running_since else ", if it runs then"
    return f"Next: digest {mail.name}, {when(mail.at, state.zone, now)}, {to}{condition}."


def _to_do(state: State) -> list[str]:
    lines: list[str] = []
    for text, command in state.to_do[:TO_DO_LINES]:
        lines += wrapped(f"To do: {safe(text)}  {safe(command)}", rest="       ")
    more = len(state.to_do) - TO_DO_LINES
    return [*lines, f"  and {more} more: watcher status --json"] if more > 0 else lines or ["To do: nothing."]
