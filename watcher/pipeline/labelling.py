"""A person's yes or no -> the labels of the archive; what was meant by an address, a story or an article's id.

Labels change no story and tell nobody: they are what the rules are tested against.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher import store
from watcher.errors import UsageError
from watcher.model import ArticleRole
from watcher.store import Database, entries, labels, stories
from watcher.store.labels import Label
from watcher.urls import canonical_url, is_web_link

_ARTICLE = re.compile(r"a(\d{1,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One article's label now, and the one before; None stands for no label."""

    article: int
    title: str
    url: str
    now: bool | None
    before: Label | None


def articles_named(database: Database, name: str) -> tuple[int, ...]:
    """The articles that a person means: an address, `a57` as lists print it, or every report of story `#12`.

    Raises UsageError where nothing of that name is in the archive.
    """
    if is_web_link(name):
        found = entries.find_article(database, canonical_url(name))
        if found is None:
            raise UsageError(f"{name}: is not in the archive; put it in first: watcher stories add {name}")
        return (found,)
    if name.startswith("#") and name[1:].isdecimal():
        story = stories.load(database, int(name[1:]))
        if story is None:
            raise UsageError(f"there is no story {name}; `watcher stories` lists them")
        return tuple(report.article for report in story.reports if report.role is not ArticleRole.BACKGROUND)
    if number := _ARTICLE.fullmatch(name):
        if not entries.title_of(database, int(number[1])) and not entries.sightings(database, int(number[1])):
            raise UsageError(f"there is no article {name}; `watcher rules missed` prints the ids of articles")
        return (int(number[1]),)
    hint = f'; a story is written "#{name}", an article a{name}' if name.isdecimal() else ""
    raise UsageError(f'{name}: give an address (https://...), a story ("#12") or an article as lists print it (a57){hint}')


def label(database: Database, articles: Sequence[int], *, wanted: bool | None, by: str, now: datetime) -> list[Labelled]:
    """Write the judgement of these articles down, all or none; `wanted` None removes it. Runs in the writer thread."""
    done = []
    with store.transaction(database):
        for article in articles:
            before = labels.remove(database, article) if wanted is None else labels.put(database, article, wanted=wanted, by=by, now=now)
            sighted = labels.of_article(database, article) or before
            title, url = (sighted.title, sighted.url) if sighted else (entries.title_of(database, article), "")
            done.append(Labelled(article, title, url, wanted, before))
    return done
