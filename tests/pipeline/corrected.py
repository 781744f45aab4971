"""What the tests of corrections share: who says what, stories to correct, and ways to look at what became of them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from corridor import RULES, Clock, bring, entry
from sqlite_utils import Database

from watcher.model import Facts
from watcher.pipeline.check import Watch, check
from watcher.pipeline.rejudge import Work, come_into_force, judge_again
from watcher.store import stories
from watcher.store.corrections import Decided
from watcher.store.writer import Writer

ZONE = ZoneInfo("Asia/Phnom_Penh")
TELL, QUIET = Decided("Dara", "Myanmar, not Cambodia", True), Decided("Dara", "Myanmar, not Cambodia", False)
UNSAID = Decided("Dara", "Myanmar, not Cambodia")
LONG = (
    "Cambodia's police deported 31 Thais who had worked in an online scam in Poipet. The group was driven to the border in two buses in the "
    "early morning, and handed over to officers of the other side, who had waited at the bridge since midnight with papers and blankets."
)


def told(database: Database) -> list[tuple[object, ...]]:
    """Everything that audiences were told: (audience, story, as what), each message once."""
    sql = "SELECT DISTINCT audiences.name, told.story, told.kind, told.at FROM told JOIN audiences ON audiences.id = told.audience WHERE told.told = 1"
    return [tuple(row)[:3] for row in database.conn.execute(f"{sql} ORDER BY told.at, told.audience, told.story")]


def open_ids(database: Database) -> list[int | None]:
    return [one.id for one in stories.listing(database)]


def articles(database: Database, number: int) -> list[int]:
    found = stories.load(database, number)
    assert found is not None
    return sorted(report.article for report in found.reports)


def facts(database: Database, number: int) -> Facts:
    found = stories.load(database, number)
    assert found is not None and found.facts is not None
    return found.facts


def figures(database: Database, number: int) -> list[tuple[str, int | None]]:
    return [(row.stage.value, row.count) for row in facts(database, number).people]


def two(database: Database, watch: Watch, clock: Clock) -> None:
    """#1: 31 Thais, #2: 90 Thais, the same day; no program takes them for one."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", clock.now))
    bring(database, watch, "Herald", clock.forward(minutes=1), entry(90, "Thais", clock.now, source="Herald"))
    assert open_ids(database) == [2, 1]


def one_of_two(database: Database, watch: Watch, clock: Clock) -> None:
    """#1 of two outlets that a person knows to write of two flights."""
    bring(database, watch, "Courier", clock.now, entry(31, "Thais", clock.now))
    bring(database, watch, "Herald", clock.forward(minutes=1), entry(34, "Thais", clock.now, source="Herald"))
    assert articles(database, 1) == [1, 2]


async def judge_all_again(database: Database, writer: Writer, clock: Clock) -> None:
    """The rules change, and every stored text is judged by the new ones."""
    other = check(
        RULES.replace("NEAR/60", "NEAR/50"), file="rules.toml", environment={"SLACK_URL": "", "LEDGER_URL": "", "LEDGER_SECRET": ""}
    )
    come_into_force(database, other, clock.now)
    await judge_again(Work(writer, lambda: other, clock, "test"))
