"""`watcher stories`: which stories are listed; words and filters as a person types them, and the lines of the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from watcher.cli.days import Day, first_day
from watcher.cli.since import Since
from watcher.model import Confidence, Stage

if TYPE_CHECKING:
    from datetime import date

    from watcher.model import StoryFile
    from watcher.store import Database
    from watcher.store.listing import Wanted

F = TypeVar("F", bound=Callable[..., Any])

_WORDS = "watcher.stories.words"
PAGE = 100  # stories on a terminal where no --limit is given; --json gives all


class Searchable(click.Group):
    """A group whose first word may be one to look for: `watcher stories Poipet --stage deported`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What is no command is words; then options may stand behind them."""
        rest = self.make_parser(ctx).parse_args(list(args))[1]
        if rest and rest[0] not in self.commands:
            ctx.allow_interspersed_args = True
            ctx.meta[_WORDS] = tuple(self.make_parser(ctx).parse_args(list(args))[1])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """The group itself where words were given."""
        return click.Command.invoke(self, ctx) if _WORDS in ctx.meta else super().invoke(ctx)


class Nationality(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer releases of click only
    """A country's code, its name, or its people: JP, Japan, Japanese."""

    name = "nationality"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The code."""
        from watcher.config.values import did_you_mean
        from watcher.digest.names import COUNTRIES
        from watcher.fold import folded

        known = {folded(name): code for code, names in COUNTRIES.items() for name in (code, *names)}
        code = known.get(folded(" ".join(str(value).split())))
        if code is None:
            names = [name for names in COUNTRIES.values() for name in names]
            near = did_you_mean(str(value), names, otherwise="write JP, Japan or Japanese")
            self.fail(f"{value!r} is no country or people; {near}", param, ctx)
        return code


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters as typed."""

    search: str | None
    nationality: str | None
    stage: str | None
    since: timedelta | datetime | None
    until: date | None
    place: str | None
    confidence: str | None
    checked: bool | None
    limit: int | None
    state: str

    def wanted(self, context: click.Context, database: Database, now: datetime) -> Wanted:
        """The same as the store takes it. Raises UsageError for words that hold no letter, or days the wrong way round."""
        from watcher.errors import UsageError
        from watcher.store import listing, search

        words = " ".join((*context.meta.get(_WORDS, ()), self.search or ""))
        phrases = search.phrases(words)
        if not phrases and searched(context, self):
            raise UsageError(f'{words.strip()!r} holds no word to look for; write words, or "words side by side"')
        since = first_day(context, self.since, now)
        if since and self.until and since > self.until:
            raise UsageError(f"--since {since} is after --until {self.until}; nothing can be between them")
        return listing.Wanted(
            state=self.state,
            phrases=phrases,
            nationality=self.nationality,
            stage=Stage(self.stage) if self.stage else None,
            since=since,
            until=self.until,
            place=self.place,
            confidence=Confidence(self.confidence) if self.confidence else None,
            checked=self.checked,
            limit=self.limit,
        )


def filter_options(function: F) -> F:
    """Add the filters; the command takes them with `filters_of`."""
    options = (
        click.option(
            "--search", metavar="TEXT", help='Words that all must be there, in any script; "words side by side"; deport* for beginnings.'
        ),
        click.option("--nationality", type=Nationality(), metavar="JP|Japanese", help="Stories with people of this country."),
        click.option("--stage", type=click.Choice([stage.value for stage in Stage]), help="Stories in which people came to this stage."),
        click.option("--since", type=Since(), metavar="7d|DATE", help="Stories of this day or later."),
        click.option("--until", type=Day(), metavar="DATE", help="Stories of this day or earlier."),
        click.option("--place", metavar="NAME", help="Stories that name this place, or a part of its name."),
        click.option("--confidence", type=click.Choice([one.value for one in Confidence]), help="How sure they are."),
        click.option("--checked/--unchecked", default=None, help="Only stories whose figures a person has confirmed, or only the others."),
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help=f"At most so many ({PAGE} on a terminal, all with --json)."),
        click.option("--state", type=click.Choice(["open", "dismissed", "merged"]), default="open", help="Which stories (open)."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def searched(context: click.Context, filters: Filters) -> bool:
    """Whether words were given, behind the command or with --search."""
    return filters.search is not None or _WORDS in context.meta


def list_stories(context: click.Context, filters: Filters, *, as_json: bool) -> None:
    """Print the stories that are asked for, newest first."""
    from dataclasses import replace

    from watcher.cli.opening import open_archive
    from watcher.cli.show import note, say, show_json
    from watcher.pipeline.tools import utc_now
    from watcher.store import listing
    from watcher.store import stories as archive
    from watcher.story import ledger

    database = open_archive(context)
    wanted = filters.wanted(context, database, utc_now())
    if as_json:
        ids = listing.find(database, wanted)
        show_json(
            [
                ledger.story_json(story)
                for start in range(0, len(ids), 200)
                for story in archive.load_many(database, ids[start : start + 200])
            ]
        )
        return
    limit = wanted.limit or PAGE
    ids = listing.find(database, replace(wanted, limit=limit + 1))
    lines = story_rows(archive.load_many(database, ids[:limit]))
    for line in lines or [_nothing(context, database, wanted)]:
        say(line)
    if len(ids) > limit:
        note(f"The newest {limit}; there are more. A larger --limit, or a filter, shows them")
    if lines:
        note('All of one story: watcher stories show ID. Why its articles stand together: watcher explain "#ID"')


def story_rows(stories: list[StoryFile]) -> list[str]:
    """A line a story that fits the terminal: number, day, headline, how many articles, outlets."""
    from watcher.cli.show import columns, counted, day, fit, pad, safe, table, width

    rows = [
        (
            f"#{story.id}",
            day(story.facts.date),
            counted(len(story.reports), "article"),
            safe(story.facts.headline),
            safe(", ".join(story.facts.sources)),
        )
        for story in stories
        if story.facts
    ]
    room = columns() - max((width(line) + 2 for line in table([row[:3] for row in rows])), default=0)
    longest = max((width(row[3]) for row in rows), default=0)
    for_headline = min(longest, room - min(30, room // 3) - 2)  # outlets need some room: who says it is half the news
    return table([(*row[:2], pad(fit(row[3], for_headline), for_headline), row[2], fit(row[4], room - for_headline - 2)) for row in rows])


def _nothing(context: click.Context, database: Database, wanted: Wanted) -> str:
    """Why a list is empty, and what to try."""
    from watcher.cli.show import safe
    from watcher.config.values import did_you_mean
    from watcher.fold import folded
    from watcher.store import listing

    if wanted == listing.Wanted(state=wanted.state, limit=wanted.limit):
        is_open = wanted.state == "open"
        return "No stories yet. `watcher poll` or `watcher backfill FILE` brings some." if is_open else f"No story is {wanted.state}."
    hint = ""
    known = listing.places(database) if wanted.place else []
    if wanted.place and not any(folded(wanted.place) in place for place in known):
        near = did_you_mean(folded(wanted.place), known, otherwise="places are kept by their English names; look for others with --search")
        hint = f" No story names the place {safe(wanted.place)!r}; {near}"
    words = context.meta.get(_WORDS, ())
    if (
        isinstance(context.command, click.Group)
        and words
        and (command := did_you_mean(words[0], list(context.command.commands), otherwise="-")) != "-"
    ):
        hint = f" {safe(words[0])!r} was looked for as a word; for a command: {command}"
    return f"No story is like that.{hint}"
