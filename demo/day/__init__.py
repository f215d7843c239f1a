"""The sample day, 2026-09-18: what the web, arXiv and GitHub would have answered that morning.

In: the readable sources below `data/` (one Markdown file per article, TOML for facts) and
`workspace/`, `archive/` (a reader's folder and past notes). Out: `SampleDay`, a `demo.world.World`.
Touches: only these files. The texts and accounts are made up; papers, their ids, titles and
authors, and the repositories are facts (numbers of stargazers are of about 2024, rounded).
"""

from demo.day.world import SampleDay

__all__ = ["SampleDay"]
