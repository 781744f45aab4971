"""URL -> canonical URL: what two links to the same article have in common; and which links are links at all.

Nothing is fetched and nothing is resolved here: whether an address may be connected to is decided in `net`.
The algorithm is part of the data: canonical URLs are stored, so a change to it needs a migration.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from watcher.errors import FetchError

# Parameters that say how a reader came, never which article it is. Names are compared in lower case.
_TRACKERS_TEXT = """
gclid dclid gbraid wbraid gad_source fbclid igshid igsh mc_cid mc_eid mkt_tok msclkid yclid twclid ttclid li_fat_id _ga _gl _hsenc _hsmi
__twitter_impression ocid ncid cmpid cmp smid smtyp sr_share guccounter guce_referrer guce_referrer_sig spm scm share_token sharetype
share_from isappinstalled fb_action_ids fb_action_types fb_source ito xtor wt_mc wt.mc_id s_cid spref feature_ref
"""
_TRACKERS = frozenset(_TRACKERS_TEXT.split())
_TRACKER_STARTS = ("utm_", "at_", "pk_", "mtm_", "matomo_", "hsa_", "vero_", "stm_", "ns_")
# `ref`, `source` and `from` name articles on some sites, so they go only with a value that is surely a way in.
_WAY_IN = frozenset(("ref", "ref_src", "source", "src", "from", "referrer"))
_WAY_IN_VALUES_TEXT = """
rss feed feeds atom twitter x facebook fb t.co telegram tg whatsapp line weibo wechat email mail newsletter home homepage
google googlenews google_news news.google.com share social app twsrc^tfw
"""
_WAY_IN_VALUES = frozenset(_WAY_IN_VALUES_TEXT.split())
_DEFAULT_PORTS = frozenset((80, 443))
# Most links look like this: nothing to encode, resolve or sort. The long way costs thirty times as much.
_PLAIN = re.compile(
    r"https?://([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)((?:/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)*/?)"
)
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]")


def canonical_url(url: str) -> str:
    """Return the form that all links to one article share, or "" where `url` is no web link.

    Always https, because a site that offers both shows the same article on both; host in lower case and in
    punycode; no default port, fragment or tracking parameter; query sorted by name. Parameters that are not
    known trackers stay: `?id=5` is the article on many sites. AMP and mobile addresses stay as they are.
    """
    plain = _PLAIN.fullmatch(url)
    if plain is not None:
        return f"https://{plain[1]}{plain[2] or '/'}"
    if not is_web_link(url):
        return ""
    parts = urlsplit(url)
    port = parts.port
    host = _ascii_host(parts)
    if not host:
        return ""
    if ":" in host:
        host = f"[{host}]"
    netloc = host if port is None or port in _DEFAULT_PORTS else f"{host}:{port}"
    query = urlencode([pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracker(*pair)])
    try:
        return str(canonicalize_url(urlunsplit(("https", netloc, parts.path or "/", query, ""))))
    except ValueError:
        return ""


def join_url(base: str, href: str) -> str:
    """Return `href` as an absolute web link, resolved against `base`, or "" where it is none."""
    if _PLAIN.fullmatch(href):
        return href
    href = href.strip().replace(" ", "%20")
    if not href or _FORBIDDEN.search(href):
        return ""
    try:
        url = href if href[:8].lower().startswith(("http://", "https://")) else urljoin(base, href)
    except ValueError:
        return ""
    return url if is_web_link(url) else ""


def is_web_link(url: str) -> bool:
    """Say whether `url` is an absolute http or https link that every program reads alike.

    User names, backslashes, blanks and control characters are refused: programs disagree about the host of
    `http://a\\@b/`, and a reader sees the wrong one.
    """
    if _FORBIDDEN.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and host is not None and "@" not in parts.netloc and _HOST.fullmatch(host) is not None


def host_of(url: str) -> str:
    """Return the host of `url` in lower case and punycode, without port; "" where there is none."""
    if not is_web_link(url):
        return ""
    return _ascii_host(urlsplit(url))


def next_hop(url: str, location: str) -> str:
    """Return where a redirect of `url` leads; `location` is its header as latin-1. Raises FetchError for where we do not go."""
    following = join_url(url, location.encode("latin-1").decode("utf-8", "replace"))
    if not following:
        raise FetchError(url, f"redirects to {location[:80]!r}, which is no web address", kind="redirect")
    if url[:6].lower() == "https:" and following[:5].lower() == "http:":
        raise FetchError(url, "redirects from https to http, which anyone on the way could read and change", kind="redirect")
    return following.partition("#")[0]


def host_only(url: str) -> str:
    """Return scheme and host of a URL whose path is a secret, for an error or a log line."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}/..." if parts.hostname else "the address"
    except ValueError:
        return "the address"


def _ascii_host(parts: SplitResult) -> str:
    """Return the host as it is looked up; "" where it cannot be one."""
    host = (parts.hostname or "").rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _is_tracker(name: str, value: str) -> bool:
    name = name.lower()
    if name in _TRACKERS or name.startswith(_TRACKER_STARTS):
        return True
    return name in _WAY_IN and value.lower() in _WAY_IN_VALUES
