"""What each table and key of a language file is for, in plain words, and the English words to put into another language.

Read by the template, the spreadsheet and the page for speakers, so that all three say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from watcher.languages.gather import shipped_tables
from watcher.languages.schema import SHAPE
from watcher.model import Stage

TABLES = {
    "places": "Cambodia and its towns, as newspapers of your language write them; all of them together are @cambodia",
    "concepts": "what a story is about; a final * means that the word may go on: scam* finds scams and scammers",
    "stages": "what happened to people; deported, repatriated and extradited together are @deported",
    "people": "words around a number that say whom or what it counts",
    "numbers": "numbers as words, and words that make a number less exact",
    "time": "months, days and dates, and words that point to an earlier event",
    "direction": "small words beside the name of a country that say where people came from or went; none where your language has none",
    "demonyms": "people of a country, as one word: Japanese, Thais",
    "apart": "verbs whose two words stand around the people: 'sends ... back'",
    "towns": "towns and airports abroad to which people come home, under the code of their country",
    "arrivals": "how your newspapers say that their own people came home: 'back in Taiwan', airports at home; under the code of the country",
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
    ("stages", "ahead_after"): "the same behind the verb, where your language says it there",
    ("stages", "denied"): "words before a verb that say that it did not happen",
    ("stages", "denied_after"): "the same behind the verb, where your language says it there",
    ("stages", "asked"): "people ask to go home or turn to their embassy; a word that is among `ahead` too counts only before one for leaving",
    **{("apart", stage.value): f"verbs of {stage.value} in two words, with ... for the people between them" for stage in Stage},
    ("people", "counters"): "words for people behind a number",
    ("people", "suspects"): "words for people under suspicion",
    ("people", "victims"): "words for people who were harmed or forced",
    ("people", "parts"): "words that make a figure part of another: 'of them', 'women'",
    ("people", "not_people"): "units, things, groups, and people who are not the story; a number before them counts no people of ours",
    ("people", "shares"): "between a part and its whole: the 'of' in '48 of 68'",
    ("people", "shares_after"): "the same where the whole stands first: 'of 68, 48' in your language",
    ("people", "withdrawn"): "words before a figure that a source takes back: 'earlier said'",
    ("people", "withdrawn_after"): "words after a figure that is wrong: the 'not' of '15 not, but 14', where your language says it there",
    ("people", "citizens"): "words right before the name of a country that make it the country of people: 'citizens of'",
    ("people", "citizens_after"): "the same right after the name of a country",
    ("people", "closers"): "particles that end the words for a figure's people; only where your language has them",
    ("people", "again"): "words for people already named",
    ("people", "compatriots"): "words for people of the country that acts: 'its nationals'",
    ("people", "further"): "words before a figure that goes on with the one before it: 'another'",
    ("people", "climbed"): "words before a count that grows from day to day: 'climbed to', 'passes'",
    ("people", "defrauding"): "verbs before a number of people who lost money: 'cheated', 'rang up'; never those for who was lured",
    ("people", "organisers"): "words for one who runs a ring; the news of one needs no figure: 'kingpin'",
    ("numbers", "words"): "number words with their value",
    ("numbers", "multipliers"): "words that multiply: hundred, thousand",
    ("numbers", "vague"): "words for a vague number, with the least it can be",
    ("numbers", "about"): "words that make a number rough",
    ("numbers", "at_least"): "words that make a number a lower bound",
    ("numbers", "at_most"): "words that make a number an upper bound",
    ("time", "months"): "twelve lists, from January; short forms too",
    ("time", "weekdays"): "seven lists, from Monday",
    ("time", "days"): "words for a day, counted from today",
    ("time", "dates"): "how a date is written, with {y} {m} {d} {month} in place of year, month, day and month's name; {n} for the first day of 'between January {n} and {d}', {yy} for a year of two digits, {roc} and {reiwa} for years as Taiwan and Japan count them",
    ("time", "week_words"): "words for a week, counted from this one: 'last week' is -1",
    ("time", "month_words"): "words for a month, counted from this one",
    ("time", "year_words"): "words for a year, counted from this one",
    ("time", "said"): "words for telling: 'police said on Monday' is when it was told, not when it happened",
    ("time", "clauses"): "words that begin another part of a sentence, so that a date behind them is of that part: 'after', 'who'",
    ("time", "past"): "words that point to an earlier event",
    ("time", "other_case"): "words that begin another event than the news: 'in a separate operation'",
    ("time", "since"): "words for a running total",
    ("time", "totals"): "phrases that make a figure a running total, with {n} for a number and {month} for a month: 'in the last {n} months'",
    ("direction", "to_before"): "before a country: people went there",
    ("direction", "to_after"): "after a country: people went there",
    ("direction", "from_before"): "before a country: people came from there",
    ("direction", "from_after"): "after a country: people came from there",
    ("arrivals", "compose"): "how your newspapers say that people came home to a town, with {t} in its place, or to a town or country, with {c}",
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
_ONE_CELL = ("places", "demonyms", "towns")  # all English words of a key stand together: it is one place, one people


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
