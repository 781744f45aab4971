"""read.sums: a total and its parts by nationality, told apart by adding up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Claim, Role

Claims = Callable[..., tuple[Claim, ...]]


def mains(claims: tuple[Claim, ...]) -> list[tuple[int | None, tuple[str, ...] | None]]:
    return [(claim.count, claim.nationality) for claim in claims if claim.role is Role.MAIN]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "20 Thais among 64 foreigners held in Cambodia scam raid",
            "Cambodian police detained 64 foreigners in a scam raid. Those held are 30 Chinese, 20 Thais and 14 Indians.",
        ),
        (
            "id",
            "20 warga Thailand ditahan dalam penggerebekan penipuan online di Kamboja",
            "Polisi Kamboja menahan 64 orang asing: 30 warga Tiongkok, 20 warga Thailand dan 14 warga India.",
        ),
        (
            "de",
            "Razzia gegen Online-Betrug in Kambodscha: 64 Ausländer festgenommen",
            "Die Polizei in Kambodscha nahm 64 Ausländer fest. Es sind 30 Chinesen, 20 Thailänder und 14 Inder.",
        ),
    ],
)
def test_the_sum_of_a_list_is_the_group_whichever_part_leads(claims_of: Claims, language: str, title: str, text: str) -> None:
    """Each country's press prints its own part first; the people of the raid are all of them."""
    ((count, codes),) = set(mains(claims_of(title, text, language=language)))
    assert (count, set(codes or ())) == (64, {"CN", "TH", "IN"})


def test_figures_that_do_not_add_up_stay_apart(claims_of: Claims) -> None:
    """Of an unfinished list nobody knows who else was there."""
    claims = claims_of(
        "Cambodia detains 64 foreigners in scam raid", "Cambodian police said 30 Chinese and 20 Thais were detained in the scam raid."
    )
    assert (64, ("CN", "TH")) not in mains(claims)


def test_another_figure_goes_on_with_the_one_before(claims_of: Claims) -> None:
    """Two planes make one group; no total is printed."""
    text = "The first plane from Phnom Penh carried 83 scam suspects. A second one left with another 41 on board."
    claims = claims_of("Cambodia flies out scam suspects in two charter flights", text)
    assert [count for count, _ in mains(claims)] == [83, 41]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Cambodia sends Taiwanese scam suspects to China",
            "Cambodia deported 9 Taiwanese scam suspects together with 21 Chinese, 30 in all, from Phnom Penh on Tuesday.",
        ),
        (
            "zh",
            "柬埔寨將9名台籍詐騙嫌犯送往中國",
            "柬埔寨7日將9名台灣籍電信詐騙嫌犯,連同21名中國籍嫌犯共30人,自金邊遣送至中國。",
        ),
    ],
)
def test_a_total_behind_its_parts_is_of_all_their_nationalities(claims_of: Claims, language: str, title: str, text: str) -> None:
    """The words for the last part stand right before the total; it is not of them alone."""
    claims = claims_of(title, text, language=language)
    assert [(count, set(codes or ())) for count, codes in mains(claims)] == [(30, {"TW", "CN"})]
    assert {claim.count for claim in claims if claim.role is Role.PART} == {9, 21}


def test_a_sum_that_no_text_prints_is_not_made(claims_of: Claims) -> None:
    """Every figure must be one that a reader finds in the source."""
    claims = claims_of("Cambodia deports scam suspects", "Cambodia deported 9 Taiwanese scam suspects together with 21 Chinese on Tuesday.")
    assert [count for count, _ in mains(claims)] == [9, 21]
