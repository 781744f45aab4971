"""Config -> what must never be shown: every secret in it, whole and in its telling parts, and who gets mail.

The last net under the log: each module keeps secrets out of its words by itself, but a library's error or a trace may
repeat what it was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from watcher.config.settings import Config

SHORTEST = 4  # characters; hiding shorter ones would blacken half of every line


def hidden_values(config: Config) -> tuple[str, ...]:
    """Values to be blackened, longest first, so that no part is taken out of a whole."""
    found: set[str] = set(_of_address(config.settings.dead_man))
    for channel in config.channels:
        found |= {
            *_of_address(channel.server),
            *_of_address(channel.url),
            channel.secret,
            channel.secret.removeprefix("whsec_"),
            *channel.to,
        }
    return tuple(sorted((one for one in found if len(one) >= SHORTEST), key=lambda one: (-len(one), one)))


def _of_address(address: str) -> Iterator[str]:
    """An address whole; of it what stands behind the host (a webhook's secret), and the password, as written and as meant."""
    if not address:
        return
    yield address
    parts = urlsplit(address)
    behind = parts.path + (f"?{parts.query}" if parts.query else "")
    if len(behind.strip("/")) >= SHORTEST:
        yield behind
        yield behind.strip("/")
        last = parts.path.rstrip("/").rpartition("/")[2]
        if len(last) >= 3 * SHORTEST:  # a token; a plain word in a path is none
            yield last
    for secret in (parts.password, parts.username):
        if secret:
            yield secret
            yield unquote(secret)
