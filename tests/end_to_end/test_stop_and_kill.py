"""SIGTERM and kill -9: what staff get is the same, wherever the service was interrupted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

from loopback import FeedServer, MailServer, Receiver, held, plain, sections
from news import NOISE, OLD_STOCK, deported
from service_process import Service, until, utc_now

from watcher.pipeline.deliver import deliver, give_back_lease
from watcher.pipeline.rules_file import RulesFile
from watcher.pipeline.tools import open_tools
from watcher.store.outbox import LEASE

GROUPS = ("21 Thai", "32 Chinese", "43 Japanese", "54 Kenyan")
OPEN_ALERTS = "SELECT count(*) FROM outbox WHERE kind = 'alert' AND state = 'pending' AND attempt = 0"  # one in doubt was tried


def test_sigterm_does_not_wait_for_a_feed_that_hangs(service: Service, newsroom: FeedServer) -> None:
    """An operator who restarts the server must not wait for the slowest newspaper of the world."""
    newsroom.add(NOISE)
    with held(newsroom):
        service.start()
        service.until(lambda: service.count("SELECT count(*) FROM heartbeats WHERE loop = 'poll'"), "a poll under way")
        assert service.stop() < 5
    assert service.count("SELECT count(*) FROM polls") == 0


def test_sigterm_ends_the_service_within_ten_seconds_while_a_receiver_hangs(
    service: Service, newsroom: FeedServer, slack: Receiver
) -> None:
    """A message on its way gets its time, but not all of it; what is in doubt is said and comes again when its lease ends."""
    newsroom.add(OLD_STOCK)
    service.start()
    service.until(lambda: newsroom.polls(304), "the first poll")
    with held(slack):
        newsroom.add(deported(21, "Thai", name="held"))
        service.until(lambda: slack.posts, "a message on its way to Slack")
        assert service.stop() < 10
    assert service.count("SELECT count(*) FROM outbox WHERE channel = 'team' AND state = 'sending'") == 1
    asyncio.run(_when_the_leases_have_ended(service))
    assert [b"21 Thai" in post.body for post in slack.accepted] == [True]


def test_kill_9_in_the_middle_loses_nothing_and_tells_nothing_twice(
    service: Service, newsroom: FeedServer, mail: MailServer, slack: Receiver, ledger: Receiver
) -> None:
    """The server's memory runs out while a story is on its way; the next start must neither forget it nor tell it again."""
    newsroom.add(OLD_STOCK)
    service.start()
    service.until(lambda: newsroom.polls(304), "the first poll")
    moments: tuple[tuple[str, Callable[[], object]], ...] = (
        ("the feed has answered, nothing is stored yet", lambda: newsroom.polls(200) >= 2),
        ("a story is stored, nobody is told", lambda: service.count("SELECT count(*) FROM stories") >= 3),
        ("its messages are queued", lambda: service.count("SELECT count(*) FROM stories") >= 4 and service.count(OPEN_ALERTS)),
        ("one channel has it, the others do not", lambda: any(GROUPS[3].encode() in post.body for post in slack.posts + ledger.posts)),
    )
    for group, (what, reached) in zip(GROUPS, moments, strict=True):
        count, people = group.split()
        newsroom.add(deported(int(count), people, name=f"killed-{count}"))
        until(reached, what, log=service.log, pause=0.002)
        service.kill()
        service.start()
    service.until(lambda: service.count("SELECT count(*) FROM stories") == 5, "every story stored")
    service.until(
        lambda: service.count(f"SELECT ({OPEN_ALERTS}) = 0 AND count(DISTINCT change) = 5 FROM told"), "every message sent or in doubt"
    )
    service.stop()
    asyncio.run(_when_the_leases_have_ended(service))

    assert service.count("SELECT count(*) FROM outbox WHERE state <> 'sent'") == 0
    for group in GROUPS:
        _assert_told_once(group, mail, slack, ledger)
    everywhere = b"".join(post.body for post in slack.posts + ledger.posts) + b"".join(
        one.as_bytes() for one in mail.to("desk@ngo.example")
    )
    assert b"61 Vietnamese" not in everywhere


async def _when_the_leases_have_ended(service: Service) -> None:
    """What was being sent at a kill is due again when the doubt or its lease ends: the clock of this one turn stands there."""
    rules = RulesFile.load(service.rules, environment=service.environment)
    async with open_tools(rules, service.database, clock=lambda: utc_now() + LEASE + timedelta(minutes=1)) as tools:
        await deliver(tools, holder="the next sender")
        await tools.writer.run(give_back_lease, "the next sender")


def _assert_told_once(group: str, mail: MailServer, slack: Receiver, ledger: Receiver) -> None:
    """One message a channel; a repeat carries the same name, so that a receiver, or a person, knows it for one."""
    by_mail = [
        message for message in mail.to("desk@ngo.example") if any(group in line for line in plain(message).splitlines() if line[:1] == "#")
    ]
    by_slack = [post.body for post in slack.accepted if any(group in section for section in sections(post))]
    to_ledger = [post for post in ledger.accepted if group in json.loads(post.body)["data"]["story"]["headline"]]
    assert len({message["Message-ID"] for message in by_mail}) == 1, (group, len(by_mail))
    assert len(set(by_slack)) == 1, (group, by_slack)
    assert len({post.headers["webhook-id"] for post in to_ledger}) == 1, (group, len(to_ledger))
    assert max(len(by_mail), len(by_slack), len(to_ledger)) <= 2, "a kill between the answer and its record costs one repeat, no more"
