"""The harness is worth something only where it finds what is wrong: seven known mistakes, each found by the same checks."""

from __future__ import annotations

import matrix
import pytest
from mutants import HUNTED_AT
from world import World

# What each must be found as; another finding would be luck.
FOUND_AS = {
    "mark before send": "lost: ",
    "mark at the end of the run": "in doubt at once",
    "ETag in a commit before the entries": "is stored without",
    "settle after QUIT": "that is not written down",
    "with db.conn for a transaction": "half a digest",
    "a random Message-ID": "told twice under different ids",
    "newness by the dates in feeds": "lost: ",
}


@pytest.mark.parametrize("mutant", HUNTED_AT)
def test_a_known_mistake_is_found(world: World, mutant: str) -> None:
    """A test that cannot fail would let staff miss a story one day; each of these has cost another program's users news."""
    breaches: list[str] = []
    for point in HUNTED_AT[mutant]:
        breaches += matrix.kill_at(world, point, mutant=mutant).breaches
        if any(FOUND_AS[mutant] in breach for breach in breaches):
            return
    raise AssertionError(f"not found as {FOUND_AS[mutant]!r}: {breaches}")
