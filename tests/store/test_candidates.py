"""The stories that a new report is compared with: what is kept for it says the same as the claims, and costs few statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlite_utils import Database

from watcher import story
from watcher.model import ArticleRole, Claim, Entry, Feed, Join, Level, Qualifier, Report, Role, Stage, StoryFile, Verdict
from watcher.store import candidates, entries, stories, transaction, verdicts
from watcher.story.kinship import known

LOOK_BACK = Claim(Role.BACKGROUND, Stage.DEPORTED, count=19, nationality=("JP",), date=date(2023, 4, 1), date_precision="month")
HELD = Claim(
    Role.MAIN, Stage.ARRESTED, count=376, count_max=376, nationality=("CN", "TW"), places=("Poipet",), origin="KH", date=date(2023, 10, 1),
    date_precision="month", qualifier=Qualifier.ABOUT, printed="some 376",
)  # fmt: skip
PART = Claim(Role.PART, Stage.ARRESTED, count=151, count_max=151, nationality=("CN",))
NAMED = Claim(Role.MAIN, Stage.SENTENCED, count=1, count_max=1, person="Example Person", nationality=None)


def stored(database: Database, feed: Feed, now: datetime, key: str, *claims: Claim, on: date = date(2023, 11, 8)) -> Report:
    """An article with its verdict and claims, as the corridor hands it to the story room."""
    url, published = f"https://outlet.test/{key}", datetime(on.year, on.month, on.day, tzinfo=UTC)
    entry = Entry(key, url, url, key, f"Text of {key}.", published=published, source=key)
    saved = entries.save(database, feed.id, [entries.Judged(entry, Verdict(Level.MATCH, ("any",)), claims)], {}, now=now, live=True)
    verdicts.save(database, saved, verdicts.rule_set(database, "a", "", now), now)
    return Report(
        article=saved[0].article, revision=saved[0].revision, url=url, canonical_url=url, title=entry.title, text=entry.text, source=key,
        language=None, published=published, first_seen=now, claims=claims,
    )  # fmt: skip


def flight(on: date) -> Claim:
    return Claim(Role.MAIN, Stage.DEPORTED, count=25, count_max=25, nationality=("JP",), date=on, date_precision="day")


def opened(database: Database, report: Report, now: datetime) -> int:
    """A story of one report, without what is kept for comparing."""
    file = StoryFile(id=None, reports=(report,), first_seen=now)
    facts = story.decide(file)
    identity = stories.create(database, facts, first_seen=now, now=now)
    stories.put_article(database, identity, report, Join(identity, ArticleRole.REPORT, "first report"), now)
    stories.set_facts(database, identity, facts, story.index_keys(file), story.event_day(report), now)
    return identity


def compared(file: StoryFile) -> StoryFile:
    """A story as it is kept for comparing: no claims, no texts."""
    return replace(file, reports=tuple(replace(report, claims=(), text="") for report in file.reports), people=story.pack(file))


def test_what_is_kept_for_comparing_says_what_the_claims_say(database: Database, feed: Feed, now: datetime) -> None:
    """A story that forgot a figure, a part or a month's reach on its way through the archive would be joined otherwise."""
    with transaction(database):
        for key, claims in (("held", (HELD, PART)), ("named", (NAMED,)), ("back", (flight(date(2023, 11, 8)), LOOK_BACK))):
            report = stored(database, feed, now, key, *claims)
            file = StoryFile(id=1, reports=(report,))
            again, once = known(compared(file)), known(file)
            assert again.groups == once.groups and [one.phase for one in again.groups] == [one.phase for one in once.groups]
            same = [(claim.nationality, claim.count, claim.qualifier, claim.date, claim.date_precision) for claim in once.mentions]
            assert same == [(claim.nationality, claim.count, claim.qualifier, claim.date, claim.date_precision) for claim in again.mentions]


def test_a_candidate_is_found_with_what_is_kept_or_else_with_its_claims(database: Database, feed: Feed, now: datetime) -> None:
    """After an upgrade that compares otherwise, older stories must still be found, and joined as before."""
    with transaction(database):
        first = stored(database, feed, now, "first", flight(date(2023, 11, 8)))
        identity = opened(database, first, now)
        report = stored(database, feed, now, "second", flight(date(2023, 11, 9)), on=date(2023, 11, 9))
        (from_claims,) = candidates.find(database, *story.wanted(report))
        assert from_claims.people is None and from_claims.reports[0].claims == first.claims
        candidates.put(database, identity, [first], story.pack(from_claims), story.FORM)
        (kept,) = candidates.find(database, *story.wanted(report))
        assert kept.people is not None and kept.reports[0].claims == ()
        (told,) = kept.reports
        assert (told.canonical_url, told.title, told.time) == (first.canonical_url, first.title, first.time)
        assert story.join(report, [kept]) == story.join(report, [from_claims])
        (other_form,) = candidates.find(database, *story.wanted(report)._replace(form=story.FORM + 1))
        assert other_form.people is None and other_form.reports[0].claims == first.claims


def test_finding_candidates_asks_the_database_three_times_at_most(database: Database, feed: Feed, now: datetime) -> None:
    """Each statement costs as much as comparing a story; their number must not grow with the stories that are found."""
    with transaction(database):
        for number in range(12):
            day = date(2023, 11, 8) + timedelta(days=number % 5)
            one = stored(database, feed, now, f"outlet-{number}", flight(day), on=day)
            candidates.put(database, opened(database, one, now), [one], story.pack(StoryFile(1, (one,))), story.FORM)
        report = stored(database, feed, now, "new", flight(date(2023, 11, 9)), on=date(2023, 11, 9))
        asked: list[str] = []
        database.conn.set_trace_callback(asked.append)
        found = candidates.find(database, *story.wanted(report))
        database.conn.set_trace_callback(None)
        assert len(found) >= candidates.MOST_FIGURES and len(asked) <= 3


def test_the_same_keys_are_not_written_again_and_all_follow_their_storys_day(database: Database, feed: Feed, now: datetime) -> None:
    """Of several stories that fit, the nearest in time is compared: a key with an old day would hide a story."""
    with transaction(database):
        report = stored(database, feed, now, "one", flight(date(2023, 11, 8)))
        identity = opened(database, report, now)
        facts = story.decide(StoryFile(None, (report,)))
        stories.set_facts(database, identity, facts, ["a", "b"], date(2023, 11, 8), now)
        before = database.conn.total_changes
        stories.set_facts(database, identity, facts, ["b", "c"], date(2023, 11, 9), now)
        assert database.conn.total_changes > before
        rows = database.conn.execute("SELECT key, day FROM story_keys WHERE story = ? ORDER BY key", (identity,)).fetchall()
        assert rows == [("b", date(2023, 11, 9).toordinal()), ("c", date(2023, 11, 9).toordinal())]
