"""read.persons: persons of the operator's list, named with a step, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from watcher.match import compile
from watcher.model import Claim, Entry, Language, RuleText, Stage, Status
from watcher.read import read

LIST = ("Boss Example", "陈例子", "Ann Exemple")
Told = Callable[..., tuple[Claim, ...]]


@pytest.fixture
def told(languages: tuple[Language, ...]) -> Told:
    """Claims of persons in an entry, behind a gate that the names do not open."""
    _, vocabulary = compile([RuleText("any", match="@cambodia")], [], languages, LIST)

    def make(title: str, text: str = "", language: str = "en") -> tuple[Claim, ...]:
        entry = Entry("k", "", "", title, text, language, datetime(2026, 3, 2, tzinfo=UTC))
        return tuple(claim for claim in read(entry, vocabulary).claims or () if claim.person)

    return make


@pytest.mark.parametrize(
    ("title", "language", "wanted"),
    [
        ("Cambodia extradites Boss Example to China", "en", ("Boss Example", "extradited", "main", ("CN",))),
        ("BOSS EXAMPLE arrested in Phnom Penh", "en", ("Boss Example", "arrested", "main", ())),
        ("柬埔寨警方逮捕陈例子", "zh", ("陈例子", "arrested", "main", ())),
        ("柬埔寨警方逮捕陳例子", "zh", ("陈例子", "arrested", "main", ())),
        ("캄보디아, Boss Example을 체포", "ko", ("Boss Example", "arrested", "main", ())),
        ("Last year Boss Example was arrested in Cambodia", "en", ("Boss Example", "arrested", "background", ())),
        ("Thailand arrests Boss Example, long in Cambodia", "en", ("Boss Example", "arrested", "background", ())),
    ],
)
def test_a_person_of_the_list_named_with_a_step_is_a_claim_of_one(
    told: Told, title: str, language: str, wanted: tuple[object, ...]
) -> None:
    """A kingpin's arrest is news without any figure."""
    (claim,) = told(title, language=language)
    assert (claim.person, claim.stage and claim.stage.value, claim.role.value, claim.to) == wanted
    assert (claim.count, claim.count_max, claim.nationality, claim.status) == (1, 1, None, Status.DONE)


@pytest.mark.parametrize(
    "title",
    [
        "Boss Example opens a hotel in Phnom Penh",
        "Boss Examples arrested in Phnom Penh",
        "Bigboss Example arrested in Phnom Penh",
        "Someone Else arrested in Phnom Penh",
    ],
)
def test_nobody_else_is_named(told: Told, title: str) -> None:
    """Names of private persons are nobody's business; a name inside another is another."""
    assert told(title) == ()


def test_what_is_only_asked_for_is_announced(told: Told) -> None:
    """ "To be extradited" is not "extradited"."""
    (claim,) = told("", "Boss Example will be extradited from Cambodia.")
    assert (claim.stage, claim.status) == (Stage.EXTRADITED, Status.ANNOUNCED)


def test_beside_counted_people_a_person_is_one_of_them(languages: tuple[Language, ...]) -> None:
    """The story's figure stays what the sources say: a name adds nobody."""
    entry = Entry("k", "", "", "Cambodia deports 31 Malaysians", "Boss Example was deported too.\nHe was arrested in May.", "en")
    with_list, without = (
        read(entry, compile([RuleText("any", match="@cambodia")], [], languages, people)[1]).claims or () for people in (LIST, ())
    )
    assert [claim for claim in with_list if not claim.person] == list(without)
    assert [(claim.role.value, claim.count) for claim in with_list] == [("main", 31), ("part", 1)]


def test_the_claim_lies_on_the_name_in_the_original(told: Told) -> None:
    """It is marked where a reader sees it, also far below and with a soft hyphen in it."""
    text = "One. " * 8 + "In Cambodia “Boss Ex\u00adample” was arrested."
    (claim,) = told("", text)
    assert (claim.printed, claim.field) == ("Boss Ex\u00adample", "text")
    assert text[claim.start : claim.end] == claim.sentence
    assert claim.printed in claim.sentence
