"""Fixtures every test may use: the research folder, a Chromium, a clock that stands still."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """`watcher run` in a test's own process sets up logging to a stream that ends with the test; the next test has none of it."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder `shared` beside the checkout: research, labelled articles, public corpora. Never shipped."""
    folder = PROJECT.parent / "shared"
    if not (folder / "corpora").is_dir():
        pytest.skip("the folder ../shared is not here: tests on its corpora and articles did not run")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; tests that look at rendered pages are skipped without one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium here: tests that render pages did not run")
    return path


@pytest.fixture
def now() -> datetime:
    """A moment to call now: Thu 9 Nov 2023, 07:00 in Phnom Penh."""
    return datetime(2023, 11, 9, 0, 0, tzinfo=UTC)
