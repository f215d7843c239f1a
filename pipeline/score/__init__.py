"""score: does it concern the reader, how many stars, and why.

In: candidates, and the reader's taste (interests, archive, dropped candidates) as arguments.
Out: one `Score` per candidate. Touches: the model cache folder, a vector cache behind its port,
and a model, which is loaded only when a text is not in the cache.

    embedder = CachedEmbedder(open_embedder("e5-small", cache_dir), store)
    interests, issues = load_interests(path)
    scores = RelevanceScorer(embedder, Taste(interests=interests), today).score(candidates)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.score.chart import calibration_svg
from pipeline.score.convert import convert_e5
from pipeline.score.embed import CachedEmbedder, open_embedder
from pipeline.score.interests import load_interests
from pipeline.score.words import archive_text, candidate_text

if TYPE_CHECKING:
    from pipeline.score.evaluate import evaluate_ranking
    from pipeline.score.history import evaluate_history
    from pipeline.score.scorer import RelevanceScorer

__all__ = [
    "CachedEmbedder",
    "RelevanceScorer",
    "archive_text",
    "calibration_svg",
    "candidate_text",
    "convert_e5",
    "evaluate_history",
    "evaluate_ranking",
    "load_interests",
    "open_embedder",
]


def __getattr__(name: str) -> Any:
    # numpy comes with the scorer; the door itself stays cheap to import.
    if name == "RelevanceScorer":
        from pipeline.score.scorer import RelevanceScorer

        return RelevanceScorer
    if name == "evaluate_ranking":
        from pipeline.score.evaluate import evaluate_ranking

        return evaluate_ranking
    if name == "evaluate_history":
        from pipeline.score.history import evaluate_history

        return evaluate_history
    raise AttributeError(name)
