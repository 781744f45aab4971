"""No password, address of a webhook or reader's address in an error, its trace, a log line at any level, or a repr."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from datetime import datetime

import pytest
from delivery_servers import http_answer, http_server, row, smtp_server

from watcher.config import load
from watcher.deliver import email, slack, webhook
from watcher.deliver.smtp import Envelope, Patience, server_of
from watcher.errors import DeliveryError, FetchError
from watcher.model import Channel, ChannelKind
from watcher.net import Client

PATH = "/services/T0HUNTER2/B0HUNTER2/hunter2hunter2"
KEY = "whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg=="
SECRETS = ("hunter2", "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg", "dara@ngo.example", "AHdhdGNoZXIAaHVudGVyMg")


def assert_silent(*texts: str) -> None:
    for text in texts:
        assert not [secret for secret in SECRETS if secret.lower() in text.lower()], text


def told(error: BaseException) -> str:
    """Everything a log or a bug report may hold of an error: its text, its trace with all that led to it, its parts."""
    return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))


HTTP_ANSWERS: list[bytes | str] = [
    http_answer(404, f"no such page {PATH}".encode()),
    http_answer(500, PATH.replace("/", "%2F").encode()),
    http_answer(302, Location=f"https://evil.test{PATH}"),
    http_answer(403, KEY.encode()),
    b"HTTP/1.1 400 " + PATH.encode() + b"\r\nContent-Length: 0\r\n\r\n",
    b"garbage " + PATH.encode() + b"\r\n\r\n",
    "reset",
]


@pytest.mark.parametrize("kind", [ChannelKind.SLACK, ChannelKind.WEBHOOK])
async def test_log_1_no_failure_of_a_channel_tells_its_address(kind: ChannelKind, caplog: pytest.LogCaptureFixture, now: datetime) -> None:
    """Who has it can post in the NGO's name; errors are stored, mailed and pasted into bug reports."""
    caplog.set_level(logging.DEBUG)
    send = slack.send if kind is ChannelKind.SLACK else webhook.send
    failures = 0
    for answer in HTTP_ANSWERS:
        async with http_server(answer) as server, Client("w") as client:
            channel = Channel("way", kind, url=f"http://127.0.0.1:{server.port}{PATH}", secret=KEY, allow_private=True)
            try:
                await send(row(b"{}"), channel, client=client, now=now)
            except DeliveryError as error:
                failures += 1
                assert_silent(told(error))
            assert_silent(repr(channel))
    for url in (
        "http://127.0.0.1:1" + PATH,
        "http://[::1" + PATH,
        "file://" + PATH,
        "https://hunter2:x@a.example/",
        "http://nowhere.invalid" + PATH,
    ):
        async with Client("w") as client:
            for private in (True, False):
                with pytest.raises(DeliveryError) as caught:
                    await send(row(b"{}"), Channel("way", kind, url=url, secret=KEY, allow_private=private), client=client, now=now)
                failures += 1
                assert_silent(told(caught.value))
    assert failures == len(HTTP_ANSWERS) + 10
    assert_silent(caplog.text)


@pytest.mark.parametrize("step", ["greeting", "ehlo", "auth", "mail", "rcpt", "data", "dot"])
async def test_log_1_no_failure_of_mail_tells_the_password_or_the_reader(step: str, caplog: pytest.LogCaptureFixture) -> None:
    """Mail servers repeat what they were sent, as it was coded on the wire."""
    caplog.set_level(logging.DEBUG)
    for answer in (f"550 {SECRETS[0]} {SECRETS[3]} for dara@ngo.example", "550-hunter2\r\n550 <dara@ngo.example>", "drop", "garbage"):
        async with smtp_server(faults={step: answer}) as server:
            channel = Channel(
                "staff", ChannelKind.EMAIL, to=("dara@ngo.example",), sender="w@ngo.example", tls="none", allow_private=True,
                server=f"smtp://watcher:hunter2@127.0.0.1:{server.port}",
            )  # fmt: skip
            with pytest.raises(DeliveryError) as caught:
                await email.send(row(b"Subject: x\r\n\r\nx\r\n"), channel, patience=Patience())
        assert_silent(told(caught.value), repr(channel), repr(server_of(channel)))
    assert_silent(caplog.text)


async def test_log_1_the_client_tells_the_host_of_a_secret_address_only(caplog: pytest.LogCaptureFixture) -> None:
    """The outside watchdog's address goes this way too."""
    caplog.set_level(logging.DEBUG)
    async with Client("w") as client:
        for url in (
            f"http://127.0.0.1:1{PATH}",
            f"http://10.0.0.1{PATH}",
            f"http://nowhere.invalid{PATH}",
            f"ftp://a.example{PATH}",
            f"http://[x{PATH}",
        ):
            with pytest.raises(FetchError) as caught:
                await client.post(url, b"")
            assert_silent(told(caught.value))
    assert_silent(caplog.text)


RULES = f"""\
[watcher]
time_zone = "UTC"
dead_man = "https://ping.test{PATH}"
[[rules]]
name = "r"
match = "x"
[[channels]]
name = "slack"
kind = "slack"
url = "https://hooks.slack.test{PATH}"
[[channels]]
name = "mail"
kind = "email"
server = "smtp://watcher:hunter2@mail.test"
from = "w@ngo.example"
to = ["ops@ngo.example"]
[[channels]]
name = "hook"
kind = "webhook"
url = "https://hook.test{PATH}"
secret = "{KEY}"
"""
SPOILED = [
    (f'url = "https://hooks.slack.test{PATH}"', f'url = "https://hooks.slack.test{PATH}'),  # no closing quote
    (f'url = "https://hooks.slack.test{PATH}"', f"url = https://hooks.slack.test{PATH}"),  # no quotes
    (f'url = "https://hooks.slack.test{PATH}"', f'url = ["https://hooks.slack.test{PATH}"]'),
    (f'url = "https://hooks.slack.test{PATH}"', f'url = "hooks.slack.test{PATH}"'),
    (f'url = "https://hooks.slack.test{PATH}"', f'url = "https://hunter2@hooks.slack.test{PATH}"'),
    (f'url = "https://hooks.slack.test{PATH}"', f'adress = "https://hooks.slack.test{PATH}"'),
    ('server = "smtp://watcher:hunter2@mail.test"', 'server = "smtp://watcher:hunter2/x@mail.test"'),
    ('server = "smtp://watcher:hunter2@mail.test"', 'server = "hunter2"'),
    ('server = "smtp://watcher:hunter2@mail.test"', "server = { password = 'hunter2' }"),
    (f'secret = "{KEY}"', 'secret = "hunter2 hunter2"'),
    (f'secret = "{KEY}"', "secret = 'hunter2"),
    (f'dead_man = "https://ping.test{PATH}"', f'dead_man = "ping.test{PATH}"'),
    (f'dead_man = "https://ping.test{PATH}"', f'dead_man = "https://ping.test{PATH}'),
]


@pytest.mark.parametrize(("good", "bad"), SPOILED, ids=range(len(SPOILED)))
def test_log_1_no_mistake_in_the_rules_is_told_with_the_secret_in_it(good: str, bad: str) -> None:
    """What a person gets wrong first is the line with the password, and then shows the error to somebody."""
    assert good in RULES
    with pytest.raises(ExceptionGroup) as caught:
        load(RULES.replace(good, bad), environment={})
    for error in caught.value.exceptions:
        assert_silent(str(error), "".join(traceback.format_exception(error)))


def test_log_1_a_configuration_that_is_printed_shows_no_secret() -> None:
    """Somebody will print it while looking for a fault."""
    config = load(RULES, environment={})
    assert len(config.channels) == 3
    assert_silent(repr(config), *config.warnings)
    mail = replace(next(one for one in config.channels if one.name == "mail"))
    assert_silent(repr(server_of(mail)))
    assert_silent(repr(Envelope("w@ngo.example", "dara@ngo.example", b"hunter2")), repr(row(b"hunter2")))
