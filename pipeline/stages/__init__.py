"""The order of the stages: poll → fetch → extract → enrich → score → draft.

Each stage is a plain function of the `App` and the `Run` that does everything pending of its
kind, may be killed anywhere and repeated, and returns a `StageReport`.
"""

from pipeline.stages.app import App, Run
from pipeline.stages.run import ORDER, directly, run_stages

__all__ = ["ORDER", "App", "Run", "directly", "run_stages"]
