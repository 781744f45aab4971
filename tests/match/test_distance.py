"""match.distance: how many words lie between two places."""

from __future__ import annotations

import pytest

from watcher.match.distance import CHARACTERS_A_WORD, Distances


@pytest.mark.parametrize(
    ("text", "first", "second", "words"),
    [
        ("scam raid", "scam", "raid", 0),
        ("scam and the raid", "scam", "raid", 2),
        ("scam, and (the) raid", "scam", "raid", 2),  # signs are no words
        ("साइबर धोखाधड़ी के मामले", "साइबर", "मामले", 2),  # vowel signs are parts of a word
        ("мошенники и их рейд", "мошенники", "рейд", 2),
        ("诈骗一二三四遣返", "诈骗", "遣返", 4 // CHARACTERS_A_WORD["han"]),
        ("หลอกลวงกกกกกกกกส่งกลับ", "หลอกลวง", "ส่งกลับ", 8 // CHARACTERS_A_WORD["thai"]),
    ],
)
def test_near_counts_the_words_between_in_any_script(text: str, first: str, second: str, words: int) -> None:
    """A reader of a rule counts words, also where no spaces stand between them."""
    end, start = text.index(first) + len(first), text.index(second)
    distances = Distances(text)
    assert distances.within(words, end, start)
    assert words == 0 or not distances.within(words - 1, end, start)


def test_asking_again_for_less_is_answered_by_itself() -> None:
    """Many rules ask about the same places with other distances; one answer must not serve for another."""
    text = "scam a b c raid"
    distances = Distances(text)
    end, start = 4, text.index("raid")
    assert [distances.within(words, end, start) for words in (9, 2, 3, 2, 9)] == [True, False, True, False, True]
