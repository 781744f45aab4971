"""rules.toml and languages/ beside it -> the Watch in force, and the last good one when an edit is wrong.

A wrong file never stops a running service, nor a restart: rules and languages that passed last are kept in the database together
(without secrets) and stay in force, and the problem is said. Only a first start refuses.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from watcher.config.environment import environment_beside
from watcher.config.rights import open_to_others
from watcher.errors import ConfigError
from watcher.languages import NONE, OWN_FOLDER, OwnTexts, read_folder
from watcher.pipeline.check import Watch, check

Stamp = tuple[object, ...]  # what an edit of rules.toml or of a language changes


class RulesFile:
    """The rules in force. `problem` is None while the file on disk is the one in force."""

    def __init__(
        self, path: Path, watch: Watch, *, stamp: Stamp, problem: str | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self.path = path
        self.watch = watch
        self.problem = problem
        self._environment = environment
        self._stamp = stamp

    @classmethod
    def load(cls, path: Path, *, last_good: str | None = None, environment: Mapping[str, str] | None = None) -> RulesFile:
        """Read and check the file; where it is wrong and `last_good` is given, that stays in force.

        Raises ExceptionGroup of ConfigError when there is nothing good to go on with.
        """
        stamp = _stamp(path)  # before reading: what is saved while we check is read again
        try:
            return cls(path, _checked(path, environment), stamp=stamp, environment=environment)
        except ExceptionGroup as errors:
            if last_good is None:
                raise
            watch = _kept(last_good, path, _surroundings(path, environment, forgiving=True))
            return cls(path, watch, stamp=stamp, problem=_in_words(errors), environment=environment)

    @property
    def good_text(self) -> str:
        """The rules in force as they may be kept: `Watch.kept_text`."""
        return self.watch.kept_text

    def reread(self) -> bool:
        """Read the files again where one changed; gives whether it did. A wrong file sets `problem` and nothing else."""
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self.watch = _checked(self.path, self._environment)
            self.problem = None
        except ExceptionGroup as errors:
            self.problem = _in_words(errors)
        return True


def languages_beside(path: Path) -> Path:
    """Where the operator's language files are: `languages/` in the folder of the rules file."""
    return path.parent / OWN_FOLDER


def checked_text(path: Path, text: str, environment: Mapping[str, str] | None = None) -> Watch:
    """What a text would be as the rules file at `path`, with the languages beside it. Raises ExceptionGroup of ConfigError."""
    return check(text, file=path.name, environment=_surroundings(path, environment), own=read_folder(languages_beside(path)))


def _checked(path: Path, environment: Mapping[str, str] | None) -> Watch:
    watch = checked_text(path, _read(path), environment)
    seen = open_to_others(path, watch.config)
    return replace(watch, config=replace(watch.config, warnings=(*watch.config.warnings, *seen))) if seen else watch


def _kept(last_good: str, path: Path, environment: Mapping[str, str]) -> Watch:
    """What the database keeps, as it was in force: own languages of then, not those of now, which may be what is wrong."""
    if not last_good.startswith("{"):  # no TOML text begins so
        return check(last_good, file=path.name, environment=environment)
    kept = json.loads(last_good)
    try:
        return check(kept["rules"], file=path.name, environment=environment, own=OwnTexts(kept["languages"]))
    except ExceptionGroup:  # kept by an older version that allowed more: better without own languages than not at all
        return check(kept["rules"], file=path.name, environment=environment, own=NONE)


def _surroundings(path: Path, environment: Mapping[str, str] | None, *, forgiving: bool = False) -> Mapping[str, str]:
    """What `${NAME}` may mean: the environment given, else that of this process filled up from `.env` beside the rules file."""
    if environment is not None:
        return environment
    try:
        return environment_beside(path)
    except ExceptionGroup:
        if not forgiving:
            raise
        return os.environ  # a wrong .env never stops a running service: its channels are paused, and that is said


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ExceptionGroup("rules", [ConfigError("there is no such file; `watcher init` writes one", file=str(path))]) from None
    except UnicodeDecodeError:
        raise ExceptionGroup("rules", [ConfigError("is not a text file in UTF-8; save it as UTF-8", file=str(path))]) from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); look at its owner and rights"
        raise ExceptionGroup("rules", [ConfigError(problem, file=str(path))]) from None


def _stamp(path: Path) -> Stamp:
    """What changes when the rules file or a language beside it is edited, replaced, added or removed."""
    try:
        own = sorted(languages_beside(path).glob("*.toml"))
    except OSError:
        own = []
    return tuple((file.name, _state(file)) for file in (path, *own))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _in_words(errors: ExceptionGroup[Exception]) -> str:
    return "\n".join(str(error) for error in errors.exceptions)
