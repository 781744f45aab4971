"""Reading -> Claims: every number of people that a text states, with who, what, where and when.

One extractor for all languages; the words come from `languages/`. It reads one sentence at a time and says nothing where the text says
nothing. What one sentence states is in `counted`; which claim is the main one, a part, or an older event in `roles`; what other
sentences add of the same people in `elsewhere`. Of persons only those of the operator's list are read: one named with a step is a
claim of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from watcher.model import Claim, Language, Reading, Sentence, Stage, Status
from watcher.read.clauses import step_of
from watcher.read.counted import candidates_of, of_one, of_person
from watcher.read.dating import at_publication
from watcher.read.elsewhere import completed
from watcher.read.headline import headed
from watcher.read.leads import Lead, lead_of
from watcher.read.marks import marker
from watcher.read.numbers import numbers
from watcher.read.people import Known
from watcher.read.persons import names, with_persons
from watcher.read.roles import Candidate, assign
from watcher.read.scene import Scene, origin, scene_of
from watcher.read.semicolon import ENDS, Carried, carried, going_on, gone_further
from watcher.read.setting import is_compared, settings
from watcher.read.single import OPENING, single, with_one
from watcher.read.sums import gathered

READ = 100_000  # characters of a field; behind them stand comments and other articles
MOST = 200  # figures of one article; more is a table or an attack
LEAD = 4  # sentences of the text that tell the news itself; what stands below is more often of other people


def extract(reading: Reading, languages: Sequence[Language], persons: Sequence[str] = (), zone: str = "UTC") -> tuple[Claim, ...]:
    """Return the claims of a reading whose sentences are known, in the order of the text, the title first.

    "Today" is the day of the publication in the time zone of the feed, else in `zone`.

    Behind them stand those of `persons`, the operator's list: whoever of it is named beside a step.
    """
    if not languages:
        return ()
    published = reading.entry.published.astimezone(_zone(reading.entry.time_zone or zone)).date() if reading.entry.published else None
    walk = _Walk(reading, languages[0], persons, published)
    for at, sentence in enumerate(walk.sentences):
        if len(walk.candidates) >= MOST or sentence.start > READ:
            break
        walk.read(at, sentence)
    return walk.claims()


class _Walk:
    """The way through a text, sentence by sentence, with what was read so far."""

    def __init__(self, reading: Reading, language: Language, persons: Sequence[str], published: date | None) -> None:
        self.reading, self.language, self.published = reading, language, published
        self.sentences = reading.sentences or ()
        self.texts = {field: reading.folded(field).text for field in ("title", "text")}
        self.marked = {field: marker(language).marks(text) for field, text in self.texts.items()}
        self.listed = {field: names(text, persons, language) for field, text in self.texts.items()}
        self.placed = settings(self.sentences, self.texts, self.marked, language)
        self.known = Known()
        self.candidates: list[Candidate] = []
        self.leads: list[Lead] = []
        self.named: list[Candidate] = []  # persons of the operator's list
        self.ones: list[Candidate] = []  # one who ran a ring, without a name
        self.carried: Carried | None = None
        self.clause: list[Candidate] = []  # of the clause before, where a semicolon ends it

    def read(self, at: int, sentence: Sentence) -> None:
        """Read one sentence; most have no number, are no lead and name nobody, and cost no more than this look."""
        text = self.texts[sentence.field]
        here = numbers(text[sentence.start : sentence.end], self.language)
        leading = sum(lead.field == "text" for lead in self.leads) < LEAD
        persons = [name for name in self.listed[sentence.field] if sentence.start <= name.start < sentence.end]
        if not here and not leading and not persons:
            return
        scene = scene_of(sentence, text, self.marked[sentence.field], self.language, self.published, self.placed[at], here)
        found = self._found(at, sentence, scene)
        if leading and not found and self.candidates:
            self.candidates = _said_again(scene, self.candidates)
        self.candidates += found
        self.named += [of_person(self.reading, sentence, scene, name) for name in persons]
        self._look_for_one(at, sentence, scene)
        if leading:
            source = self.reading.folded(sentence.field).source
            self.leads.append(lead_of(scene, self.reading.span(sentence), source, self.published, counted=bool(found)))

    def claims(self) -> tuple[Claim, ...]:
        """Decide what each candidate is to the text, and fill in what other sentences say."""
        candidates = self.candidates
        if self.ones and not self.named:
            opening = " ".join(self.texts[sentence.field][sentence.start : sentence.end] for sentence in self.sentences[:OPENING])
            candidates = with_one(candidates, self.ones, opening, self.language)
        claims = assign(gathered(headed(candidates, self.leads)), self.published)
        return at_publication(with_persons(completed(claims, self.leads), self.named, self.published))

    def _found(self, at: int, sentence: Sentence, scene: Scene) -> list[Candidate]:
        """The candidates of a sentence, with what the clause before a semicolon and the place in the text say of them."""
        found = candidates_of(self.reading, sentence, scene, scene.figures, self.known)
        if self.carried is not None:
            found = [going_on(each, *self.carried) for each in found]
        if is_compared(at, self.placed) or (self.candidates and any(scene.marks.within(scene.start, scene.end, "other_case"))):
            found = [replace(each, elsewhere=True) for each in found]
        if at > OPENING + LEAD:
            found = [replace(each, low=True) for each in found]
        found = [gone_further(each, self.clause) for each in found]
        goes_on = scene.text[sentence.end - 1] in ENDS
        self.clause = found if goes_on else []
        self.carried = carried(scene, found) if goes_on else None
        return found

    def _look_for_one(self, at: int, sentence: Sentence, scene: Scene) -> None:
        titled = sentence.field == "title" or any(lead.field == "title" and lead.stages for lead in self.leads)
        if at < OPENING and titled and (one := single(scene)) is not None:
            self.ones.append(of_one(self.reading, sentence, scene, one))


def _zone(name: str) -> ZoneInfo:
    """A time zone; a wrong name is config's to report, and no reason to lose an article."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _said_again(scene: Scene, candidates: list[Candidate]) -> list[Candidate]:
    """Where nothing was said of people but their number, what is then said of "them": "Eleven Kenyans ... They were taken out of ..."."""
    if any(each.claim.stage is not None for each in candidates) or not any(scene.marks.within(scene.start, scene.end, "again")):
        return candidates
    stage, status = step_of(scene, scene.start)
    if stage is None or stage is Stage.RAID or status is not Status.DONE or origin(scene) != "KH":
        return candidates
    return [
        replace(each, claim=replace(each.claim, stage=stage)) if each.claim.nationality or each.claim.foreigners else each
        for each in candidates
    ]
