"""The forms a digest takes: text and HTML as a reader gets them, Slack paragraphs, webhook objects."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import digest_samples as samples
import html5lib
import pytest
from digest_samples import MORNING, OPERATOR, SAMPLES, ZONE, digest, new

from watcher.digest.render import render, render_alert, render_operator, render_test
from watcher.digest.wrap import columns
from watcher.model import Account, ChangeKind, Rendered, Told

GOLDEN = Path(__file__).parent / "golden"
FORBIDDEN = re.compile(
    r"blind|sound|canary|certificate|near miss|\bpoll|cluster", re.IGNORECASE
)  # DIGEST.md: words we do not use in a mail
HTML = "{http://www.w3.org/1999/xhtml}"


def printed(mail: Rendered) -> str:
    """A mail and its Slack form, as the golden files keep them."""
    slack = "\n".join(mail.slack)
    return f"Subject: {mail.subject}\n(preview) {mail.preview}\n\n{mail.text}\n---------- Slack\n{slack}\n"


def every_mail() -> dict[str, Rendered]:
    """All samples, and what is no digest."""
    told = [new(samples.japanese()), samples.deported_later()]
    now = {"now": MORNING, "time_zone": ZONE, "contact": OPERATOR}
    return {name: render(make()) for name, make in SAMPLES.items()} | {
        "do-not-rely": render(digest(account=Account())),
        "alert": render_alert(told, more=[new(samples.earlier())] * 4, more_in="tomorrow's mail", held=True, **now),
        "operator": render_operator(['Koh Santepheap answers 403 since 6 Nov. watcher feeds repair "Koh Santepheap"'], **now),
        "test": render_test("staff", **now),
    }


@pytest.mark.parametrize("name", sorted(every_mail()))
def test_words_and_their_order_are_the_agreed_ones(name: str):
    """Readers learn where to look; a change of words is a decision, seen in the golden file."""
    assert printed(every_mail()[name]) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(every_mail()))
def test_no_mail_uses_a_word_only_we_understand(name: str):
    """English is the reader's second language."""
    mail = every_mail()[name]
    visible = "".join(html5lib.parse(mail.html).find(f"{HTML}body").itertext())
    for form in (mail.subject, mail.preview, mail.text, visible, *mail.slack):
        assert not FORBIDDEN.search(form)


@pytest.mark.parametrize("name", sorted(every_mail()))
def test_html_can_be_read_by_anybody(name: str):
    """A screen reader needs headings and languages, a data plan no pictures, a night reader dark mode."""
    mail = every_mail()[name]
    tree = html5lib.parse(mail.html)
    tags = [element.tag.removeprefix(HTML) for element in tree.iter() if isinstance(element.tag, str)]
    assert not {"img", "script", "link", "iframe", "video", "form", "table"} & set(tags)
    assert tags.count("h1") == 1
    assert "@media (prefers-color-scheme: dark)" in mail.html
    assert '<meta name="color-scheme" content="light dark"' in mail.html
    assert "max-width: 640px" in mail.html
    assert "url(" not in mail.html
    for link in tree.iter(f"{HTML}a"):
        assert len("".join(link.itertext())) > 3


@pytest.mark.parametrize("name", sorted(every_mail()))
def test_outlook_on_windows_gets_a_column_of_640_pixels_and_nobody_else_a_table(name: str):
    """Outlook knows no max-width and would run a line over the whole screen; to all others the table is a comment."""
    html = every_mail()[name].html
    start = html.index("<!--[if mso]><table")
    assert 'width="640"' in html[start : html.index("<![endif]-->", start)]
    assert start < html.index('role="article"') < html.index("<!--[if mso]></td></tr></table><![endif]-->") < html.index("</body>")
    for_outlook = re.sub(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", r"\1", html, flags=re.DOTALL)
    (column,) = html5lib.parse(for_outlook).iter(f"{HTML}td")
    assert [element.get("role") for element in column] == ["article"]
    assert not list(html5lib.parse(html).iter(f"{HTML}table"))


def test_a_mail_saved_as_a_file_says_its_charset_where_browsers_look():
    """Khmer opened from a folder would else be shown as Latin rubbish: a browser reads 1,024 bytes, then guesses."""
    for mail in every_mail().values():
        assert b'<meta charset="utf-8">' in mail.html.encode()[:200]
        assert mail.html.count("charset") == 1


def test_every_foreign_line_says_its_language():
    """A phone chooses the font by it, a screen reader the voice."""
    tree = html5lib.parse(every_mail()["languages"].html)
    foreign = {element.get("lang") for element in tree.iter() if element.get("lang") and element.get("dir") == "auto"}
    assert foreign == {"km", "th", "zh", "ko", "vi", "bn", "ja"}


def test_text_and_html_say_the_same():
    """Whoever reads only one of the two must not miss a figure."""
    mail = every_mail()["normal-day"]
    visible = " ".join("".join(html5lib.parse(mail.html).find(f"{HTML}body").itertext()).split())
    for line in (
        "110 to 112 Chinese deported",
        "No report about the other 302.",
        "Koh Santepheap (Khmer) since 6 Nov",
        "Myanmar, not Cambodia",
    ):
        assert line in visible
        assert line in " ".join(mail.text.split())


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_text_lines_are_at_most_a_hundred_columns(name: str):
    """Longer lines are broken by mail servers in the wrong place. Thai and Khmer have no place to break."""
    for line in every_mail()[name].text.splitlines():
        assert columns(line) <= 100 or "https://" in line or re.search("[\u0e00-\u0e7f\u1780-\u17ff]", line), line


def test_a_big_mail_stays_under_what_phones_cut_off():
    """Gmail hides what is over 102 kB behind a link; 25 full stories are below it."""
    told = tuple(new(replace(samples.japanese(), id=number)) for number in range(25))
    assert len(render(digest(*told)).html.encode()) < 102_000


def _light_and_dark() -> list[tuple[str, str]]:
    """Pairs of (text colour, background) in the template, for both schemes."""
    style = (Path(__file__).parents[2] / "watcher/digest/templates/base.html.j2").read_text(encoding="utf-8")
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    pairs = []
    for css in (light, dark):
        text = set(re.findall(r"(?<!-)color: (#[0-9a-f]{6})", css))
        sheets = set(re.findall(r"\.sheet \{[^}]*background-color: (#[0-9a-f]{6})", css))
        body = re.search(r"body \{[^}]*?(?<!-)color: (#[0-9a-f]{6})", css)
        boxes = set(re.findall(r"\.(?:verdict|some_not_read|do_not_rely) \{[^}]*background-color: (#[0-9a-f]{6})", css))
        assert body
        pairs += [(ink, sheet) for ink in text for sheet in sheets] + [(body[1], box) for box in boxes]
    return pairs


@pytest.mark.parametrize(("ink", "ground"), sorted(set(_light_and_dark())))
def test_every_colour_can_be_read_on_its_ground(ink: str, ground: str):
    """WCAG 2.2, 1.4.3: 4.5 to 1, for tired eyes and cheap screens."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(ink), luminance(ground)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_webhook_objects_are_of_the_five_types_and_carry_the_storys_own_json():
    """Receivers are written against these names."""
    told = [
        withdrawn := samples.withdrawn(),
        new(samples.japanese()),
        samples.deported_later(),
        Told(samples.chinese(), ChangeKind.MERGED, "same"),
    ]
    stories = {12: {"id": 12, "headline": "as in stories --json"}}
    mail = render(digest(*told, Told(samples.earlier(), ChangeKind.COVERAGE, "more")), stories)
    assert [event["type"] for event in mail.events] == ["story.withdrawn", "story.new", "story.changed", "story.merged", "digest"]
    assert {event["timestamp"] for event in mail.events} == {"2023-11-09T00:00:00Z"}
    assert mail.events[1]["data"]["story"] == stories[12]
    assert mail.events[0]["data"]["change"]["before"]["people"][0]["count"] == 60
    assert mail.events[0]["data"]["story"]["id"] == withdrawn.story.id
    assert mail.events[-1]["data"]["verdict"] == {"level": "all_read", "sentence": "All must-read sources were read."}
    assert json.loads(json.dumps(mail.events)) == list(mail.events)


def test_slack_has_one_paragraph_a_story_and_names_no_source_problem():
    """Source problems stand in the mail and go to the operator; a channel full of them is a channel nobody reads."""
    mail = every_mail()["normal-day"]
    assert len(mail.slack) == 1 + 4
    assert not any("Koh Santepheap" in paragraph or "NHK" in paragraph or "not read" in paragraph for paragraph in mail.slack)
    assert mail.slack[0] == "*1 correction, 2 new stories, 1 update* since Wed 8 Nov 2023, 07:00 (Phnom Penh)."
    assert mail.slack[2] == (
        "*25 Japanese deported*, Phnom Penh → Japan, 8 Nov · AP + Kyodo (2 independent) · #12 · "
        "<https://ap.example/news/2023/11/08/1|AP>, <https://kyodo.example/news/2023/11/08/1|Kyodo>"
    )


def test_slack_claims_an_empty_day_for_the_sources_we_read_and_no_others():
    """Slack does not list what was not read; then it must not say more than was looked at."""
    for name in ("empty-all-read", "empty-khmer-not-read", "do-not-rely"):
        assert every_mail()[name].slack == ("*No new story in the sources we read* since Wed 8 Nov 2023, 07:00 (Phnom Penh).",)


def test_slack_tells_in_the_order_of_the_mail():
    """Corrections first, then what is new, in both; staff compare the two."""
    mail = render(digest(samples.deported_later(), new(samples.japanese()), samples.withdrawn()))
    assert [next(number for number in ("#11", "#12", "#9") if number in paragraph) for paragraph in mail.slack[1:]] == ["#11", "#12", "#9"]


def test_an_alert_says_what_waits_and_what_is_left_for_the_mail():
    """A day's limit must not look like the end of the news."""
    alert = every_mail()["alert"]
    assert alert.subject == "25 Japanese deported - 1 new, 1 update"
    assert alert.slack[-2:] == ("Held until morning.", "4 more in tomorrow's mail.")
    assert [event["type"] for event in alert.events] == ["story.new", "story.changed", *["story.new"] * 4], (
        "machines read no mail: they get every event"
    )


def test_an_operators_line_is_not_broken_where_its_command_stands():
    """Each line is copied into a terminal."""
    line = "Put a new SLACK_URL in .env. " + "x" * 90 + ". watcher outbox retry --channel slack_news"
    message = render_operator([line], now=MORNING, time_zone=ZONE)
    assert line in message.text.splitlines()
    assert message.slack == (line,)


def test_what_is_over_is_no_thing_that_needs_the_operator():
    """A mail of good news must not read like a call for help."""
    good = render_operator([], over=["NHK is read again since 9 Nov 14:02"], now=MORNING, time_zone=ZONE)
    assert good.subject.startswith("watcher: Nothing needs you - NHK is read again")
    both = render_operator(
        ["Slack refused us.  watcher outbox retry"], over=["NHK is read again since 9 Nov 14:02"], now=MORNING, time_zone=ZONE
    )
    assert "1 thing needs you - Slack refused us" in both.subject
    assert both.text.index("Slack refused us") < both.text.index("NHK is read again")


def test_an_operators_command_stands_apart_from_the_words_before_it():
    """It is copied as a whole, with a thumb, and must be seen to begin where it begins."""
    message = render_operator(["watcher was restarted: it works", 'A is not read  watcher feeds off "A & B"'], now=MORNING, time_zone=ZONE)
    rows = [element for element in html5lib.parse(message.html).iter(f"{HTML}div") if "monospace" in (element.get("style") or "")]
    assert ["".join(row.itertext()) for row in rows] == ['watcher feeds off "A & B"']
    assert message.slack == ("watcher was restarted: it works", 'A is not read. watcher feeds off "A &amp; B"')
    assert 'A is not read. watcher feeds off "A & B"' in message.text.splitlines()


if __name__ == "__main__":  # writes the golden files anew, to be read before they are kept
    for golden_name, golden_mail in every_mail().items():
        (GOLDEN / f"{golden_name}.txt").write_text(printed(golden_mail), encoding="utf-8")
