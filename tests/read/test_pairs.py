"""read.pairs: verbs that stand around their people, and words for coming home beside a town or country."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Claim, Role, Stage

Claims = Callable[..., tuple[Claim, ...]]
OUT = {Stage.DEPORTED, Stage.REPATRIATED, Stage.EXTRADITED}


def stages(claims: tuple[Claim, ...]) -> set[Stage | None]:
    return {claim.stage for claim in claims if claim.role is Role.MAIN}


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Cambodia sends 57 Vietnamese scam workers back across the border"),
        ("en", "Cambodia hands 57 Thai scam suspects over at Poipet"),
        ("de", "Kambodscha schiebt 57 Vietnamesen nach Betrug im Internet ab"),
        ("fr", "Le Cambodge renvoie 57 Chinois soupçonnés d'arnaques en ligne à la Chine"),
        ("ms", "Kemboja hantar 57 rakyat Malaysia terlibat scam pulang"),
    ],
)
def test_a_verb_in_two_words_is_one_step(claims_of: Claims, language: str, title: str) -> None:
    """Headlines put the people between the two words of the verb."""
    assert stages(claims_of(title, language=language)) <= OUT
    assert stages(claims_of(title, language=language))


def test_two_words_of_two_sentences_are_no_verb(claims_of: Claims) -> None:
    """ "Sends" in one sentence and "back" in the next say nothing together."""
    claims = claims_of("", "Cambodia sends 57 Vietnamese to a court over scams. They looked back.")
    assert not stages(claims) & OUT


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nineteen Ghanaians who had been held in a scam compound in Cambodia landed in Accra on Friday."),
        ("en", "Nineteen Kenyans freed from a Cambodian scam compound are back in Kenya."),
        ("es", "Los 19 colombianos rescatados de un centro de estafas en Camboya llegaron a Bogotá."),
        ("es", "Regresan al Perú 19 peruanos que eran obligados a estafar en Camboya."),
        ("fr", "Dix-neuf Camerounais, piégés dans un centre d'arnaques au Cambodge, sont arrivés à Douala."),
        ("de", "Die 19 Taiwaner, die in Kambodscha zu Betrug gezwungen wurden, sind in Taipeh gelandet."),
        ("it", "I 19 filippini costretti alle truffe online in Cambogia sono atterrati a Manila."),
        ("pt", "Os 19 angolanos obrigados a aplicar golpes no Camboja desembarcaram em Luanda."),
        ("tl", "Ang 19 Pinoy na galing sa scam hub sa Cambodia ay nakabalik na sa Pilipinas."),
    ],
)
def test_who_lands_in_a_town_of_his_country_came_home(claims_of: Claims, language: str, text: str) -> None:
    """Reporters wait at the airport and print its name, not the word "repatriated"."""
    (claim,) = [claim for claim in claims_of("", text, language=language) if claim.role is Role.MAIN and claim.stage in OUT]
    assert claim.count == 19


def test_a_town_on_the_way_is_not_home(claims_of: Claims) -> None:
    """Who was lured by way of Kuala Lumpur and is no Malaysian did not come home there."""
    text = "Nineteen Kenyans landed in Kuala Lumpur before they were held in a scam compound in Cambodia."
    assert not stages(claims_of("", text)) & OUT
