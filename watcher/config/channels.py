"""[[channels]] -> model.Channel: what each kind needs, and its secrets from the environment.

A channel with an unset or unusable secret is kept and paused alone, by `missing`; what is wrong in the file
itself is a mistake. No value of a secret goes into a problem's text.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from watcher.addresses import is_address, may_connect
from watcher.config.mistakes import Mistakes, unknown_key
from watcher.config.schema import ChannelTable
from watcher.config.secrets import has_reference, resolve
from watcher.config.values import url_problem
from watcher.model import Channel, ChannelKind

_EVERY = ("name", "kind", "reads", "fallback")
_NEEDS = {"email": ("server", "from", "to"), "slack": ("url",), "webhook": ("url", "secret"), "folder": ("folder",)}
_MAY = {"email": ("tls", "bounce", "allow_private"), "slack": ("allow_private",), "webhook": ("allow_private",), "folder": ()}
INSIDE_THE_FILE = "has a secret in this file"  # words of a warning, by which others know that the file holds one
_SECRETS = ("server", "url", "secret")  # of these a value written into the file is worth a warning
_HINTS = {
    "server": 'server = "${SMTP_URL}", and SMTP_URL=smtp://user:password@host:587 into .env',
    "from": 'from = "watcher@example.org"',
    "to": 'to = ["someone@example.org"]',
    "url": 'url = "${ADDRESS}", and ADDRESS=https://... into .env',
    "secret": 'secret = "${WEBHOOK_SECRET}", and WEBHOOK_SECRET=whsec_... into .env',
    "folder": 'folder = "digests"',
}


def read_channels(tables: dict[int, ChannelTable], environment: Mapping[str, str], mistakes: Mistakes) -> tuple[Channel, ...]:
    """Return every channel, paused ones too; what is wrong goes to `mistakes`."""
    return tuple(_Reader(index, table, environment, mistakes).channel() for index, table in tables.items())


@dataclass(slots=True)
class _Reader:
    """One [[channels]] table on its way."""

    index: int
    table: ChannelTable
    environment: Mapping[str, str]
    mistakes: Mistakes
    missing: tuple[str, ...] = ()

    def channel(self) -> Channel:
        table = self.table
        self._check_keys()
        server, url, secret = (self._setting(key) for key in _SECRETS)
        return Channel(
            name=table.name,
            kind=ChannelKind(table.kind),
            to=self._addresses("to", table.to),
            sender=next(iter(self._addresses("from", [table.from_] if table.from_ else [])), ""),
            server=server,
            url=url,
            secret=secret,
            folder=self._setting("folder"),
            reads=tuple(table.reads),
            tls=table.tls or "require",
            bounce=next(iter(self._addresses("bounce", [table.bounce] if table.bounce else [])), ""),
            allow_private=bool(table.allow_private),
            missing=tuple(dict.fromkeys(self.missing)),
            fallback=table.fallback or "",
        )

    def _check_keys(self) -> None:
        kind = self.table.kind
        written = self.table.model_dump(by_alias=True, exclude_unset=True)
        for key in _NEEDS[kind]:
            if not written.get(key):
                self._mistake(f"channel '{self.table.name}' is of kind {kind} and has no '{key}'; add {_HINTS[key]}", "name")
        for key in written:
            if key not in (*_EVERY, *_NEEDS[kind], *_MAY[kind]):
                self._mistake(unknown_key(key, (*_NEEDS[kind], *_MAY[kind], "reads", "fallback"), f"a channel of kind {kind}"), key)

    def _setting(self, key: str) -> str:
        written = getattr(self.table, key)
        if not written or key not in (*_NEEDS[self.table.kind], *_MAY[self.table.kind]):
            return ""
        value = self._resolved(key, written)
        problem = self._problem(key, value) if value else None
        if problem is None:
            if key in _SECRETS and not has_reference(written) and self._is_secret(key, value):
                self._warn(
                    key,
                    f"channel '{self.table.name}' {INSIDE_THE_FILE} ('{key}'), which anyone who reads or copies it sees; "
                    f"move it into .env and write {_HINTS[key].partition(', and')[0]}",
                )
            if value and key in ("server", "url") and not self.table.allow_private and _is_near(value):
                self._warn(
                    key,
                    f"channel '{self.table.name}': its {key} is on this machine or on your own network, and nothing is sent there; "
                    "add allow_private = true to the channel if that is meant",
                )
            return value
        self._refuse(written, problem, key)
        return ""

    def _resolved(self, key: str, written: str) -> str:
        resolved = resolve(written, self.environment)
        self.missing += resolved.missing
        for problem in resolved.problems:
            self._warn(key, f"channel '{self.table.name}' is paused: {problem}")
        return resolved.value

    def _problem(self, key: str, value: str) -> str | None:
        if key == "server":
            if url_problem(value, ("smtp", "smtps")):
                return "is not smtp://user:password@host:port; write @ : / # ? % inside the password as %40 %3A %2F %23 %3F %25"
            return None
        if key == "secret":
            return None if all(map(_is_base64, value.split())) else "is not whsec_ and base64; make one with: openssl rand -base64 32"
        return url_problem(value) if key == "url" else None

    def _is_secret(self, key: str, value: str) -> bool:
        if key == "server":
            return urlsplit(value).password is not None
        return key == "secret" or self.table.kind == "slack"

    def _addresses(self, key: str, written: list[str]) -> tuple[str, ...]:
        """Return mail addresses; one text may hold several, with commas between."""
        found: list[str] = []
        if self.table.kind != "email":
            return ()
        for place, text in enumerate(written):
            value = self._resolved(key, text)
            for address in filter(None, (part.strip() for part in value.split(","))):
                if _is_address(address):
                    found.append(address)
                else:
                    self._refuse(text, "is no mail address; write name@example.org", key, *([place] if key == "to" else []))
        return tuple(dict.fromkeys(found))

    def _refuse(self, written: str, problem: str, *path: str | int) -> None:
        """A wrong value from the environment pauses the channel; one in the file is a mistake of the file."""
        if has_reference(written):
            names = resolve(written, self.environment).names
            self.missing += names
            self._warn(str(path[0]), f"channel '{self.table.name}' is paused: the value of {', '.join(names)} {problem}")
        else:
            self._mistake(f"channel '{self.table.name}': '{path[0]}' {problem}", *path)

    def _mistake(self, problem: str, *path: str | int) -> None:
        self.mistakes.add(("channels", self.index, *path), problem)

    def _warn(self, key: str, problem: str) -> None:
        self.mistakes.warn(("channels", self.index, key), problem)


def _is_near(url: str) -> bool:
    """Whether the address names this machine or the own network by its spelling; what a name resolves to is seen when sending."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return not may_connect(host, allow_private=False) if is_address(host) else "." not in host or host.endswith(".localhost")


def _is_base64(secret: str) -> bool:
    """Whether Standard Webhooks can sign with it; several secrets, with blanks between, serve while one is changed."""
    try:
        return bool(b64decode(secret.removeprefix("whsec_"), validate=True))
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    address = parseaddr(text)[1]
    name, at, host = address.rpartition("@")
    return bool(name and at and host) and not any(character in text for character in "\r\n\x00") and " " not in address
