"""Rules compiled over the shipped languages, and entries judged by them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.languages import load
from watcher.match import Rules, compile, judge
from watcher.model import Entry, Language, RuleText, Verdict, Vocabulary
from watcher.read import read

Judged = Callable[..., Verdict]


@pytest.fixture(scope="session")
def languages() -> tuple[Language, ...]:
    return load()


@pytest.fixture(scope="session")
def compiled(languages: tuple[Language, ...]) -> Callable[..., tuple[Rules, Vocabulary]]:
    def make(match: str | None = None, **levels: str) -> tuple[Rules, Vocabulary]:
        return compile([RuleText("rule", match=match, **levels)], [], languages)

    return make


@pytest.fixture(scope="session")
def judged(compiled: Callable[..., tuple[Rules, Vocabulary]]) -> Judged:
    def make(query: str, title: str = "", text: str = "", *, source: str = "", language: str | None = None, **levels: str) -> Verdict:
        rules, vocabulary = compiled(query, **levels)
        return judge(read(Entry("k", "", "", title, text, language, source=source), vocabulary), rules)

    return make
