"""The parse child: reads one job at a time from its standard input, answers on its standard output, ends when the pipe closes.

Started by `workers` as `python -m watcher.collect.worker`. It has read hostile bytes, so it may not write a file, may not grow beyond
MEMORY, may not use more than CPU seconds a job, and holds no secret: its environment was emptied. The parent kills it when it hangs.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import sys
from typing import Any, BinaryIO

from watcher.collect.jobs import MAX_BODY, MAX_RESULT, ArticleJob, FeedJob, frame
from watcher.errors import ParseError

MEMORY = 512 << 20  # bytes of address space
CPU = 10  # seconds a job, of this process's own time; the signal ends it
_LONGEST_HEAD = 1 << 20  # bytes


def main() -> int:
    """Work until the parent closes the pipe."""
    jobs, results = _own_pipes()
    _lock_down()
    while (head := _read(jobs, _LONGEST_HEAD)) is not None:
        body = _read(jobs, MAX_BODY)
        if body is None:
            break
        _allow_cpu()
        results.write(_bounded(_run(json.loads(head), body)))
        results.flush()
    return 0


def _run(job: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Do one job; whatever goes wrong is an answer too, because a dead child costs a new one."""
    kind = job.pop("kind")
    try:
        if kind == "ArticleJob":
            from watcher.collect.extract import read_page

            return read_page(body, ArticleJob(**job))
        from watcher.collect.parse import read_feed

        return read_feed(body, FeedJob(**job))
    except ParseError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"needs more than {MEMORY >> 20} MB to be read", "died": True}
    except Exception as error:  # hostile bytes in a library: the parent decides what is next, and the name is all it may know
        return {"error": f"cannot be read ({type(error).__name__})", "died": True}


def _bounded(result: dict[str, Any]) -> bytes:
    """Return the result as a frame, with fewer entries where all are more than a result may be."""
    framed = frame(result)
    while len(framed) > MAX_RESULT and result.get("entries"):
        keep = min(len(result["entries"]) - 1, len(result["entries"]) * MAX_RESULT * 9 // (len(framed) * 10))
        result["dropped"] += len(result["entries"]) - keep
        result["entries"] = result["entries"][:keep]
        framed = frame(result)
    return framed


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for ourselves: what a library prints must not end up among the answers."""
    jobs, results = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return jobs, results


def _lock_down() -> None:
    gc.set_threshold(20_000, 20, 20)  # feedparser makes many small objects that all die with the job
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # not every system keeps every limit; wall time is kept by the parent
            resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))


def _allow_cpu() -> None:
    """Allow this job its seconds: the soft limit is what was used so far, and CPU more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + CPU, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _read(pipe: BinaryIO, most: int) -> bytes | None:
    """Read one length and so many bytes; None when the parent has gone."""
    size = pipe.read(4)
    if len(size) < 4 or int.from_bytes(size, "big") > most:
        return None
    data = pipe.read(int.from_bytes(size, "big"))
    return data if len(data) == int.from_bytes(size, "big") else None


if __name__ == "__main__":
    sys.exit(main())
