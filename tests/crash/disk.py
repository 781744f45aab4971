"""A disk that fails: a VFS of our own in front of SQLite's, in the very library that Python's sqlite3 uses.

Registered by ctypes in the child only, as SQLite's new default. Files are opened by the real VFS; of each file's methods
the writing ones are replaced by ours, which count, and then fail, die, or call the real one. No table of SQLite's is
changed: every file gets a copy of its methods.

Sources: sqlite.org/c3ref/vfs.html, sqlite.org/c3ref/io_methods.html (the layouts), sqlite.org/rescode.html.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import shutil
import signal
import sqlite3
import threading
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from typing import Any

OK, IOERR, FULL, CANTOPEN = 0, 10, 13, 14
IOERR_WRITE, IOERR_FSYNC, IOERR_TRUNCATE, IOERR_DELETE = (IOERR | part << 8 for part in (3, 4, 6, 10))
FAILS_WITH = {
    "full": {"write": FULL, "sync": IOERR_FSYNC, "truncate": FULL, "delete": IOERR_DELETE},
    "io": {"write": IOERR_WRITE, "sync": IOERR_FSYNC, "truncate": IOERR_TRUNCATE, "delete": IOERR_DELETE},
}
CREATES = 4  # SQLITE_OPEN_CREATE

_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)


class _Methods(Structure):
    _fields_ = (
        ("iVersion", c_int), ("xClose", c_void_p), ("xRead", c_void_p), ("xWrite", c_void_p), ("xTruncate", c_void_p), ("xSync", c_void_p),
        *((name, c_void_p) for name in (
            "xFileSize", "xLock", "xUnlock", "xCheckReservedLock", "xFileControl", "xSectorSize", "xDeviceCharacteristics",
            "xShmMap", "xShmLock", "xShmBarrier", "xShmUnmap", "xFetch", "xUnfetch",
        )),
    )  # fmt: skip


class _Vfs(Structure):
    _fields_ = (
        ("iVersion", c_int), ("szOsFile", c_int), ("mxPathname", c_int), ("pNext", c_void_p), ("zName", c_char_p), ("pAppData", c_void_p),
        ("xOpen", c_void_p), ("xDelete", c_void_p),
        *((name, c_void_p) for name in (
            "xAccess", "xFullPathname", "xDlOpen", "xDlError", "xDlSym", "xDlClose", "xRandomness", "xSleep", "xCurrentTime", "xGetLastError",
            "xCurrentTimeInt64", "xSetSystemCall", "xGetSystemCall", "xNextSystemCall",
        )),
    )  # fmt: skip


def available() -> str:
    """Why a VFS cannot be put in here; empty where it can."""
    import _sqlite3

    path = getattr(_sqlite3, "__file__", None)
    library = ctypes.CDLL(path)
    missing = [name for name in ("sqlite3_vfs_find", "sqlite3_vfs_register") if not hasattr(library, name)]
    return f"{', '.join(missing)} cannot be found in {path}" if missing else ""


class Disk:
    """What the child's disk does. Operations are counted from 1 over all files, in the order SQLite asks for them.

    `mode` "full" or "io": operation `at` fails, and the next ones, `lasting` together; 0: none before `begin_now`. "kill": the process dies before
    operation `at`. "power": at operation `at` the power goes; what was not synced is lost, or partly kept (`torn`).
    "count": only counts.
    """

    def __init__(self, mode: str, at: int = 0, lasting: int = 1, torn: int | None = None) -> None:
        self.mode, self.at, self.lasting, self.torn = mode, at, lasting, torn
        self.done: list[str] = []
        self.failed = 0
        self._lock = threading.Lock()
        self._power = Power()
        self._files: dict[int, tuple[str, _Methods, _Methods]] = {}  # by address: path, the real methods, ours
        self._vfs = self._register()

    def begin_now(self) -> None:
        """The next operation is the one that fails."""
        self.at = len(self.done) + 1

    def as_json(self) -> dict[str, Any]:
        return {"operations": self.done, "failed": self.failed}

    def _begin(self, operation: str, path: str) -> int:
        """Whether an operation goes on: OK, or the code it fails with."""
        with self._lock:
            self.done.append(f"{operation} {Path(path).name}")
            number = len(self.done)
            if self.mode in ("kill", "power") and number == self.at:
                if self.mode == "power":
                    self._power.cut(self.torn)
                os.kill(os.getpid(), signal.SIGKILL)
            if self.at and self.mode in FAILS_WITH and self.at <= number < self.at + self.lasting:
                self.failed += 1
                return FAILS_WITH[self.mode][operation]
        return OK

    def _register(self) -> _Vfs:
        import _sqlite3

        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        real = library.sqlite3_vfs_find(None).contents
        self._real, self._real_open, self._real_delete = real, _OPEN(real.xOpen), _DELETE(real.xDelete)
        vfs = _Vfs()
        ctypes.memmove(ctypes.byref(vfs), ctypes.byref(real), ctypes.sizeof(_Vfs) if real.iVersion >= 3 else _Vfs.xCurrentTimeInt64.offset)
        vfs.zName, vfs.pNext = b"failing-disk", None
        self._callbacks = [_OPEN(self._open), _DELETE(self._delete), _WRITE(self._write), _TRUNCATE(self._truncate), _SYNC(self._sync)]
        vfs.xOpen, vfs.xDelete = (ctypes.cast(one, c_void_p).value for one in self._callbacks[:2])
        assert library.sqlite3_vfs_register(ctypes.byref(vfs), 1) == OK
        return vfs

    def _open(self, _: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        code = self._real_open(ctypes.addressof(self._real), name, file, flags, out)
        if code == OK:
            slot = ctypes.cast(file, POINTER(POINTER(_Methods)))
            real = slot.contents.contents
            ours = _Methods()
            size = (
                ctypes.sizeof(_Methods) if real.iVersion >= 3 else _Methods.xFetch.offset if real.iVersion == 2 else _Methods.xShmMap.offset
            )
            ctypes.memmove(ctypes.byref(ours), ctypes.byref(real), size)
            ours.xWrite, ours.xTruncate, ours.xSync = (ctypes.cast(one, c_void_p).value for one in self._callbacks[2:])
            path = ctypes.string_at(name).decode() if name else ""
            self._files[file] = (path, real, ours)
            ctypes.cast(file, POINTER(c_void_p))[0] = ctypes.addressof(ours)
            if self.mode == "power":
                self._power.opened(path)
        return code

    def _delete(self, _: int, name: bytes, directory: int) -> int:
        path = name.decode()
        code = self._begin("delete", path) or self._real_delete(ctypes.addressof(self._real), name, directory)
        if code == OK and self.mode == "power":
            self._power.deleted(path, durable=bool(directory))
        return code

    def _write(self, file: int, data: int, length: int, offset: int) -> int:
        path, real, _ = self._files[file]
        code = self._begin("write", path) or _WRITE(real.xWrite)(file, data, length, offset)
        if code == OK and self.mode == "power":
            self._power.wrote(path, offset, ctypes.string_at(data, length))
        return code

    def _truncate(self, file: int, size: int) -> int:
        path, real, _ = self._files[file]
        return self._begin("truncate", path) or _TRUNCATE(real.xTruncate)(file, size)

    def _sync(self, file: int, flags: int) -> int:
        path, real, _ = self._files[file]
        code = self._begin("sync", path) or _SYNC(real.xSync)(file, flags)
        if code == OK and self.mode == "power":
            self._power.synced(path)
        return code


class Power:
    """What would be on the disk if the power went now: each file as it was last synced, and what was written since.

    A file that was made and never synced is not there; one that was deleted is gone only where its folder was synced.
    """

    def __init__(self) -> None:
        self._safe: dict[str, bytes | None] = {}  # by path: what is on the disk for certain, None for no file
        self._since: dict[str, list[tuple[int, bytes]]] = {}

    def opened(self, path: str) -> None:
        if path and path not in self._safe:
            file = Path(path)
            self._safe[path] = (file.read_bytes() or None) if file.exists() else None

    def wrote(self, path: str, offset: int, data: bytes) -> None:
        self._since.setdefault(path, []).append((offset, data))

    def synced(self, path: str) -> None:
        self._safe[path] = Path(path).read_bytes()
        self._since.pop(path, None)

    def deleted(self, path: str, *, durable: bool) -> None:
        if durable:
            self._safe[path] = None
            self._since.pop(path, None)

    def cut(self, torn: int | None) -> None:
        """Put every file back to what is safe; with `torn` (a seed) some of the later writes are there too, one of them in part."""
        for path, safe in self._safe.items():
            content = bytearray(safe or b"")
            writes = self._since.get(path, [])
            kept = [] if torn is None else [one for one in writes if random.Random(f"{torn}{path}{one[0]}").random() < 0.5]
            for number, (offset, data) in enumerate(kept):
                part = data[: len(data) // 2 // 512 * 512] if number == len(kept) - 1 else data  # a disk writes whole sectors
                content.extend(bytes(max(0, offset + len(part) - len(content))))
                content[offset : offset + len(part)] = part
            if safe is None and not kept:
                with contextlib.suppress(FileNotFoundError):
                    Path(path).unlink()
            else:
                Path(path).write_bytes(content)


def install(plan: dict[str, Any]) -> Disk:
    """Put the disk in; every database opened from here on lies on it."""
    return Disk(**plan)


def copy_aside(connection: sqlite3.Connection, folder: Path) -> None:
    """A commit has returned: from here on nothing of it may be lost. Keeps the file as it is now."""
    if connection.execute("PRAGMA database_list").fetchone()[2] == str(folder / "watcher.db"):
        shutil.copy(folder / "watcher.db", folder / "acknowledged.new")
        (folder / "acknowledged.new").replace(folder / "acknowledged.db")
