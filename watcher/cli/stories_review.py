"""`watcher stories review`: the stories that nobody has checked, one after the other, one key each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from watcher.cli.correcting import correct, decided, on_terminal, say_done, story_number, what
from watcher.cli.days import first_day, local_zone
from watcher.cli.options import json_option, paths_options
from watcher.cli.person import by_option, person
from watcher.cli.since import Since
from watcher.cli.stories_list import Nationality, story_rows

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from watcher.model import Claim, Report, StoryFile
    from watcher.pipeline.corrections_told import Done
    from watcher.store import Database
    from watcher.store.corrections import Decided

KEYS = "c confirm · d dismiss · e edit the count · m merge with · s skip · o print links · q quit"
CHECKED = "checked against its sources"  # the reason of a check, where nothing else is typed


@click.command(short_help="Go through the stories that nobody has checked.")
@paths_options
@click.option("--since", type=Since(), metavar="7d|DATE", help="Only stories of this day or later.")
@click.option("--nationality", type=Nationality(), metavar="JP|Japanese", help="Only stories with people of this country.")
@by_option
@json_option
@click.pass_context
def review(context: click.Context, since: timedelta | datetime | None, nationality: str | None, by: str | None, as_json: bool) -> None:
    """Go through the stories that nobody has checked, newest first, with their figures, sources and sentences; one key each.

    What you decide is stored at once; you may stop at any time. Without a terminal, or with --json, they are listed.

    \b
    Examples:
      watcher stories review --by Dara
      watcher stories review --since 7d --nationality JP --by Dara
      watcher stories review --json
    """
    from watcher.cli.opening import open_archive
    from watcher.cli.show import counted, note, say, show_json
    from watcher.pipeline.tools import utc_now
    from watcher.store import listing
    from watcher.store import stories as archive
    from watcher.story import story_json

    database = open_archive(context)
    first = first_day(context, since, utc_now())
    ids = listing.find(database, listing.Wanted(nationality=nationality, since=first, checked=False))
    if as_json:
        show_json([story_json(one) for one in archive.load_many(database, ids)])
    elif not ids:
        say("Every story like that was checked by a person." if since or nationality else "Every story was checked by a person.")
    elif on_terminal():
        _Review(context, person(by), local_zone(context)).go_through(database, ids)
    else:
        for line in story_rows(archive.load_many(database, ids)):
            say(line)
        note(
            f"{counted(len(ids), 'story', 'stories')} that nobody has checked. On a terminal, one key each: watcher stories review --by NAME"
        )


class _Review:
    """One sitting: who sits there, and what each key does."""

    def __init__(self, context: click.Context, by: str, zone: ZoneInfo) -> None:
        self.context, self.by, self.zone = context, by, zone

    def go_through(self, database: Database, ids: list[int]) -> None:
        """Show each story and do what is asked; a story that is meanwhile merged, dismissed or checked is passed over."""
        from watcher.cli.show import counted, say
        from watcher.store import stories as archive

        done = 0
        for place, number in enumerate(ids):
            found = archive.load(database, number)
            if found is None or found.id != number or found.dismissed or found.facts is None or found.facts.checked_by:
                continue
            say()
            for line in review_lines(found, left=len(ids) - place):
                say(line)
            answer = self._one(found)
            if answer is None:
                say(f"{counted(done, 'story', 'stories')} done, {len(ids) - place} left.")
                return
            done += answer
        say(f"{counted(done, 'story', 'stories')} done. That was the last one.")

    def _one(self, found: StoryFile) -> bool | None:
        """Ask until the story is settled: True done, False skipped, None quit."""
        from watcher.cli.show import note, say
        from watcher.errors import UsageError

        actions = {"c": self._confirm, "d": self._dismiss, "e": self._edit, "m": self._merge}
        while True:
            note(KEYS)
            key = click.getchar().lower()
            if key == "q":
                return None
            if key == "s":
                return False
            if key == "o":
                for report in found.reports:
                    say(f"  a{report.article} {report.url}")
            elif key in actions:
                try:
                    actions[key](found)
                    return True
                except UsageError as error:
                    note(str(error))

    def _confirm(self, found: StoryFile) -> None:
        from watcher.pipeline import corrections

        number = found.id or 0
        one = decided(self.by, click.prompt("Why", default=CHECKED), None)
        done = self._do(one, lambda database, who, now: corrections.confirm(database, number, who, now, self.zone))
        self._say(done, f"#{done.story} checked by {done.after.checked_by} ({done.correction.name}): {what(done.after)}.")

    def _dismiss(self, found: StoryFile) -> None:
        from watcher.pipeline import corrections

        number = found.id or 0
        done = self._do(self._why(), lambda database, who, now: corrections.dismiss(database, number, who, now))
        self._say(done, f"#{done.story} dismissed ({done.correction.name}).")

    def _edit(self, found: StoryFile) -> None:
        from watcher.pipeline import corrections
        from watcher.story.corrections import Edit, row_words

        number, rows = found.id or 0, found.facts.people if found.facts else ()
        row = None
        if len(rows) > 1:
            for place, one in enumerate(rows, start=1):
                click.echo(f"  {place}  {row_words(one)}")
            row = click.prompt("Which figure", type=click.IntRange(1, len(rows)))
        typed = Edit(count=click.prompt("How many people", type=int), row=row)
        done = self._do(self._why(), lambda database, who, now: corrections.edit(database, number, typed, who, now, self.zone))
        self._say(done, f"#{done.story} edited ({done.correction.name}): {what(done.after)}.")

    def _merge(self, found: StoryFile) -> None:
        from watcher.pipeline import corrections

        number = found.id or 0
        other = story_number(click.prompt("Merge with story number"))
        done = self._do(self._why(), lambda database, who, now: corrections.merge(database, number, other, who, now))
        self._say(done, f"#{done.other} is now #{done.story} ({done.correction.name}): {what(done.after)}.")

    def _why(self) -> Decided:
        return decided(self.by, click.prompt("Why"), None)

    def _do(self, one: Decided, attempt: Callable[[Database, Decided, datetime], Done]) -> Done:
        return correct(self.context, one, attempt, self.zone, ask=True)

    def _say(self, done: Done, line: str) -> None:
        say_done(done, [line], self.zone, [], as_json=False)


def review_lines(story: StoryFile, *, left: int) -> list[str]:
    """A story as it is to be judged: headline, figures, who says it, and each sentence with a figure."""
    from watcher.cli.show import day, safe, wrapped
    from watcher.digest.figures import route
    from watcher.story.corrections import row_words

    facts = story.facts
    assert facts is not None, "a stored story has facts"
    lines = [
        f"#{story.id}  {safe(facts.headline)}   ({left} left)",
        f"     {safe(', '.join(filter(None, (route(facts), day(facts.date))))) or 'place and date not said'}",
    ]
    for row in facts.people:
        differ = "; ".join(f"{source} {figure}" for source, figure in row.figures)
        lines.append(f"     {row_words(row)}" + (f" (figures differ: {safe(differ)})" if differ else ""))
    lines += wrapped(f"{facts.confidence.value.replace('_', ' ')}: {safe(', '.join(facts.sources))}", first=" " * 5, rest=" " * 7)
    for report in story.reports:
        lines += _report(report)
    return lines


def _report(report: Report) -> list[str]:
    from watcher.cli.show import day, safe, wrapped

    head = f"{safe(report.source)} ({report.language or '?'}), {day(report.time)}, {report.role.value}: {safe(report.title)}"
    lines = wrapped(head, first="  ", rest="    ")
    said: dict[str, list[Claim]] = {}
    for claim in report.claims:
        said.setdefault(claim.sentence, []).append(claim)
    for sentence, claims in said.items():
        roles = ", ".join(dict.fromkeys(f"{claim.role.value} {claim.printed}".strip() for claim in claims))
        lines += wrapped(f"“{safe(sentence)}” ({safe(roles)})", first="    ", rest="      ")
    return lines
