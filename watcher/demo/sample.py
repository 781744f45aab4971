"""newsroom/*.toml -> Outlet, Item: the invented outlets and what they print, dated from one `now`.

No network here, and no markup: `pages.py` writes the feeds and articles, `server.py` serves them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Phnom_Penh")  # the outlets' clock: "on Wednesday" is their Wednesday

# Month names as news texts print them; languages not listed write the month as a number.
_MONTHS: dict[str, str] = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "km": "មករា កុម្ភៈ មីនា មេសា ឧសភា មិថុនា កក្កដា សីហា កញ្ញា តុលា វិច្ឆិកា ធ្នូ",
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KHMER_DIGITS = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented outlet and how its feed behaves; `answer` is feed, forbidden, page or moved."""

    name: str
    title: str
    language: str
    format: str
    answer: str = "feed"
    validator: str = "etag"
    gzip: bool = False
    key: bool = False
    state_media: bool = False

    @property
    def path(self) -> str:
        """Where the outlet says its feed is, below the server's address."""
        return f"/{self.name}/feed.xml"

    @property
    def home(self) -> str:
        """Its site; nobody owns such a name, so nothing is ever asked there."""
        return f"https://{self.name}.example"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of one feed. `page` is the article where the newsroom itself serves it, else empty."""

    outlet: str
    slug: str
    poll: int
    published: datetime
    title: str
    text: str
    id: str
    link: str = ""  # an address of its own, else made from outlet and slug
    page: str = ""
    page_status: int = 200
    found: Item | None = None  # a search's entry: what it found

    @property
    def key(self) -> str:
        """Outlet and slug: unique but for deliberate twins."""
        return f"{self.outlet}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything the newsroom prints, newest first."""

    outlets: tuple[Outlet, ...]
    items: tuple[Item, ...]


def load_sample(now: datetime) -> Sample:
    """Return the newsroom as it would stand at `now` (aware); ValueError where the files contradict themselves."""
    now = now.astimezone(UTC)
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in _files()]
    outlets = tuple(Outlet(**table) for tables_of in tables for table in tables_of.get("outlets", ()))
    languages = {outlet.name: outlet.language for outlet in outlets}
    written = [table for tables_of in tables for table in tables_of.get("items", ())]
    items = [_item(table, languages, now) for table in written if "of" not in table]
    by_key = {item.key: item for item in reversed(items)}
    titles = {outlet.name: outlet.title for outlet in outlets}
    found = [_found(table, by_key, titles, now) for table in written if "of" in table]
    return Sample(outlets, tuple(sorted([*items, *found], key=lambda item: (item.published, item.id), reverse=True)))


def print_date(day: date, language: str) -> str:
    """Return a day as a short news text in `language` prints it ("8 November", "11月8日", "8일")."""
    if language in ("zh", "ja", "ko"):
        return {"zh": f"{day.month}月{day.day}日", "ja": f"{day.day}日", "ko": f"{day.day}일"}[language]
    if language == "vi":
        return f"{day.day}/{day.month}"
    if language not in _MONTHS:
        return f"{day.day} {day:%B}"
    month = _MONTHS[language].split()[day.month - 1]
    if language == "km":
        return f"នៅថ្ងៃទី{day.day} ខែ{month}".translate(_KHMER_DIGITS)
    return f"วันที่ {day.day} {month}" if language == "th" else f"{day.day} {month}"


def _files() -> list[Any]:
    folder = files("watcher.demo") / "newsroom"
    return sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


def _item(table: Mapping[str, Any], languages: Mapping[str, str], now: datetime) -> Item:
    fields = dict(table)
    published = now - timedelta(hours=fields.pop("hours_ago"))
    happened = now - timedelta(hours=fields.pop("happened", table["hours_ago"]))
    day = happened.astimezone(LOCAL).date()
    words = {"weekday": _WEEKDAYS[day.weekday()], "date": print_date(day, languages[table["outlet"]])}
    for name in ("title", "text", "page"):
        fields[name] = fields.get(name, "").strip().format(**words)
    return Item(**{"id": f"tag:{table['outlet']}.example,2020:{table['slug']}", **fields}, published=published)


def _found(table: Mapping[str, Any], by_key: Mapping[str, Item], titles: Mapping[str, str], now: datetime) -> Item:
    """A search prints another outlet's title with the outlet behind it, and its own address."""
    of = by_key[table["of"]]
    return replace(
        of,
        outlet=table["outlet"],
        slug=table["slug"],
        poll=table["poll"],
        published=now - timedelta(hours=table["hours_ago"]),
        title=f"{of.title} - {titles[of.outlet]}",
        text="",
        id=table["slug"],
        page="",
        found=of,
    )
