"""Events -> articles: which outlets write of each step, in which language, with what left out or rounded.

Deterministic by its seed. Real coverage is uneven: most steps are told by one to three outlets, a few by a dozen; some
copy an agency word for word, some print a headline only, some leave out the date, the town or the figure.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from generated.sentences import SENTENCES
from generated.tongues import TONGUES, Tongue
from generated.world import Event, Step, World
from watcher.model import Entry

LANGUAGES = ("en", "zh", "ja", "ko", "th", "vi", "id", "fr", "es", "ru")
SHARES = (30, 14, 9, 9, 9, 9, 10, 4, 3, 3)
HOME = {"CN": "zh", "TW": "zh", "JP": "ja", "KR": "ko", "TH": "th", "VN": "vi", "ID": "id"}  # whose press writes of its own people
_SPACE = {"zh": "", "ja": ""}  # between sentences
ARTICLES_A_MONTH = 33  # about what `World` brings a month; only to know how many months to make


@dataclass(frozen=True)
class Article:
    """One article and what is true of it. `event` is None where it only looks back, at `looks_back_at`."""

    number: int
    event: str | None
    title: str
    text: str
    language: str
    source: str
    published: datetime
    looks_back_at: str | None = None
    wave: str | None = None

    def entry(self) -> Entry:
        """The article as a feed brings it."""
        url = f"https://outlet.example/news/{self.number}"
        return Entry(
            key=url, url=url, canonical_url=url, title=self.title, text=self.text, language=self.language, published=self.published,
            source=self.source,
        )  # fmt: skip


def articles(wanted: int = 2_000, seed: int = 4) -> list[Article]:
    """Return `wanted` articles, oldest first."""
    months = wanted // ARTICLES_A_MONTH + 4
    desk = _Desk(random.Random(seed + 1), World(seed, months).events())
    written = sorted(desk.write(), key=lambda article: (article.published, article.number))[:wanted]
    return [replace(article, number=number) for number, article in enumerate(written, start=1)]


class _Desk:
    """All newsrooms together."""

    def __init__(self, chance: random.Random, events: list[Event]) -> None:
        self.chance = chance
        self.events = events
        self.number = 0

    def write(self) -> Iterator[Article]:
        for event in self.events:
            for step in event.steps:
                yield from self._of_step(event, step)
            if self.chance.random() < 0.06:
                yield from self._only_looks_back(event)

    def _of_step(self, event: Event, step: Step) -> Iterator[Article]:
        queue = step.what == "queue"
        outlets = 1 + min(9, int(self.chance.expovariate(1.2 if queue or event.wave else 0.75)) + (step.number > 300))
        for _ in range(outlets):
            own = self._article(event, step)
            yield own
            if own.text and self.chance.random() < 0.18:
                yield from self._copies(own)

    def _copies(self, own: Article) -> Iterator[Article]:
        """Other outlets that print the same words, with a line of their own before or after."""
        for _ in range(self.chance.randint(1, 3)):
            line = self.chance.choice(("", "Follow us for more news.", "(Agency)", "Read more on our page."))
            later = own.published + timedelta(hours=self.chance.randint(1, 20))
            yield replace(own, number=self._next(), source=self._outlet(own.language), text=f"{own.text} {line}".strip(), published=later)

    def _article(self, event: Event, step: Step) -> Article:
        code = self._language(step)
        tongue, words = TONGUES[code], SENTENCES[code]
        published = step.day + timedelta(days=self.chance.choices((0, 1, 2, 3), (45, 38, 12, 5))[0])
        number = step.corrected if step.corrected and published > step.day else step.number
        nations, parts = step.nations, step.parts
        if parts and self.chance.random() < 0.2:  # the press of one country tells of its own people only
            number, nation = self.chance.choice(parts)
            nations, parts = (nation,), ()
        elif (parts and self.chance.random() < 0.6) or (not parts and self.chance.random() < 0.03):
            nations = ()
        title_who, who = self._who(tongue, number, nations)
        title = self._title(words, step, title_who)
        if self.chance.random() < 0.1:
            return self._finished(event, code, title, "", published)
        text = self._text(event, step, tongue, who, parts)
        return self._finished(event, code, title, text, published)

    def _who(self, tongue: Tongue, number: int, nations: tuple[str, ...]) -> tuple[str, str]:
        """The people as the headline has them, and as the text has them."""
        exact = tongue.who(number, nations)
        loose = exact
        if number >= 20 and self.chance.random() < 0.3:
            unit = 100 if number > 250 else 10
            down, near, up = number // unit * unit, round(number / unit) * unit, -(-number // unit) * unit
            wording = self.chance.choice(("more_than", "more_than", "nearly")) if tongue.more_than else "about"
            loose = tongue.who({"more_than": down, "nearly": up, "about": near}[wording], nations, wording)
            exact = loose if self.chance.random() < 0.3 else exact
        if nations and self.chance.random() < 0.12:
            loose = tongue.who(None, nations)
            exact = loose if self.chance.random() < 0.15 else exact  # a text without any figure is rare
        return loose, exact

    def _title(self, words: dict[str, tuple[str, ...]], step: Step, who: str) -> str:
        title = self._say(words, f"title_{step.what}", who=who)
        if self.chance.random() < 0.5:
            title += " - " + self.chance.choice(words["what"])
        return title[0].upper() + title[1:]

    def _text(self, event: Event, step: Step, tongue: Tongue, who: str, parts: tuple[tuple[int, str], ...]) -> str:
        words = SENTENCES[tongue.code]
        dated = self.chance.random() < 0.8
        main = self._say(
            words, step.what, who=who, place=tongue.places[step.place], to=tongue.countries[(step.nations or ("CN",))[0]],
            on=tongue.on(step.day) if dated else "", day=tongue.bare(step.day),
        )  # fmt: skip
        told = [main]
        if len(parts) == 2:
            a, b = (tongue.who(number, (nation,)) for number, nation in parts)
            told.append(self._say(words, "parts", a=a, b=b))
        told += self._came_before(step, tongue)
        fillers = [self._filler(tongue.code) for _ in range(self.chance.randint(2, 5))]
        told[1:1] = fillers[:1]
        told += fillers[1:]
        told += self._besides(event, step, tongue)
        return _SPACE.get(tongue.code, " ").join(sentence[0].upper() + sentence[1:] for sentence in told)

    def _came_before(self, step: Step, tongue: Tongue) -> Iterator[str]:
        """The earlier step of the same people, as most articles on the later one tell it."""
        words = SENTENCES[tongue.code]
        if step.held_since is None:
            return
        place, since = tongue.places[step.place], tongue.during(step.held_since)
        if step.whole and self.chance.random() < 0.8:
            yield self._say(words, "of_whole", whole=tongue.who(step.whole, step.nations), place=place, since=since)
        elif self.chance.random() < 0.6:
            yield self._say(words, "were_held", place=place, since=since)

    def _besides(self, event: Event, step: Step, tongue: Tongue) -> Iterator[str]:
        """Other people's older events, and sums of months."""
        words = SENTENCES[tongue.code]
        older = [
            other
            for other in self.events
            if other.name != event.name and other.steps[-1].what == "out" and 40 <= (step.day - other.steps[-1].day).days <= 300
        ]
        same = [other for other in older if set(other.steps[-1].nations) & set(step.nations) and not other.steps[-1].parts]
        if same and self.chance.random() < 0.12:
            yield self._back(self.chance.choice(same), tongue)
        if self.chance.random() < 0.12:
            since = step.day - timedelta(days=self.chance.randint(60, 240))
            who = tongue.who(self.chance.randint(1_900, 30_000), (), "more_than" if self.chance.random() < 0.5 else "exact")
            yield self._say(words, "tally", who=who, since=tongue.during(since), month=tongue.during(since).rpartition(" ")[2])

    def _back(self, older: Event, tongue: Tongue) -> str:
        last = older.steps[-1]
        who = tongue.who(last.number, last.nations)
        return self._say(SENTENCES[tongue.code], "back", who=who, since=tongue.during(last.day))

    def _only_looks_back(self, event: Event) -> Iterator[Article]:
        """A feature, months later or by a careless date before, that tells of the event as of something past."""
        last = event.steps[-1]
        if last.what != "out" or last.parts or last.corrected:
            return
        code = self.chance.choices(LANGUAGES, SHARES)[0]
        fillers = [self._filler(code) for _ in range(3)]
        text = _SPACE.get(code, " ").join([fillers[0], self._back(event, TONGUES[code]), *fillers[1:]])
        published = last.day + timedelta(days=self.chance.randint(45, 250))
        article = self._finished(event, code, self.chance.choice(SENTENCES[code]["what"]), text, published)
        yield replace(article, event=None, looks_back_at=event.name)

    def _filler(self, code: str) -> str:
        """A sentence that tells nothing of how many."""
        between = "" if code in ("zh", "ja", "th") else " "
        end = {"zh": "。", "ja": "。", "th": ""}.get(code, ".")
        return self.chance.choice(SENTENCES[code]["says"]) + between + self.chance.choice(SENTENCES[code]["what"]) + end

    def _language(self, step: Step) -> str:
        nation = step.nations[0] if step.nations else ""
        if nation in HOME and self.chance.random() < 0.4:
            return HOME[nation]
        return self.chance.choices(LANGUAGES, SHARES)[0]

    def _say(self, words: dict[str, tuple[str, ...]], kind: str, **slots: str) -> str:
        pattern = self.chance.choice(words[kind])
        if slots.get("on") == "":
            pattern = re.sub(r"(เมื่อ|于)?\{on\}[，、]?", "", pattern)
        return re.sub(r" +([ ,])", r"\1", pattern.format(**slots)).strip()

    def _outlet(self, code: str) -> str:
        return f"{code.upper()} outlet {self.chance.randint(1, 9)}"

    def _finished(self, event: Event, code: str, title: str, text: str, day: date) -> Article:
        published = datetime.combine(day, time(self.chance.randint(0, 14), self.chance.randrange(60)), UTC)
        return Article(self._next(), event.name, title, text, code, self._outlet(code), published, wave=event.wave)

    def _next(self) -> int:
        self.number += 1
        return self.number
