"""What the outbox needs for messages that a person or a rule holds back, drops, sums up, or sends by another way.

The tenth migration; style and times as in `schema`. A message's states are from here on: pending, sending, sent, dead (given
up), held (`held_for` says for what), discarded (a person dropped it), covered (a summary tells what it would have told).
"""

from __future__ import annotations

from sqlite_utils import Database

from watcher.store.schema import migrations, statements

__all__ = ["m010_outbox", "migrations"]

# outbox.held_for    why a held message waits: approval (of its digest), restore, channel (rules.toml names it no more), crashed
#                    (the program ended twice while sending it), person; NULL when it is not held
# attempts           also holds what a person did to a message: lease is '', outcome held, released, retried or discarded, answer who
# outbox.covered_by  the summary that tells what this one would have told; set when the state is covered
# outbox.instead_of  the alert whose channel did not take it, and that this one tells on the channel's fallback
# revisions_by_hash  finds a text that a feed shows again under another id
# entries.bulk       1: came with a poll of which nearly all was new on a feed read before; alerts do not speak of it
COLUMNS = """
ALTER TABLE outbox ADD COLUMN held_for TEXT;
ALTER TABLE outbox ADD COLUMN covered_by INTEGER REFERENCES outbox;
ALTER TABLE outbox ADD COLUMN instead_of INTEGER REFERENCES outbox;
ALTER TABLE entries ADD COLUMN bulk INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET held_for = 'approval' WHERE state = 'held';
CREATE INDEX outbox_held ON outbox (channel) WHERE state = 'held';
CREATE INDEX outbox_dead ON outbox (settled) WHERE state = 'dead';
CREATE INDEX outbox_covered ON outbox (covered_by) WHERE covered_by IS NOT NULL;
CREATE INDEX outbox_instead ON outbox (instead_of) WHERE instead_of IS NOT NULL;
CREATE INDEX outbox_by_digest ON outbox (digest);
CREATE INDEX revisions_by_hash ON revisions (hash);
CREATE TRIGGER outbox_covered_is_final BEFORE UPDATE OF state ON outbox
    WHEN OLD.state = 'covered' AND NEW.state <> 'covered' BEGIN SELECT RAISE(ABORT, 'a message that a summary tells is not sent beside it'); END;
CREATE TRIGGER outbox_is_frozen BEFORE UPDATE OF key, payload, message_id ON outbox
    WHEN NOT (OLD.kind = 'summary' AND NEW.state = 'covered' AND NEW.payload = x'' AND NEW.key = OLD.key AND NEW.message_id = OLD.message_id)
    BEGIN SELECT RAISE(ABORT, 'a message is frozen at its creation'); END;
"""
# The one thing that may be emptied is a summary that was never taken and that a later one tells in full: what it was
# made of keeps its own bytes, and a channel that is away for months must not fill the disk.


@migrations()
def m010_outbox(db: Database) -> None:
    """Columns for what is held, dropped, covered or told by another way; held messages of before waited for approval."""
    db.execute("DROP TRIGGER outbox_is_frozen")  # made anew below
    for statement in statements(COLUMNS):
        db.execute(statement)
