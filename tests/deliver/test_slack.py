"""Slack: messages that Slack takes, that call nobody, and what its answers mean."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from delivery_servers import http_answer, http_server, read_json, row
from slack_sdk.models.blocks import Block

from watcher.deliver import slack
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind
from watcher.net import Client, Limits

SECRET = "/services/T012AB3C4/B056DE7F8/abcdefGHIJKLmnopQRSTuvwx"
CHANNEL = Channel("news", ChannelKind.SLACK, allow_private=True)


def build(rendered, names):
    return slack.build(rendered, CHANNEL, recipient="news", **names)


def texts_of(payload: dict) -> list[str]:
    return [block["text"]["text"] for block in payload["blocks"] if block["type"] == "section"]


def assert_slack_takes(payload: dict) -> None:
    """Slack's own models check blocks and lengths; the limit of the whole is ours."""
    for block in Block.parse_all(payload["blocks"]):
        block.validate_json()
    assert len(payload["blocks"]) < 50
    assert all(0 < len(text) <= 3_000 for text in texts_of(payload))
    assert len(payload["text"]) + sum(map(len, texts_of(payload))) <= 10_000
    assert payload["text"]
    assert payload["unfurl_links"] is False
    assert payload["unfurl_media"] is False


def test_a_message_has_a_text_for_the_notification_and_a_reference(rendered, names):
    """The lock screen shows the headline; two copies of one message can be told by their reference."""
    (frozen,) = build(rendered, names)
    payload = read_json(frozen.payload)
    assert_slack_takes(payload)
    assert payload["text"] == "25 Japanese deported - 1 new"
    assert texts_of(payload) == list(rendered.slack)
    assert payload["blocks"][-1]["elements"][0]["text"] == "ref ABA-BAB"
    assert frozen.payload == build(rendered, names)[0].payload


def test_two_hundred_long_stories_are_split_under_all_limits_in_order(rendered, names):
    """A flood of news must not be refused as a whole; nothing of it is left out."""
    paragraphs = tuple(
        f"*story {number}* " + "Phnom Penh &amp; Sihanoukville " * 20 + f"<https://news.example/{number}|AP>" for number in range(200)
    )
    frozen = build(replace(rendered, slack=paragraphs), names)
    payloads = [read_json(part.payload) for part in frozen]
    for payload in payloads:
        assert_slack_takes(payload)
    assert [text for payload in payloads for text in texts_of(payload)] == list(paragraphs)
    assert [part.part for part in frozen] == list(range(1, len(frozen) + 1))
    assert payloads[1]["blocks"][-1]["elements"][0]["text"] == f"ref ABA-BAB, 2 of {len(frozen)}"


@pytest.mark.parametrize("filler", ["word ", "x", "ខ្មែរ", "&amp;", "<https://news.example/a|" + "word " * 40 + "> ", "line\n"])
def test_one_long_paragraph_is_cut_between_links_and_entities(filler, rendered, names):
    """Half a link or half an `&amp;` would show as rubbish or call somebody."""
    paragraph = "a" + filler * (20_000 // len(filler))
    payloads = [read_json(part.payload) for part in build(replace(rendered, slack=(paragraph,)), names)]
    texts = [text for payload in payloads for text in texts_of(payload)]
    for payload in payloads:
        assert_slack_takes(payload)
    assert "".join("".join(texts).split()) == "".join(paragraph.split())
    for text in texts:
        assert text.count("<") == text.count(">")
        assert re.sub(r"&(?:amp|lt|gt);", "", text).count("&") == 0


def test_many_short_paragraphs_stay_under_fifty_blocks(rendered, names):
    """Slack refuses a message with more blocks as a whole."""
    payloads = [read_json(part.payload) for part in build(replace(rendered, slack=("short",) * 130), names)]
    assert [len(payload["blocks"]) for payload in payloads] == [49, 49, 35]


@pytest.mark.parametrize(
    "attack",
    ["<!channel>", "<!here|here>", "<@U012AB3CD>", "<#C012AB3CD>", "<!subteam^S1>", "<javascript:alert(1)|x>", "<https://a.example", "a > b < c",
     "<https://a.example|<!channel>>", "<<!channel>>", "<https://a.example\n!channel>"],
)  # fmt: skip
def test_nobody_is_called_and_no_link_is_broken_open(attack, rendered, names):
    """A feed title that reaches Slack unescaped must not wake everybody in the workspace."""
    frozen = build(replace(rendered, slack=(f"before {attack} after",), subject=f"s {attack}"), names)[0]
    for data in (frozen.payload, frozen.bare):
        payload = read_json(data)
        for text in [payload["text"], *(texts_of(payload) if "blocks" in payload else [])]:
            assert not re.sub(r"<https://a\.example(\|[^<>]*)?>", "", text).count("<"), text


def test_a_message_without_paragraphs_still_says_its_subject(rendered, names):
    """A notice to the operator has no stories, and Slack refuses an empty message."""
    payload = read_json(build(replace(rendered, slack=("", "  ")), names)[0].payload)
    assert texts_of(payload) == ["25 Japanese deported - 1 new"]


def test_a_lone_surrogate_does_not_make_broken_json(rendered, names):
    """One bad character of one feed must not stop the channel."""
    frozen = build(replace(rendered, slack=("a \ud800 b",), subject="\ud800"), names)[0]
    assert b"\\ud800" not in frozen.payload
    assert_slack_takes(read_json(frozen.payload))


def test_the_bare_form_is_text_only(rendered, names):
    """Where Slack refuses the blocks, the titles and ids still arrive."""
    bare = read_json(build(rendered, names)[0].bare)
    assert "blocks" not in bare
    assert bare["text"] == "25 Japanese deported - 1 new\n25 Japanese deported, Phnom Penh → Japan · #12 · AP\nref ABA-BAB"
    assert bare["mrkdwn"] is False


async def send_to(*answers, now, seconds=2.0):
    async with http_server(*answers) as server, FastClient(seconds) as client:
        channel = replace(CHANNEL, url=f"http://127.0.0.1:{server.port}{SECRET}")
        return await slack.send(row(b'{"text":"x"}', channel="news"), channel, client=client, now=now), server


class FastClient(Client):
    """The real client with a shorter patience, so that a hanging server costs no time here."""

    def __init__(self, seconds: float) -> None:
        super().__init__("watcher-test")
        self.seconds = seconds

    async def post(self, url, body, *, headers, allow_private=False):
        return await super().post(url, body, headers=headers, limits=Limits(seconds=self.seconds), allow_private=allow_private)


@pytest.mark.parametrize("body", [b"ok", b'{"ok": true}'])
async def test_accepted(body, now):
    """Slack says "ok", and its workflow webhooks say it in JSON."""
    delivered, server = await send_to(http_answer(200, body), now=now)
    assert delivered.code == 200
    assert server.bodies == [b'{"text":"x"}']
    assert server.headers[0]["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("answer", "flags", "wish"),
    [
        (http_answer(429, b"rate_limited", Retry_After="30"), "retry", 30),
        (http_answer(429, b"rate_limited", Retry_After="Thu, 09 Nov 2023 00:01:00 GMT"), "retry", 60),
        (http_answer(429, b"rate_limited", Retry_After="soon"), "retry", None),
        (http_answer(400, b"invalid_payload"), "bare", None),
        (http_answer(413, b"too large"), "bare", None),
        (http_answer(403, b"action_prohibited"), "retry whole_channel", None),
        (http_answer(404, b"no_service"), "whole_channel", None),
        (http_answer(410, b"channel_is_archived"), "whole_channel", None),
        (http_answer(301, Location="https://elsewhere.example/"), "retry whole_channel", None),
        (http_answer(500, b"rollup_error"), "retry", None),
        (http_answer(503, b"", Retry_After="7"), "retry", 7),
        (http_answer(504, b"gateway"), "retry ambiguous", None),
        (http_answer(418, b"teapot"), "retry", None),
        (http_answer(200, b"<html>please log in</html>"), "retry ambiguous", None),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "retry ambiguous", None),
        ("reset", "retry ambiguous", None),
        ("hang", "retry ambiguous", None),
    ],
)  # fmt: skip
async def test_each_answer_is_read_right(answer, flags, wish, now):
    """Slack cannot recognise a repeat: a doubt must be told from a refusal."""
    with pytest.raises(DeliveryError) as caught:
        await send_to(answer, now=now, seconds=0.3)
    error = caught.value
    assert " ".join(name for name in ("retry", "whole_channel", "ambiguous", "bare") if getattr(error, name)) == flags, error
    assert error.retry_after == (None if wish is None else timedelta(seconds=wish))
    assert "services" not in str(error)
    assert "127.0.0.1" not in str(error)


async def test_an_answer_that_repeats_the_address_is_hidden(now):
    """Proxies print the address they could not reach; errors are mailed and pasted."""
    with pytest.raises(DeliveryError) as caught:
        await send_to(http_answer(404, f"not found: {SECRET}".encode()), now=now)
    assert "abcdefGHIJKLmnopQRSTuvwx" not in str(caught.value)
    assert "not found" in str(caught.value)


async def test_what_never_left_this_machine_is_safe_to_repeat(now, unused_tcp_port):
    """Nobody listened, so nobody has it."""
    async with Client("watcher-test") as client:
        with pytest.raises(DeliveryError) as caught:
            channel = replace(CHANNEL, url=f"http://127.0.0.1:{unused_tcp_port}{SECRET}")
            await slack.send(row(b"{}"), channel, client=client, now=now)
    assert caught.value.retry
    assert not caught.value.ambiguous
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__  # a printed traceback would show the address


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/services/abcdefgh", "http://[::1]/services/abcdefgh", "file:///services/abcdefgh", "nonsense abcdefgh"]
)
async def test_an_address_inside_needs_the_operators_word(url, now):
    """An address pasted from a stranger must not reach the machine's own services."""
    async with Client("watcher-test") as client:
        with pytest.raises(DeliveryError, match="allow_private") as caught:
            await slack.send(row(b"{}"), replace(CHANNEL, url=url, allow_private=False), client=client, now=now)
    assert caught.value.whole_channel
    assert "abcdefgh" not in str(caught.value)
    assert client.connects == 0


def test_the_notification_speaks_of_news_and_never_of_sources(rendered, names):
    """Source problems go into the mail; a phone must not buzz for them."""
    said = replace(rendered, subject="25 Japanese deported - 1 new - Khmer news not read", news="25 Japanese deported - 1 new")
    (one,) = build(said, names)
    assert read_json(one.payload)["text"] == "25 Japanese deported - 1 new"
