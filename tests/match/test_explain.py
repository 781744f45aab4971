"""match.explain: the tree with what held and where, and the object others rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from watcher.match import Rules, explain, to_json
from watcher.model import Entry, Level, Vocabulary
from watcher.read import read


def test_each_part_says_whether_it_held_and_where(compiled: Callable[..., tuple[Rules, Vocabulary]]) -> None:
    """A person who asks "why not" must see the one line that failed."""
    rules, vocabulary = compiled("@cambodia AND (@scam NEAR/2 deport*)")
    text = "Cambodia: a scam, and much later they were deported"
    explanation = explain(read(Entry("k", "", "", "", text), vocabulary), rules)
    (rule,) = explanation.rules
    cambodia, near = rule.tree.parts
    assert (rule.held, cambodia.held, near.held) == (False, True, False)
    assert [part.held for part in near.parts] == [True, True]
    assert [text[each.span.start : each.span.end] for each in near.parts[1].evidence] == ["deport"]
    assert rule.missing == (("@scam NEAR/2 deport*", "@scam and deport* are more than 2 words apart"),)


def test_the_json_has_the_agreed_shape(compiled: Callable[..., tuple[Rules, Vocabulary]]) -> None:
    """Other systems read it; a key that changes its name breaks them."""
    rules, vocabulary = compiled("@cambodia AND @scam")
    when = datetime(2023, 11, 9, tzinfo=UTC)
    entry = Entry("k", "", "", "Cambodia deports 31 Malaysian scam suspects on Nov 8", "", "en", when)
    answer = json.loads(json.dumps(to_json(explain(read(entry, vocabulary), rules))))
    assert (answer["match"], answer["level"], answer["rules"], answer["language"]) == (True, "match", ["rule"], "en")
    assert {"concept": "scam", "term": "scam", "start": 30, "end": 34, "field": "title"} in answer["spans"]
    assert answer["missing"] == []
    (claim,) = answer["claims"]
    assert (claim["count"], claim["nationality"], claim["from"], claim["date"]) == (31, ["MY"], "KH", "2023-11-08")


def test_a_stopped_entry_is_explained_too(compiled: Callable[..., tuple[Rules, Vocabulary]]) -> None:
    """Most questions are about an entry that nothing happened to."""
    rules, vocabulary = compiled("@cambodia AND @scam")
    explanation = explain(read(Entry("k", "", "", "Golf"), vocabulary), rules)
    assert explanation.verdict.level is Level.NO
    assert [part.held for part in explanation.rules[0].tree.parts] == [False, False]
