"""Invented stories, accounts and digests for the digest tests: what a room before this one would hand over.

All names of outlets but the big agencies are invented, and so is every sentence.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from watcher.model import (
    Account,
    ArticleRole,
    Called,
    ChangeKind,
    Claim,
    Confidence,
    Digest,
    Facts,
    FeedProblem,
    HealthState,
    LinkKind,
    PeopleRow,
    Possible,
    Qualifier,
    Report,
    Role,
    Stage,
    Status,
    StoryFile,
    Told,
)

MORNING = datetime(2023, 11, 9, 0, 0, tzinfo=UTC)  # Thu 9 Nov 2023, 07:00 in Phnom Penh
ZONE = "Asia/Phnom_Penh"
OPERATOR = "ops@example.org"
THE_DAY = date(2023, 11, 8)

SENTENCES = {
    "en": "Twenty-five Japanese men held over phone fraud left Phnom Penh on a chartered plane on Wednesday.",
    "ja": "カンボジアで拘束されていた日本人25人が8日、チャーター機で日本に移送された。",
    "km": "ជនជាតិជប៉ុនចំនួន ២៥នាក់ ត្រូវបាននិរទេសចេញពីរាជធានីភ្នំពេញ ពាក់ព័ន្ធករណីឆបោកតាមប្រព័ន្ធអនឡាញ។",
    "th": "กัมพูชาส่งตัวชาวไทย 60 คนกลับประเทศ หลังถูกจับในคดีแก๊งคอลเซ็นเตอร์ที่ปอยเปต",
    "zh": "柬埔寨周三将110名涉嫌电信诈骗的中国公民从西哈努克市遣返回国，警方称行动仍在继续。",
    "ko": "캄보디아 당국은 온라인 사기에 연루된 한국인 14명을 수요일 인천으로 송환했다고 밝혔다.",
    "vi": "Campuchia đã trục xuất 38 người Việt Nam liên quan đến đường dây lừa đảo trực tuyến tại Bavet.",
    "bn": "কম্বোডিয়া থেকে অনলাইন প্রতারণা কেন্দ্রে আটক ২০ বাংলাদেশিকে বুধবার দেশে ফেরত পাঠানো হয়েছে।",
}


def claim(sentence: str, printed: str = "", **changes: object) -> Claim:
    """A main claim about deported people, as the reading room makes it."""
    base = Claim(role=Role.MAIN, stage=Stage.DEPORTED, printed=printed, sentence=sentence, date=THE_DAY, date_precision="day")
    return replace(base, **changes)


def report(source: str, language: str | None = "en", *, sentence: str | None = None, url: str | None = None, **changes: object) -> Report:
    """An article of an outlet, with one claim."""
    text = SENTENCES.get(language or "en", SENTENCES["en"]) if sentence is None else sentence
    base = Report(
        article=1,
        revision=1,
        url=url or f"https://{source.lower().replace(' ', '')}.example/news/2023/11/08/1",
        canonical_url="",
        title=f"Title of {source}",
        text="",
        source=source,
        language=language,
        published=MORNING - timedelta(hours=10),
        first_seen=MORNING - timedelta(hours=9),
        claims=(claim(text),),
    )
    return replace(base, **changes)


def row(
    count: int | None,
    nationality: tuple[str, ...] | None,
    stage: Stage = Stage.DEPORTED,
    *,
    count_max: int | None = None,
    qualifier: Qualifier = Qualifier.EXACT,
    status: Status = Status.DONE,
    day: date | None = THE_DAY,
    figures: tuple[tuple[str, str], ...] = (),
) -> PeopleRow:
    """People who reached a stage."""
    return PeopleRow(stage, status, nationality, count, count_max if count_max is not None else count, qualifier, day, figures)


def facts(*rows: PeopleRow, sources: tuple[str, ...] = ("AP",), **changes: object) -> Facts:
    """What a story says."""
    base = Facts(
        headline="Invented headline",
        stage=rows[0].stage if rows else None,
        date=THE_DAY,
        origin="KH",
        to=(),
        places=(),
        called=Called.NOT_SAID,
        people=rows,
        total=None,
        total_max=None,
        confidence=Confidence.INDEPENDENT if len(sources) > 1 else Confidence.ONE_SOURCE,
        sources=sources,
    )
    return replace(base, **changes)


def story(number: int, said: Facts, *reports: Report, links: tuple[tuple[int, LinkKind], ...] = ()) -> StoryFile:
    """A stored story."""
    return StoryFile(number, reports or tuple(report(name) for name in said.sources), said, links=links)


def japanese() -> StoryFile:
    """#12: two outlets of their own, five copies, an earlier case."""
    said = facts(
        row(25, ("JP",)),
        sources=("AP", "Kyodo"),
        places=("Phnom Penh",),
        to=("JP",),
        called=Called.SUSPECTS,
        copies=tuple((f"Copy {number}", "AP") for number in range(5)),
    )
    ap = report("AP", claims=(claim(SENTENCES["en"], "Twenty-five", called=Called.SUSPECTS),))
    copy = report("Copy 1", role=ArticleRole.COPY)
    return story(12, said, ap, report("Kyodo", "ja"), copy, links=((7, LinkKind.BACKGROUND),))


def chinese() -> StoryFile:
    """#13: figures differ, one outlet belongs to a state, the quote is foreign."""
    figures = (("Khmer Times", "110"), ("Xinhua", "112"), ("Police", '"more than 100"'))
    said = facts(
        row(110, ("CN",), count_max=112, figures=figures), sources=("Khmer Times", "Xinhua"), places=("Sihanoukville",), to=("CN",)
    )
    return story(13, said, report("Khmer Times", "zh"), report("Xinhua", "zh", state_media=True))


def earlier() -> StoryFile:
    """#7: the earlier case that #12 points to."""
    return story(7, facts(row(19, ("JP",)), date=date(2023, 4, 11), to=("JP",)))


def deported_later() -> Told:
    """#9 again: 74 of the 376 were deported."""
    rows = (row(376, ("CN", "TW"), Stage.ARRESTED, day=date(2023, 8, 2)), row(74, ("CN", "TW")))
    said = facts(*rows, sources=("Khmer Times",), to=("CN",))
    before = facts(rows[0], date=date(2023, 8, 2))
    return Told(
        story(9, said, report("Khmer Times", sentence="Seventy-four of them were put on a plane on Wednesday.")),
        ChangeKind.STAGE,
        "stage",
        before,
    )


def withdrawn() -> Told:
    """#11: told yesterday, and wrong."""
    before = facts(row(60, ("CN",)))
    told = datetime(2023, 11, 8, 0, 0, tzinfo=UTC)
    return Told(story(11, before), ChangeKind.WITHDRAWN, "Myanmar, not Cambodia", before, told)


def foreign(number: int, language: str, code: str, count: int, source: str, place: str) -> StoryFile:
    """A story of which only one foreign report exists."""
    return story(number, facts(row(count, (code,)), sources=(source,), places=(place,), to=(code,)), report(source, language))


def new(story_file: StoryFile, *, late: bool = False) -> Told:
    """A story told for the first time."""
    return Told(story_file, ChangeKind.NEW, "first report", late=late)


ALL_READ = Account(
    read=(("km", 9, 9), ("zh", 4, 4), ("th", 3, 3), ("ko", 3, 3), ("en", 42, 42), ("ja", 3, 3)),
    must_read=("km", "zh", "ko", "th"),
    not_covered=("Facebook and Telegram of police and Immigration Department",),
    self_test=datetime(2023, 11, 8, 23, 58, tzinfo=UTC),
    items=1204,
    rules="7f3a-91c2",
    rules_since=datetime(2023, 11, 2, 3, 0, tzinfo=UTC),
)
KOH = FeedProblem("Koh Santepheap", "km", datetime(2023, 11, 6, 3, 0, tzinfo=UTC), "403", new=False, state=HealthState.BLOCKED)
NHK = FeedProblem("NHK", "ja", datetime(2023, 11, 8, 18, 0, tzinfo=UTC), "timeout", new=True, state=HealthState.FAILING)
SOME_UNREAD = replace(
    ALL_READ,
    read=(("km", 7, 9), ("zh", 4, 4), ("th", 3, 3), ("ko", 3, 3), ("en", 41, 42), ("ja", 2, 3)),
    problems=(NHK, KOH),
    silent=(
        FeedProblem("Kampot Post", "en", datetime(2023, 10, 31, 3, 0, tzinfo=UTC), "no new item", new=False, state=HealthState.SILENT),
    ),
    gaps=(("VnExpress", datetime(2023, 11, 8, 20, 10, tzinfo=UTC), datetime(2023, 11, 8, 23, 40, tzinfo=UTC)),),
    title_only=6,
)
KHMER_UNREAD = replace(
    ALL_READ,
    read=(("km", 0, 9), *ALL_READ.read[1:]),
    problems=(KOH, replace(KOH, title="Rasmei News", new=True), replace(KOH, title="DAP"), replace(KOH, title="Fresh", key=False)),
)
POSSIBLE = (
    Possible("Plane with foreigners leaves Phnom Penh", "Kampot Post", "https://kampot.example/1", "en", "no people named"),
    Possible("ตำรวจตรวจค้นอาคารในปอยเปต", "Thai Daily", "https://thaidaily.example/2", "th", "full article could not be read"),
    Possible("金边警方突查一公寓", "Bayon News", "https://bayon.example/3", "zh", "full article could not be read"),
)


def digest(*told: Told, account: Account = ALL_READ, **changes: object) -> Digest:
    """The daily digest of Thu 9 Nov 2023, no. 143."""
    base = Digest(
        name="daily",
        number=143,
        local_date=date(2023, 11, 9),
        time_zone=ZONE,
        at="07:00",
        every="day",
        period_start=MORNING - timedelta(days=1),
        period_end=MORNING,
        told=told,
        possible=(),
        possible_total=0,
        account=account,
        previous_number=142,
        previous_at=MORNING - timedelta(days=1),
        contact=OPERATOR,
        reads=("en",),
        linked=(earlier(),),
    )
    return replace(base, **changes)


def normal_day() -> Digest:
    """The day of the sketch: two new stories, an update, a correction, and a source that was not read."""
    return digest(
        withdrawn(),
        new(japanese()),
        new(chinese()),
        deported_later(),
        account=SOME_UNREAD,
        possible=POSSIBLE,
        possible_total=4,
        month_totals=(("JP", 25, 25), ("CN", 110, 112)),
        month_stories=2,
    )


def many_languages() -> Digest:
    """Foreign reports only, read by somebody who reads Khmer."""
    told = (
        new(story(12, japanese().facts or facts(), report("Kyodo", "ja"), report("Rasmei News", "km"))),
        new(foreign(14, "th", "TH", 60, "Thai Daily", "Poipet")),
        new(foreign(15, "zh", "CN", 110, "Bayon News", "Sihanoukville")),
        new(foreign(16, "ko", "KR", 14, "Seoul Post", "Phnom Penh")),
        new(foreign(17, "vi", "VN", 38, "Saigon News", "Bavet")),
        new(foreign(18, "bn", "BD", 20, "Dhaka Daily", "Phnom Penh")),
        new(foreign(19, "ja", "JP", 1, "Tokyo Daily", "Phnom Penh")),
    )
    return digest(*told, reads=("km", "en"), month_totals=(("JP", 26, 26), (None, 40, 45)), month_stories=7)


def first_mail() -> Digest:
    """START: the archive held stories before the first mail."""
    return digest(
        first=True,
        start_stories=(japanese(), chinese(), earlier()),
        number=1,
        previous_number=None,
        previous_at=None,
        period_start=MORNING - timedelta(hours=2),
        month_totals=(("JP", 25, 25), ("CN", 110, 112)),
        month_stories=2,
    )


def outage_mail() -> Digest:
    """The late mail as it really is: from when to when, and what could not be read later."""
    start, end = MORNING - timedelta(days=4, hours=1), MORNING - timedelta(hours=1)
    account = replace(
        SOME_UNREAD, outages=((start, end),), gaps=(("VnExpress", start, end), ("Rasmei News", start, end)), must_gaps=("Rasmei News",)
    )
    return replace(late_mail(), account=account)


def not_delivered() -> Digest:
    """Yesterday's mail did not reach everybody, nor did an alert to somebody else."""
    lost = (("digest daily no. 142 of 2023-11-08", "staff"), ("alert new-story no. 12 of 2023-11-08", "slack-news"))
    return digest(
        new(japanese()),
        account=replace(ALL_READ, undelivered=lost, own_undelivered=(142,)),
        month_totals=(("JP", 25, 25),),
        month_stories=1,
    )


def self_test_failed() -> Digest:
    """A day without a story on which nothing can be believed, with all that can be wrong beside it."""
    old = tuple(replace(KOH, title=f"Old Paper {number}", since=MORNING - timedelta(days=60)) for number in range(7))
    shrunk = FeedProblem("Rasmei News", "km", MORNING - timedelta(days=2), "3 items", new=False, state=HealthState.SHRUNK)
    account = replace(
        SOME_UNREAD, self_test_failed=MORNING - timedelta(minutes=1), rules_problem="rules.toml:3: unknown key", waiting_leads=14, partial=(shrunk,),
        problems=(*SOME_UNREAD.problems, *old),
    )  # fmt: skip
    return digest(account=account)


def late_mail() -> Digest:
    """One mail for five days without one, with what the gap held."""
    missed = tuple(date(2023, 11, day) for day in range(5, 10))
    return digest(
        new(japanese(), late=True),
        missed_dates=missed,
        month_totals=(("JP", 25, 25),),
        month_stories=1,
        period_start=MORNING - timedelta(days=5),
        previous_at=MORNING - timedelta(days=5),
    )


SAMPLES = {
    "normal-day": normal_day,
    "empty-all-read": digest,
    "empty-khmer-not-read": lambda: digest(account=KHMER_UNREAD),
    "start": first_mail,
    "late": late_mail,
    "languages": many_languages,
    "late-with-gaps": outage_mail,
    "not-delivered": not_delivered,
    "self-test-failed": self_test_failed,
}
