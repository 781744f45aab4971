"""Score the rules on labelled articles in two halves: one for tuning, one for checking.

    watcher explain --jsonl articles.jsonl > explained.jsonl
    python bench/score_halves.py articles.jsonl explained.jsonl            # both halves, by language
    python bench/score_halves.py articles.jsonl explained.jsonl --errors   # and each error of the tuning half

A row belongs to the tuning half where the hash of its event (of its address, where it has none) is even. Errors of the checking
half are counted and not named, or it would be tuned to as well; `--all-errors` names them too, for the last report.
Rows with `unsure` are debatable and not scored. `positive` and `pending` are wanted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def main() -> None:
    arguments = _arguments()
    pairs = list(zip(_rows(arguments.articles), _rows(arguments.explained), strict=True))
    for name, wanted in (("tuning", True), ("checking", False)):
        half = [(article, answer) for article, answer in pairs if is_for_tuning(article) is wanted and not article.get("unsure")]
        print(f"{name}: {len(half)} rows")
        cells = {pair[0]["language"]: Counter[str]() for pair in half}
        for article, answer in half:
            cells[article["language"]][cell(article, answer)] += 1
        for language in sorted(cells):
            print(f"  {language:8} {_figures(cells[language])}")
        print(f"  {'all':8} {_figures(sum(cells.values(), Counter()))}")
        if arguments.all_errors or (arguments.errors and wanted):
            _print_errors(half)


def is_for_tuning(article: Row) -> bool:
    """Whether the hash of the row's event is even."""
    event = article.get("event") or article.get("background") or article["url"]
    return hashlib.sha256(str(event).encode()).digest()[-1] % 2 == 0


def cell(article: Row, answer: Row) -> str:
    """One of hit, missed, false hit, quiet."""
    wanted = article["label"] in ("positive", "pending")
    return {(True, True): "hit", (True, False): "missed", (False, True): "false hit", (False, False): "quiet"}[wanted, answer["match"]]


def _figures(cells: Counter[str]) -> str:
    hits, missed, false_hits = cells["hit"], cells["missed"], cells["false hit"]
    precision = f"{hits / (hits + false_hits):.3f}" if hits + false_hits else "  -  "
    recall = f"{hits / (hits + missed):.3f}" if hits + missed else "  -  "
    return f"precision {precision}  recall {recall}  ({hits} hits, {missed} missed, {false_hits} false, {cells['quiet']} quiet)"


def _print_errors(half: list[tuple[Row, Row]]) -> None:
    for article, answer in half:
        kind = cell(article, answer)
        if kind in ("missed", "false hit"):
            reason = answer.get("reason") or ", ".join(answer.get("rules", []))
            print(f"  {kind}: {article.get('id', '')} [{article['language']}] {article['title']}\n      {reason}")


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Score explained articles in two halves.")
    parser.add_argument("articles", type=Path)
    parser.add_argument("explained", type=Path)
    parser.add_argument("--errors", action="store_true", help="name the errors of the tuning half")
    parser.add_argument("--all-errors", action="store_true", help="name the errors of both halves")
    return parser.parse_args()


if __name__ == "__main__":
    main()
