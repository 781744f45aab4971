"""Made-up articles on made-up groups of people, with the truth beside them: which articles are of one group.

`world` decides what happened, `newsroom` who writes about it and when, `tongues` the words. Written from how such news
is written, not from how it is joined. Deterministic: one seed, one set.
"""

from __future__ import annotations

from generated.newsroom import Article, articles
from generated.partition import b_cubed, differences

__all__ = ["Article", "articles", "b_cubed", "differences"]
