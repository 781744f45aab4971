"""backfill, stories and explain as an operator types them: five articles, three stories, and why."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from service_process import WATCHER

STORY_KEYS = {
    "id", "headline", "stage", "date", "from", "to", "places", "called", "people", "total", "confidence", "checked_by", "links", "rules",
    "first_seen", "updated", "articles",
}  # fmt: skip
PEOPLE_KEYS = {"nationality", "stage", "status", "count", "count_max", "qualifier", "date"}
ARTICLE_KEYS = {"url", "canonical_url", "title", "source", "language", "published", "role", "claims"}
CLAIM_KEYS = {"role", "stage", "status", "count", "qualifier", "printed", "nationality", "from", "to", "date", "sentence"}

RULES = Path(__file__).resolve().parents[2] / "rules.toml"
THREE_LINES = [
    {"url": "https://courier.example/1?utm_source=x", "title": "Cambodia deports 42 Thais over online scam compound", "source": "Courier",
     "published": "2024-02-01T08:00:00Z", "language": "en", "colour": "blue", "text": None},
    {"url": "https://herald.example/2", "title": "42 Thai nationals deported from Cambodia after scam raid", "source": "Herald",
     "published": "2024-02-01T10:00:00+07:00", "html": "<p>Cambodia deported <b>42 Thais</b> from an online scam compound on Thursday.</p>"},
    {"url": "https://herald.example/3", "title": "Hotels expect a good season", "text": "Guest houses in Siem Reap are full."},
]  # fmt: skip


def watcher(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [WATCHER, "--rules", RULES, "--db", folder / "watcher.db", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=folder)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Path:
    """A database with the five seed articles, brought in by the command."""
    folder = tmp_path_factory.mktemp("seeds")
    answer = watcher(folder, "backfill", str(shared_folder / "evaluation" / "seeds.jsonl"), "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {"lines": 5, "new": 5, "matches": 5, "stories": 3, "bad_lines": 0}
    return folder


@pytest.fixture(scope="module")
def listed(seeded: Path) -> list[dict[str, object]]:
    stories = json.loads(watcher(seeded, "stories", "--json").stdout)
    assert isinstance(stories, list)
    return stories


@pytest.mark.shared
def test_the_five_seeds_are_three_stories_of_two_two_and_one_articles(listed) -> None:
    """The two articles of April 2023 are one story, the two of November another, and the raid is a third."""
    found = {story["date"][:7]: sorted(article["url"] for article in story["articles"]) for story in listed}
    assert [story["date"] for story in listed] == sorted((story["date"] for story in listed), reverse=True), "newest first"
    assert {month: len(urls) for month, urls in found.items()} == {"2023-11": 2, "2023-04": 2, "2017-08": 1}
    assert all("25-japanese" in url for url in found["2023-11"])


@pytest.mark.shared
def test_the_json_has_every_key_that_others_rely_on(listed) -> None:
    """Programs of other organisations read this; a key that goes missing breaks them without a word."""
    for story in listed:
        assert story.keys() >= STORY_KEYS, STORY_KEYS - story.keys()
        assert story["people"] and story["articles"]
        assert all(row.keys() >= PEOPLE_KEYS for row in story["people"])
        assert all(article.keys() >= ARTICLE_KEYS for article in story["articles"])
        assert all(claim.keys() >= CLAIM_KEYS for article in story["articles"] for claim in article["claims"])
    assert next(story for story in listed if story["date"].startswith("2023-11"))["links"][0]["kind"] == "background"


@pytest.mark.shared
def test_explain_says_of_every_story_why_its_articles_are_there(seeded, listed) -> None:
    """Staff ask "why are these two together?"; the answer names the rule, the words and the facts that agree."""
    for story in listed:
        answer = watcher(seeded, "explain", f"#{story['id']}")
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout.count("matched scam-") == len(story["articles"])
        assert answer.stdout.count("here as report: ") == len(story["articles"])
        assert answer.stdout.count("same people: ") == len(story["articles"]) - 1


@pytest.mark.shared
def test_an_address_of_the_archive_and_an_unknown_one_are_told_apart(seeded, listed) -> None:
    """ "Did you see this link?" has a plain answer either way."""
    known = listed[0]["articles"][0]["url"]
    answer = json.loads(watcher(seeded, "explain", known, "--json").stdout)
    assert (answer["seen"], answer["level"], answer["stories"]) == (True, "match", [listed[0]["id"]])
    assert json.loads(watcher(seeded, "explain", "https://nobody.example/never", "--json").stdout)["seen"] is False


@pytest.mark.shared
def test_a_second_backfill_adds_nothing_and_the_stories_stay_as_they_were(seeded, listed, shared_folder) -> None:
    """An interrupted backfill is simply started again."""
    answer = watcher(seeded, "backfill", str(shared_folder / "evaluation" / "seeds.jsonl"), "--json")
    assert json.loads(answer.stdout) == {"lines": 5, "new": 0, "matches": 0, "stories": 0, "bad_lines": 0}
    assert json.loads(watcher(seeded, "stories", "--json").stdout) == listed


def test_a_bad_line_is_named_and_skipped_and_the_rest_goes_on(tmp_path) -> None:
    """One broken line in a year of articles must not cost the year; exit status 1 says that something was left out."""
    file = tmp_path / "articles.jsonl"
    file.write_text("\n".join([json.dumps(THREE_LINES[0]), "{broken", json.dumps({"title": "no url"}), *map(json.dumps, THREE_LINES[1:])]))
    answer = watcher(tmp_path, "backfill", str(file), "--json")
    assert answer.returncode == 1
    assert json.loads(answer.stdout) == {"lines": 5, "new": 3, "matches": 2, "stories": 1, "bad_lines": 2}
    assert [line.partition(":")[0] for line in answer.stderr.strip().splitlines()] == ["line 2", "line 3"]
    (story,) = json.loads(watcher(tmp_path, "stories", "--json").stdout)
    assert {article["url"] for article in story["articles"]} == {THREE_LINES[0]["url"], THREE_LINES[1]["url"]}, "printed as received"
    assert "https://courier.example/1" in {article["canonical_url"] for article in story["articles"]}
    assert {article["source"]: article["published"] for article in story["articles"]} == {
        "Courier": "2024-02-01T08:00:00Z", "Herald": "2024-02-01T03:00:00Z",
    }  # fmt: skip


def test_explain_prints_one_object_a_line_in_order_also_for_a_bad_line(tmp_path) -> None:
    """Programs read it line beside line with their input; no database is needed or made."""
    file = tmp_path / "articles.jsonl"
    file.write_text("\n".join([json.dumps(THREE_LINES[0]), "[1]", json.dumps(THREE_LINES[2])]) + "\n")
    answer = watcher(tmp_path, "explain", "--jsonl", str(file))
    assert answer.returncode == 1
    first, bad, last = map(json.loads, answer.stdout.splitlines())
    assert (first["match"], last["match"]) == (True, False)
    assert first.keys() >= {"match", "level", "rules", "language", "spans", "missing", "claims"}
    assert all(span.keys() >= {"concept", "term", "start", "end", "field"} for span in first["spans"])
    title = THREE_LINES[0]["title"]
    assert any(title[span["start"] : span["end"]].lower() == "cambodia" for span in first["spans"] if span["field"] == "title")
    assert bad["match"] is False and bad["error"].startswith("line 2: ")
    assert not (tmp_path / "watcher.db").exists()
    file.write_text(json.dumps(THREE_LINES[0]))
    assert watcher(tmp_path, "explain", "--jsonl", str(file)).returncode == 0
