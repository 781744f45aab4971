"""Claims and stories of 216 articles on invented events in twenty-seven languages, labelled by whoever wrote them.

Each set was written by somebody who had seen neither rules nor reader; how they were read before anybody looked at them is in
docs/stories.md. Since then they can only show what gets worse. `unseen.jsonl` is not asked here: nothing was mended for it, so that
`bench/events.py` can still say what to expect.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from measures import measure

from watcher.pipeline.check import Watch, check

EVENTS = Path(__file__).parent / "events"
RULES = EVENTS.parents[2] / "rules.toml"


@pytest.fixture(scope="module")
def watch() -> Watch:
    return check(RULES.read_text("utf-8"), file="rules.toml", environment={})


@pytest.mark.parametrize("name", ["latin.jsonl", "other_scripts.jsonl", "mixed.jsonl"])
def test_nine_in_ten_figures_and_steps_are_read_as_a_person_reads_them(name: str, watch: Watch, tmp_path: Path) -> None:
    """A figure that an NGO takes to a ministry must be the one the article prints, of the people it names."""
    scores = measure(EVENTS / name, watch, tmp_path / "watcher.db")
    assert {fact: scores.share(fact) for fact in scores.asked if scores.share(fact) < 0.90} == {}, scores.wrong
    assert scores.f1 >= 0.93
