"""A power cut in the middle of a write leaves a half written file and its journal; every command works after it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from corridor import count

from watcher.cli.opening import open_rules_or_last_good
from watcher.cli.options import Paths
from watcher.store import open_reader, open_store, operations

CUT = """
import os, signal, sys
from pathlib import Path
from watcher.store import open_store
database = open_store(Path(sys.argv[1]))
database.conn.execute("PRAGMA cache_size = 10")  # pages go to the file before the end of the transaction
database.conn.execute("BEGIN IMMEDIATE")
database.conn.executemany("INSERT INTO meta VALUES (?, ?)", ((f"half-{n}", "x" * 200) for n in range(5000)))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def cut(path: Path, database) -> Path:
    """A database whose writer was killed in the middle of a transaction."""
    database.conn.close()
    size = path.stat().st_size
    subprocess.run([sys.executable, "-c", CUT, str(path)], check=False, timeout=60)
    assert path.stat().st_size > size, "half of the transaction is in the file"
    assert Path(f"{path}-journal").exists()
    return path


def test_a_reader_finds_the_state_before(cut) -> None:
    """`watcher status` after a crash must show the archive, not an error."""
    assert count(open_reader(cut), "meta WHERE name LIKE 'half-%'") == 0


def test_a_service_starts_and_finds_its_last_good_rules(cut, rules) -> None:
    """Otherwise a restart would be refused for ever, at the worst of times."""
    rules.path.write_text("broken", encoding="utf-8")
    found = open_rules_or_last_good(Paths(rules.path, cut))
    assert found.problem is not None
    assert found.watch.fingerprint == rules.watch.fingerprint


def test_a_reader_cannot_write(path, database) -> None:
    """Commands that only show things must not be able to change them."""
    reader = open_reader(path)
    with pytest.raises(Exception, match="readonly"):
        operations.remember(reader, "x", "y")
    assert count(open_store(path), "meta WHERE name = 'x'") == 0
