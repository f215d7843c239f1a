"""Peers' ways to rank papers by a profile, on the same vectors: what ours has to beat.

Each takes what a peer project does from its public description: profile vectors, candidate
vectors, and the profile's order from newest to oldest. Higher is better.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_SVM_COST = 0.01
"""arxiv-sanity-lite's."""


def time_decayed_mean(profile: Floats, candidates: Floats) -> Floats:
    """zotero-arxiv-daily: mean cosine weighted 1 / (1 + log10(rank + 1)), newest first."""
    weights = 1.0 / (1.0 + np.log10(np.arange(len(profile)) + 1.0))
    ranked: Floats = (candidates @ profile.T) @ (weights / weights.sum()).astype(np.float32)
    return ranked


def centroid(profile: Floats, candidates: Floats) -> Floats:
    """Cosine to the mean of the profile."""
    mean = profile.mean(axis=0)
    ranked: Floats = candidates @ (mean / max(float(np.linalg.norm(mean)), 1e-12))
    return ranked


def nearest_mean(profile: Floats, candidates: Floats, count: int) -> Floats:
    """Mean cosine to the `count` nearest: 1 is ZotWatch, 2 auto-news, 5 plain kNN."""
    cosines = np.sort(candidates @ profile.T, axis=1)
    ranked: Floats = cosines[:, -count:].mean(axis=1)
    return ranked


def svm_on_words(
    profile: Sequence[str], candidates: Sequence[str], others: Sequence[str]
) -> Floats:
    """arxiv-sanity-lite: a linear SVM on TF-IDF, the profile against everything else known."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(
        ngram_range=(1, 2), stop_words="english", sublinear_tf=True, max_features=20_000
    )
    rows = words.fit_transform([*profile, *candidates, *others])
    wanted = np.arange(rows.shape[0]) < len(profile)
    machine = LinearSVC(class_weight="balanced", C=_SVM_COST, max_iter=10_000, random_state=0)
    machine.fit(rows, wanted)
    ranked: Floats = machine.decision_function(rows[len(profile) : len(profile) + len(candidates)])
    return ranked.astype(np.float32)
