"""What a hostile feed or server puts into titles, sources, sentences, links and error texts comes out inert in every form."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest
from collect_feeds import a_feed
from delivery_servers import http_answer, http_server, smtp_server
from delivery_servers import row as outbox_row
from digest_samples import MORNING, ZONE, claim, digest, facts, report, story
from payloads import CORPORA, HTML, OWN, TEMPLATE_INJECTIONS, assert_inert, every_form, hostile_digest

from watcher.cli.export_sheets import workbook, write_csv
from watcher.cli.show import harmless, json_text, safe, table
from watcher.collect import Parsers
from watcher.collect.fetch import fetch
from watcher.deliver import email, slack, webhook
from watcher.digest.render import render, render_operator, render_story_file
from watcher.errors import DeliveryError, FetchError
from watcher.model import (
    ChangeKind,
    Channel,
    ChannelKind,
    Filed,
    FiledCorrection,
    FiledSource,
    KeptText,
    Seen,
    Told,
)
from watcher.net import Client
from watcher.story.export import COLUMNS

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NO_ELEMENTS = {
    "script",
    "img",
    "link",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "base",
    "svg",
    "math",
    "template",
    "button",
    "audio",
    "video",
}
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
every_corpus = pytest.mark.parametrize(("corpus", "least"), CORPORA)


def texts_of(corpus: Any, least: int, shared_folder: Path) -> list[str]:
    payloads: list[str] = corpus(shared_folder / "corpora")
    assert len(payloads) >= least
    return payloads


@pytest.mark.shared
@every_corpus
def test_xss_1_public_payloads_are_inert_in_mail_and_slack(shared_folder: Path, corpus: Any, least: int) -> None:
    """One live script in one mail at a ministry ends the project."""
    for mail in every_form(texts_of(corpus, least, shared_folder)):
        assert_inert(mail)


def test_xss_1_our_own_payloads_are_inert_in_mail_and_slack() -> None:
    """The same where the public payloads are not at hand."""
    for mail in every_form(list(OWN)):
        assert_inert(mail)


def story_files(payloads: list[str]) -> Iterator[str]:
    """The printed files of stories in which everything from outside is a payload, each with thirty sources."""
    for start in range(0, len(payloads), 30):
        some = payloads[start : start + 30]
        sources = []
        for payload in some:
            text = KeptText(1, payload, payload, payload, payload, "feed", payload, MORNING, payload, "00ff" * 4, True)
            said = replace(claim(payload, payload), start=0, end=len(payload))
            of = report(payload, payload, sentence=payload, title=payload, text=payload, claims=(said,), url=payload)
            sources.append(FiledSource(of, text, () if sources else (text,), (Seen(payload, MORNING, True),), None, MORNING))
        head = facts(headline=some[0], sources=tuple(some), places=tuple(some[:5]), checked_by=some[-1])
        corrections = tuple(FiledCorrection("c1", payload, payload, payload, payload, MORNING) for payload in some)
        filed = Filed(story(1, head, *(one.report for one in sources)), tuple(sources), corrections=corrections)
        yield render_story_file(filed, now=MORNING, time_zone=ZONE)


def assert_page_is_inert(page: str) -> None:
    """No element that runs or loads, no handler, no address but of the web, and the policy that forbids all of it anyway."""
    tree = html5lib.parse(page)
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    assert not {element.tag.rpartition("}")[2] for element in elements} & NO_ELEMENTS
    for element in elements:
        for name, value in element.attrib.items():
            assert not str(name).lower().startswith("on"), element.attrib
            assert name not in ("src", "srcset", "background", "action", "formaction", "srcdoc", "data")
            assert name != "href" or value.startswith(("http://", "https://", "#", "mailto:"))
            assert name != "style" or ("url" not in value and "expression" not in value)
    policy = next(element.get("content") for element in elements if element.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    page.encode()


@pytest.mark.shared
@every_corpus
def test_xss_1_public_payloads_are_inert_in_the_file_of_a_story(shared_folder: Path, corpus: Any, least: int) -> None:
    """It is opened from a folder on a work computer, years later, where no server's policy protects anybody."""
    for page in story_files(texts_of(corpus, least, shared_folder)):
        assert_page_is_inert(page)


def test_xss_1_our_own_payloads_are_inert_in_the_file_of_a_story() -> None:
    """The same where the public payloads are not at hand."""
    for page in story_files(list(OWN)):
        assert_page_is_inert(page)


def acts(character: str) -> bool:
    """Whether a terminal or a spreadsheet does something at a character instead of showing it."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def rows_of(payloads: Iterable[str]) -> list[dict[str, Any]]:
    """Rows of an export whose every text is a payload."""
    lists = ("nationality", "places", "sources", "copies", "articles", "to", "rules")
    return [{name: [] if name == "links" else [payload, payload] if name in lists else payload for name in COLUMNS} for payload in payloads]


def assert_csv_is_inert(payloads: list[str]) -> None:
    written = io.StringIO(newline="")
    write_csv(rows_of(payloads), COLUMNS, written)
    read = list(csv.reader(io.StringIO(written.getvalue(), newline="")))
    assert len(read) == len(payloads) + 1
    assert {len(row) for row in read} == {len(COLUMNS)}
    cells = [cell for row in read[1:] for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS)]
    assert not [cell for cell in cells if any(map(acts, cell))]
    # As a spreadsheet reads the file that takes the semicolon for its separator.
    for cell in re.split("[;\n]", written.getvalue().replace("\r\n", "\n")):
        assert not cell.lstrip('"').startswith(FORMULA_STARTS), cell


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    'a;=HYPERLINK("//evil.test")',
    'a;"=1+1"',
    "https://a.test/;=1",
    " =1",
    "\u200b=1",
]


def test_csv_no_formula_of_a_feed_runs_in_any_spreadsheet() -> None:
    """Whoever opens the ledger would run it; in Europe a semicolon begins a cell too."""
    assert_csv_is_inert([*OWN, *FORMULAS])


@pytest.mark.shared
@every_corpus
def test_csv_no_public_payload_is_a_formula(shared_folder: Path, corpus: Any, least: int) -> None:
    """The same for payloads nobody here wrote."""
    assert_csv_is_inert(texts_of(corpus, least, shared_folder))


def assert_workbook_is_inert(payloads: list[str]) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(rows_of(payloads), COLUMNS))) as book:
        assert not [name for name in book.namelist() if "externalLink" in name or "vba" in name]
        tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert tree.findall(f".//{_SHEET}f") == []
    assert tree.findall(f".//{_SHEET}hyperlink") == []
    kinds = {cell.get("t") for row in tree.findall(f".//{_SHEET}row")[1:] for cell in row if len(cell)}
    assert kinds == {"inlineStr"}


def test_csv_no_formula_of_a_feed_runs_in_a_workbook() -> None:
    """The same for Excel: text is written as text."""
    assert_workbook_is_inert([*OWN, *FORMULAS])


@pytest.mark.shared
@every_corpus
def test_csv_no_public_payload_is_a_formula_in_a_workbook(shared_folder: Path, corpus: Any, least: int) -> None:
    """The same for payloads nobody here wrote."""
    assert_workbook_is_inert(texts_of(corpus, least, shared_folder))


def assert_terminal_is_safe(payloads: list[str]) -> None:
    printed = [form(one) for one in payloads for form in (safe, harmless, lambda text: json_text({text: [text]}))]
    printed += table([(safe(one), safe(one)) for one in payloads])
    for text in printed:
        assert not any(map(acts, text.replace("\n", ""))), ascii(text)
    assert "\n" not in "".join(map(safe, payloads))


def test_xss_1_nothing_of_a_feed_acts_on_a_terminal() -> None:
    """A headline must not clear the screen, rename the window or turn a line around."""
    assert_terminal_is_safe([*OWN, "a\x1b]0;owned\x07b", "a\x9b2Jb", "a\u202eb", "a\ud800b", "a\u2066b", "a\x00b", "a\u0085b"])


@pytest.mark.shared
@every_corpus
def test_xss_1_no_public_payload_acts_on_a_terminal(shared_folder: Path, corpus: Any, least: int) -> None:
    """The same for payloads nobody here wrote."""
    assert_terminal_is_safe(texts_of(corpus, least, shared_folder))


# What servers may say of themselves, on one line each, as a status, a header or a body cannot hold more.
ANSWERS = [
    '<script>alert(1)</script><img src=x onerror=alert(1)>', "<!channel> <@U123> <https://evil.test|AP> @here", "{{ 7*7 }} {% raw %}",
    "\x1b[2J\x9b31m\x07", "=?utf-8?q?=0d=0aBcc:=20evil@evil.test?=", "gone  watcher outbox discard --all", "\u202egnp.exe",
]  # fmt: skip


async def errors_of(answer: str, parsers: Parsers, now: datetime) -> list[str]:
    """What is said of a server that answers so: to a poll, as the place it redirects to, to Slack, a webhook, as a mail server."""
    raw = answer.encode("utf-8", "replace")
    said: list[str] = []
    flat = re.sub(r"[^\x20-\x7e]", "?", answer)
    async with Client("w") as client:
        for page in (
            http_answer(302, Location=f"http://a b/{flat}"),
            http_answer(302, Location=f"javascript:{flat}"),
            http_answer(403, raw),
        ):
            async with http_server(page) as server:
                with pytest.raises(FetchError) as refused:
                    await fetch(a_feed(f"http://127.0.0.1:{server.port}/"), client, now)
                said += [str(refused.value), refused.value.problem]
        for kind, send in ((ChannelKind.SLACK, slack.send), (ChannelKind.WEBHOOK, webhook.send)):
            async with http_server(http_answer(500, raw)) as server:
                channel = Channel("way", kind, url=f"http://127.0.0.1:{server.port}/x", secret=SECRET, allow_private=True)
                with pytest.raises(DeliveryError) as failed:
                    await send(outbox_row(b"{}"), channel, client=client, now=now)
                said += [str(failed.value), failed.value.problem]
    async with smtp_server(faults={"rcpt": f"550 {answer}"}) as server:
        channel = Channel(
            "way", ChannelKind.EMAIL, server=f"smtp://127.0.0.1:{server.port}", tls="none", sender="w@a.test", allow_private=True
        )
        with pytest.raises(DeliveryError) as failed:
            await email.send(outbox_row(b"x"), channel)
        said += [str(failed.value), failed.value.problem]
    return said


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("answer", ANSWERS)
async def test_xss_2_what_a_server_answers_is_as_hostile_as_a_feed(answer: str, parsers: Parsers, now: datetime) -> None:
    """Three readers of feeds escaped titles and forgot their own error messages: mail, operator's mail, Slack, terminal."""
    said = await errors_of(answer, parsers, now)
    assert len(said) == 12
    assert all("\n" not in one and "\r" not in one for one in said)
    assert any(re.sub("[^a-z]", "", answer)[:6] in re.sub("[^a-z]", "", one) for one in said), "the answer is not in any of them"
    assert_inert(render_operator([f"{one}  watcher status" for one in said], now=MORNING, time_zone=ZONE, contact="ops@example.org"))
    assert_inert(render(hostile_digest(said)))
    assert_terminal_is_safe(said)


@pytest.mark.parametrize("payload", TEMPLATE_INJECTIONS)
def test_tpl_1_template_syntax_from_a_feed_stays_text(payload: str):
    """A template that ran would read the program's memory."""
    mail = render(digest(Told(story(1, facts(headline=payload), report("AP", sentence=payload)), ChangeKind.NEW, payload)))
    assert payload in mail.text
    assert payload in "".join(html5lib.parse(mail.html).itertext())


def test_xss_1_a_markdown_of_slack_from_a_feed_is_not_formatted():
    """A headline in bold red letters is still only a headline."""
    mail = render(digest(Told(story(1, facts(headline="*now* _all_ `x`"), report("AP")), ChangeKind.NEW, "")))
    assert mail.slack[1].count("*") == 2


@pytest.mark.browser
def test_xss_1_a_real_browser_runs_nothing_of_a_hostile_mail(chromium: str, tmp_path: Path):
    """The last judge is a browser: with the payloads raw it is taken over, in our mail it is not."""
    mail = render(replace(hostile_digest(list(OWN)), missed_dates=()))
    (tmp_path / "mail.html").write_text(mail.html, encoding="utf-8")
    (tmp_path / "raw.html").write_text(f"<title>x</title>{OWN[1]}", encoding="utf-8")
    assert "<title>owned</title>" in _dom(chromium, tmp_path / "raw.html", tmp_path / "a")
    shown = html5lib.parse(_dom(chromium, tmp_path / "mail.html", tmp_path / "b"))
    assert shown.find(f".//{HTML}title").text == mail.subject
    assert not list(shown.iter(f"{HTML}script"))


def _dom(chromium: str, page: Path, profile: Path) -> str:
    """The page as Chromium has it after its scripts ran."""
    quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", *quiet, f"--user-data-dir={profile}", "--virtual-time-budget=2000"]
    return subprocess.run([*command, "--dump-dom", page.as_uri()], capture_output=True, timeout=60, check=True).stdout.decode()
