"""A reader of articles with the shipped languages and a vocabulary that lets everything about Cambodia through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from watcher.languages import load
from watcher.match import compile
from watcher.model import Claim, Entry, Language, Reading, RuleText, Vocabulary
from watcher.read import read


@pytest.fixture(scope="session")
def languages() -> tuple[Language, ...]:
    return load()


@pytest.fixture(scope="session")
def vocabulary(languages: tuple[Language, ...]) -> Vocabulary:
    return compile([RuleText("any", match="@cambodia AND (@scam OR @deported OR @arrested OR @rescued)")], [], languages)[1]


@pytest.fixture(scope="session")
def reading_of(vocabulary: Vocabulary) -> Callable[..., Reading]:
    def make(title: str, text: str = "", language: str | None = "en", published: str | None = "2023-11-09") -> Reading:
        when = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
        return read(Entry("k", "https://news.test/1", "https://news.test/1", title, text, language, when), vocabulary)

    return make


@pytest.fixture(scope="session")
def claims_of(reading_of: Callable[..., Reading]) -> Callable[..., tuple[Claim, ...]]:
    def make(*args: object, **named: object) -> tuple[Claim, ...]:
        claims = reading_of(*args, **named).claims
        assert claims is not None, "the gate stayed shut"
        return claims

    return make
