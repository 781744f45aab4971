"""`watcher demo`: an empty folder in, a digest out, through the real loops, servers and database."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from watcher.demo.run import DemoReport, demo
from watcher.errors import UsageError

NOW = datetime(2023, 11, 9, 3, 30, tzinfo=UTC)  # 10:30 in Phnom Penh: the mail of that morning is the last one


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    """One run of the demo, which the tests below look at."""
    return demo(tmp_path_factory.mktemp("demo") / "out", now=NOW, open_browser=False)


def _mail(path: Path):
    return message_from_bytes(path.read_bytes(), policy=default)


def test_two_mails_come_first_start_then_the_news(played):
    """The first mail tells nobody old things as new; the second holds the morning's stories."""
    assert len(played.subjects) == 2
    assert played.subjects[0].startswith("START")
    assert "START" not in played.subjects[1]
    for figure in ("27", "110", "48"):
        assert figure in played.subjects[1] + played.text.read_text(encoding="utf-8")


def test_the_digest_is_left_as_html_text_and_mail_and_they_agree(played):
    """People open the file; what they see must be what was sent."""
    mail = _mail(played.eml)
    for kind, file in (("html", played.html), ("plain", played.text)):
        assert mail.get_body((kind,)).get_content().splitlines() == file.read_text(encoding="utf-8").splitlines()
    assert mail["To"] == "staff@watcher-demo.example"
    assert (played.folder / "start.html").exists() and (played.folder / "digests").is_dir()


def test_the_wire_story_is_told_once_with_its_copy_and_its_japanese_report(played):
    """Three outlets and a search print it: one story."""
    text = played.text.read_text(encoding="utf-8")
    news = text.split("\nNEW\n")[1].split("\nUPDATES\n")[0]
    assert sum(line.startswith("#") and "27 Japanese" in line for line in news.splitlines()) == 1


def test_the_raid_of_yesterday_is_an_update_today(played):
    """Arrest and deportation of the same people are stages of one story."""
    updates = played.text.read_text(encoding="utf-8").split("\nUPDATES\n")[1]
    assert "48" in updates and "68" in updates and "arrested" in updates


def test_the_update_shows_todays_reports_and_those_who_stayed(played):
    """The link below "48 deported" must lead to that, and an article counts the 20 who are still held."""
    update = " ".join(played.text.read_text(encoding="utf-8").split("\nUPDATES\n")[1].split("\n\n")[0].split())
    assert "The other 20 are still held. 2 independent sources: Mekong Wire, Hangaram Daily. Earlier reports: Tonle Thmey." in update
    assert 'Mekong Wire, headline: "Cambodia deports 48 of 68' in update
    links = [word for word in update.split() if word.startswith("http")]
    assert [link.rpartition("/")[2] for link in links] == ["koreans-deported", "cambodia-48", "poipet-68"]


def test_the_older_case_in_the_wire_story_is_not_quoted(played):
    """Its last sentence tells of 16 others."""
    assert "16 Japanese" not in played.text.read_text(encoding="utf-8")


def test_links_carry_the_names_of_the_outlets(played):
    """A reader who sees an address of his own machine takes the digest for broken."""
    for file in (played.html, played.text, played.folder / "start.txt", played.folder / "slack.jsonl"):
        assert "127.0.0.1" not in file.read_text(encoding="utf-8"), file
    assert "http://ben-song.example:" in played.text.read_text(encoding="utf-8")


def test_the_figures_that_differ_are_both_printed(played):
    """A reader who quotes one figure must see that another source has another one."""
    text = played.text.read_text(encoding="utf-8")
    assert "110 to 112" in text


def test_the_lead_is_told_from_its_article_and_the_closed_one_is_possible(played):
    """The snippet named no figure; the article says 39. What could not be read is said, not dropped."""
    text = " ".join(played.text.read_text(encoding="utf-8").split())
    assert "39 Vietnamese" in text
    assert "POSSIBLE STORIES" in text and "full article could not be read" in text


def test_noise_is_not_told(played):
    """Sport, tourism, another country's centre and people sent TO Cambodia are not this service's news."""
    told = played.text.read_text(encoding="utf-8").split("\nSOURCES\n")[0]
    for word in ("football", "temple", "Myanmar", "United States deports", "แรงงานกัมพูชา 41"):
        assert word not in told, word


def test_what_was_not_read_is_said(played):
    """Two feeds never answer as feeds; silence is accounted for."""
    sources = played.text.read_text(encoding="utf-8")
    assert "Phka Chhouk" in sources and "Harbour Times" in sources
    first = (played.folder / "start.txt").read_text(encoding="utf-8")
    assert "Some sources were not read: Phka Chhouk (Khmer) since today." in first  # a key source, from the first mail on
    assert "Phka Chhouk" not in (played.folder / "slack.jsonl").read_text(encoding="utf-8").replace(played.subjects[0], "").replace(
        played.subjects[1], ""
    )


def test_slack_and_the_webhook_got_the_digest_too(played):
    """All four ways out are shown, not mail alone."""
    assert (played.folder / "slack.jsonl").stat().st_size > 0
    assert (played.folder / "webhook.jsonl").stat().st_size > 0


def test_it_can_be_played_again_in_its_own_folder_and_in_nobody_elses(played, tmp_path):
    """Twice `make demo` works; an operator's own rules and archive are never touched."""
    own = Path(shutil.copytree(played.folder, tmp_path / "own"))
    again = demo(own, now=NOW + timedelta(days=1), open_browser=False)
    assert len(again.subjects) == 2
    others = tmp_path / "others"
    others.mkdir()
    (others / "rules.toml").write_text("[watcher]\n", encoding="utf-8")
    with pytest.raises(UsageError, match="not the demo's"):
        demo(others, now=NOW, open_browser=False)
    assert (others / "rules.toml").read_text(encoding="utf-8") == "[watcher]\n"
