"""languages/quick: the same as tomllib, or nothing."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.languages import SHIPPED
from watcher.languages.quick import quick_toml


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_file_is_read_as_tomllib_reads_it(path) -> None:
    """A word lost here would be missed by every rule, without a line anywhere."""
    text = path.read_text("utf-8")
    assert quick_toml(text) == tomllib.loads(text), "write each list on one line"


@pytest.mark.parametrize(
    "text",
    [
        'a = ["x",\n"y"]',
        'a = ["x"',
        'a = ["x"] y',
        "a = ['x']",
        'a = ["x" "y"]',
        'a = ["x"]\na = ["y"]',
        "[t]\na = 1\n[t]\nb = 2",
        "[t.u]\na = 1",
        'a = """x',
        "a = [1e400]",
        'a = ["\\u00e9"]',
        'a = ["\\/"]',
        "a = [null]",
        'a = ["x\ty"]',
        'a.b = ["x"]',
        "a",
        "= 1",
        "x = [NaN]",
        'a = ["]',
        'a = [""]',
        'a = ["x", ""]',
        'a = ["x"] # "]',
        'a = ["x", "]',
        'a = ["x", "y" , "z"]',
        'a = ["x", "y" "z"]',
        'a = "x" "y"',
        'a = ""',
        'a = """"""',
        'a = "x" # y',
        'a = "x\ty"',
        'a = "x\x1fy"',
        "a = true",
        "a = truest",
        "a = False",
    ],
)
def test_what_is_written_in_another_way_is_left_to_tomllib(text: str) -> None:
    """Right or wrong, tomllib says so, with the line."""
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        expected = None
    assert quick_toml(text) in (None, expected)
    assert expected is not None or quick_toml(text) is None


@given(
    st.lists(
        st.sampled_from(
            [
                'a = ["',
                '"]',
                "[t]",
                "\n",
                '", "',
                "b = 1",
                "#",
                "[",
                "]",
                "\\",
                '"',
                "ក",
                "{",
                "}",
                " = ",
                "\t",
                "\r",
                "\x7f",
                ",",
                "a = ",
                "true",
            ]
        ),
        max_size=14,
    )
)
def test_no_text_is_read_otherwise_than_by_tomllib(parts: list[str]) -> None:
    """Volunteers' files may hold anything."""
    text = "".join(parts)
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        expected = None
    found = quick_toml(text)
    assert found is None or found == expected
