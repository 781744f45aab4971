"""read.setting: in which country each sentence plays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.fold import folded
from watcher.model import Language
from watcher.read.marks import marker
from watcher.read.sentences import split
from watcher.read.setting import ELSEWHERE, HERE, SEAT, settings


@pytest.fixture(scope="session")
def settings_of(languages: tuple[Language, ...]) -> Callable[..., list[str | None]]:
    by_code = {language.code: language for language in languages}

    def make(title: str, text: str = "", code: str = "en") -> list[str | None]:
        texts = {"title": folded(title), "text": folded(text)}
        sentences = [sentence for field, each in texts.items() for sentence in split(field, each, languages)]
        marks = {field: marker(by_code[code]).marks(each) for field, each in texts.items()}
        return settings(sentences, texts, marks, by_code[code])

    return make


@pytest.mark.parametrize(
    ("code", "title", "text", "wanted"),
    [
        # where the town is named
        ("en", "Police raid a house in Poipet", "", [HERE]),
        ("en", "Police raid a house in Myawaddy", "", [ELSEWHERE]),
        # a sentence without a place goes on where the one before was
        ("en", "Police raid a house in Poipet", "Thirty men were led out.", [HERE, HERE]),
        ("en", "Police raid a house in Myawaddy", "Thirty men were led out.", [ELSEWHERE, ELSEWHERE]),
        # a headline without a place is placed by the opening
        ("en", "Forty land in handcuffs", "They walked off the plane.\nIt had left Phnom Penh at two.", [HERE, HERE, HERE]),
        ("ja", "17人をチャーター機で移送", "17人はバベットで拘束されていた。", [HERE, HERE]),
        ("zh", "99人搭乘包机回国", "他们从妙瓦底出发。", [ELSEWHERE, ELSEWHERE]),
        # other countries below, as most articles have them
        ("en", "Poipet raid", "Thirty men were held.\nRings in Myawaddy do the same.", [HERE, HERE, ELSEWHERE]),
        # people of a country place nothing there
        ("en", "Two Myanmar nationals arrested in Bavet", "", [HERE]),
        # nor does a list of countries move the article
        ("en", "Poipet raid", "The trade thrives in Laos, Myanmar and Cambodia.", [HERE, HERE]),
        ("en", "Myawaddy raid", "The trade thrives in Cambodia and Laos.", [ELSEWHERE, ELSEWHERE]),
        # where the callers sit is not where people were arrested
        ("ja", "大阪で5人逮捕", "電話役の拠点はカンボジアか。", [SEAT, SEAT]),
        # another country sends people to Cambodia
        ("en", "Thailand deports 15 men to Cambodia", "", [ELSEWHERE]),
        # people who were lured to Cambodia and of whom nothing else is said were in Cambodia
        ("en", "The men had been lured to Cambodia", "They were rescued.", [SEAT, SEAT]),
    ],
)
def test_each_sentence_plays_where_a_reader_takes_it_to_play(
    settings_of: Callable[..., list[str | None]], code: str, title: str, text: str, wanted: list[str | None]
) -> None:
    """A raid in Myawaddy under a paragraph on Cambodia is no news from Cambodia."""
    assert settings_of(title, text, code) == wanted


def test_a_place_far_below_does_not_place_the_opening(settings_of: Callable[..., list[str | None]]) -> None:
    """A mule arrested at home and a call room "said to be in Cambodia" in the last paragraph: nobody was arrested in Cambodia."""
    below = "\n".join(["They took cash from a widow."] * 8 + ["Officers in Phnom Penh were told."])
    found = settings_of("Eleven arrested over cash cards", below)
    assert found[0] == SEAT
    assert found[-1] == HERE
