"""Small rules that no tuning of the shipped ones moves, and articles that they catch, nearly catch, and leave alone."""

from __future__ import annotations

import json
from typing import Any

from cli_terminal import Operator

RULES = """\
[watcher]
time_zone = "Asia/Phnom_Penh"
contact = "ops@ngo.test"

[[rules]]
name = "sent-home"
match = "@cambodia AND @scam AND @deported"
watch = '@cambodia AND @scam AND title:"job offers"'
lead = "@cambodia AND @scam"

[[rules.examples]]
text = "Cambodia deported 40 foreigners over an online scam."
match = true
[[rules.examples]]
text = "Hotels in Siem Reap are full."
match = false

[[channels]]
name = "files"
kind = "folder"
folder = "out"

[[digests]]
name = "daily"
at = "07:00"
channels = ["files"]
"""
WIDER = RULES.replace('match = "@cambodia AND @scam AND @deported"', "match = '@cambodia AND (@deported OR title:\"job offers\")'")
NARROWER = RULES.replace('match = "@cambodia AND @scam AND @deported"', 'match = "@cambodia AND @scam AND @deported AND NOT Thais"')

THAIS = "Cambodia deported 42 Thais on Thursday over an online scam in Poipet."
MATCHED = {"url": "https://courier.test/1", "title": "Cambodia deports 42 Thais over online scam", "text": THAIS, "source": "Courier"}
WATCHED = {"url": "https://courier.test/2", "title": "Job offers in Cambodia", "text": "An online scam hid behind them."}
LEAD = {"url": "https://courier.test/3", "title": "Embassy asks Cambodia about an online scam", "text": "No figures were given."}
NEARLY = {"url": "https://courier.test/4", "title": "Cambodia sends home 18 Koreans", "text": "Cambodia deported 18 Koreans on Monday."}
TWO_LACK = {"url": "https://courier.test/5", "title": "Guest houses in Siem Reap are full", "text": "The season is good."}
NOTHING = {"url": "https://courier.test/6", "title": "A new bridge", "text": "It is long."}
ALL = (MATCHED, WATCHED, LEAD, NEARLY, TWO_LACK, NOTHING)


def backfill(operator: Operator, *rows: dict[str, Any], rules: str = RULES) -> None:
    """These rules, and these articles in the archive, in the order given: the first is a1."""
    (operator.folder / "rules.toml").write_text(rules, "utf-8")
    lines = (json.dumps({"language": "en", "published": "2026-01-02T08:00:00Z", **row}) for row in rows)
    (operator.folder / "past.jsonl").write_text("\n".join(lines), "utf-8")
    answer = operator.watcher("backfill", "past.jsonl")
    assert answer.status == 0, answer.err


def labelled(operator: Operator, name: str, *rows: dict[str, Any]) -> str:
    """A file of labelled articles; gives its name."""
    (operator.folder / name).write_text("\n".join(json.dumps({"language": "en", **row}) for row in rows), "utf-8")
    return name
