"""Sentence -> Named: how much it says about who somebody is.

Finding names is a preference made of marks that stand beside names (titles, ages, capitals in a row), not name
recognition. What may be printed is decided by the callers.
"""

from __future__ import annotations

import re
from enum import IntEnum

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


_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


class Named(IntEnum):
    """How much a sentence says about who somebody is, least first."""

    NOBODY = 0
    OFFICIAL = 1
    PRIVATE = 2


def named(sentence: str) -> Named:
    """Say whether the sentence seems to name a private person, an official, or nobody."""
    sentence = sentence.translate(_UNSEEN)  # Khmer outlets write them between words, also between "aged" and the age
    if _PRIVATE.search(sentence):
        return Named.PRIVATE
    return Named.OFFICIAL if _OFFICIAL.search(sentence) or _SPEAKER.search(sentence) else Named.NOBODY
