"""Words of an error -> words that may leave this machine or stand in a log: without addresses of people, servers and webhooks.

Servers like to repeat whom they refuse, and libraries what they connected to; either may hold a secret.
"""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"<?[^\s<>,;]*@[^\s<>,;]*>?|\b\w+://\S+")


def without_addresses(text: str) -> str:
    """The same text with `(address)` in the place of each mail address and URL."""
    return _ADDRESS.sub("(address)", text)
