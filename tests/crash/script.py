"""What is played: the newsroom's items, the rules, who must be told of what, and the steps of one cycle.

Plain data and no project code, so that the harness and its child read the same script. A new writer of the service is
one more `Step`: a loop of the service is played by its name (those named nowhere here are played by `other loops`),
what a person calls is a function of `commands`. Each group of people has a number and a nationality of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from loopback import Item

BEGIN = datetime(2026, 3, 10, 0, 0, 30, tzinfo=UTC)  # Tue 10 Mar, 07:00:30 in Phnom Penh: the daily digest is due
SETTING_UP = BEGIN - timedelta(days=1, hours=1)  # the first poll, the day before at six; START goes out an hour later
NEXT_DAY = BEGIN + timedelta(days=1)
APART = timedelta(hours=1)  # between a kill and the next start: longer than every lease and every doubt


@dataclass(frozen=True)
class Group:
    """People of one story; `text` is how texts, Slack and headlines alike name them."""

    count: int
    people: str
    stage: str = "deported"

    @property
    def text(self) -> str:
        return f"{self.count} {self.people}"


def report(group: Group, name: str, *, place: str = "Poipet", days_ago: float = 0.0, page: str = "") -> Item:
    """A report that says all of it in the feed itself."""
    verb = {"deported": "deports", "arrested": "arrests"}[group.stage]
    return Item(
        name,
        f"Cambodia {verb} {group.count} {group.people} over online scam compound",
        f"Immigration police in {place} {group.stage} {group.count} {group.people} who had worked in an online scam compound in Cambodia.",
        days_ago=days_ago,
        page=page,
    )


OLD = Group(61, "Vietnamese")
PLAIN, OTHER_FEED, DATED, FAILING = Group(42, "Thai"), Group(33, "Malaysian"), Group(77, "Indonesian"), Group(54, "Nepali")
BY_ARTICLE = Group(18, "South Korean")
BY_NEW_RULES = Group(29, "Kenyan", "arrested")
PAST = Group(88, "Filipino")

_NOISE = "Owners of guest houses in Cambodia count on more visitors this year."
NOISE = [Item(f"noise-{number}", f"Hotels in Siem Reap expect good season number {number}", _NOISE, days_ago=1.5) for number in range(4)]
_LEAD = Item(
    "lead",
    "Embassy thanks officers in Cambodia",
    "The embassy spoke of an online scam ring in Cambodia and gave no figures.",
    page="The embassy of South Korea thanked officers in Phnom Penh on behalf of the families.\n"
    "Cambodia deported 18 South Koreans who had worked in an online scam compound in Kandal, the immigration police said.\n"
    "The eighteen were handed over at the airport to officers who had come from Seoul, and left on a scheduled flight in the evening.",
)
_ARREST = report(
    BY_NEW_RULES,
    "arrest",
    place="Bavet",
    page=f"{report(BY_NEW_RULES, '', place='Bavet').text}\nThe compound stood behind a market, and neighbours had complained of noise for months.\n"
    "A court in the province will decide about the owners of the building, who could not be reached by telephone on Monday.",
)

# What each feed holds when the service is set up, and from the cycle on.
BEFORE = {"courier": [NOISE[0], report(OLD, "old", days_ago=3)], "times": [NOISE[1]], "quiet": [NOISE[2]], "shaky": [NOISE[3]]}
AFTER = {
    # One of them bears a date before the last poll: dates in feeds decide nothing.
    "courier": [report(PLAIN, "plain"), _LEAD, _ARREST, report(DATED, "dated", place="Bavet", days_ago=2.5), *BEFORE["courier"]],
    "times": [report(OTHER_FEED, "other", place="Sihanoukville"), *BEFORE["times"]],
    "quiet": BEFORE["quiet"],
    "shaky": [report(FAILING, "failing", place="Koh Kong"), *BEFORE["shaky"]],  # answers 500 until the cycle is over
}
SHAKY = "shaky"
LEADS = ("lead", "arrest")  # names of items whose article must be read

TOLD = (PLAIN, OTHER_FEED, DATED, FAILING, BY_ARTICLE, BY_NEW_RULES)
NOT_TOLD = (OLD, PAST)
PAST_LINES = "".join(
    f'{{"url": "https://past.example/{number}", "title": "{item.title}", "text": "{item.text}", "published": "2026-01-0{number + 1}T00:00:00Z"}}\n'
    for number, item in enumerate([report(PAST, "past"), NOISE[0], NOISE[1]])
).encode()


@dataclass(frozen=True)
class Audience:
    """Who must hear of every group: an audience's name in the database, its channels, and the recipients of each."""

    name: str
    recipients: dict[str, tuple[str, ...]]


AUDIENCES = (
    Audience("digest:daily", {"staff": ("staff@ngo.example", "chief@ngo.example"), "shelf": ("shelf",)}),
    Audience("alert:at-once", {"team": ("team",), "ledger": ("ledger",)}),
    Audience("alert:to-the-desk", {"desk": ("desk@ngo.example",)}),
)

MATCH, NEW_MATCH = "NEAR/60 @deported)", "NEAR/60 (@deported OR @arrested))"
RULES = """\
[watcher]
time_zone = "Asia/Phnom_Penh"
contact = "ops@ngo.example"
after_rule_change = "tell"
[watcher.politeness]
floor = "1s"
start = "1s"
ceiling = "1s"
back_off = "2s"

[operator]
to = ["ops"]
{feeds}
[[rules]]
name = "scam-deportation"
match = "@cambodia AND (@scam NEAR/60 @deported)"
lead = "@cambodia AND (@scam OR @deported)"

[[channels]]
name = "staff"
kind = "email"
server = "${{SMTP_URL}}"
tls = "none"
allow_private = true
from = "watcher@ngo.example"
to = ["staff@ngo.example", "chief@ngo.example"]

[[channels]]
name = "desk"
kind = "email"
server = "${{SMTP_URL}}"
tls = "none"
allow_private = true
from = "watcher@ngo.example"
to = ["desk@ngo.example"]

[[channels]]
name = "ops"
kind = "email"
server = "${{SMTP_URL}}"
tls = "none"
allow_private = true
from = "watcher@ngo.example"
to = ["ops@ngo.example"]

[[channels]]
name = "team"
kind = "slack"
url = "${{SLACK_URL}}"
allow_private = true

[[channels]]
name = "ledger"
kind = "webhook"
url = "${{LEDGER_URL}}"
secret = "${{LEDGER_SECRET}}"
allow_private = true

[[channels]]
name = "shelf"
kind = "folder"
folder = "${{SHELF}}"

[[channels]]
name = "unset"
kind = "webhook"
url = "${{A_VARIABLE_THAT_NOBODY_SET}}"
secret = "${{LEDGER_SECRET}}"

[[digests]]
name = "daily"
at = "07:00"
channels = ["staff", "shelf"]

[[alerts]]
name = "at-once"
on = ["new", "stage", "withdrawn"]
channels = ["team", "ledger"]
wait = "0s"
max_per_day = 1000

[[alerts]]
name = "to-the-desk"
on = ["new", "stage", "withdrawn"]
channels = ["desk"]
wait = "0s"
max_per_day = 1000
"""
_FEED = """
[[feeds]]
url = "{url}"
title = "{title}"
language = "en"
allow_private = true
"""


def rules(feeds: dict[str, str]) -> str:
    """rules.toml for feeds of these names and addresses."""
    return RULES.format(feeds="".join(_FEED.format(url=url, title=name.title()) for name, url in feeds.items()))


@dataclass(frozen=True)
class Step:
    """What is done in the `minute` after the start: a loop's turn, or a command of `commands`."""

    minute: int
    loop: str = ""
    command: str = ""


OTHER_LOOPS = "other loops"  # every loop of the service that no step of a cycle names: found when it is played
CYCLE = (
    *(Step(0, loop=name) for name in ("poll", "leads", "compose", "deliver")),
    Step(10, command="edit_rules"),
    *(Step(11, loop=name) for name in ("poll", "rejudge", "compose", "deliver")),
    Step(15, command="backfill"),
    Step(16, command="backup"),
    Step(17, loop=OTHER_LOOPS),
    Step(20, loop="compose"),
    Step(20, loop="deliver"),
)
# One look at everything that is due, and what a person would call again because it had not ended.
ROUND = (
    Step(0, command="edit_rules"),
    *(Step(1, loop=name) for name in ("poll", "leads", "rejudge", "compose", "deliver")),
    Step(2, command="backfill"),
    Step(3, loop=OTHER_LOOPS),
    Step(4, loop="compose"),
    Step(4, loop="deliver"),
)
SET_UP = (
    *(Step(0, loop=name) for name in ("poll", "leads", "compose", "deliver")),
    *(Step(61, loop=name) for name in ("poll", "compose", "deliver")),
)
