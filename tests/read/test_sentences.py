"""read.sentences: where one ends, in every script, and where a full stop ends none."""

from __future__ import annotations

import pytest

from watcher.fold import fold
from watcher.model import Language
from watcher.read.sentences import split


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("They left. Then came 25 more!", ["they left.", "then came 25 more!"]),
        ("Police spokesman Gen. Keo spoke on Jan. 24. He left.", ["police spokesman gen. keo spoke on jan. 24.", "he left."]),
        ("The U.N. said so. Nobody heard.", ["the u.n. said so.", "nobody heard."]),
        ("It cost 3.5 million. Yes.", ["it cost 3.5 million.", "yes."]),
        ('"Go home." They did.', ['"go home."', "they did."]),
        ("警方逮捕9人。他们被遣返！结束", ["警方逮捕9人。", "他们被遣返!", "结束"]),
        ("ចាប់ខ្លួន ៩នាក់។ បណ្តេញចេញ៕", ["ចាប់ខ្លួន 9នាក់។", "បណ្តេញចេញ៕"]),
        ("नौ गिरफ्तार। सब लौटे", ["नौ गिरफ्तार।", "सब लौटे"]),
        ("จับกุม 9 คน\nส่งกลับ", ["จับกุม 9 คน", "ส่งกลับ"]),
        ("وصل تسعة؟ نعم", ["وصل تسعة؟", "نعم"]),
        ("", []),
        (" \n . ", ["."]),
    ],
)
def test_sentences_end_where_a_reader_stops(languages: tuple[Language, ...], text: str, wanted: list[str]) -> None:
    """A claim takes its verb and its date from its own sentence; a wrong cut gives it another's."""
    folded = fold(text).text
    assert [folded[each.start : each.end] for each in split("text", folded, languages)] == wanted
