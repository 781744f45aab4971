"""IP address -> whether it may be connected to: the list of networks that a link out of a feed must never reach.

Values only: no name is resolved and nothing is connected here; `net` asks for every address it is about to use.
Python's own `is_global` is True for ten of the special networks below, so the list is written out.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

# IANA special-purpose registries (RFC 6890 and later), read in 2026; each is refused unless a feed may be private.
_SPECIAL_TEXT = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24
192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16
fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""
# Never, whatever a feed's settings: a cloud's metadata service (it hands out keys), and what is no host at all.
_NEVER_TEXT = """
0.0.0.0/8 169.254.0.0/16 100.100.100.200/32 224.0.0.0/4 240.0.0.0/4 ::/128 fe80::/10 fd00:ec2::254/128 ff00::/8
"""
_SPECIAL = tuple(ip_network(text) for text in _SPECIAL_TEXT.split())
_NEVER = tuple(ip_network(text) for text in _NEVER_TEXT.split())
_GLOBAL_UNICAST = ip_network("2000::/3")  # all that IANA has given out for the public internet


def may_connect(address: str, *, allow_private: bool) -> bool:
    """Say whether `address`, an IP address as text, may be connected to; False for what is no address."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if "%" in address:  # a zone: link-local by nature
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if _within(ip, _NEVER):
        return False
    if allow_private:
        return True
    return not _within(ip, _SPECIAL) and (isinstance(ip, IPv4Address) or ip in _GLOBAL_UNICAST)


def is_address(host: str) -> bool:
    """Say whether `host` is an IP address in its plain spelling; `127.1` and `0x7f.1` are names, and get resolved."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _within(ip: IPv4Address | IPv6Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(ip in network for network in networks)
