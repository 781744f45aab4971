"""read.single: one who ran a ring, whom no figure counts and whom no list names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Called, Claim, Role, Stage

Claims = Callable[..., tuple[Claim, ...]]


def mains(claims: tuple[Claim, ...]) -> list[Claim]:
    return [claim for claim in claims if claim.role is Role.MAIN]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Cambodia extradites online scam kingpin Wei Jinlong to China"),
        ("fr", "Cambodge : le parrain des arnaques en ligne extradé vers la Chine"),
        ("es", "Camboya extradita a China al capo de las estafas en línea"),
        ("it", "Truffe online, estradato dalla Cambogia in Cina il magnate Wei Jinlong"),
        ("tr", "Kamboçya, çevrim içi dolandırıcılık baronu Wei Jinlong'u Çin'e iade etti"),
        ("id", "Kamboja ekstradisi bos sindikat penipuan online ke China"),
    ],
)
def test_one_who_ran_a_ring_is_a_claim_of_one_without_a_name(claims_of: Claims, language: str, title: str) -> None:
    """The largest stories are of one man; his name is kept only where the operator lists it."""
    (claim,) = mains(claims_of(title, language=language))
    assert (claim.count, claim.person, claim.called) == (1, None, Called.SUSPECTS)
    assert claim.stage in (Stage.EXTRADITED, Stage.DEPORTED)
    assert "Wei" not in claim.printed


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Cambodia deports 31 Chinese scam suspects and their kingpin", ""),  # a group is the news
        ("Cambodian timber tycoon extradited to Vietnam", "The tycoon is accused of smuggling rosewood."),  # no scam
        ("Thailand extradites scam kingpin to China", "He had fled from Myanmar."),  # another country
    ],
)
def test_where_he_is_not_the_news_there_is_no_claim_of_one(reading_of: Callable[..., object], title: str, text: str) -> None:
    """A word for a boss stands in many reports."""
    claims = getattr(reading_of(title, text), "claims", None) or ()
    assert not [claim for claim in mains(claims) if claim.count == 1 and claim.origin == "KH"]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Cambodia extradites alleged scam-park boss Hu Dalin to China"),
        ("en", "Casino developer Hu Dalin extradited from Cambodia to China over scam compounds"),
        ("zh", "柬埔寨赌场大亨胡大林引渡中国 涉操控诈骗园区"),
        ("zh", "柬埔寨將詐騙園區老闆胡大林引渡至中國"),
    ],
)
def test_one_extradited_to_a_country_is_wanted_by_his_own(claims_of: Claims, language: str, title: str) -> None:
    """The ledger counts him with the country that the report names as his destination."""
    (claim,) = mains(claims_of(title, language=language))
    assert (claim.count, claim.stage, claim.nationality) == (1, Stage.EXTRADITED, ("CN",))


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Cambodia extradites Taiwanese scam boss to China", ("TW",)),
        ("Cambodia extradites scam kingpin Hu Dalin", None),
        ("Cambodia deports scam kingpin Hu Dalin to China", None),
    ],
)
def test_his_nationality_is_not_guessed_where_the_destination_does_not_say_it(
    claims_of: Claims, title: str, wanted: tuple[str, ...] | None
) -> None:
    """Taiwanese are sent to China too."""
    (claim,) = mains(claims_of(title))
    assert claim.nationality == wanted


def test_one_held_at_the_request_of_another_country_is_news_of_one(claims_of: Claims) -> None:
    """His arrest comes before any figure of those who worked for him."""
    text = "Cambodian police arrested Hu Dalin, a property developer whom China accuses of running scam compounds."
    claims = mains(claims_of("Casino developer Hu Dalin held in Phnom Penh at Beijing's request", text))
    assert {claim.count for claim in claims} == {1}
    assert Stage.ARRESTED in {claim.stage for claim in claims}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Leader of Cambodia scam ring jailed for 13 years",
            "Nine South Koreans deported from Cambodia last November over a stock scam were sentenced by a Busan court on Thursday. "
            "The ringleader was sentenced to 13 years.",
        ),
        (
            "ko",
            "캄보디아 송환 투자 사기 일당 1심 선고…총책 징역 13년",
            "캄보디아에서 투자 사기 조직을 운영하다 지난해 11월 전세기로 송환된 일당 9명에게 1심에서 실형이 선고됐다. 총책에게 징역 13년이 선고됐다.",
        ),
    ],
)
def test_of_a_ring_that_was_sentenced_the_leader_is_a_part(claims_of: Claims, language: str, title: str, text: str) -> None:
    """The trial is of nine; the headline gives the longest term."""
    claims = claims_of(title, text, language=language, published="2025-03-14")
    assert [(claim.count, claim.stage) for claim in mains(claims)] == [(9, Stage.SENTENCED)]
    assert all(claim.role is Role.PART for claim in claims if claim.count == 1)
