"""`stardraft evaluate …`: how good the suggestions are, beside the simple methods."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="估计得有多准，与简单方法并排。")
