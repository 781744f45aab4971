"""Several worlds beside each other, one a core."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

from matrix import Result, all_of
from world import World

T = TypeVar("T")


class Worlds:
    """Runs beside each other, each world used by one thread at a time."""

    def __init__(self, worlds: list[World]) -> None:
        self.free: SimpleQueue[World] = SimpleQueue()
        for world in worlds:
            self.free.put(world)
        self.threads = ThreadPoolExecutor(len(worlds))

    def all_of(self, run: Callable[[World, T], Result], tasks: Iterable[T]) -> Result:
        """What the runs of all tasks came to."""

        def one(task: T) -> Result:
            world = self.free.get()
            try:
                return run(world, task)
            finally:
                self.free.put(world)

        return all_of(self.threads.map(one, tasks))
