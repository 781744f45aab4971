"""Hostile texts, own and of public corpora, digests full of them, and what it means that nothing of them is live.

With WATCHER_PAYLOADS naming a folder, every line of every .txt in it is a payload too: for lists too large or not free to keep.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import digest_samples as samples
import html5lib
from digest_samples import MORNING, ZONE, digest, facts, report, row, story

from watcher.digest.render import render, render_alert, render_operator
from watcher.model import Account, ChangeKind, Digest, FeedProblem, LinkKind, Possible, Rendered, Told

HTML = "{http://www.w3.org/1999/xhtml}"
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "div", "p", "span", "h1", "h2", "h3", "ul", "li", "a"),
}
TEMPLATE_INJECTIONS = (
    "{{ 7*7 }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{{ page.__class__.__mro__ }}",
    "{# gone #}",
    "${7*7}",
    "%(x)s {0}",
)
OWN = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "</title><svg onload=document.title='owned'>",
    "\" autofocus onfocus=document.title='owned' x=\"",
    "</style><script>document.title='owned'</script>",
    "<!channel> <@U123> <#C123> <!here|x> <https://evil.example|AP>",
    "=?utf-8?B?PHNjcmlwdD4=?=\r\nBcc: a@example.org",
    *TEMPLATE_INJECTIONS,
)


def hostile_story(number: int, payload: str) -> Told:
    """A story with the payload wherever a feed's words or addresses may stand."""
    figures = (("AP", payload), (payload, "112"))
    said = facts(
        row(25, (payload[:20],), figures=figures),
        sources=(payload, "AP"),
        headline=payload,
        places=(payload,),
        to=(payload,),
        origin=payload,
        checked_by=payload,
        copies=((payload, payload),),
    )
    reports = (
        report(payload, payload, sentence=payload, title=payload, url=payload),
        report("AP", "en", sentence=payload, url=f"https://a.example/{payload}", via=payload, state_media=True),
    )
    kinds = (ChangeKind.NEW, ChangeKind.STAGE, ChangeKind.WITHDRAWN, ChangeKind.CORRECTION, ChangeKind.MERGED)
    nothing = facts(headline=payload)
    return Told(story(number, said, *reports, links=((7, LinkKind.WAVE),)), kinds[number % len(kinds)], payload, nothing, MORNING)


def hostile_digest(payloads: list[str]) -> Digest:
    """A digest in which every text from outside is a payload."""
    first = payloads[0]
    problems = tuple(FeedProblem(payload, payload, MORNING, payload, new=True, key=True) for payload in payloads)
    account = Account(
        read=((first, 1, 2), ("en", 9, 9)),
        problems=problems,
        partial=problems,
        silent=problems,
        must_gaps=tuple(payloads),
        undelivered=tuple((payload, payload) for payload in payloads),
        gaps=tuple((payload, MORNING, MORNING) for payload in payloads),
        not_covered=tuple(payloads),
        never_answered=tuple(payloads),
        must_read=(first,),
        rules_problem=first,
    )
    return digest(
        *(hostile_story(number, payload) for number, payload in enumerate(payloads)),
        account=account,
        possible=tuple(Possible(payload, payload, payload, payload, payload) for payload in payloads[-3:]),
        possible_total=len(payloads),
        start_stories=(hostile_story(99, first).story,),
        month_totals=((first, 1, 2),),
    )


@lru_cache
def our_comments() -> list[str]:
    """What only Outlook reads: the same in every mail."""
    comments = [str(element.text) for element in html5lib.parse(render(digest()).html).iter() if not isinstance(element.tag, str)]
    assert len(comments) == 3 and all(comment.startswith("[if mso]>") for comment in comments)
    return comments


def assert_inert(mail: Rendered) -> None:
    """Nothing in any form of the mail is live."""
    tree = html5lib.parse(mail.html)
    comments = [element.text for element in tree.iter() if not isinstance(element.tag, str)]
    assert comments == our_comments(), "a comment from outside"
    for element in (element for element in tree.iter() if isinstance(element.tag, str)):
        assert element.tag.removeprefix(HTML) in ALLOWED
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), element.attrib
            assert name not in ("src", "srcset", "background", "action", "formaction", "srcdoc", "data")
            assert name != "href" or value.startswith(("http://", "https://", "mailto:ops@example.org"))
            assert name != "style" or ("url" not in value and "expression" not in value)
    visible = "".join(tree.itertext()).replace("\n", "")
    for form in (visible, mail.text.replace("\n", ""), mail.subject, mail.preview, *mail.slack):
        assert not any(unicodedata.category(c) in ("Cc", "Cs") or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068" for c in form)
    assert "=?" not in mail.subject
    for paragraph in mail.slack:
        assert not any(mark in paragraph for mark in ("<!", "<@", "<#", "@here", "@channel"))
        live = paragraph.split("<")[1:]
        assert all(piece.startswith(("http://", "https://")) and piece.split(">")[0].count("|") == 1 for piece in live)
    mail.html.encode(), mail.text.encode(), json.dumps(mail.events, ensure_ascii=False).encode()


def every_form(payloads: list[str]) -> Iterator[Rendered]:
    """Digests of 40 payloads each, an alert and the operator's lines with all of them."""
    for start in range(0, len(payloads), 40):
        some = payloads[start : start + 40]
        yield render(hostile_digest(some))
        told = [hostile_story(number, payload) for number, payload in enumerate(some)]
        yield render_alert(told, now=MORNING, time_zone=ZONE, contact=samples.OPERATOR, name=some[0], reads=("en",))
        yield render_operator(some, now=MORNING, time_zone=ZONE, contact=samples.OPERATOR)


def dompurify(corpora: Path) -> list[str]:
    return [str(case["payload"]) for case in json.loads((corpora / "dompurify/expect.json").read_text(encoding="utf-8"))]


def bleach(corpora: Path) -> list[str]:
    return [path.read_text(encoding="utf-8").split("\n--\n")[0] for path in sorted((corpora / "bleach/tests/data").glob("*.test"))]


def vectors(corpora: Path) -> list[str]:
    groups = json.loads((corpora / "hostile/vectors.json").read_text(encoding="utf-8"))
    return [*groups["html"].values(), *groups["links"], *groups["dates"], *groups["mail_subjects"]]


def naughty(corpora: Path) -> list[str]:
    return list(json.loads((corpora / "blns/blns.json").read_text(encoding="utf-8")))


def more(_: Path) -> list[str]:
    """The lines of the folder that WATCHER_PAYLOADS names."""
    folder = Path(os.environ["WATCHER_PAYLOADS"])
    lines = [line for path in sorted(folder.glob("*.txt")) for line in path.read_text("utf-8", "replace").splitlines()]
    return [line for line in dict.fromkeys(lines) if line.strip()]


CORPORA = [(dompurify, 200), (bleach, 19), (vectors, 140), (naughty, 500), *([(more, 1)] if os.environ.get("WATCHER_PAYLOADS") else [])]
