"""A language's code -> the names of countries in it, as the Unicode CLDR has them.

The files are written by packaging/country_names.py and never by hand; short names, inflected forms and whatever a speaker
knows better stand in `<code>.toml`. They are JSON, because nobody edits them and TOML of this size takes 90 ms to read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "countries"
CODES = Path(__file__).parent / "codes.json"


@lru_cache(maxsize=128)
def country_names(code: str) -> Mapping[str, tuple[str, ...]]:
    """Return names by ISO 3166-1 code; nothing where there is no file of the language."""
    try:
        text = (FOLDER / f"{code}.json").read_bytes().decode("utf-8")
    except FileNotFoundError:
        return {}
    return {country: tuple(names) for country, names in json.loads(text).items()}


@lru_cache(maxsize=1)
def language_names() -> Mapping[str, str]:
    """Return the English name of every language that CLDR knows, by its code: for templates, and to tell a code from a slip."""
    return dict(json.loads(CODES.read_text("utf-8")))
