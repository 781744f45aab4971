"""The tables, from the first migration on; what each column means stands in the schema.

Times are UTC text, `2023-11-08T14:20:00.000Z`, so that they sort as text; days are `2023-11-08`; lists and facts
are JSON. A released migration is never edited: the next change is a new one. Readable with Datasette and `sqlite-utils`.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("watcher")

SOURCES = """
CREATE TABLE feeds (                    -- every source of entries; the past and the self-test too
    id            INTEGER PRIMARY KEY,
    url           TEXT NOT NULL UNIQUE, -- as configured; 'backfill:NAME' or 'self-test:' for what is not polled
    title         TEXT NOT NULL,
    kind          TEXT NOT NULL,        -- feed, search, backfill, canary
    language      TEXT,                 -- BCP 47, as configured
    key           INTEGER NOT NULL DEFAULT 0,  -- 1: its silence is said in the subject
    state_media   INTEGER NOT NULL DEFAULT 0,
    official      INTEGER NOT NULL DEFAULT 0,
    allow_private INTEGER NOT NULL DEFAULT 0,  -- 1: may stand on loopback or the own network
    time_zone     TEXT,                 -- IANA; for dates printed without a zone
    origin        TEXT NOT NULL DEFAULT 'rules',  -- 'rules', a catalogue's name, or 'command'
    auto          INTEGER NOT NULL DEFAULT 0,  -- 1: try the address, then the fallbacks, keep what answers
    fallbacks     TEXT NOT NULL DEFAULT '[]',  -- JSON list of addresses
    in_use        TEXT,                 -- the address that answers, where it is not `url`
    enabled       INTEGER NOT NULL DEFAULT 1,  -- 0: turned off or no longer configured; entries stay
    etag          TEXT,                 -- sent back byte for byte, to validated_url only
    last_modified TEXT,
    validated_url TEXT,
    body_hash     BLOB,                 -- of the newest body as it came over the wire
    items         BLOB NOT NULL DEFAULT x'',  -- 8-byte fingerprints of the newest body's items, in its order
    interval_s    INTEGER NOT NULL DEFAULT 3600,
    next_poll     TEXT,                 -- NULL: as soon as possible
    first_ok      TEXT,                 -- until then every poll is a first poll and tells nobody
    last_attempt  TEXT,
    last_ok       TEXT,
    last_new      TEXT,                 -- when it last brought an entry not seen before
    failures      INTEGER NOT NULL DEFAULT 0,  -- in a row
    failing_since TEXT,
    problem       TEXT,                 -- of the newest poll, NULL when it was read
    warning       TEXT,                 -- read, but broken
    moved_to      TEXT,                 -- permanent redirect seen; offered, never followed into the configuration
    created       TEXT NOT NULL
) STRICT;
CREATE INDEX feeds_due ON feeds (next_poll) WHERE enabled = 1;

CREATE TABLE polls (                    -- one row a poll that was not a plain "unchanged", and the first of these
    id      INTEGER PRIMARY KEY,
    feed    INTEGER NOT NULL REFERENCES feeds,
    at      TEXT NOT NULL,
    outcome TEXT NOT NULL,              -- changed, unchanged, failed
    status  INTEGER,                    -- HTTP
    items   INTEGER NOT NULL DEFAULT 0,
    new     INTEGER NOT NULL DEFAULT 0, -- entries not seen before
    overlap INTEGER,                    -- items also in the poll before; 0 = some may have been missed; NULL: nothing to compare
    seconds REAL NOT NULL DEFAULT 0,
    bytes   INTEGER NOT NULL DEFAULT 0,
    problem TEXT
) STRICT;
CREATE INDEX polls_by_feed ON polls (feed, at);

CREATE TABLE articles (                 -- what entries with one canonical URL share
    id            INTEGER PRIMARY KEY,
    url_hash      INTEGER NOT NULL UNIQUE,  -- 8-byte blake2b of canonical_url
    canonical_url TEXT NOT NULL,        -- 'entry:FEED:HASH' for an item without a link
    first_seen    TEXT NOT NULL
) STRICT;

CREATE TABLE revisions (                -- one text of an article
    id          INTEGER PRIMARY KEY,
    article     INTEGER NOT NULL REFERENCES articles,
    hash        INTEGER NOT NULL,       -- 8-byte blake2b of title and text
    feed        INTEGER NOT NULL REFERENCES feeds,  -- which source brought it
    url         TEXT NOT NULL,          -- exactly as received
    title       TEXT NOT NULL,
    text        TEXT,                   -- NULL: dropped after keep_text, as nothing matched
    language    TEXT,
    published   TEXT,
    source      TEXT NOT NULL,          -- the outlet
    via         TEXT,                   -- the search that found it
    text_from   TEXT NOT NULL,          -- feed, page, title, backfill
    final_url   TEXT,                   -- where a page was really read from
    page_hash   BLOB,                   -- of the page as it came over the wire
    read_at     TEXT NOT NULL,
    UNIQUE (article, hash)
) STRICT;

CREATE TABLE entries (                  -- one sighting of an item in a feed
    id         INTEGER PRIMARY KEY,
    feed       INTEGER NOT NULL REFERENCES feeds,
    key_hash   INTEGER NOT NULL,        -- 8-byte blake2b of key
    key        TEXT NOT NULL,           -- the id, else the canonical URL, else a hash of title and text
    article    INTEGER NOT NULL REFERENCES articles,
    revision   INTEGER NOT NULL REFERENCES revisions,  -- the text it showed last
    first_seen TEXT NOT NULL,
    last_seen  TEXT NOT NULL,           -- last read in a body that had changed
    live       INTEGER NOT NULL,        -- 0: came with a first poll or a backfill
    UNIQUE (feed, key_hash)
) STRICT;
CREATE INDEX entries_by_article ON entries (article);

CREATE TABLE entry_aliases (            -- former keys of an entry whose feed was moved or re-keyed
    feed     INTEGER NOT NULL REFERENCES feeds,
    key_hash INTEGER NOT NULL,
    entry    INTEGER NOT NULL REFERENCES entries,
    PRIMARY KEY (feed, key_hash)
) STRICT, WITHOUT ROWID;
"""

JUDGEMENT = """
CREATE TABLE rule_sets (
    id    INTEGER PRIMARY KEY,
    hash  TEXT NOT NULL UNIQUE,         -- of rules, concepts and languages
    text  TEXT NOT NULL,                -- rules.toml as it was; never a secret
    since TEXT NOT NULL
) STRICT;

CREATE TABLE verdicts (                 -- append-only; the latest of a revision counts
    id       INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL REFERENCES revisions,
    rule_set INTEGER NOT NULL REFERENCES rule_sets,
    level    TEXT NOT NULL,             -- match, watch, lead, no
    rules    TEXT NOT NULL DEFAULT '[]',
    evidence TEXT NOT NULL DEFAULT '[]',  -- [concept, term, field, start, end] each
    missing  TEXT NOT NULL DEFAULT '[]',
    reason   TEXT NOT NULL DEFAULT '',
    at       TEXT NOT NULL,
    UNIQUE (revision, rule_set)
) STRICT;
CREATE INDEX verdicts_yes ON verdicts (level, at) WHERE level <> 'no';

CREATE TABLE claims (                   -- of matched and watched revisions
    id             INTEGER PRIMARY KEY,
    revision       INTEGER NOT NULL REFERENCES revisions,
    role           TEXT NOT NULL,       -- main, part, background, tally
    stage          TEXT,
    status         TEXT NOT NULL,       -- done, announced
    count          INTEGER,
    count_max      INTEGER,
    qualifier      TEXT NOT NULL,       -- exact, about, at_least, at_most
    printed        TEXT NOT NULL,       -- the figure as the source has it
    nationality    TEXT,                -- JSON list of ISO 3166-1 alpha-2; NULL: the text names none
    foreigners     INTEGER NOT NULL DEFAULT 0,
    called         TEXT NOT NULL,       -- suspects, victims, mixed, not_said
    word           TEXT,                -- the source's own word
    origin         TEXT,                -- from which country
    "to"           TEXT NOT NULL DEFAULT '[]',
    places         TEXT NOT NULL DEFAULT '[]',
    date           TEXT,
    date_precision TEXT,                -- day, month, year
    person         TEXT,                -- of the operator's list only
    sentence       TEXT NOT NULL,
    field          TEXT NOT NULL,       -- title or text; start and end lie on it
    start          INTEGER NOT NULL,
    "end"          INTEGER NOT NULL
) STRICT;
CREATE INDEX claims_by_revision ON claims (revision);

CREATE TABLE labels (                   -- a person's judgement of an article, for testing rules
    article INTEGER NOT NULL REFERENCES articles,
    wanted  INTEGER NOT NULL,           -- 1: must match
    by      TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (article)
) STRICT, WITHOUT ROWID;

CREATE TABLE leads (                    -- articles to be read in full before judging
    id       INTEGER PRIMARY KEY,
    article  INTEGER NOT NULL UNIQUE REFERENCES articles,
    revision INTEGER NOT NULL REFERENCES revisions,  -- the snippet that made it a lead
    feed     INTEGER NOT NULL REFERENCES feeds,
    url      TEXT NOT NULL,
    live     INTEGER NOT NULL,
    state    TEXT NOT NULL,             -- open, read, unreadable
    reason   TEXT NOT NULL DEFAULT '',  -- why it could not be read
    attempt  INTEGER NOT NULL DEFAULT 0,
    due_at   TEXT,                      -- NULL when settled
    created  TEXT NOT NULL,
    settled  TEXT
) STRICT;
CREATE INDEX leads_due ON leads (due_at) WHERE state = 'open';
"""

STORIES = """
CREATE TABLE stories (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,  -- shown as #12; never reused
    state      TEXT NOT NULL DEFAULT 'open',  -- open, dismissed, merged (then story_aliases says into which)
    facts      TEXT NOT NULL,           -- JSON of model.Facts, as they stand now
    headline   TEXT NOT NULL,           -- the next columns repeat facts, for lists and filters
    stage      TEXT,
    day        TEXT,                    -- of the furthest stage, else of the first report
    total      INTEGER,
    total_max  INTEGER,
    confidence TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    updated    TEXT NOT NULL,
    checked_by TEXT,
    checked_at TEXT
) STRICT;
CREATE INDEX stories_by_day ON stories (day);

CREATE TABLE story_articles (
    story    INTEGER NOT NULL REFERENCES stories,
    article  INTEGER NOT NULL REFERENCES articles,
    revision INTEGER NOT NULL REFERENCES revisions,  -- the text that counts
    role     TEXT NOT NULL,             -- report, copy, background
    reason   TEXT NOT NULL,             -- why it is here
    score    REAL NOT NULL DEFAULT 0,
    by       TEXT,                      -- NULL: the program; else who put it here
    at       TEXT NOT NULL,
    PRIMARY KEY (story, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_articles_by_article ON story_articles (article);

CREATE TABLE story_keys (               -- how candidates are found: typed facts with their time in the key, never a scan
    key   TEXT NOT NULL,                -- 'count:25:2023-11', 'url:...', 'person:...'
    story INTEGER NOT NULL REFERENCES stories,
    PRIMARY KEY (key, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_keys_by_story ON story_keys (story);

CREATE TABLE story_aliases (            -- ids that were merged away; they resolve for ever
    alias INTEGER PRIMARY KEY REFERENCES stories,
    story INTEGER NOT NULL REFERENCES stories,
    at    TEXT NOT NULL
) STRICT;

CREATE TABLE story_links (
    story  INTEGER NOT NULL REFERENCES stories,
    other  INTEGER NOT NULL REFERENCES stories,
    kind   TEXT NOT NULL,               -- background, wave, part_of
    reason TEXT NOT NULL DEFAULT '',
    at     TEXT NOT NULL,
    PRIMARY KEY (story, other, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE corrections (              -- what a person decided; applied before any score, outlives every run
    id        INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,            -- dismiss, merge, split, confirm, edit
    story     INTEGER NOT NULL REFERENCES stories,
    other     INTEGER REFERENCES stories,
    articles  TEXT NOT NULL DEFAULT '[]',  -- JSON list of article ids it names
    value     TEXT,                     -- JSON: the confirmed or edited figure
    by        TEXT NOT NULL,
    why       TEXT NOT NULL,
    at        TEXT NOT NULL,
    undone_by TEXT,
    undone_at TEXT
) STRICT;

CREATE TABLE changes (                  -- what happened to stories, append-only
    id     INTEGER PRIMARY KEY,
    story  INTEGER NOT NULL REFERENCES stories,
    kind   TEXT NOT NULL,               -- new, stage, figure, correction, merged, withdrawn, coverage
    before TEXT,                        -- JSON of model.Facts
    after  TEXT NOT NULL,
    reason TEXT NOT NULL,
    live   INTEGER NOT NULL,            -- 0: a first poll or a backfill brought it; tells nobody by itself
    at     TEXT NOT NULL
) STRICT;
CREATE INDEX changes_by_story ON changes (story, id);
"""

TELLING = """
CREATE TABLE audiences (                -- one digest or alert; starts at its creation
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,       -- 'digest:daily', 'alert:new-story'
    created TEXT NOT NULL,
    decided INTEGER NOT NULL DEFAULT 0  -- every change up to this id has been decided for it
) STRICT;

CREATE TABLE digests (                  -- one digest or alert as it was made
    id           INTEGER PRIMARY KEY,
    audience     INTEGER NOT NULL REFERENCES audiences,
    number       INTEGER NOT NULL,      -- counts up per audience, shown to the reader
    local_date   TEXT NOT NULL,
    period_start TEXT NOT NULL,
    period_end   TEXT NOT NULL,
    subject      TEXT NOT NULL,
    text         TEXT NOT NULL,
    html         TEXT NOT NULL,
    at           TEXT NOT NULL,
    UNIQUE (audience, number)
) STRICT;

CREATE TABLE digest_dates (             -- which local dates a digest stands for; once per date through every clock
    audience   INTEGER NOT NULL REFERENCES audiences,
    local_date TEXT NOT NULL,
    digest     INTEGER REFERENCES digests,  -- NULL: nothing to tell, and such days are skipped
    PRIMARY KEY (audience, local_date)
) STRICT, WITHOUT ROWID;

CREATE TABLE told (                     -- what was decided of a change for an audience, the "no" ones too
    change   INTEGER NOT NULL REFERENCES changes,
    audience INTEGER NOT NULL REFERENCES audiences,
    story    INTEGER NOT NULL REFERENCES stories,
    told     INTEGER NOT NULL,          -- 1: in `digest`; 0: not told, for `reason`
    kind     TEXT NOT NULL,             -- as what it was told
    reason   TEXT NOT NULL,
    facts    TEXT,                      -- JSON of what was told, for the next "before"
    digest   INTEGER REFERENCES digests,
    at       TEXT NOT NULL,
    PRIMARY KEY (change, audience)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_by_story ON told (audience, story);

CREATE TABLE outbox (                   -- one message for one recipient on one channel
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,   -- kind, channel, recipient, subject: makes queueing idempotent
    kind        TEXT NOT NULL,          -- digest, alert, operator, test
    digest      INTEGER REFERENCES digests,
    channel     TEXT NOT NULL,          -- a name, never an address with a secret
    recipient   TEXT NOT NULL,
    payload     BLOB NOT NULL,          -- frozen: every attempt sends these bytes
    bare        BLOB NOT NULL DEFAULT x'',  -- the plainer form, for a server that refuses the first
    message_id  TEXT NOT NULL,          -- the mail's Message-ID, the webhook's webhook-id
    state       TEXT NOT NULL DEFAULT 'pending',  -- pending, sending, sent, dead, held
    attempt     INTEGER NOT NULL DEFAULT 0,
    due_at      TEXT,                   -- when to try; NULL when settled or held
    lease       TEXT,                   -- whoever has it may settle; a late worker cannot
    lease_until TEXT,
    use_bare    INTEGER NOT NULL DEFAULT 0,
    answer      TEXT,                   -- the newest, in words
    created     TEXT NOT NULL,
    settled     TEXT
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('pending', 'sending');
CREATE TRIGGER outbox_sent_is_final BEFORE UPDATE OF state ON outbox
    WHEN OLD.state = 'sent' AND NEW.state <> 'sent' BEGIN SELECT RAISE(ABORT, 'a sent message stays sent'); END;
CREATE TRIGGER outbox_is_frozen BEFORE UPDATE OF key, payload, message_id ON outbox
    BEGIN SELECT RAISE(ABORT, 'a message is frozen at its creation'); END;

CREATE TABLE attempts (                 -- append-only
    id      INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES outbox,
    lease   TEXT NOT NULL,
    at      TEXT NOT NULL,
    outcome TEXT,                       -- sent, again, ambiguous, never; NULL while under way or after a crash
    code    INTEGER,
    answer  TEXT
) STRICT;
CREATE INDEX attempts_by_message ON attempts (message);

CREATE TABLE operator_log (             -- faults, each with the command that mends it
    id      INTEGER PRIMARY KEY,
    subject TEXT NOT NULL UNIQUE,       -- 'feed:12', 'rules', 'channel:slack': one open line each
    text    TEXT NOT NULL,
    mend    TEXT NOT NULL,
    urgent  INTEGER NOT NULL DEFAULT 0,
    since   TEXT NOT NULL,
    changed TEXT NOT NULL,
    closed  TEXT,
    told_at TEXT
) STRICT;

CREATE TABLE heartbeats (               -- what `status` judges the loops by
    loop     TEXT PRIMARY KEY,          -- poll, leads, compose, deliver, service
    started  TEXT,
    finished TEXT,
    problem  TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    name   TEXT PRIMARY KEY,            -- 'sender'
    holder TEXT NOT NULL,
    until  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,             -- instance_key, good_rules, rules_problem ...
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@migrations()
def m001_tables(db: Database) -> None:
    """Every table of the design, in one transaction."""
    for part in (SOURCES, JUDGEMENT, STORIES, TELLING):
        for statement in statements(part):
            db.execute(statement)


def statements(script: str) -> list[str]:
    """Split a script at the blank-line-or-newline ends of its statements; triggers hold semicolons of their own."""
    statements: list[str] = []
    lines: list[str] = []
    for line in script.strip().splitlines():
        lines.append(line)
        code = line.split("--")[0].rstrip()
        open_trigger = any(" TRIGGER " in one for one in lines) and not code.endswith("END;")
        if code.endswith(";") and not open_trigger:
            statements.append("\n".join(lines).strip().rstrip(";"))
            lines = []
    return [statement for statement in statements if statement]
