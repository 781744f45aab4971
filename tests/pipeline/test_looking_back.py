"""Articles that only look back, through the whole corridor: they open no story, and wait for the one they are about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from corridor import bring, column, count, entry

from watcher.model import Entry
from watcher.store import stories

FLOWN = datetime(2026, 2, 10, 9, tzinfo=UTC)


def feature(published: datetime) -> Entry:
    """A text that matches, and tells of nobody but the people of an older flight."""
    return replace(
        entry(0, "", published, key="feature", source="Herald"),
        title="Life after the scam compound: a Cambodian town tries to forget",
        text="Cambodia's police closed the online scam in Poipet long ago. In February, 31 Thais were deported from Cambodia.",
    )


def test_an_article_that_only_looks_back_is_background_once_its_story_comes(database, watch) -> None:
    """Archives are filled backwards: the feature of June is read before the flight of February is found, and belongs beside it."""
    later = datetime(2026, 6, 20, 9, tzinfo=UTC)
    taken = bring(database, watch, "Herald", later, feature(later))
    assert (taken.matches, taken.changes) == (1, ())
    assert (count(database, "stories"), count(database, "story_articles")) == (0, 0)
    bring(database, watch, "Courier", later + timedelta(hours=1), entry(31, "Thais", FLOWN))
    (story,) = column(database, "SELECT id FROM stories")
    assert [(one.source, one.role.value) for one in stories.load(database, story).reports] == [
        ("Courier", "report"),
        ("Herald", "background"),
    ]
    assert stories.load(database, story).facts.total == 31
    bring(database, watch, "Courier", later + timedelta(hours=2), entry(31, "Thais", FLOWN, key="again"))
    assert count(database, "story_articles WHERE role = 'background'") == 1  # it stands there once, and waits no more


def test_an_article_that_looks_back_at_others_waits_on(database, watch) -> None:
    """Another figure in the same month is another flight; the feature must not become background of whatever comes first."""
    later = datetime(2026, 6, 20, 9, tzinfo=UTC)
    bring(database, watch, "Herald", later, feature(later))
    bring(database, watch, "Courier", later + timedelta(hours=1), entry(58, "Thais", FLOWN))
    assert count(database, "story_articles WHERE role = 'background'") == 0
