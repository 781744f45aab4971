"""What finding and counting stories need: the words of reports and stories, who is in a story, where, and which months were read.

The fifth migration; style and times as in `schema`. Stories that are there already are filled in by it.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m005_search", "migrations"]

# The columns of a full text index take no comments. Words are cut by `store.search`, never by SQLite: one blank between them, one
# character a word where a script has no spaces. `ascii` only splits at the blanks.
SEARCH = """
-- The words of every text that stands in a story; rowid is revisions.id. Rows are added and never changed.
CREATE VIRTUAL TABLE report_words USING fts5 (words, content = '', tokenize = 'ascii');

-- In how many texts a word is: to look for the rare ones first.
CREATE VIRTUAL TABLE report_vocabulary USING fts5vocab (report_words, row);

-- Headline, places and outlets of a story; rowid is stories.id.
CREATE VIRTUAL TABLE story_words USING fts5 (words, columnsize = 0, tokenize = 'ascii');

CREATE TABLE story_people (             -- stories.facts.people again, for lists: a row each for every nationality that a figure is of
    story       INTEGER NOT NULL REFERENCES stories,
    position    INTEGER NOT NULL,       -- which row of the facts: rows of one position are one group of people
    nationality TEXT NOT NULL,          -- ISO 3166-1 alpha-2; '' where the text names none
    stage       TEXT NOT NULL,
    status      TEXT NOT NULL,
    count       INTEGER,
    count_max   INTEGER,
    date        TEXT,
    PRIMARY KEY (story, position, nationality)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_people_by_nationality ON story_people (nationality, stage, story);
CREATE INDEX story_people_by_stage ON story_people (stage, story);

CREATE TABLE story_places (             -- stories.facts.places again, folded
    place TEXT NOT NULL,
    story INTEGER NOT NULL REFERENCES stories,
    PRIMARY KEY (place, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_places_by_story ON story_places (story);

CREATE TABLE months_read (              -- which feeds were read in a month whose poll rows are dropped
    month TEXT NOT NULL,                -- 2023-11
    feed  INTEGER NOT NULL REFERENCES feeds,
    PRIMARY KEY (month, feed)
) STRICT, WITHOUT ROWID;

CREATE INDEX story_articles_by_revision ON story_articles (revision);
CREATE INDEX stories_listed ON stories (state, day, id);
"""


@migrations()
def m005_search(db: Database) -> None:
    """Full text of stories, their people and places as rows, months that were read; filled from what is there."""
    from watcher.store import listing  # here, because it works on the tables that this makes

    for statement in statements(SEARCH):
        db.execute(statement)
    listing.fill(db)
