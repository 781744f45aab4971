"""Two partitions of one set of articles -> how far they agree.

B-cubed: for each article the share of its cluster that belongs with it (precision) and the share of its event that is
in its cluster (recall), averaged over articles. Source: Bagga and Baldwin, "Entity-Based Cross-Document Coreferencing
Using the Vector Space Model", COLING-ACL 1998.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import NamedTuple


class Score(NamedTuple):
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float
    f1: float


def b_cubed(wanted: Mapping[Hashable, Hashable], got: Mapping[Hashable, Hashable]) -> Score:
    """Score `got` against `wanted`, both article -> cluster; an article that `got` leaves out stands alone."""
    clusters = {article: got.get(article, ("alone", article)) for article in wanted}
    events, stories = _members(wanted), _members(clusters)
    precision = recall = 0.0
    for article in wanted:
        event, story = events[wanted[article]], stories[clusters[article]]
        both = len(event & story)
        precision += both / len(story)
        recall += both / len(event)
    precision, recall = precision / max(1, len(wanted)), recall / max(1, len(wanted))
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0)


def differences(wanted: Mapping[Hashable, Hashable], got: Mapping[Hashable, Hashable]) -> list[str]:
    """Every cluster of `wanted` that `got` splits or mixes with another, in words."""
    found = []
    stories = {got.get(article, ("alone", article)): None for article in wanted}
    pieces: dict[Hashable, dict[Hashable, list[Hashable]]] = defaultdict(lambda: defaultdict(list))
    mixed: dict[Hashable, dict[Hashable, list[Hashable]]] = {story: defaultdict(list) for story in stories}
    for article, event in wanted.items():
        story = got.get(article, ("alone", article))
        pieces[event][story].append(article)
        mixed[story][event].append(article)
    for event, parts in pieces.items():
        if len(parts) > 1:
            found.append(f"split {event}: " + " | ".join(" ".join(map(str, part)) for part in parts.values()))
    for events in mixed.values():
        if len(events) > 1:
            found.append("mixed " + " | ".join(f"{event}: " + " ".join(map(str, part)) for event, part in events.items()))
    return found


def _members(partition: Mapping[Hashable, Hashable]) -> dict[Hashable, set[Hashable]]:
    members: dict[Hashable, set[Hashable]] = defaultdict(set)
    for article, cluster in partition.items():
        members[cluster].add(article)
    return members
