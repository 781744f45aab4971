"""rules.toml as a text: what makes a rule set, and every mistake at once."""

from __future__ import annotations

import pytest
from corridor import ENVIRONMENT, RULES

from watcher.errors import ConfigError
from watcher.languages import OwnTexts
from watcher.pipeline.check import Watch, check


def checked(text: str) -> Watch:
    return check(text, file="rules.toml", environment=ENVIRONMENT)


def problems(text: str) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        checked(text)
    assert all(isinstance(one, ConfigError) for one in caught.value.exceptions)
    return [str(one) for one in caught.value.exceptions]


@pytest.mark.parametrize(
    ("old", "new"),
    [('at = "07:00"', 'at = "08:00"'), ('title = "Herald"', 'title = "The Herald"'), ("match = true", "match = true # as agreed")],
)
def test_what_judging_does_not_need_is_no_new_rule_set(old, new, watch) -> None:
    """A new channel or digest time must not make every article look as judged by other rules."""
    assert old in RULES
    assert checked(RULES.replace(old, new)).fingerprint == watch.fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@cambodia AND @compound", "@cambodia AND (@compound OR @raid)"),
        ('name = "scam-deportation"', 'name = "deportation"'),
        ("[[rules]]", '[concepts]\n"scam.en" = { add = ["love scam"] }\n\n[[rules]]'),
    ],
)
def test_what_judging_needs_is_a_new_rule_set(old, new, watch) -> None:
    """Which rules said no must be known for ever; so another rule or another word is another rule set."""
    assert checked(RULES.replace(old, new, 1)).fingerprint != watch.fingerprint


def test_the_same_text_is_the_same_rule_set(watch) -> None:
    """A restart is no change of rules."""
    assert checked(RULES).fingerprint == watch.fingerprint


def test_a_failing_example_is_named_with_its_line_and_why(watch) -> None:
    """An example that fails silently would be worse than none."""
    text = RULES.replace("Cambodia deported 40 foreigners who worked in an online scam.", "Hotels in Cambodia are full.")
    (problem,) = problems(text)
    line = 1 + text.splitlines().index("[[rules.examples]]")
    assert problem.startswith((f"rules.toml:{line}: ", f"rules.toml:{line + 1}: ")), problem
    assert "does not match" in problem and "@scam" in problem


def test_an_example_that_must_not_match_and_does_is_an_error(watch) -> None:
    """The wrong direction is checked too."""
    (problem,) = problems(RULES.replace("match = true", "match = false"))
    assert "matches, but match = false" in problem


def test_every_mistake_of_the_tables_is_reported_at_once() -> None:
    """An operator who mends one line at a time gives up at the third."""
    text = RULES.replace('at = "07:00"', 'at = "7 am"').replace('channels = ["team", "ledger"]', 'channels = ["tem"]')
    found = problems(text)
    assert len(found) == 2
    assert all(one.startswith("rules.toml:") and one.split(":")[1].isdecimal() for one in found)


AMHARIC = 'code = "am"\nname = "Amharic"\ntags = ["am"]\n[concepts]\nscam = ["ማጭበርበር"]\n'


def test_a_wrong_language_hides_what_follows_from_it_and_nothing_else() -> None:
    """`@scam.am` is right once am.toml is mended; a slip beside it is not, and must not wait for the second look."""
    own = OwnTexts({"am.toml": AMHARIC.replace("scam =", "scma =")})

    def found(query: str, more: str = "") -> list[str]:
        text = RULES.replace("@cambodia AND @compound", query) + more
        with pytest.raises(ExceptionGroup) as caught:
            check(text, file="rules.toml", environment=ENVIRONMENT, own=own)
        return [one.problem.partition("\n")[0] for one in caught.value.exceptions if isinstance(one, ConfigError)]

    language = "[concepts] unknown key 'scma'; did you mean scam?"
    assert found("@cambodia AND (@compound OR @scam.am)") == [language]
    assert found("@cambodia", '\n[concepts]\n"scam.am" = { add = ["x"] }\n') == [language]
    slip = "rule 'scam-deportation', watch: unknown concept @compoundd; did you mean compound?"
    assert found("@compoundd AND @scam.am") == [slip, language]
    (and_missing, _) = found("@scam.am AND AND @cambodia")
    assert and_missing.startswith("rule 'scam-deportation', watch: expected a word")
    (other, _) = found("@scam.xx AND @scam.am")
    assert other.startswith("rule 'scam-deportation', watch: unknown language in @scam.xx; ")


def test_every_mistake_of_the_queries_is_reported_at_once() -> None:
    """Each with the line of its query."""
    text = RULES.replace("@compound", "@compoundd").replace("@deported", "@deportedd")
    found = problems(text)
    lines = text.splitlines()
    assert [one.split(":")[1] for one in sorted(found)] == [
        str(1 + n) for n, line in enumerate(lines) if "compoundd" in line or "deportedd" in line
    ]
    assert all("did you mean" in one for one in found)
