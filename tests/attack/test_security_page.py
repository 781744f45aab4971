"""The page of the guards is true: every test it names is there, and every guard has one that carries its name."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "security.md"
GUARDS = {f"G{number}" for number in range(1, 12)}
ADVISORIES = {
    "MAIL-1", "TPL-1", *(f"SSRF-{number}" for number in range(1, 7)), "XSS-1", "XSS-2", "XSS-3", "LINK-1", "LOG-1", "DOS-1", "DOS-2", "DOS-3",
    *(f"WEB-{number}" for number in range(1, 5)), "CSV",
}  # fmt: skip


def rows() -> dict[str, tuple[list[str], list[str]]]:
    """Of each id in the tables: the modules and the tests that are named."""
    found = {}
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and cells[0] in GUARDS | ADVISORIES:
            found[cells[0]] = (re.findall(r"`([^`]+)`", cells[2]), re.findall(r"`([^`]+)`", cells[3]))
    return found


def test_every_test_that_the_page_names_is_there_and_carries_the_name_of_its_guard() -> None:
    """A guard without its test is a hope."""
    for guard, (_, named) in rows().items():
        assert named, guard
        for one in named:
            file, _, test = one.partition("::")
            assert test.startswith(f"test_{guard.lower().replace('-', '_')}_"), (guard, one)
            assert re.search(rf"^\s*(?:async )?def {test}\(", (TESTS / file).read_text("utf-8"), re.MULTILINE), one


def test_every_module_that_the_page_names_is_there() -> None:
    """It is read by whoever is about to change one of them."""
    for guard, (modules, _) in rows().items():
        assert modules, guard
        for one in modules:
            assert (TESTS.parent / one).exists() or (TESTS.parent / "watcher" / one).exists(), (guard, one)


def test_every_guard_stands_on_the_page_or_is_said_not_to_apply() -> None:
    """What was once decided must not be forgotten in silence."""
    left_out = GUARDS | ADVISORIES
    left_out -= rows().keys()
    assert left_out == {"XSS-3", "WEB-1", "WEB-2", "WEB-3", "WEB-4"}
    reasons = PAGE.read_text("utf-8").partition("Not here")[2].partition("##")[0]
    assert all(f"`{one}`" in reasons for one in left_out)
