"""Lines: every kind of TOML that a person writes is found again where it stands."""

from __future__ import annotations

import tomllib

from watcher.config.lines import Path, find_lines

TEXT = (
    r'''title = "x" # first
"quoted.key" = 1
dotted.key = true
[a]
b = """
[not a table]
c = 1
"""
d = [ # a list
  "one",
  { x = 1, y = [2,
    3] },
]
[[rows]]
name = 'it'''
    + r"""s'
when = 1979-05-27 07:32:00
[[rows.inner]]
v = 1.5
[[rows.inner]]
v = { w = "}" }
[rows.deep.er]
z = '''
[[rows]]
'''
[[rows]]
name = "two \" # no comment"
[[rows.inner]]
    indented = -1e5
[last]"""
)


def paths_of(value: object, at: Path = ()) -> list[Path]:
    found: list[Path] = [at] if at else []
    if isinstance(value, dict):
        return found + [path for key, inner in value.items() for path in paths_of(inner, (*at, key))]
    if isinstance(value, list):
        return found + [path for index, inner in enumerate(value) for path in paths_of(inner, (*at, index))]
    return found


def test_every_path_that_the_parser_finds_has_a_line_and_no_other() -> None:
    """A mistake without a line costs an operator with a thousand feeds an evening."""
    assert set(find_lines(TEXT)) == set(paths_of(tomllib.loads(TEXT)))


def test_lines_are_those_of_the_text() -> None:
    """Text in several lines, lists over lines and tables in tables must not shift the count."""
    found = find_lines(TEXT)
    lines = TEXT.splitlines()
    assert lines[found[("a", "d", 1, "y", 1)] - 1].strip() == "3] },"
    assert lines[found[("rows", 0, "inner", 1, "v", "w")] - 1] == 'v = { w = "}" }'
    assert lines[found[("rows", 1, "inner", 0, "indented")] - 1].strip() == "indented = -1e5"
    assert lines[found[("rows", 1)] - 1] == "[[rows]]"
    assert found[("rows", 1)] > found[("rows", 0, "deep", "er", "z")]
    assert found[("last",)] == len(lines)


def test_text_that_is_no_toml_is_scanned_to_its_end() -> None:
    """A half-saved file must be reported, never hang the service."""
    for text in ("[", "[[", "a", "a =", "a = [", "a = {", "= }", "[a = ]]", 'a = "', "a = [}", '"""', "a = [ = ]", "]\n}\n,"):
        assert isinstance(find_lines(text), dict), text
