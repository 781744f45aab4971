"""Certificates, a rendered digest and its channels."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone

import pytest
import trustme

from watcher.model import Channel, ChannelKind, Rendered

PHNOM_PENH = timezone(timedelta(hours=7))


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def wrong_tls(authority: trustme.CA) -> ssl.SSLContext:
    """A certificate of the right authority for another name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.elsewhere.example").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def our_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def rendered() -> Rendered:
    event = {
        "type": "story.new",
        "timestamp": "2023-11-08T14:20:00Z",
        "data": {"story": {"id": 12, "headline": "25 Japanese deported", "articles": []}, "change": {"kind": "new"}},
    }
    return Rendered(
        subject="25 Japanese deported - 1 new",
        text="1 new story.\n#12 25 Japanese deported\nhttps://news.example/a\n.\n",
        html="<!doctype html><html lang=en><body><p>25 Japanese deported ប៉ោយប៉ែត</p></body></html>",
        slack=("*25 Japanese deported*, Phnom Penh → Japan · #12 · <https://news.example/a|AP>",),
        events=(event,),
    )


@pytest.fixture
def date(now: datetime) -> datetime:
    return now.astimezone(PHNOM_PENH)


@pytest.fixture
def mail_channel() -> Channel:
    return Channel(
        "staff", ChannelKind.EMAIL, to=("dara@ngo.example",), sender="Watcher <watcher@ngo.example>", tls="none", allow_private=True
    )


@pytest.fixture
def names(date: datetime) -> dict[str, object]:
    """The arguments of `build` that are the same in most tests."""
    return {"message_id": f"<{'ab' * 20}@ngo.example>", "date": date, "name": "daily", "contact": "ops@ngo.example"}
