"""What a running service says: lines that a machine can read, about which loop, source and message, and never a secret."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from loopback import FeedServer, MailServer, Receiver
from news import OLD_STOCK, deported
from service_process import SECRET, Service

PASSWORD = "pass-word-of-the-mailbox"
DEAD_MAN = "3f0c9a1e-ping-secret-5d77"
WATCHED = """dead_man = "${DEAD_MAN_URL}"
dead_man_private = true
"""


@pytest.fixture
def watchdog() -> Any:
    with Receiver(yes=b"OK") as server:
        yield server


@pytest.fixture
def secretive(service: Service, mail: MailServer, watchdog: Receiver) -> Service:
    """A service with a secret in every place that takes one, that writes every line there is."""
    service.environment = {
        **service.environment,
        "SMTP_URL": f"smtp://robot%40ngo.example:{PASSWORD}@127.0.0.1:{mail.port}",
        "DEAD_MAN_URL": watchdog.url.replace("secret-of-this-address", DEAD_MAN),
        "WATCHER_LOG_FORMAT": "json",
        "WATCHER_LOG_LEVEL": "DEBUG",
    }
    text = service.rules.read_text("utf-8").replace("[watcher]\n", f"[watcher]\n{WATCHED}", 1)
    service.rules.write_text(text, "utf-8")
    return service


def lines(service: Service) -> list[dict[str, Any]]:
    """Every line of the log; a line that is no JSON fails here."""
    return [json.loads(line) for line in service.log().splitlines()]


def test_log_1_lines_say_what_they_are_about_and_no_secret_and_no_address_of_a_reader(
    secretive: Service, newsroom: FeedServer, slack: Receiver, ledger: Receiver, watchdog: Receiver
) -> None:
    """Logs are copied into tickets and chats: a Slack address or a password in one is a break-in, a reader's address a leak.

    And forty feeds are read at once: without their names no line could be put to its feed.
    """
    slack.refusals, ledger.refusals = [(404, {})] * 50, [(500, {})] * 50
    watchdog.refusals = [(404, {})] * 3
    newsroom.add(OLD_STOCK)
    secretive.start()
    secretive.until(lambda: newsroom.polls(304), "the first poll")
    newsroom.add(deported(42, "Thais", name="first"))
    secretive.until(lambda: slack.posts and ledger.posts, "refused messages")
    secretive.until(lambda: "desk" in secretive.log() or "staff" in secretive.log(), "a mail server without a log-in refuses the password")
    secretive.until(lambda: len(watchdog.posts) >= 4, "refused signals, and one that was taken")
    newsroom.items = []  # an empty feed where there was one is a failure
    secretive.until(lambda: "not read" in secretive.log(), "a source that is not read")
    secretive.rules.write_text("[broken")  # also the lines about a wrong file
    secretive.until(lambda: "read again" in secretive.log(), "the wrong file")
    secretive.stop()

    everything = secretive.log()
    secrets = [PASSWORD, DEAD_MAN, "secret-of-this-address", SECRET, SECRET.removeprefix("whsec_"), "robot@", "robot%40"]
    people = ["staff@ngo.example", "desk@ngo.example", "ops@ngo.example"]
    assert [one for one in (*secrets, *people) if one in everything] == []
    found = lines(secretive)
    assert {line["level"] for line in found} >= {"INFO", "WARNING"}
    assert len({line["run"] for line in found}) == 1
    refused = next(line for line in found if line.get("channel") == "team")
    assert refused["loop"] == "deliver"
    assert isinstance(refused["message_id"], int)
    not_read = next(line for line in found if "not read" in line["message"])
    assert (not_read["loop"], not_read["feed_title"], isinstance(not_read["feed"], int)) == ("poll", "Mekong Courier", True)


def test_the_outside_watchdog_hears_a_start_then_that_all_is_well_and_nothing_after_a_kill(
    secretive: Service, newsroom: FeedServer, watchdog: Receiver
) -> None:
    """The whole service as it ships: silence is the alarm, so a dead one must be silent, and a stopped one (SIGSTOP) too."""
    newsroom.add(OLD_STOCK)
    secretive.start()
    secretive.until(lambda: secretive.count("SELECT count(*) FROM meta WHERE name = 'watchdog_ok'"), "the first ping")
    assert len(watchdog.posts) == 2  # start, ok
    assert secretive.process is not None
    os.kill(secretive.process.pid, signal.SIGSTOP)
    heard = len(watchdog.posts)
    secretive.kill()
    assert len(watchdog.posts) == heard
    assert Path(secretive.folder / "self-test").is_dir()
