"""Host and port -> the addresses that may be connected to: the only place that asks DNS for the network's clients.

Both clients come here, `net` for HTTP and `deliver/smtp` for mail, and both connect to one of the addresses they get and
never to the name again: a name that answers differently a moment later (rebinding) then leads nowhere. One bad address
refuses the whole name, as a public one beside a private one is how guards are slipped past. Nothing is connected here.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from typing import Literal

from watcher.addresses import is_address, may_connect

# What the C library reads as an IPv4 address where Python does not: 127.1, 0x7f000001, 00127.0.0.1. No domain ends in a number.
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class LookupProblem(Exception):  # noqa: N818 - below the level that knows the URL or channel, which makes an error of ours of it
    """A name that leads nowhere, or to where we do not go. `str` is the problem in words, without the name.

    `inside` says that it leads into the own network, where an operator may allow it.
    """

    def __init__(self, kind: Literal["dns", "refused_address"], problem: str, *, inside: bool = False) -> None:
        super().__init__(problem)
        self.kind, self.inside = kind, inside


async def addresses_of(host: str, port: int, *, resolve: Resolver, allow_private: bool) -> list[str]:
    """Return every address of `host`, each checked; an IP address stands for itself. Raises LookupProblem."""
    if is_address(host):
        found = [host]
    elif _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise LookupProblem("refused_address", "the address is an IP address in an odd spelling; write it plainly")
    else:
        try:
            found = list(dict.fromkeys(await resolve(host, port)))
        except (OSError, UnicodeError):
            raise LookupProblem("dns", "the name cannot be resolved") from None
    if not found:
        raise LookupProblem("dns", "the name has no address")
    if not all(may_connect(address, allow_private=allow_private) for address in found):
        raise LookupProblem("refused_address", "the name leads into a private or reserved network", inside=True)
    return found


async def ask_system(host: str, port: int, *, threads: Executor | None = None) -> list[str]:
    """Ask the system's resolver, in one of `threads` (asyncio's own where none are given). Raises OSError or UnicodeError."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return [str(address[0]) for *_, address in found]
