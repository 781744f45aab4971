"""Single values of rules.toml -> checked ones: durations, times, zones, languages, addresses.

Each function raises ValueError with "what is wrong; what to do", without the line, which only the caller knows.
Nothing here looks at two values together.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

CONCEPT_NAME = re.compile(r"[a-z][a-z0-9_]*")  # what may stand behind an @ in a query: a concept, a named query

_DURATION = re.compile(r"(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,80}")

# Codes of countries that people write for the language spoken there; none is the code of a language of this field.
_COUNTRY_FOR_LANGUAGE = {"kh": "km", "cn": "zh", "jp": "ja", "kr": "ko", "vn": "vi", "tw": "zh-Hant", "mm": "my", "ph": "tl", "np": "ne"}
_LANGUAGE_NAMES = {
    "english": "en", "khmer": "km", "chinese": "zh", "japanese": "ja", "korean": "ko", "thai": "th", "vietnamese": "vi",
    "indonesian": "id", "malay": "ms", "hindi": "hi", "nepali": "ne", "bengali": "bn", "urdu": "ur", "filipino": "tl",
    "russian": "ru", "french": "fr", "german": "de", "burmese": "my", "lao": "lo", "amharic": "am", "swahili": "sw",
}  # fmt: skip


def did_you_mean(word: str, known: list[str] | tuple[str, ...], *, otherwise: str = "") -> str:
    """Return "did you mean 'x'?" for the nearest known word, else `otherwise`, else the known ones."""
    near = get_close_matches(word, known, n=1, cutoff=0.6) or [each for each in known if each.casefold() == word.casefold()]
    if near:
        return f"did you mean '{near[0]}'?"
    return otherwise or ("write one of: " + ", ".join(known) if known else "there is none yet")


def to_duration(value: Any) -> timedelta:
    """Read "90d", "60m" or "1h30m"; weeks w, days d, hours h, minutes m, seconds s."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if found is None:
        raise ValueError(f'{_show(value)} is not a duration; write a number and a unit in quotes, such as "60m", "12h" or "7d"')
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def to_wait(value: Any) -> timedelta:
    """Read a duration that is longer than nothing."""
    if (duration := to_duration(value)) > timedelta(0):
        return duration
    raise ValueError(f'{_show(value)} is no time at all; write "1s" or more')


def to_days(value: Any) -> timedelta:
    """Read a duration of a day at least: digests are a day apart, and what is shorter would lose news between two."""
    if (duration := to_duration(value)) >= timedelta(days=1):
        return duration
    raise ValueError(f'{_show(value)} is shorter than a day, the time between two digests; write "1d" or more')


def to_clock(value: Any) -> time:
    """Read "07:00", 24 hours."""
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'{_show(value)} is not a time; write two digits, a colon, two digits, such as "07:00" or "18:30"')
    return time(int(found[1]), int(found[2]))


def to_quiet(value: Any) -> tuple[time, time]:
    """Read "20:00-07:00"."""
    start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        raise ValueError(f'{_show(value)} is not a span of time; write "20:00-07:00"')
    span = to_clock(start.strip()), to_clock(end.strip())
    if span[0] == span[1]:
        raise ValueError(f"{_show(value)} starts when it ends; leave quiet out, or give it two times")
    return span


def to_list(value: Any) -> Any:
    """Take one text for a list of one."""
    return [value] if isinstance(value, str) else value


def check_zone(name: str) -> str:
    """Accept a name of the IANA time zone database."""
    if _zone_exists(name):
        return name
    known = sorted(zoneinfo.available_timezones())
    cities = {zone.rpartition("/")[2]: zone for zone in known}
    near = did_you_mean(name, known, otherwise=" ") if "/" in name else " "
    if not near.strip():
        city = get_close_matches(name.replace(" ", "_").rpartition("/")[2], list(cities), n=1, cutoff=0.6)
        near = f"did you mean '{cities[city[0]]}'?" if city else "write a name such as 'Asia/Phnom_Penh'"
    raise ValueError(f"there is no time zone {_show(name)}; {near}")


def check_language(code: str) -> str:
    """Accept a BCP 47 code; a name or a country's code is refused, as its feeds would be read as another language."""
    right = _LANGUAGE_NAMES.get(code.casefold()) or _COUNTRY_FOR_LANGUAGE.get(code.casefold())
    if right:
        raise ValueError(f"{_show(code)} is not the code of a language; write '{right}'")
    if not _LANGUAGE.fullmatch(code):
        raise ValueError(f"{_show(code)} is not the code of a language; write 'km' for Khmer, 'zh-Hant' for Chinese in traditional script")
    return code


def check_country(code: str) -> str:
    """Accept an ISO 3166-1 alpha-2 code."""
    if not _COUNTRY.fullmatch(code):
        raise ValueError(f"{_show(code)} is not the code of a country; write two capital letters, 'JP' for Japan")
    return code


def check_name(name: str) -> str:
    """Accept a name that can be typed and printed."""
    if not _NAME.fullmatch(name) or name != name.strip():
        raise ValueError(f"{_show(name)} cannot be a name; write 1 to 80 characters on one line, without spaces around them")
    return name


def check_filled(text: str) -> str:
    """Accept a text with something in it."""
    if not text.strip():
        raise ValueError("it is empty; write something between the quotes, or remove the line")
    return text


def check_feed_url(url: str) -> str:
    """Accept an http(s) address without a password; whether it may be asked is decided when it is."""
    if "${" in url:
        raise ValueError("the address of a feed holds ${...}, which is filled in for channels only; write the address out")
    problem = url_problem(url)
    if problem:
        raise ValueError(f"{'the address' if '@' in url else _show(url)} {problem}")  # never print a password
    return url


def url_problem(url: str, schemes: tuple[str, ...] = ("http", "https")) -> str | None:
    """Return what is wrong with an address, without the address itself (it may be a secret); None when it is good."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not an address; copy it once more"
    if parts.scheme not in schemes or not host or _SPACE.search(url):
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        return f"is not an address; it must start with {wanted} and name a host"
    if parts.scheme.startswith("http") and "@" in parts.netloc:
        return "holds a user name or password, which would be stored and shown; use an address without"
    return None


def _to_enabled(value: Any) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    if value == "auto":
        return "auto"
    raise ValueError(f'{_show(value)} is not possible here; write true, false or "auto" (try the address, then its fallbacks)')


@lru_cache(maxsize=1024)
def _zone_exists(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _show(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= 80 else text[:77] + "...") if isinstance(value, str) else text[:80]


Duration = Annotated[timedelta, BeforeValidator(to_duration)]
Wait = Annotated[timedelta, BeforeValidator(to_wait)]
Days = Annotated[timedelta, BeforeValidator(to_days)]
Clock = Annotated[time, BeforeValidator(to_clock)]
Quiet = Annotated[tuple[time, time], BeforeValidator(to_quiet)]
Zone = Annotated[str, AfterValidator(check_zone)]
Language = Annotated[str, AfterValidator(check_language)]
Country = Annotated[str, AfterValidator(check_country)]
Name = Annotated[str, AfterValidator(check_name)]
FeedUrl = Annotated[str, AfterValidator(check_feed_url)]
EnabledText = Annotated[str, BeforeValidator(_to_enabled)]
Filled = Annotated[str, AfterValidator(check_filled)]
Texts = Annotated[list[Filled], BeforeValidator(to_list)]
Names = Annotated[list[Name], BeforeValidator(to_list)]
SomeNames = Annotated[list[Name], BeforeValidator(to_list), Field(min_length=1)]
Languages = Annotated[list[Language], BeforeValidator(to_list)]
Countries = Annotated[list[Country], BeforeValidator(to_list)]
Count = Annotated[int, Field(ge=1, le=10_000)]
