"""read.compatriots: whose people "its nationals" are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Claim, Role

Claims = Callable[..., tuple[Claim, ...]]


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "Ghana flies home 21 of its citizens from Cambodian scam camps.", "GH"),
        ("fr", "La Thaïlande récupère 217 de ses ressortissants arrêtés dans des centres d'arnaques au Cambodge.", "TH"),
        ("es", "Colombia repatria a 14 de sus ciudadanos desde un centro de estafas en Camboya.", "CO"),
        ("ms", "44 rakyat kita ditahan di Kemboja dalam serbuan pusat scam.", "MY"),
        ("tl", "Nakauwi na ang 44 nating kababayan mula sa scam hub sa Cambodia.", "PH"),
    ],
)
def test_its_people_are_of_the_country_that_acts(claims_of: Claims, language: str, text: str, code: str) -> None:
    """A paper writes "its nationals" where the country stands in the same sentence, and "our people" at home."""
    (claim,) = [claim for claim in claims_of("", text, language=language) if claim.role is Role.MAIN]
    assert claim.nationality == (code,)


def test_where_no_country_acts_nothing_is_said(claims_of: Claims) -> None:
    """English is written everywhere; "our citizens" alone names nobody."""
    claims = claims_of("", "44 of our citizens were rescued from a scam compound in Cambodia.")
    assert [claim.nationality for claim in claims if claim.role is Role.MAIN] == [None]
