"""Two worlds for all tests of this folder, one a core: their launchers and templates take seconds."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from world import World
from worlds import Worlds

CORES = 2


@pytest.fixture(scope="session")
def worlds() -> Iterator[Worlds]:
    made = [World() for _ in range(CORES)]
    with ThreadPoolExecutor(CORES) as starting:
        ready = list(starting.map(World.__enter__, made))
    try:
        yield Worlds(ready)
    finally:
        for world in ready:
            world.__exit__()


@pytest.fixture
def world(worlds: Worlds) -> Iterator[World]:
    one = worlds.free.get()
    yield one
    worlds.free.put(one)
