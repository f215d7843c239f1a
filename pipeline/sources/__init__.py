"""sources/: what is new?

In: `Feed`s (from OPML), what the store remembers of them, and the bytes they answered with.
Out: a `Poll` each, its `Entry`s newest first. Touches no network; reads two kinds of source from
disk (the inbox of pasted addresses and the folder of saved pages).
"""

from pipeline.sources.opml import read_opml, write_opml
from pipeline.sources.source import Sources

__all__ = ["Sources", "read_opml", "write_opml"]
