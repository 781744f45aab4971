"""All of it: `python tests/crash/full.py matrix | random | mutants | disk | power`, or all without a word.

matrix   a kill before and after every statement that writes and every commit, and at every phase of every talk
random   2,000 kills at random times, a part of them with real parse children
mutants  each wrong variant at a hundred points: at how many it is found
disk     disk full and I/O error at every operation of a cycle, once and lasting; a kill at some of them
power    the power goes at every sync and between, with and without torn writes

Prints figures, and ends with 1 where anything was lost, repeated outside the promise, or half done.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.pool import Pool
from typing import Any

import disk
import faults
import matrix
from faults import ALWAYS
from matrix import Result
from mutants import HUNTED_AT
from world import HOME, MEMORY, World

KILLS = 2_000
Task = tuple[str, tuple[Any, ...]]
_worlds: list[World] = []  # one a worker, from its first task on


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", nargs="*", metavar="WHAT", help="which of them; all by default")
    asked.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--every", type=int, default=1, help="one in so many of the runs, for a quick look")
    said = asked.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # broken off, it says how far it came
    total = Result()
    with tempfile.TemporaryDirectory(prefix="watcher-crash-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as home:
        os.environ[HOME] = home  # workers are ended without a word: what they leave is thrown away here
        with multiprocessing.get_context("spawn").Pool(
            said.workers, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
        ) as pool:
            for name in said.what or PLANS:
                total = total.plus(_one(pool, name, said.seed, said.every))
            pool.terminate()
    return 1 if total.breaches or total.lost else 0


def _one(pool: Pool, name: str, seed: int, every: int) -> Result:
    """One of the plans: what its runs came to, printed."""
    begun, came = time.monotonic(), Result()
    found: dict[str, int] = {}
    with World() as world:
        tasks = PLANS[name](world, random.Random(seed))
    random.Random(seed).shuffle(tasks)  # so that a run that is broken off has seen a bit of everything
    tasks = tasks[: len(tasks) // every]
    try:
        for task, result in pool.imap_unordered(_done, tasks, chunksize=1):
            if task[0] == "mutant":
                found[task[1][0]] = found.get(task[1][0], 0) + bool(result.breaches)
                result = Result(runs=1, kills=result.kills)
            came = came.plus(result)
            for breach in result.breaches:
                print(f"  BREACH {breach}", flush=True)
            if came.runs % 100 == 0:
                print(f"  {name}: {came.runs} of {len(tasks)} runs, {came.kills} kills, breaches {len(came.breaches)}", flush=True)
            if name == "random" and came.kills >= KILLS // every:
                break
    except KeyboardInterrupt:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(f"  {name}: broken off", flush=True)
    print(f"{name}: {came}, {time.monotonic() - begun:.0f} s", flush=True)
    for mutant, times in found.items():
        print(f"  {mutant}: found at {times} points")
        came.breaches += [] if times else [f"{mutant} was never found"]
    for kind, repeats in sorted(_kinds(came.where).items()):
        print(f"  repeats at {kind}: {repeats}")
    return came


def _matrix(world: World, dice: random.Random) -> list[Task]:
    found, _ = matrix.points(world)
    return [("kill", (point,)) for point in found]


def _random(world: World, dice: random.Random) -> list[Task]:
    _, seconds = matrix.points(world)
    return [("random", (seconds, dice.random(), number % 20 > 0)) for number in range(2 * KILLS)]


def _mutants(world: World, dice: random.Random) -> list[Task]:
    found, _ = matrix.points(world)
    return [("mutant", (name, point)) for name, points in HUNTED_AT.items() for point in [*points, *matrix.sample(found, dice, 100)]]


def _disk(world: World, dice: random.Random) -> list[Task]:
    if why := disk.available():
        print(f"disk: not done, {why}")
        return []
    count = len(faults.operations(world))
    once: list[Task] = [("fault", (("full", "io")[at % 2], at, 1)) for at in range(1, count + 1)]
    lasting: list[Task] = [("fault", (("io", "full")[at % 2], at, long)) for at in range(1, count + 1, 15) for long in (10, 100, ALWAYS)]
    return [*once, *lasting, *(("die", (at,)) for at in range(1, count + 1, 5))]


def _power(world: World, dice: random.Random) -> list[Task]:
    if why := disk.available():
        print(f"power: not done, {why}")
        return []
    done = faults.operations(world)
    moments = [at for at, one in enumerate(done, start=1) if one.startswith(("sync", "delete"))]
    moments = sorted({*moments, *(at + 1 for at in moments if at < len(done)), *dice.sample(range(1, len(done)), 100)})
    return [("power", (at, torn)) for at in moments for torn in (None, dice.randrange(10**6))]


PLANS: dict[str, Callable[[World, random.Random], list[Task]]] = {
    "matrix": _matrix, "random": _random, "mutants": _mutants, "disk": _disk, "power": _power,
}  # fmt: skip


def _done(task: Task) -> tuple[Task, Result]:
    """One task, in a worker; a world that broke is made anew, and what broke it is a breach."""
    if not _worlds:
        _worlds.append(World().__enter__())
    world, (what, how) = _worlds[0], task
    try:
        if what == "kill":
            return task, matrix.kill_at(world, *how)
        if what == "random":
            return task, matrix.kill_at_random(world, how[0], random.Random(how[1]), same_process=how[2])
        if what == "mutant":
            return task, matrix.kill_at(world, how[1], mutant=how[0])
        return task, {"fault": faults.fail_at, "die": faults.die_at, "power": faults.power_goes_at}[what](world, *how)
    except AssertionError as error:
        return task, Result(runs=1, breaches=[f"{what} {_words(how)}: {str(error)[-1500:]}"])


def _words(how: Sequence[Any]) -> str:
    return ", ".join(str(one) for one in how)


def _kinds(where: dict[str, int]) -> dict[str, int]:
    """Repeats by the kind of point: "mail: 250 said #3" and "#5" are one."""
    kinds: dict[str, int] = {}
    for name, count in where.items():
        kind = "random times" if name.startswith("random") else name.rpartition(" #")[0] or name.partition(" at ")[0]
        kinds[kind] = kinds.get(kind, 0) + count
    return kinds


if __name__ == "__main__":
    sys.exit(main())
