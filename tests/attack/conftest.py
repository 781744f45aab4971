"""Certificates of every kind, and parse children that serve a whole file of tests."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
import pytest_asyncio
import trustme

from watcher.collect import Parsers


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def our_tls(authority: trustme.CA) -> ssl.SSLContext:
    """What a client trusts."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> Callable[[str], ssl.SSLContext | None]:
    """The server's side by the fault it is to have; "" is no TLS at all."""
    certificates = {
        "good": authority.issue_cert("127.0.0.1", "name.example"),
        "unknown": trustme.CA().issue_cert("127.0.0.1", "name.example"),
        "expired": authority.issue_cert("127.0.0.1", "name.example", not_after=datetime(2020, 1, 1, tzinfo=UTC)),
        "elsewhere": authority.issue_cert("mail.elsewhere.example"),
    }
    contexts = {}
    for name, certificate in certificates.items():
        contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(contexts[name])
    return contexts.get


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parsers() -> AsyncIterator[Parsers]:
    """Two children, as the service has them."""
    parsers = Parsers(2)
    yield parsers
    await parsers.close()
