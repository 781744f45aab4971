"""Reading -> Verdict: rules as people write them, compiled, asked and explained.

`compile` makes Rules and the Vocabulary from rule texts; `judge` and `explain` ask them. Pure: no clock, file, network or database,
and no text is searched here; that was done by whoever made the Reading.
"""

from watcher.match.compile import Rules, compile
from watcher.match.engine import judge
from watcher.match.explain import Explanation, Part, RulePart, claim_json, explain, to_json
from watcher.match.nodes import show
from watcher.match.query import parse

__all__ = ["Explanation", "Part", "RulePart", "Rules", "claim_json", "compile", "explain", "judge", "parse", "show", "to_json"]
