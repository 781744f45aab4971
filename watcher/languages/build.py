"""The tables of one language -> Language: concepts built from places, stages and demonyms, forms composed, months numbered.

What stands in the tables was checked before. No files here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watcher.model import Called, Language, Qualifier, Stage

# Concepts that no file fills itself.
BUILT_CONCEPTS = (
    "cambodia",
    "deported",
    "repatriated",
    "extradited",
    "pending",
    "arrested",
    "raid",
    "rescued",
    "charged",
    "sentenced",
    "nationals",
)
_LISTS = {  # lists of words that have one name in the file and in the value
    "stages": (
        "pending",
        "ahead",
        "denied",
        "ahead_after",
        "denied_after",
        "asked",
    ),
    "people": (
        "counters",
        "parts",
        "not_people",
        "shares",
        "shares_after",
        "withdrawn",
        "withdrawn_after",
        "citizens",
        "citizens_after",
        "compatriots",
        "further",
        "climbed",
        "defrauding",
        "organisers",
        "closers",
        "again",
    ),
    "time": (
        "dates",
        "said",
        "clauses",
        "past",
        "since",
        "totals",
        "other_case",
    ),
}
_STAGES = frozenset(stage.value for stage in Stage)
_OUT = (Stage.DEPORTED, Stage.REPATRIATED, Stage.EXTRADITED)


def build(data: Mapping[str, Any], named: Mapping[str, tuple[str, ...]]) -> Language:
    """Make the value. `named` are the generated names of countries, which stand behind those that the file has."""
    script, people, numbers, time = (data.get(table, {}) for table in ("script", "people", "numbers", "time"))
    places = {name: tuple(terms) for name, terms in data.get("places", {}).items()}
    countries = _together(data.get("countries", {}), named)
    demonyms = _demonyms(countries, dict(data.get("demonyms", {})))
    stages = {Stage(name): tuple(terms) for name, terms in data.get("stages", {}).items() if name in _STAGES}
    pending = tuple(data.get("stages", {}).get("pending", ()))
    same_name: dict[str, Any] = {key: value if isinstance(value, bool) else tuple(value) for key, value in script.items()}
    same_name |= {key: tuple(words) for key, words in data.get("direction", {}).items()}
    same_name |= {key: tuple(data.get(table, {}).get(key, ())) for table, keys in _LISTS.items() for key in keys}
    return Language(
        code=data["code"],
        name=data["name"],
        tags=tuple(data["tags"]),
        checked_by=data.get("checked_by", ""),
        **same_name,
        concepts=_concepts(data.get("concepts", {}), places, stages, pending, demonyms),
        places=places,
        countries=countries,
        demonyms=demonyms,
        stages=stages,
        called={called: tuple(people[called.value]) for called in (Called.SUSPECTS, Called.VICTIMS) if called.value in people},
        arrivals={code: tuple(words) for code, words in data.get("arrivals", {}).items() if code != "compose"},
        coming_home=tuple(data.get("arrivals", {}).get("compose", ())),
        towns={code: tuple(names) for code, names in data.get("towns", {}).items()},
        apart={Stage(name): tuple(map(_in_two, terms)) for name, terms in data.get("apart", {}).items()},
        numbers=numbers.get("words", {}),
        multipliers=numbers.get("multipliers", {}),
        vague=numbers.get("vague", {}),
        qualifiers={qualifier: tuple(numbers[qualifier.value]) for qualifier in Qualifier if qualifier.value in numbers},
        months=_positions(time.get("months", ()), 1),
        weekdays=_positions(time.get("weekdays", ()), 0),
        days=time.get("days", {}),
        **{key: time.get(key, {}) for key in ("week_words", "month_words", "year_words")},
    )


def _together(written: Mapping[str, list[str]], named: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    own = {code: tuple(dict.fromkeys((*names, *named.get(code, ())))) for code, names in written.items()}
    return {**named, **own}


def _positions(lists: Any, first: int) -> dict[str, int]:
    return {word: number for number, words in enumerate(lists, start=first) for word in words}


def _demonyms(countries: Mapping[str, tuple[str, ...]], written: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Those written in the file, and for every country the forms that `compose` makes: 越南 with {c}人 is 越南人."""
    parts = [pattern.partition("{c}") for pattern in written.pop("compose", [])]
    found = {code: tuple(dict.fromkeys(terms)) for code, terms in written.items()}
    for code, names in countries.items() if parts else ():
        made = tuple([before + name + after for name in names for before, _, after in parts])
        found[code] = tuple(dict.fromkeys((*found[code], *made))) if code in found else made
    return found


def _in_two(term: str) -> tuple[str, str]:
    first, _, second = term.partition(" ... ")
    return first, second


def _concepts(
    written: Mapping[str, list[str]],
    places: Mapping[str, tuple[str, ...]],
    stages: Mapping[Stage, tuple[str, ...]],
    pending: tuple[str, ...],
    demonyms: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    concepts = {name: tuple(terms) for name, terms in written.items()}
    concepts["cambodia"] = tuple(term for terms in places.values() for term in terms)
    concepts["deported"] = tuple(term for stage in _OUT for term in stages.get(stage, ()))
    concepts["repatriated"] = stages.get(Stage.REPATRIATED, ())
    concepts["extradited"] = stages.get(Stage.EXTRADITED, ())
    concepts["arrested"] = stages.get(Stage.ARRESTED, ()) + stages.get(Stage.DETAINED, ())
    for stage in (Stage.RAID, Stage.RESCUED, Stage.CHARGED, Stage.SENTENCED):
        concepts[stage.value] = stages.get(stage, ())
    concepts["pending"] = pending
    concepts["nationals"] = tuple(term for code, terms in demonyms.items() if code != "KH" for term in terms)
    return {name: tuple(dict.fromkeys(terms)) for name, terms in concepts.items()}
