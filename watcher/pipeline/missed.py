"""The archive -> possible stories that the rules did not catch, most nearly first. Reads only.

The verdicts are those that were stored when the texts were judged; nothing is judged again.
"""

from __future__ import annotations

from datetime import datetime

from watcher.store import Database
from watcher.store.nearly import Nearly, nearly

NO_LACKS = 1  # parts that a `no` may lack: with two, every second article about the country would be listed
LEAD_LACKS = 3  # parts that a `lead` may lack; its rule saw enough to want the whole article


def missed(database: Database, since: datetime, limit: int) -> tuple[list[Nearly], int]:
    """The first `limit` of the possible stories first seen since, and how many there are in all.

    Fewest missing parts first, then watch before lead before no, then newest first.
    """
    return nearly(database, since, no_lacks=NO_LACKS, lead_lacks=LEAD_LACKS, limit=limit)
