"""enrich/: what is true about the papers and the code an article speaks of.

In: articles with typed links. Out: candidates with papers as arXiv describes them, repositories
as GitHub does, doubts as issues, and what could not be asked now as pending ids.
Touches: the APIs of arXiv, GitHub, Crossref, OpenReview and Hugging Face, through the limiter and clock it is given; nothing on
disk but, for `find_token`, the reader's own GitHub configuration. `PaperEnricher` is pure.
"""

from __future__ import annotations

from pipeline.enrich.allowance import Listener, Meter, Scale
from pipeline.enrich.arxiv_index import ArxivConfig, ArxivIndex
from pipeline.enrich.catalogue import CatalogueIndex
from pipeline.enrich.code_search import GithubSearch, RepoVerifier
from pipeline.enrich.crossref import Crossref
from pipeline.enrich.enricher import PaperEnricher
from pipeline.enrich.github_door import GithubConfig
from pipeline.enrich.github_index import GithubIndex
from pipeline.enrich.huggingface import HuggingFaceFinder
from pipeline.enrich.openreview import OpenReview
from pipeline.enrich.service import ServiceConfig
from pipeline.enrich.tokens import find_token

__all__ = [
    "ArxivConfig",
    "ArxivIndex",
    "CatalogueIndex",
    "Crossref",
    "GithubConfig",
    "GithubIndex",
    "GithubSearch",
    "HuggingFaceFinder",
    "Listener",
    "Meter",
    "OpenReview",
    "PaperEnricher",
    "RepoVerifier",
    "Scale",
    "ServiceConfig",
    "find_token",
]
