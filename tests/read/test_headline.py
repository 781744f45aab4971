"""read.headline: the step of a headline for the figure that the text counts without one."""

from __future__ import annotations

from collections.abc import Callable

from watcher.model import Claim, Role, Stage

Claims = Callable[..., tuple[Claim, ...]]


def mains(claims: tuple[Claim, ...]) -> list[tuple[int | None, Stage | None]]:
    return [(claim.count, claim.stage) for claim in claims if claim.role is Role.MAIN]


def test_a_figure_without_a_step_takes_that_of_the_headline(claims_of: Claims) -> None:
    """The headline has the verb, the text has the number."""
    text = "The 23 men and women had spent months in a scam compound in Bavet, Cambodia. Their families waited at the gate."
    assert mains(claims_of("Nepalis rescued from Cambodian scam compound", text)) == [(23, Stage.RESCUED)]


def test_a_figure_with_its_own_step_keeps_it(claims_of: Claims) -> None:
    """What is said of the people themselves is nearer than the headline."""
    text = "The 23 Nepalis were detained in a scam compound in Bavet, Cambodia."
    claims = claims_of("Nepalis rescued from Cambodian scam compound", text)
    assert Stage.DETAINED in {stage for _, stage in mains(claims)}


def test_a_headline_that_announces_gives_no_step(claims_of: Claims) -> None:
    """What is only planned did not happen to anybody."""
    text = "The 23 men and women had spent months in a scam compound in Bavet, Cambodia."
    assert mains(claims_of("Cambodia plans to deport Nepalis from scam compound", text)) == []


def test_a_headline_that_names_the_people_moves_them_on(claims_of: Claims) -> None:
    """ "Taiwanese come home", and below it only how many had been held."""
    text = "31 Taiwaner steigen aus, die in Kambodscha in einem Betrugszentrum festgehalten worden waren."
    claims = claims_of("Taiwaner kehren aus Kambodscha heim", text, language="de")
    assert Stage.REPATRIATED in {stage for _, stage in mains(claims)}
