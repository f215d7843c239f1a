"""The facts of the drawn pictures, on which the thresholds of `pipeline.pictures.look` stand.

    python -m tests.eval.sights [FIRST SEED] [SEEDS]

Prints per kind of drawing the range of each fact and what it was taken for; then the same of the
drawings and painted pages on which nothing was set.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain

from pipeline.errors import Issue
from pipeline.pictures.look import Sight, look
from tests.pictures.drawn import encoded, every
from tests.pictures.drawn_more import PAGES, filled, more

Drawn = Iterable[tuple[str, bytes, frozenset[str]]]


def main(first: int = 0, count: int = 6) -> None:
    """Print both tables."""
    seeds = range(first, first + count)
    known = (
        (name.split()[0], encoded(picture, kind), allowed)
        for name, picture, allowed in every(seeds)
        for kind in ("PNG", "JPEG")
    )
    table(known)
    print()
    table(chain(more(seeds), painted(seeds)))


def painted(seeds: range) -> Drawn:
    """Pages painted by the browser of the system, cut to what they hold."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"))
        tab = browser.new_page(viewport={"width": 960, "height": 600})
        for name in PAGES:
            for seed in seeds:
                tab.set_content(filled(name, random.Random(f"{name} {seed}")))
                body = tab.locator("body > *").first.screenshot()
                yield f"page: {name}", body, frozenset({"figure"})
        browser.close()


def table(drawn: Drawn) -> None:
    """Print what was seen of every kind of drawing."""
    seen: defaultdict[str, list[Sight]] = defaultdict(list)
    wrong: Counter[str] = Counter()
    for name, body, allowed in drawn:
        sight = look(body)
        if isinstance(sight, Issue):
            raise SystemExit(f"{name}: {sight.sentence}")
        seen[name].append(sight)
        wrong[name] += sight.kind not in allowed
    print("| drawing | ratio | code | one colour | edges | colours | tint | taken for | wrong |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, sights in seen.items():
        ranges = (
            f"{min(values):.3g}-{max(values):.3g}"
            for values in (
                [s.ratio for s in sights],
                [s.code for s in sights],
                [s.plain for s in sights],
                [s.edges for s in sights],
                [s.colours for s in sights],
                [s.tint for s in sights],
            )
        )
        kinds = ", ".join(sorted({s.kind for s in sights}))
        print(f"| {name} | {' | '.join(ranges)} | {kinds} | {wrong[name]} of {len(sights)} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
