"""Words -> stories: full text over headlines, titles, report texts, places and outlets, in any script.

Text is folded and cut into words here, and SQLite only keeps and finds them. A script without spaces (Khmer, Thai, Lao, Burmese,
Chinese, Japanese) and Korean, whose particles stick to the word, are cut into single characters: two of them side by side are
found as a phrase, so that a name of two characters needs no dictionary. Which stories a list shows is decided in `listing`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sqlite_utils import Database

from watcher.fold import HANGUL, NO_WORD, SPACELESS, folded, word_class
from watcher.model import Facts
from watcher.store import execute, select_one

COMMON = 50_000  # texts; to collect those of a word in more takes longer (0.25 s at 200,000) than to ask a page of stories for it

_PIECE = re.compile(r'"([^"]*)"|([^\s"]+)')


class _Cuts(dict[int, str]):
    """Character -> itself where it is part of a word, between blanks where it is one alone, else a blank. Each worked out once."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kind = word_class[character]
        cut = " " if kind == NO_WORD else f" {character} " if kind in (SPACELESS, HANGUL) else character
        if len(self) < _REMEMBERED:
            self[code] = cut
        return cut


_REMEMBERED = 100_000  # characters; more than all languages use together
_CUTS = _Cuts()


class Condition(NamedTuple):
    """What a word asks of a row of `stories`, as SQL with its values."""

    sql: str
    values: tuple[object, ...]


def words_of(*texts: str) -> str:
    """The words of texts as they are kept and looked for: folded, one blank between them."""
    return " ".join(folded("\n".join(texts)).translate(_CUTS).split())


def phrases(query: str) -> tuple[str, ...]:
    """What a person typed, as full text phrases of which a story must have all: words, "quoted phrases", `deport*` for beginnings.

    Empty where nothing that was typed is a word.
    """
    found = []
    for quoted, word in _PIECE.findall(folded(query)):
        words = words_of(quoted or word)
        if words:
            found.append(f'"{words}"' + ("*" if word.endswith("*") else ""))
    return tuple(dict.fromkeys(found))


def condition(database: Database, phrase: str, *, common: int | None = COMMON) -> Condition:
    """What a phrase asks of a story: one of its reports has it, or its headline, places or outlets.

    A phrase in more than `common` texts is asked of one story after the other, which is quick where only the first are wanted;
    None where all are.
    """
    if common is not None and _texts_with(database, phrase) > common:
        return Condition(
            """
            (EXISTS (SELECT 1 FROM story_articles CROSS JOIN report_words ON report_words.rowid = story_articles.revision
                     WHERE story_articles.story = stories.id AND story_articles.role <> 'background' AND report_words MATCH ?)
             OR EXISTS (SELECT 1 FROM story_words WHERE story_words.rowid = stories.id AND story_words MATCH ?))
            """,
            (phrase, phrase),
        )
    return Condition(
        """
        stories.id IN (SELECT story_articles.story FROM report_words JOIN story_articles ON story_articles.revision = report_words.rowid
                       WHERE report_words MATCH ? AND story_articles.role <> 'background'
                       UNION ALL SELECT rowid FROM story_words WHERE story_words MATCH ?)
        """,
        (phrase, phrase),
    )


def put_report(database: Database, revision: int, title: str, text: str, source: str) -> None:
    """Keep the words of a text that came into a story; once, as a text never changes."""
    if select_one(database, "SELECT 1 FROM report_words WHERE rowid = ?", (revision,)) is None:
        execute(database, "INSERT INTO report_words (rowid, words) VALUES (?, ?)", (revision, words_of(title, text, source)))


def put_story(database: Database, story: int, facts: Facts) -> None:
    """Keep the words of a story's headline, places and outlets."""
    words = words_of(facts.headline, *facts.places, *facts.sources, *(outlet for outlet, _ in facts.copies))
    known = select_one(database, "SELECT words FROM story_words WHERE rowid = ?", (story,))
    if known is None:
        execute(database, "INSERT INTO story_words (rowid, words) VALUES (?, ?)", (story, words))
    elif known["words"] != words:
        execute(database, "UPDATE story_words SET words = ? WHERE rowid = ?", (words, story))


def _texts_with(database: Database, phrase: str) -> int:
    """In how many texts the rarest word of a phrase is; 0 for a beginning of words, which has no row of its own."""
    if phrase.endswith("*"):
        return 0
    rows = [select_one(database, "SELECT doc FROM report_vocabulary WHERE term = ?", (word,)) for word in set(phrase.strip('"').split())]
    return min((row["doc"] if row else 0 for row in rows), default=0)
