"""Invented news: each group of people has a number and a nationality of its own, by which tests find it again."""

from __future__ import annotations

from loopback import Item


def deported(count: int, people: str, name: str, *, days_ago: float = 0.0, place: str = "Poipet") -> Item:
    """A report that the rules match on what the feed itself says."""
    return Item(
        name,
        f"Cambodia deports {count} {people} over online scam compound",
        f"Immigration police in {place} deported {count} {people} who had worked in an online scam compound in Cambodia.",
        days_ago=days_ago,
    )


OLD_STOCK = deported(61, "Vietnamese", "old-stock")
FIRST = deported(42, "Thais", "first")
WHILE_BROKEN = deported(77, "Indonesians", "while-broken", place="Bavet")
WHILE_DOWN = deported(33, "Malaysians", "while-down", place="Sihanoukville")
OLD_EVENT = deported(95, "Filipinos", "old-event", days_ago=60)
NOISE = Item("noise", "Hotels in Siem Reap expect a good season", "Owners of guest houses in Cambodia count on more visitors this year.")
LEAD = Item(
    "lead",
    "Embassy thanks officers in Cambodia",
    "The embassy spoke of an online scam ring in Cambodia and gave no figures.",
    page="The embassy of South Korea thanked officers in Phnom Penh on behalf of the families.\n"
    "Cambodia deported 18 South Koreans who had worked in an online scam compound in Kandal, the immigration police said.\n"
    "The eighteen were handed over at the airport to officers who had come from Seoul, and left on a scheduled flight in the evening.",
)
CLOSED_LEAD = Item(
    "closed-lead",
    "Consulate asks about nationals in Cambodia",
    "The consulate wants to know more about an online scam case in Cambodia.",
    page="This text is for subscribers only.",
)
