"""Number in a Scene -> whether it stands inside another figure, goes on with one, or is taken back.

"25 of them women", "another 146", "earlier said 26". Whom a number counts is in `people`; what its role is among all, in `roles`.
"""

from __future__ import annotations

import re

from watcher.read.numbers import Number
from watcher.read.people import People
from watcher.read.scene import GAP_STOP, Scene

TAKEN_BACK = 40  # characters between "earlier said" and the figure
NOT_BUT = 14  # characters from a figure to "not, but" behind it, and from there to the right one
NEXT = 3  # characters between "including" and the figure it is said of
FURTHER = 24  # characters before a figure in which a word such as "another" begins
AND = re.compile(r"\s\w{1,4}\s")  # one short word between two for people


def is_withdrawn(scene: Scene, number: Number, stop: int) -> bool:
    """ "34, earlier said 26": the figure that its source takes back is none of today's; as a part it gives way to the right one."""
    if is_not_but(scene, number, stop):
        return True
    words = scene.marks.within(max(scene.start, number.start - TAKEN_BACK), number.start, "withdrawn")
    return any(
        not GAP_STOP.search(scene.text[word.end : number.start]) and scene.text[word.end : number.start].count(" ") <= 3 for word in words
    )


def is_not_but(scene: Scene, number: Number, stop: int) -> bool:
    """15명 아닌 14명: the figure in front of "not, but"."""
    behind = next(scene.marks.within(number.end, min(stop, number.end + NOT_BUT), "withdrawn_after"), None)
    if behind is None or stop >= scene.end or stop - behind.end > NOT_BUT:
        return False
    return not GAP_STOP.search(scene.text[number.end : behind.start])


def is_part(scene: Scene, number: Number, people: People, stop: int) -> bool:
    """ "25 of them women", 其中女性5人: a figure inside another."""
    after = next(scene.marks.within(number.end, min(stop, number.end + 22), "part"), None)
    if after is not None and after.start - number.end <= 1 and not any(scene.marks.within(after.start, after.end, "counter")):
        return True  # "900 of them Vietnamese"
    # "31 people including 5 women": the word says of the next figure that it is a part, not of this one.
    of_next = after is not None and stop < scene.end and stop - after.end <= NEXT
    counter = next(scene.marks.within(number.end, after.start, "counter"), None) if after is not None else None
    # "The 26 men and women": all of them.
    joined = after is not None and counter is not None and bool(AND.fullmatch(scene.text[counter.end : after.start]))
    if after is not None and not (of_next or joined or people.nationality) and not GAP_STOP.search(scene.text[number.end : after.start]):
        return True
    before = list(scene.marks.within(max(scene.start, number.start - 16), number.start, "part"))
    return bool(before) and number.start - before[-1].end <= 3


def is_more(scene: Scene, start: int) -> bool:
    """Whether "another" stands right before a figure."""
    return any(start - word.end <= 1 for word in scene.marks.within(max(scene.start, start - FURTHER), start, "further"))
