"""The state of the service as lines for a terminal; the last lines say what is next and what to do."""

from __future__ import annotations

from datetime import datetime

from watcher.cli.rule_change_page import rule_change_lines
from watcher.cli.show import ago, counted, safe, when, wrapped
from watcher.pipeline.state import State

TO_DO_LINES = 8


def status_lines(state: State, now: datetime) -> list[str]:
    """Short where all is well."""
    lines = [f"Not well: {safe(problem)}." for problem in state.stuck]
    running = f"Running since {when(state.running_since, state.zone, now)}. " if state.running_since else ""
    polled = f"Last poll {ago(state.last_poll, now)}." if state.last_poll else "No poll yet."
    backup = f"Last backup {ago(state.last_backup, now)}." if state.last_backup else "No backup yet."
    watchdog = "" if state.watchdog else " No outside watchdog: if this server dies, nobody is told."
    lines += wrapped(f"{running}{polled} {backup}{watchdog}")
    never = f", {state.feeds_never} never answered yet" if state.feeds_never else ""
    lines.append(f"Sources: {state.feeds_read} of {state.feeds} read, {state.feeds_failing} failing{never}. Stories: {state.stories}.")
    if state.by_language:
        languages = ", ".join(f"{language} {read} of {of}" for language, read, of in state.by_language)
        lines += wrapped(languages, first="  ", rest="  ")
    given_up = f", {state.dead} given up" if state.dead else ""
    lines.append(f"Messages: {state.waiting} waiting{given_up}.")
    if state.rules_problem:
        lines += wrapped(f"rules.toml is wrong; the last good rules stay in force: {safe(state.rules_problem.splitlines()[0])}", rest="  ")
    if state.judging_again:
        lines += rule_change_lines(state.judging_again, state.zone, now)
    if state.only_folders:
        lines.append("No one is told: only files are written.")
    lines.append(_next(state, now))
    lines += _to_do(state)
    return lines


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
