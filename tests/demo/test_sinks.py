"""The demo's mail server and webhook receiver keep what real clients hand them."""

from __future__ import annotations

import smtplib
import socket
from email.message import EmailMessage
from email.policy import SMTP

import httpx

from watcher.demo.mailbox import LARGEST, Mailbox
from watcher.demo.receiver import Receiver


def _mail(text: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["From"], mail["To"] = "110 ដល់ 112", "watcher@example.org", "staff@example.org"
    mail.set_content(text)
    return mail


def test_a_letter_is_kept_byte_for_byte():
    """digest.eml must be what was sent; a line that begins with a dot is the classic loss."""
    mail = _mail(".hidden\n..two\nចុង\n")
    with Mailbox() as mailbox:
        with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as client:
            client.send_message(mail, to_addrs=["staff@example.org", "ops@example.org"])
        (letter,) = mailbox.letters
    assert letter.content == mail.as_bytes()
    assert letter.sender == "watcher@example.org"
    assert letter.recipients == ("staff@example.org", "ops@example.org")


def test_two_letters_on_one_connection_do_not_mix():
    """One message a recipient over one connection is how digests are sent."""
    with Mailbox() as mailbox:
        with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as client:
            for name in ("first", "second"):
                client.send_message(_mail(name), to_addrs=[f"{name}@example.org"])
        assert [letter.recipients for letter in mailbox.letters] == [("first@example.org",), ("second@example.org",)]
        assert b"second" not in mailbox.letters[0].content


def test_a_broken_off_letter_is_not_kept_and_the_next_one_is():
    """Half a digest must never look like a sent one."""
    with Mailbox() as mailbox:
        with socket.create_connection(("127.0.0.1", mailbox.port), timeout=5) as broken:
            broken.sendall(b"EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nSubject: half\r\n")
        with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as client:
            client.send_message(_mail("whole"))
        assert [b"whole" in letter.content for letter in mailbox.letters] == [True]


def test_orders_in_the_wrong_order_are_refused():
    """A sender with a mistake hears of it."""
    with Mailbox() as mailbox, smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as client:
        client.ehlo()
        assert client.docmd("RCPT", "TO:<b@example.org>")[0] == 503
        assert client.docmd("DATA")[0] == 503
        assert client.docmd("VRFY", "b")[0] == 502
        assert client.esmtp_features["size"] == str(LARGEST)


def test_posts_are_kept_by_address_and_answered_as_slack_does():
    """The demo shows what Slack and a webhook would have got."""
    with Receiver() as receiver:
        answer = httpx.post(receiver.slack_url, json={"text": "25 Japanese deported"})
        httpx.post(receiver.webhook_url, content=b"{}", headers={"webhook-id": "k1"})
        assert (answer.status_code, answer.text) == (200, "ok")
        assert [post.body for post in receiver.at(receiver.slack_url)] == [b'{"text":"25 Japanese deported"}']
        assert receiver.at(receiver.webhook_url)[0].headers["Webhook-Id"] == "k1"
