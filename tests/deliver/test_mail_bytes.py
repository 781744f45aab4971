"""What a mail looks like on the wire, and that no text of a feed can change its headers."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path
from typing import Any

import pytest
from delivery_servers import read_mail
from payloads import more

from watcher.deliver import email
from watcher.deliver.mime import Letter, ascii_address, letter_bytes
from watcher.errors import DeliveryError
from watcher.model import Channel, Rendered

HEADERS = {"from", "to", "subject", "date", "message-id", "list-id", "auto-submitted", "reply-to", "mime-version", "content-type"}


def mail_of(rendered: Rendered, channel: Channel, names: dict[str, Any]) -> bytes:
    return email.build(rendered, channel, recipient="dara@ngo.example", **names)[0].payload


def text_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def assert_headers_are_ours(data: bytes, text: str) -> None:
    mail = BytesParser(policy=compat32).parsebytes(data)
    assert {name.lower() for name in mail} <= HEADERS | {"content-transfer-encoding"}, text
    assert len(mail.keys()) == len(set(mail.keys())), text
    assert mail["To"] == "dara@ngo.example", text
    assert mail["From"].endswith("watcher@ngo.example>") or mail["From"] == "watcher@ngo.example", text
    assert "evil" not in mail.get("Reply-To", ""), text
    assert not mail.defects, text


def hostile_texts(shared_folder: Path) -> list[str]:
    vectors = json.loads((shared_folder / "corpora/hostile/vectors.json").read_text())["mail_subjects"]
    naughty = json.loads((shared_folder / "corpora/blns/blns.json").read_text())
    return [*vectors, *naughty, *(more(shared_folder) if "WATCHER_PAYLOADS" in os.environ else [])]


def test_mail_has_text_first_then_html_and_the_headers_of_a_machine(rendered, mail_channel, names):
    """A phone that shows no HTML shows the text; an out-of-office answer is not sent back to us."""
    mail = read_mail(mail_of(rendered, mail_channel, names))
    assert {name.lower() for name in mail} == HEADERS
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == names["message_id"]
    assert mail["List-Id"] == "watcher daily <daily.ngo.example>"
    assert mail["Reply-To"] == "ops@ngo.example"
    assert mail["Date"] == "Thu, 09 Nov 2023 07:00:00 +0700"
    assert text_of(mail, "plain") == rendered.text
    assert text_of(mail, "html").strip() == rendered.html


def test_the_same_digest_gives_the_same_bytes(rendered, mail_channel, names):
    """A repeat can only be recognised when nothing in it differs, the MIME boundary included."""
    assert mail_of(rendered, mail_channel, names) == mail_of(rendered, mail_channel, names)


def test_khmer_subject_and_text_arrive_as_they_were_written(rendered, mail_channel, names):
    """The headline is what staff read first on the phone."""
    khmer = "ជនជាតិជប៉ុន ២៥ នាក់ ត្រូវបាននិរទេសពីរាជធានីភ្នំពេញ ទៅប្រទេសជប៉ុន នៅថ្ងៃពុធ ទី៨ ខែវិច្ឆិកា"
    built = mail_of(replace(rendered, subject=khmer, text=khmer + "\n"), mail_channel, names)
    mail = read_mail(built)
    assert mail["Subject"] == khmer
    assert text_of(mail, "plain") == khmer + "\n"
    assert built.isascii()


def test_long_subject_is_cut_before_a_combining_sign(rendered, mail_channel, names):
    """A Khmer vowel without its consonant shows as a dotted circle."""
    subject = read_mail(mail_of(replace(rendered, subject="x" * 247 + "ស្តាំ" * 20), mail_channel, names))["Subject"]
    assert subject == "x" * 247 + "…"


@pytest.mark.shared
def test_mail_1_no_hostile_text_adds_a_header_or_stops_the_mail(shared_folder, rendered, mail_channel, names):
    """A feed title once could add a Bcc line or a whole forged body (CVE-2024-6923): MAIL-1, in every field at once."""
    texts = hostile_texts(shared_folder)
    for text in texts:
        headline = {"data": {"story": {"id": 1, "headline": text}}}
        source = replace(rendered, subject=text, text=text, html=f"<p>{text}</p>", events=(headline,))
        arguments = {**names, "name": text, "contact": text, "list_id": text}
        frozen = email.build(source, mail_channel, recipient="dara@ngo.example", **arguments)[0]
        for data in (frozen.payload, frozen.bare):
            assert_headers_are_ours(data, text)
    assert len(texts) > 500


@pytest.mark.shared
def test_mail_1_no_hostile_name_of_a_sender_adds_a_header(shared_folder, rendered, mail_channel, names):
    """`from` comes from rules.toml, which people paste into; a wrong one is said, never sent."""
    for text in hostile_texts(shared_folder):
        try:
            channel = replace(mail_channel, sender=f'"{text}" <watcher@ngo.example>')
            assert_headers_are_ours(mail_of(rendered, channel, names), text)
        except DeliveryError as error:
            assert error.whole_channel
            assert set('"\\\r\n') & set(text), text  # it ends the quoted name too early


@pytest.mark.shared
def test_mail_1_hostile_subjects_need_no_plainer_form(shared_folder, rendered, mail_channel, names):
    """One poisoned title must not cost the reader the HTML digest with all its other stories."""
    bare = [
        text
        for text in hostile_texts(shared_folder)
        if read_mail(mail_of(replace(rendered, subject=text), mail_channel, names))["Subject"].endswith("(plain form)")
    ]
    assert bare == []


def test_g10_a_letter_that_comes_out_otherwise_than_it_went_in_is_not_sent(date):
    """The check behind the cleaning: text that reached a header unclean is caught by reading the bytes back."""
    letter = Letter(
        sender="watcher@ngo.example", recipient="dara@ngo.example", subject="s", date=date, message_id="<a@ngo.example>",
        list_id="watcher =?utf-8?q?=0d=0aBcc:=20evil@evil.example?= <daily.ngo.example>", text="t",
    )  # fmt: skip
    assert letter_bytes(letter) is None
    assert letter_bytes(replace(letter, list_id="watcher daily <daily.ngo.example>")) is not None


def test_the_bare_form_has_ids_and_headlines_and_no_link(rendered, mail_channel, names):
    """A filter that refused the digest for its links takes this, and staff still know which stories to look up."""
    bare = read_mail(email.build(rendered, mail_channel, recipient="dara@ngo.example", **names)[0].bare)
    assert bare.get_content_type() == "text/plain"
    assert "#12 25 Japanese deported" in bare.get_content()
    assert "ask ops@ngo.example" in bare.get_content()
    assert "http" not in bare.get_content()


def test_the_bare_form_of_a_quiet_day_still_says_what_was_not_read(rendered, mail_channel, names):
    """Silence is never claimed: without stories the account itself is sent."""
    quiet = replace(rendered, events=(), text="No new story. Khmer news not read: https://kohsantepheap.example/feed\n")
    bare = read_mail(email.build(quiet, mail_channel, recipient="dara@ngo.example", **names)[0].bare)
    assert "Khmer news not read: (link left out)" in bare.get_content()


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Dara <dara@ngo.example>", "dara@ngo.example"),
        ("dara@bücher.example", "dara@xn--bcher-kva.example"),
        ("ដារា@ngo.example", ""),
        ("dara", ""),
        ("dara@ngo.example\r\nBcc: evil@evil.example", ""),
        ("a b@ngo.example", ""),
        ("", ""),
    ],
)
def test_an_address_is_plain_ascii_or_refused(written, address):
    """What goes into the SMTP envelope cannot carry a second command or recipient."""
    assert ascii_address(written) == address


def test_a_recipient_that_is_no_address_is_refused_alone(rendered, mail_channel, names):
    """One typing error in `to` must not stop the mail to the others."""
    with pytest.raises(DeliveryError, match="no mail address") as caught:
        email.build(rendered, mail_channel, recipient="dara at ngo", **names)
    assert not caught.value.retry
    assert not caught.value.whole_channel
