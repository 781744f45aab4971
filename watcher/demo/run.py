"""An empty folder -> the digest of an invented morning: the whole service once, on loopback, in some seconds.

The loops are those of `watcher run`; only the clock is set, to yesterday and today at the hour of the daily mail.
Nothing is printed here, and nothing leaves this machine.
"""

from __future__ import annotations

import asyncio
import webbrowser
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from watcher.demo.mailbox import Letter, Mailbox
from watcher.demo.receiver import Receiver
from watcher.demo.rules import FIRST_LINE, write_rules
from watcher.demo.sample import LOCAL
from watcher.demo.server import Newsroom
from watcher.errors import UsageError, WatcherError
from watcher.net import Client
from watcher.pipeline import housekeeping
from watcher.pipeline.compose import compose
from watcher.pipeline.deliver import deliver
from watcher.pipeline.leads import follow_leads
from watcher.pipeline.poll import PollReport, poll
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.self_test import self_test
from watcher.pipeline.tools import Tools, open_tools, user_agent
from watcher.store.operations import beat

MAIL_AT = time(7, 0)  # local time of the newsroom; the hour a new installation has too
BEFORE_MAIL = timedelta(minutes=10)  # when the newsroom is polled
LEAD_TURNS = 20  # turns of the leads loop at most; the sample needs two
WEBHOOK_SECRET = "whsec_ZGVtby1kZW1vLWRlbW8tZGVtby1kZW1vLWRlbW8="  # noqa: S105  # the demo's own receiver; guards nothing
STAFF = "staff@watcher-demo.example"


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demo did and where it left what. `polls` are yesterday's and today's; `subjects` those of the mails to staff."""

    folder: Path
    html: Path
    text: Path
    eml: Path
    polls: tuple[PollReport, ...]
    subjects: tuple[str, ...]
    letters: int
    posts: int

    @property
    def lines(self) -> tuple[str, ...]:
        """What a person is told of it."""
        mornings = zip(("Yesterday", "Today"), self.polls, self.subjects, strict=True)
        return (
            *(
                f"{day}: {poll.polled} feeds polled, {poll.changed} changed, {len(poll.failed)} failed; mail: {subject}"
                for day, poll, subject in mornings
            ),
            f"{self.letters} mails, {self.posts} posts to Slack and a webhook; all stayed on this machine, and all news in them is invented.",
            f"The digest: {self.html}, {self.text.name}, {self.eml.name}. The first mail: start.html. The rules: {self.folder / 'rules.toml'}",
            f"Look further: watcher --rules {self.folder / 'rules.toml'} --db {self.folder / 'watcher.db'} stories",
        )


def demo(folder: Path, *, now: datetime, open_browser: bool) -> DemoReport:
    """Play two mornings into `folder`, the second one the last 07:00 before `now` (aware).

    Raises UsageError where the folder holds a rules file of somebody else, WatcherError where the mail did not come.
    """
    _make_room(folder)
    report = asyncio.run(_play(folder, _last_morning(now)))
    if open_browser:
        webbrowser.open(report.html.resolve().as_uri())
    return report


class _Clock:
    """A clock that stands where it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def _last_morning(now: datetime) -> datetime:
    """The last time before `now` at which the daily mail was due."""
    today = datetime.combine(now.astimezone(LOCAL).date(), MAIL_AT, LOCAL)
    return (today if today <= now else today - timedelta(days=1)).astimezone(UTC)


def _make_room(folder: Path) -> None:
    """Remove what an earlier demo left, and touch nothing else."""
    rules = folder / "rules.toml"
    if rules.exists() and not rules.read_text(encoding="utf-8", errors="replace").startswith(FIRST_LINE):
        raise UsageError(f"{folder}: holds a rules.toml that is not the demo's; name another folder with --folder")
    folder.mkdir(parents=True, exist_ok=True)
    if not rules.exists() and (folder / "watcher.db").exists():
        raise UsageError(f"{folder}: holds a watcher.db that is not the demo's; name another folder with --folder")
    for old in folder.glob("watcher.db*"):
        old.unlink()


async def _play(folder: Path, morning: datetime) -> DemoReport:
    with ExitStack() as running:
        newsroom = running.enter_context(Newsroom(morning, named=True))
        mailbox = running.enter_context(Mailbox())
        receiver = running.enter_context(Receiver())
        path = folder / "rules.toml"
        rules_text = write_rules(newsroom.sample, newsroom.feed_url, folder=str((folder / "digests").resolve()), at=MAIL_AT)
        path.write_text(rules_text, encoding="utf-8")
        environment = {
            "SMTP_URL": mailbox.url,
            "SLACK_URL": receiver.slack_url,
            "WEBHOOK_URL": receiver.webhook_url,
            "WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
        rules = RulesFile.load(path, environment=environment)
        clock = _Clock(morning - timedelta(days=1))
        polls = []
        agent = user_agent(rules.watch.config.settings)
        async with open_tools(rules, folder / "watcher.db", clock=clock) as opened, Client(agent, resolve=_here) as client:
            tools = replace(opened, client=client)
            for number in (1, 2):
                newsroom.poll_number = number
                polls.append(await _one_morning(tools, clock, morning - timedelta(days=2 - number), rules))
        return _leave(folder, tuple(polls), mailbox, receiver)


async def _here(host: str, port: int) -> list[str]:
    """Every name is this machine: invented outlets answer under their names, and nothing can be asked anywhere else."""
    return ["127.0.0.1"]


async def _one_morning(tools: Tools, clock: _Clock, morning: datetime, rules: RulesFile) -> PollReport:
    """Poll, follow the leads, and at the hour of the mail compose and deliver."""
    clock.now = morning - BEFORE_MAIL
    await tools.writer.run(housekeeping.start, rules, clock.now)
    await tools.writer.change(beat, "compose", finished=clock.now)  # the clock was set, the service was not off
    report = await poll(tools, everything=True)
    for _ in range(LEAD_TURNS):
        followed = await follow_leads(tools)
        if not followed.read + followed.unreadable + followed.later:
            break
    await compose(tools)  # not due yet; but an audience begins when it is first looked for, and must be there before its hour
    await self_test(tools)
    await deliver(tools, holder="demo")
    await self_test(tools)  # its message has arrived, and the mail can say so
    clock.now = morning
    await compose(tools)
    await deliver(tools, holder="demo")
    await tools.writer.run(housekeeping.stop, "demo", clock.now)
    return report


def _leave(folder: Path, polls: tuple[PollReport, ...], mailbox: Mailbox, receiver: Receiver) -> DemoReport:
    """Write the mails under names that a person finds, and what Slack and the webhook got beside them."""
    letters = [letter for letter in mailbox.letters if letter.recipients == (STAFF,)]
    if len(letters) != len(polls):
        raise WatcherError(f"demo: {len(polls)} mails to staff were expected, {len(letters)} came; look into {folder / 'watcher.db'}")
    for name, letter in zip(("start", "digest"), letters, strict=True):
        _write_letter(folder, name, letter)
    (folder / "slack.jsonl").write_bytes(b"".join(post.body + b"\n" for post in receiver.at(receiver.slack_url)))
    (folder / "webhook.jsonl").write_bytes(b"".join(post.body + b"\n" for post in receiver.at(receiver.webhook_url)))
    return DemoReport(
        folder=folder,
        html=folder / "digest.html",
        text=folder / "digest.txt",
        eml=folder / "digest.eml",
        polls=polls,
        subjects=tuple(str(_parsed(letter)["Subject"]).strip() for letter in letters),
        letters=len(mailbox.letters),
        posts=len(receiver.posts),
    )


def _write_letter(folder: Path, name: str, letter: Letter) -> None:
    mail = _parsed(letter)
    (folder / f"{name}.eml").write_bytes(letter.content)
    for kind, suffix in (("html", "html"), ("plain", "txt")):
        part = mail.get_body((kind,))
        if part is None:
            raise WatcherError(f"demo: the mail {mail['Subject']} has no {kind} part; this is a fault of the program")
        (folder / f"{name}.{suffix}").write_text(part.get_content().replace("\r\n", "\n"), encoding="utf-8")


def _parsed(letter: Letter) -> EmailMessage:
    return message_from_bytes(letter.content, policy=default)
