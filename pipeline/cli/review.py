"""`stardraft review`: the local page where the day's draft becomes the published note."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.talk import Config, Day


def review(
    day: Day = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="端口；0：任意空闲的。")
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", help="默认只在本机；别的地址一定要口令。")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="不打开浏览器。")] = False,
    served_by: Annotated[int, typer.Option("--served-by", hidden=True)] = 0,
    config: Config = None,
) -> None:
    """打开审阅页：过目、给星、改写、发布当天的笔记。"""
    from pathlib import Path

    from pipeline.review.server import opening, serve
    from pipeline.settings import find_config, load_workspace
    from pipeline.wiring import SystemClock
    from pipeline.wiring.review import review_rooms

    if served_by:
        from flows.server import die_with_parent

        die_with_parent(served_by)
    workspace = load_workspace(find_config(config, Path.cwd()))
    chosen = workspace.settings.review
    found = opening(host or chosen.host, chosen.port if port is None else port, chosen.token)
    query = f"?token={found.token}" if found.token else ""
    address = f"{found.address}{f'/day/{day}' if day else '/'}{query}"
    with review_rooms(workspace, SystemClock(), served=bool(served_by)) as rooms:
        typer.echo(f"审阅页：{address}" + ("" if served_by else "（Ctrl+C 结束）"))
        if chosen.open and not no_open:
            _open_soon(address)
        serve(rooms, found)


def _open_soon(address: str) -> None:
    """Open the browser as soon as the server answers (its socket already takes callers)."""
    import threading
    import webbrowser

    threading.Timer(0.5, webbrowser.open, (address,)).start()
