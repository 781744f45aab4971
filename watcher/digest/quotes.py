"""A story's reports -> the one sentence to quote, at most 200 characters, without a private person's name.

Finding names is a preference made of marks that stand beside names (titles, ages, capitals in a row), not name
recognition. A sentence that seems to name a private person is never quoted; one that names an official only
where no other sentence is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from watcher.digest.clean import cut, language_tag, one_line
from watcher.model import ArticleRole, Report, Role, StoryFile

QUOTE_LENGTH = 200  # characters; DIGEST.md's limit, short enough to be a fair quote

_OFFICIAL = re.compile(
    r"\b(Gen|Lt|Maj|Col|Brig|Capt|Dr|H\.?E|Minister|spokes(?:man|woman|person)|Secretary|Governor|Prime Minister|Ambassador|Commissioner)\b"
    r"|លោក|ឧត្តមសេនីយ|ឯកឧត្តម|พล\.|พ\.ต\.|โฆษก|รัฐมนตรี|发言人|發言人|部长|部長|局长|局長|대변인|장관|報道官|phát ngôn|Bộ trưởng|Thiếu tướng|মন্ত্রী|মুখপাত্র",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss)\b\.?\s|\b\d{1,2}[- ]years?[- ]old\b|\baged \d{1,2}\b|[A-Z][\w'’-]+,? \(?\d{2}\)?,"
    r"|\b(?:named|identified as|called) [A-Z][a-z]+ [A-Z]"
    r"|容疑者[(（]|さん[(（、は]|[(（]\d{2}[)）]|\d{2}[歳岁歲]|某某|姓[男女]子|\d{2}세|[가-힣]{2,3} ?씨|นาย[ก-๙]|นางสาว|น\.ส\.|อายุ ?\d{2}"
    r"|ឈ្មោះ|អាយុ ?[0-9០-៩]{2}|\b(?:ông|bà|anh|chị) [A-ZĐ]|\b[Ss]inh năm \d{4}|\b\d{2} tuổi|বছর বয়সী|নামে",
)
# Two capitalised words and a verb of saying, or after "by": how English names a speaker.
_SPEAKER = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+(?: [A-Z][a-z]+)? (?:said|told|added|says)\b|\b(?:said|told) [A-Z][a-z]+ [A-Z][a-z]+")


class Named(IntEnum):
    """How much a sentence says about who somebody is, least first."""

    NOBODY = 0
    OFFICIAL = 1
    PRIVATE = 2


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence as printed by a source; `language` is "" where it is not known. `title` says it is a headline."""

    source: str
    language: str
    text: str
    title: bool = False


def choose_quote(story: StoryFile, reads: Sequence[str]) -> Quote | None:
    """Return the sentence to quote: languages of `reads` first in their order, then nobody named, then the first reporter.

    Headlines serve where no sentence was read. None where every sentence seems to name a private person.
    """
    candidates = [
        (
            _language_rank(report, reads),
            title,
            named(sentence),
            place,
            Quote(one_line(report.source, 60), language_tag(report.language), text, title),
        )
        for place, report in enumerate(story.reports)
        if report.role is not ArticleRole.BACKGROUND
        for sentence, text, title in _sentences(report)
    ]
    fit = [candidate for candidate in candidates if candidate[2] is not Named.PRIVATE]
    return min(fit, key=lambda candidate: candidate[:4])[4] if fit else None


def named(sentence: str) -> Named:
    """Say whether the sentence seems to name a private person, an official, or nobody."""
    if _PRIVATE.search(sentence):
        return Named.PRIVATE
    return Named.OFFICIAL if _OFFICIAL.search(sentence) or _SPEAKER.search(sentence) else Named.NOBODY


def shorten(sentence: str, printed: str = "") -> str:
    """Return the exact sentence in at most 200 characters, every cut marked with "..."; the printed figure stays in."""
    line, figure = one_line(sentence), one_line(printed)
    place = line.find(figure) if figure else -1
    if len(line) <= QUOTE_LENGTH or place < QUOTE_LENGTH // 2:
        return cut(line, QUOTE_LENGTH)
    start = line.find(" ", place - QUOTE_LENGTH // 4) + 1 or place
    return "... " + cut(line[min(start, place) :], QUOTE_LENGTH - 4)


def _sentences(report: Report) -> list[tuple[str, str, bool]]:
    """Return (sentence, what would be quoted of it, whether it is the headline) of one report, main claims first."""
    told = [claim for role in (Role.MAIN, Role.PART) for claim in report.claims if claim.role is role and claim.sentence.strip()]
    found = [(claim.sentence, shorten(claim.sentence, claim.printed), claim.field == "title") for claim in told]
    return found or ([(report.title, shorten(report.title), True)] if report.title.strip() else [])


def _language_rank(report: Report, reads: Sequence[str]) -> int:
    """Where the report's language stands in what the readers read; English first where nobody said."""
    order = [code.split("-")[0].lower() for code in reads] or ["en"]
    primary = (report.language or "").split("-")[0].lower()
    return order.index(primary) if primary in order else len(order)
