"""The facts of the drawn pictures, on which the thresholds of `pipeline.pictures.look` stand.

    python -m tests.eval.sights [FIRST SEED] [SEEDS]

Prints per kind of drawing the range of each fact and what it was taken for.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from pipeline.errors import Issue
from pipeline.pictures.look import Sight, look
from tests.pictures.drawn import encoded, every


def main(first: int = 0, count: int = 6) -> None:
    """Print the table."""
    seen: defaultdict[str, list[Sight]] = defaultdict(list)
    wrong: Counter[str] = Counter()
    for name, picture, allowed in every(range(first, first + count)):
        for kind in ("PNG", "JPEG"):
            sight = look(encoded(picture, kind))
            if isinstance(sight, Issue):
                raise SystemExit(f"{name}: {sight.sentence}")
            seen[name.split()[0]].append(sight)
            wrong[name.split()[0]] += sight.kind not in allowed
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
