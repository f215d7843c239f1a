"""The workspace of a real day: shipped defaults, with every address led to the replay server."""

from __future__ import annotations

import shutil
from pathlib import Path

from demo.replay import ReplayServer

_SETTINGS = """\
# A real day on recorded data: everything is asked of a replay server on this machine.
[reader]
timezone = "Asia/Shanghai"

[draft]
max_items = {items}
per_feed = {per_feed}

[fetch]
gateway = "{gateway}"
allow_private = ["127.0.0.1:{port}"]
wechat_delay = 0.1
timeout = 15.0

[arxiv]
api_url = "{arxiv_url}"
interval = {interval}

[github]
api_url = "{github_url}"

[lookup]
crossref = "{crossref}"
openreview = "{openreview}"
hugging_face = "{huggingface}"

[model]
name = "{model}"
"""


def write_workspace(
    folder: Path,
    opml: str,
    server: ReplayServer,
    *,
    interests: Path,
    items: int,
    model: str,
    interval: float,
) -> None:
    """Write the reader's files into `folder`; state and notes that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = _SETTINGS.format(
        items=items,
        per_feed=max(3, items // 2),
        gateway=server.gateway,
        port=server.port,
        arxiv_url=server.arxiv_url,
        github_url=server.github_url,
        **{name: server.lookup_url(name) for name in ("crossref", "openreview", "huggingface")},
        interval=interval,
        model=model,
    )
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    (folder / "feeds.opml").write_text(opml, encoding="utf-8")
    if not (folder / "interests.toml").exists():
        shutil.copyfile(interests, folder / "interests.toml")
