"""read.elsewhere: what an article says of its people where it does not count them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from watcher.model import Claim, Role, Stage

Claims = Callable[..., tuple[Claim, ...]]


def main(claims: tuple[Claim, ...], stage: Stage = Stage.DEPORTED) -> Claim:
    (claim,) = [claim for claim in claims if claim.role is Role.MAIN and claim.stage is stage]
    return claim


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Cambodia deports 31 Malaysians", "Police had arrested the scam suspects in Poipet. A plane took the Malaysians home."),
        ("ko", "캄보디아서 체포된 한국인 31명 송환", "이들은 포이펫의 사기 단지에서 체포됐다."),
        ("zh-Hans", "柬埔寨遣返31名越南人", "警方称,这些人在波贝的诈骗窝点被抓获。"),
    ],
)
def test_a_headline_without_a_town_takes_the_articles(claims_of: Claims, language: str, title: str, text: str) -> None:
    """Two outlets of which one puts the town into the title tell of the same people."""
    assert main(claims_of(title, text, language=language)).places == ("Poipet",)


@pytest.mark.parametrize(
    "text",
    [
        "In May police raided a scam compound in Poipet.",  # an older event
        "Vietnamese were arrested in Poipet over scams.",  # other people
        "Thailand deported scam suspects to Cambodia through Poipet.",  # another country's doing
    ],
)
def test_a_town_of_other_people_is_not_taken(claims_of: Claims, text: str) -> None:
    """A wrong town joins the wrong story."""
    assert main(claims_of("Cambodia deports 31 Malaysians over scams", text)).places == ()


def test_a_town_far_down_is_not_taken(claims_of: Claims) -> None:
    """Below the first sentences stand other cases."""
    text = "Officials gave no names. They said little else. More is expected. The minister thanked them. Police raided a site in Poipet."
    assert main(claims_of("Cambodia deports 31 Malaysians over scams", text)).places == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The scam suspects were deported on Tuesday.", date(2023, 11, 7)),  # the same step
        ("PHNOM PENH, Nov. 8 (Agency) - The ministry told reporters in a statement.", date(2023, 11, 8)),  # the dateline
        ("They had been arrested in a raid on Monday.", None),  # another step
        ("A summit opened on Monday. It ended on Tuesday.", date(2023, 11, 6)),
        ("In May they were arrested in Poipet. The case goes back to 3 May.", None),
    ],
)
def test_a_figure_without_a_day_takes_that_of_its_step(claims_of: Claims, text: str, day: date | None) -> None:
    """Most headlines name no day, most texts do; the story is dated by the event, not by the mail."""
    claim = main(claims_of("Cambodia deports 31 Malaysians over scams", text, published="2023-11-09"))
    assert (claim.date, claim.date_precision) == (day, "day" if day else None)


def test_a_named_month_is_narrowed_and_never_moved(claims_of: Claims) -> None:
    """ "This month" and "on Tuesday" are one day; "in October" and "on Tuesday" are not."""
    title = "Cambodia deports 31 Malaysians over scams"
    text = "31 Malaysians were deported from Cambodia in {}. The suspects were deported on Tuesday."
    assert main(claims_of(title, text.format("November"), published="2023-11-09")).date == date(2023, 11, 7)
    assert main(claims_of(title, text.format("October"), published="2023-11-09")).date != date(2023, 11, 1)


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "31 Malaysians rescued from scam compound in Cambodia", "They were flown home on Tuesday, the embassy said."),
        ("ms", "31 rakyat Malaysia diselamatkan dari pusat scam di Kemboja", "Semua dihantar pulang pada Selasa."),
        ("id", "31 WNI diselamatkan dari sindikat penipuan daring di Kamboja", "Mereka dipulangkan pada Selasa."),
        ("vi", "Giải cứu 31 người Việt bị lừa đảo ở Campuchia", "Họ về nước hôm thứ ba."),
    ],
)
def test_people_who_are_named_again_move_on(claims_of: Claims, language: str, title: str, text: str) -> None:
    """A short article counts its people once, and then says that "they" went home: that is the news."""
    claims = [claim for claim in claims_of(title, text, language=language, published="2023-11-09") if claim.role is Role.MAIN]
    assert [claim.count for claim in claims] == [31, 31]
    first, last = claims
    assert (first.stage, last.stage in (Stage.REPATRIATED, Stage.DEPORTED), last.date) == (Stage.RESCUED, True, date(2023, 11, 7))
    assert text.startswith(last.sentence)


@pytest.mark.parametrize(
    "text",
    [
        "They will be deported, the police said.",  # not done
        "Last year they were deported from Thailand.",  # looks back, from elsewhere
        "The minister said that deported people may not return.",  # nobody is named again
    ],
)
def test_nobody_moves_on_by_what_is_not_done(claims_of: Claims, text: str) -> None:
    """ "Deported" too early is a false report."""
    claims = claims_of("31 Malaysians arrested in Cambodia scam raid", text)
    assert [claim.stage for claim in claims if claim.role is Role.MAIN] == [Stage.ARRESTED]


def test_a_headlines_nationality_is_that_of_its_figure(claims_of: Claims) -> None:
    """The title says who, the text says how many."""
    claims = claims_of("Malaysian scam suspects leave Cambodia", "Police said 31 people were deported on Tuesday.")
    assert [(claim.count, claim.nationality) for claim in claims] == [(31, ("MY",))]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Malaysian police thank Cambodia for scam raids", "Police said 31 people were deported on Tuesday."),
        ("Malaysian scam suspects leave Cambodia", "31 foreigners were deported on Tuesday."),
        ("Malaysian scam suspects leave Cambodia", "31 people were deported on Tuesday. Vietnamese are among them."),
    ],
)
def test_a_nationality_is_not_guessed(claims_of: Claims, title: str, text: str) -> None:
    """A wrong nationality is worse than none: it sends the wrong embassy."""
    assert ("MY",) not in [claim.nationality for claim in claims_of(title, text)]


def test_thailand_sends_people_to_cambodia(claims_of: Claims) -> None:
    """The commonest look-alike, with words between the country and its verb."""
    claims = claims_of("", "Thailand this week deported 31 scam suspects back to Cambodia.")
    assert [claim.origin for claim in claims] == ["TH"] * len(claims)
    (claim,) = claims_of("", "The 31 Malaysians, who had been lured to Cambodia, were rescued from a scam compound.")
    assert claim.origin == "KH"
