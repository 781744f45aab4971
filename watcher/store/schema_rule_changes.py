"""The tables of rule changes: when other rules came into force, how far stored texts were judged again, what came of it.

The second migration; style and times as in `schema`.
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m002_rule_changes", "migrations"]

RULE_CHANGES = """
CREATE TABLE rule_changes (             -- each time other rules came into force, and how far stored texts were judged again
    id           INTEGER PRIMARY KEY,
    rule_set     INTEGER NOT NULL REFERENCES rule_sets,
    at           TEXT NOT NULL,         -- when they came into force
    state        TEXT NOT NULL,         -- open, done, replaced (other rules came before it was done)
    newest       INTEGER NOT NULL,      -- the newest revision then; later ones were judged by these rules as they came
    next         INTEGER NOT NULL,      -- revisions above it are done; it counts down, so that the newest come first
    stop         INTEGER NOT NULL DEFAULT 0,  -- where it ends: revisions up to it are done already
    texts        INTEGER NOT NULL,      -- how many there were to judge
    judged       INTEGER NOT NULL DEFAULT 0,
    without_text INTEGER NOT NULL DEFAULT 0,  -- dropped after keep_text: these keep the verdict they have
    failed       INTEGER NOT NULL DEFAULT 0,  -- broke the program; these keep the verdict they have
    leads        INTEGER NOT NULL DEFAULT 0,  -- opened
    leads_left   INTEGER NOT NULL DEFAULT 0,  -- not opened, because a rule change may open only so many
    seconds      REAL NOT NULL DEFAULT 0,     -- of work so far
    finished     TEXT,
    told         TEXT                   -- when a person asked to tell what it found
) STRICT;

CREATE TABLE rule_change_articles (     -- what a rule change found, and what its rules no longer match
    rule_change INTEGER NOT NULL REFERENCES rule_changes,
    article     INTEGER NOT NULL REFERENCES articles,
    revision    INTEGER NOT NULL REFERENCES revisions,  -- the text that made the difference
    was         TEXT NOT NULL,          -- match, watch, lead, no
    became      TEXT NOT NULL,
    story       INTEGER REFERENCES stories,  -- where it stands; NULL: in none
    opened      INTEGER NOT NULL DEFAULT 0,  -- 1: it opened that story
    PRIMARY KEY (rule_change, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_change_articles_by_article ON rule_change_articles (article, rule_change);

CREATE INDEX revisions_with_text ON revisions (read_at) WHERE text IS NOT NULL;
"""


@migrations()
def m002_rule_changes(db: Database) -> None:
    """Judging stored texts again when the rules change: progress, and what came of it."""
    for statement in statements(RULE_CHANGES):
        db.execute(statement)
