"""Every fault at once in one `stardraft run`: the rest is drafted, cause and next try are shown."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from pipeline.cli.main import app as command
from pipeline.errors import Exit
from pipeline.sources import write_opml
from pipeline.types import Feed
from tests.fetch.server import FaultServer, reply
from tests.fetch.test_faults import FAULTS
from tests.stages.mornings import EqualScorer
from tests.stages.rooms import feed_of
from tests.stages.test_faults import LATER, WRONG

LOOPBACK = {"redirect to loopback": "http://127.0.0.1:1/", "redirect by name": "http://localhost/"}
SECRET = "geheim77"
UNREACHABLE = {"dns": "找不到这个域名", "refused": "对方拒绝连接"}


def host(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name) + ".test"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `.test` name is this machine but `dns.test`, which nobody knows."""
    real = socket.getaddrinfo

    def look_up(name: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if name == host("dns"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        there = "127.0.0.1" if str(name).endswith(".test") else name
        return real(there, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    now = datetime.now(UTC)
    text = "<p>" + "这篇文章讲的是检测与分割。" * 60 + "</p>"
    body = f"<html><title>好文章</title><article><h1>好文章</h1>{text}</article></html>"
    good = feed_of(now - timedelta(hours=1), host=f"{host('good')}:PORT")
    routes: dict[str, Any] = {f"/{n}": fault for n, (fault, _) in enumerate(FAULTS.values())}
    routes |= {f"/later{n}": make() for n, make in enumerate(LATER.values())}
    routes |= {f"/wrong{n}": reply(answer) for n, answer in enumerate(WRONG.values())}
    routes |= {
        f"/loop{n}": reply(b"", "302 Found", Location=url)
        for n, url in enumerate(LOOPBACK.values())
    }
    with FaultServer(routes) as running:
        port = str(running.port)
        running.routes["/good"] = reply(
            good.replace("PORT", port).replace("https", "http").encode()
        )
        path = f"/{now - timedelta(hours=1):%Y%m%d%H%M}"
        running.routes[path] = reply(body.encode(), Content_Type="text/html; charset=utf-8")
        yield running


def followed(server: FaultServer) -> dict[str, str]:
    """The address of each broken feed by its title."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    broken = {name: server.url(f"/{n}", host(name)) for n, name in enumerate(FAULTS)}
    broken |= {f"429 {n}": server.url(f"/later{k}", host(n)) for k, n in enumerate(LATER)}
    broken |= {f"no feed: {n}": server.url(f"/wrong{k}", host(n)) for k, n in enumerate(WRONG)}
    broken |= {n: server.url(f"/loop{k}", host(n)) for k, n in enumerate(LOOPBACK)}
    return broken | {
        "dns": f"http://{host('dns')}/",
        "refused": f"http://{host('refused')}:{closed}/",
    }


@pytest.mark.usefixtures("names")
def test_every_fault_in_one_run(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {title: f"{url}?k={SECRET}" for title, url in followed(server).items()}
    good = Feed(id="good", title="好来源", url=server.url("/good", host("good")))
    feeds = [Feed(id=t, title=t, url=u) for t, u in broken.items()]
    folder = tmp_path / "w"
    runner = CliRunner()
    assert runner.invoke(command, ["init", str(folder)]).exit_code == 0
    (folder / "feeds.opml").write_text(write_opml([*feeds[:9], good, *feeds[9:]]), "utf-8")
    allowed = [host(n) for n in (*FAULTS, *LATER, *WRONG, *LOOPBACK, *UNREACHABLE, "good")]
    monkeypatch.setenv("STARDRAFT_FETCH__ALLOW_PRIVATE", json.dumps(allowed))
    monkeypatch.setenv("STARDRAFT_FETCH__TIMEOUT", "3")
    monkeypatch.setenv("STARDRAFT_FETCH__MAX_MEGABYTES", "1")
    monkeypatch.setattr("pipeline.wiring.rooms._scorer", lambda *_: EqualScorer())
    ran = runner.invoke(command, ["run", "--no-prefect", "--config", str(folder)])
    assert ran.exit_code == Exit.PARTLY, ran.output
    (note,) = (folder / "notes").rglob("*.md")
    preface, _, drafted = note.read_text("utf-8").partition("-->")
    assert "[好文章]" in drafted
    assert "另有" in preface
    told = runner.invoke(command, ["sources", "--config", str(folder), "--json"])
    shown = {row["title"]: row for row in json.loads(told.output)}
    assert shown.pop("好来源")["issue"] is None
    assert set(shown) == set(broken)
    lines = runner.invoke(command, ["sources", "--config", str(folder)]).output.splitlines()
    for title, row in shown.items():
        assert row["issue"], title
        assert row["failures"] == 1
        again = datetime.fromisoformat(row["next_poll_at"])
        assert again > datetime.now(UTC)
        at = next(n for n, line in enumerate(lines) if line.startswith(f"✗ {title}  "))
        assert row["issue"] in lines[at + 1]
        told_at = again.astimezone(ZoneInfo("Asia/Shanghai"))
        assert lines[at + 2] == f"    下次再试：{told_at:%Y-%m-%d %H:%M} 以后"
    status = runner.invoke(command, ["status", "--config", str(folder), "--json"]).output
    for said in (ran.output, told.output, "\n".join(lines), status, preface, drafted):
        assert SECRET not in said
    assert SECRET in runner.invoke(command, ["sources", "--config", str(folder), "--opml"]).output
    for name, sentence in UNREACHABLE.items():
        assert shown[name]["issue"] == sentence
    for name in LOOPBACK:
        assert "本机、内网" in shown[name]["issue"]
    assert any(line.startswith("✓ 好来源") for line in lines)
