"""Measure how claims and stories of the project's own labelled articles are read.

    python bench/events.py             # shares of right counts, nationalities, days and steps; B-cubed F1 of the stories
    python bench/events.py --wrong     # and each that is wrong

The articles are invented (`tests/evaluation/events`); `measures` beside them says what counts as right.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "tests" / "story"), str(PROJECT / "tests" / "evaluation")]

from measures import measure  # noqa: E402  the tests' own measures

from watcher.pipeline.check import check  # noqa: E402


def main() -> None:
    """Print a line for each set."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--wrong", action="store_true", help="list what is wrong")
    asked = options.parse_args()
    watch = check((PROJECT / "rules.toml").read_text("utf-8"), file="rules.toml", environment={})
    for path in sorted((PROJECT / "tests" / "evaluation" / "events").glob("*.jsonl")):
        with tempfile.TemporaryDirectory() as folder:
            scores = measure(path, watch, Path(folder) / "watcher.db")
        shares = ", ".join(f"{fact} {scores.right[fact]}/{scores.asked[fact]}" for fact in scores.asked)
        print(f"{path.name}: {shares}; stories {scores.f1:.3f} (nationality and month alone {scores.f1_of_nationality_and_month:.3f})")
        if asked.wrong:
            print("\n".join(f"  {line}" for line in scores.wrong))


if __name__ == "__main__":
    main()
