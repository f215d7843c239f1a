"""`./run.sh bench [NAME] [ARGS…]`: run one measurement, or list them."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def names() -> list[str]:
    """Every measurement by name."""
    return sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name[0] != "_")


def main(arguments: list[str]) -> int:
    """Run the named measurement with the arguments that follow; its exit code."""
    if not arguments or arguments[0] not in names():
        sys.stderr.write("measurements: " + ", ".join(names()) + "\n")
        return 2 if arguments else 0
    module = importlib.import_module(f"benchmarks.{arguments[0]}")
    return int(module.main(arguments[1:]) or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
