"""StoryFile -> whether an audience asked for it: the `where` of a digest or alert. Empty lists ask for everything."""

from __future__ import annotations

from collections.abc import Collection

from watcher.model import Stage, StoryFile


def concerns(
    story: StoryFile,
    *,
    nationality: Collection[str] = (),
    stage: Collection[Stage] = (),
    language: Collection[str] = (),
    rule: Collection[str] = (),
) -> bool:
    """Return whether a story is what an audience wants to hear of: every list that is given must have one of the story's."""
    facts = story.facts
    nationalities = {code for row in facts.people for code in row.nationality or ()} if facts else set()
    stages = {row.stage for row in facts.people} | ({facts.stage} if facts and facts.stage else set()) if facts else set()
    languages = {report.language for report in story.reports}
    rules = {name for report in story.reports for name in report.rules}
    wanted = ((nationality, nationalities), (stage, stages), (language, languages), (rule, rules))
    return all(not asked or bool(set(asked) & found) for asked, found in wanted)
