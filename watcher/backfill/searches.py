"""A search's address -> the addresses that ask it for a time of the past.

Only searches whose own address shows how they state a time: a word `when:2d` in their query, as all shipped ones have. Of these (Google
News) it is known that the same query takes `after:` and `before:` with a day instead. No other search is guessed at. Nothing is asked here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote_plus, urlsplit, urlunsplit

MOST = 100  # results that one answer has at most; one that is full may have left some out
_WHEN = re.compile(r"(?:^|(?<=\s))when:(\d{1,3})([hdwmy])(?=\s|$)")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
_DAY = timedelta(days=1)


def window_of(url: str) -> timedelta | None:
    """Return how far back a search's own address looks; None where it does not say, or is no search."""
    for _, value in _query(url):
        if found := _WHEN.search(value):
            return timedelta(hours=int(found[1]) * _HOURS[found[2]])
    return None


def for_gap(url: str, since: datetime, until: datetime, most: int) -> list[str]:
    """Return the addresses that ask this search for every day of the gap, oldest first; none where it cannot be asked for a time.

    Each asks for about as many days as the search itself shows, so that none has to hold more than an answer can. At most `most` of them:
    of a longer gap the newest days.
    """
    window = window_of(url)
    if window is None:
        return []
    step = max(window.days, 1) * _DAY
    first = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = until.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY  # `before:` leaves its own day out
    found: list[str] = []
    while end > first and len(found) < most:
        start = max(end - step, first)
        found.append(_asking(url, start, end))
        end = start
    return found[::-1]


def _asking(url: str, start: datetime, end: datetime) -> str:
    """The search's address with the days in the place of its own window; `after:` names the day before the first one, for it may leave it out."""
    words = f"after:{start - _DAY:%Y-%m-%d} before:{end:%Y-%m-%d}"
    query = "&".join(f"{quote_plus(name)}={quote_plus(_WHEN.sub(words, value, count=1), safe=':/()')}" for name, value in _query(url))
    return urlunsplit(urlsplit(url)._replace(query=query, fragment=""))


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []
