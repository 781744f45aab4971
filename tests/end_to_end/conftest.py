"""A newsroom, a mail server, Slack, another system, and the service itself as a process: all real, all on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import FeedServer, MailServer, Receiver
from service_process import Service


@pytest.fixture
def newsroom() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def slack() -> Iterator[Receiver]:
    with Receiver(yes=b"ok") as server:
        yield server


@pytest.fixture
def ledger() -> Iterator[Receiver]:
    with Receiver(yes=b"") as server:
        yield server


@pytest.fixture
def service(tmp_path: Path, newsroom: FeedServer, mail: MailServer, slack: Receiver, ledger: Receiver) -> Iterator[Service]:
    """The service with one feed, two alerts and a daily digest; not started yet. Whatever a test leaves running is killed."""
    one = Service(tmp_path, feed=newsroom.feed, mail=mail, slack=slack, ledger=ledger)
    one.write_rules()
    try:
        yield one
    finally:
        one.kill()
