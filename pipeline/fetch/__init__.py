"""fetch/: one polite client for every URL.

In: `FetchRequest`s. Out: one `Fetched` each (page, unchanged, or an issue `fetch.<cause>`).
Touches the network, with limits per host and in all, a deadline and a size cap per request, and
a guard that keeps strangers' URLs out of loopback and private networks.
"""

from pipeline.fetch.client import PoliteFetcher
from pipeline.fetch.policy import FetchPolicy

__all__ = ["FetchPolicy", "PoliteFetcher"]
