"""What each table and key of a language file is for, in plain words, and the English words to put into another language.

Read by the template, the spreadsheet and the page for speakers, so that all three say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from watcher.languages.gather import shipped_tables
from watcher.languages.schema import SHAPE

TABLES = {
    "places": "Cambodia and its towns, as newspapers of your language write them; all of them together are @cambodia",
    "concepts": "what a story is about; a final * means that the word may go on: scam* finds scams and scammers",
    "stages": "what happened to people; deported, repatriated and extradited together are @deported",
    "people": "words around a number that say whom or what it counts",
    "numbers": "numbers as words, and words that make a number less exact",
    "time": "months, days and dates, and words that point to an earlier event",
    "direction": "small words beside the name of a country that say where people came from or went; none where your language has none",
    "demonyms": "people of a country, as one word: Japanese, Thais",
    "countries": "names of countries: short, older and inflected forms",
    "script": "how your language is written",
}

KEYS = {
    ("concepts", "scam"): "online fraud and whatever newspapers call it",
    ("concepts", "compound"): "the buildings and closed areas where scams are run",
    ("concepts", "scam_sign"): "words that point to a scam where none is named",
    ("concepts", "other_offence"): "offences that are no scam: drugs, visas; such news is not ours",
    ("concepts", "home_place"): "cities, provinces and police forces of the readers' own country: who is arrested there was not in Cambodia",
    ("concepts", "based"): "phrases that say where a scam was run from",
    ("concepts", "foreigners"): "people from abroad, without saying from where",
    ("concepts", "immigration"): "the immigration department and its police",
    ("concepts", "crossing"): "border crossings and airports through which people are sent out",
    ("concepts", "other_country"): "places of scam news that are not in Cambodia; a title with these alone is not ours",
    ("concepts", "outbound"): "phrases that say that people left Cambodia",
    ("concepts", "inbound"): "phrases that say that people came to Cambodia, or that speak of Cambodians; such news is not ours",
    ("stages", "raid"): "police searched a place",
    ("stages", "arrested"): "people were arrested",
    ("stages", "detained"): "people were held",
    ("stages", "rescued"): "people were freed, or fled",
    ("stages", "charged"): "people were charged by a court or prosecutor",
    ("stages", "deported"): "people were expelled",
    ("stages", "repatriated"): "people were brought or sent home",
    ("stages", "extradited"): "people were handed over to a court of another country",
    ("stages", "sentenced"): "a court gave its sentence",
    ("stages", "pending"): "whole phrases that announce a deportation: it is not done yet",
    ("stages", "ahead"): "words before a verb that say that it is asked for or announced, not done",
    ("stages", "denied"): "words before a verb that say that it did not happen",
    ("people", "counters"): "words for people behind a number",
    ("people", "suspects"): "words for people under suspicion",
    ("people", "victims"): "words for people who were harmed or forced",
    ("people", "parts"): "words that make a figure part of another: 'of them', 'women'",
    ("people", "not_people"): "units, things, groups, and people who are not the story; a number before them counts no people of ours",
    ("people", "shares"): "between a part and its whole: the 'of' in '48 of 68'",
    ("people", "closers"): "particles that end the words for a figure's people; only where your language has them",
    ("people", "again"): "words for people already named",
    ("numbers", "words"): "number words with their value",
    ("numbers", "multipliers"): "words that multiply: hundred, thousand",
    ("numbers", "vague"): "words for a vague number, with the least it can be",
    ("numbers", "about"): "words that make a number rough",
    ("numbers", "at_least"): "words that make a number a lower bound",
    ("numbers", "at_most"): "words that make a number an upper bound",
    ("time", "months"): "twelve lists, from January; short forms too",
    ("time", "weekdays"): "seven lists, from Monday",
    ("time", "days"): "words for a day, counted from today",
    ("time", "dates"): "how a date is written, with {y} {m} {d} {month} in place of year, month, day and month's name",
    ("time", "past"): "words that point to an earlier event",
    ("time", "since"): "words for a running total",
    ("direction", "to_before"): "before a country: people went there",
    ("direction", "to_after"): "after a country: people went there",
    ("direction", "from_before"): "before a country: people came from there",
    ("direction", "from_after"): "after a country: people came from there",
    ("demonyms", "compose"): "how the word for people is made from the name of a country, with {c} in its place; it saves writing the others",
    ("script", "spaces"): "true: words are separated by spaces; false: they are written together, as in Thai",
    ("script", "prefix"): "true: endings or particles are glued to words, so that every term may go on, as in Korean or Russian",
    ("script", "glued"): "particles written together with the word after them, as in Arabic",
    ("script", "enders"): "marks that end a sentence",
    ("script", "abbreviations"): "short forms whose full stop ends no sentence, without the stop",
    ("script", "frequent"): "the most frequent small words; only for languages in Latin letters",
    ("script", "home"): "countries whose press writes in it, as codes such as JP: people come home there, so it is not elsewhere",
    ("script", "thousands"): "marks between thousands: the comma of 1,000",
}  # fmt: skip

NEEDED = (("places", "Cambodia"), ("concepts", "scam"), ("stages", "deported"))  # without these no story can match
_SKIPPED = ("script", "direction", "countries")  # English says nothing about them to another language
_ONE_CELL = ("places", "demonyms")  # all English words of a key stand together: it is one place, one people


class Blank(NamedTuple):
    """One thing to translate: where it stands, its English, what it is for, and for numbers the value."""

    table: str
    key: str
    english: str
    note: str
    value: int | None = None


def blanks() -> Iterator[Blank]:
    """Everything that English says, one by one, in the order in which a speaker should take it."""
    english = shipped_tables("en")
    assert english is not None, "English is shipped"
    for table in TABLES:
        if table in _SKIPPED or table not in english:
            continue
        for key, value in english[table].items():
            yield from _of_key(table, key, value)
        for key in SHAPE[table]:  # what other languages have and English has not
            if key is not None and key not in english[table]:
                yield Blank(table, key, "", meaning(table, key))
        if table == "demonyms":
            yield Blank(table, "compose", "", meaning(table, "compose"))


def meaning(table: str, key: str) -> str:
    """What a key is for, in one line."""
    return KEYS.get((table, key), "")


def _of_key(table: str, key: str, value: Any) -> Iterator[Blank]:
    note = ": ".join(word for word in ("needed" if (table, key) in NEEDED else "", meaning(table, key)) if word)
    if table in _ONE_CELL:
        yield Blank(table, key, ", ".join(word.rstrip("*") for word in value), note)
    elif isinstance(value, Mapping):
        yield from (Blank(table, key, word, note, number) for word, number in value.items())
    elif value and isinstance(value[0], list):
        yield from (Blank(table, key, words[0], note, place) for place, words in enumerate(value))
    else:
        yield from (Blank(table, key, word, note) for word in value)
