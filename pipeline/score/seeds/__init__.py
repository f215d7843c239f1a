"""score/seeds: the papers that the reader keeps elsewhere, as seeds of the profile.

In: files that the settings name (BibTeX, CSL JSON, Zotero's CSV, a list of arXiv ids).
Out: `Seed`s and what could not be read. Touches: those files, read only; arXiv is asked by others.

    found = read_library(paths, weight=0.5)
    seeds = completed(found.seeds, store.known_papers(found.unknown))
"""

from pipeline.score.seeds.read import Library, completed, read_library

__all__ = ["Library", "completed", "read_library"]
