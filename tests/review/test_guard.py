"""Who may ask and who may write."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.errors import UsageError
from pipeline.review.app import make_app
from pipeline.review.guard import MAX_BODY, Gate, _local, local_hosts, parse_form
from pipeline.review.server import is_loopback, opening
from pipeline.settings import load_workspace
from pipeline.wiring import SystemClock
from pipeline.wiring.review import ReviewRooms
from tests.review.fakes import DAY, FakeDesk, workspace_at

BASE = "http://127.0.0.1:4218"
CHANGE = f"/day/{DAY}/change"
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": BASE}


class Site:
    """A client of the page over a desk in memory."""

    def __init__(self, folder: Path, token: str = "") -> None:
        self.desk = FakeDesk()
        self.rooms = ReviewRooms(load_workspace(workspace_at(folder)), SystemClock(), self.desk)
        self.gate = Gate(hosts=local_hosts(4218), secret=self.rooms.secret(), token=token)
        self.client = TestClient(make_app(self.rooms, self.gate), base_url=BASE)

    def form(self, **more: str) -> dict[str, str]:
        return {"csrf": self.gate.form_token, "key": "a0001", "do": "stars:4", **more}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_write_from_our_own_page_is_obeyed(site: Site) -> None:
    answer = site.client.post(CHANGE, data=site.form(), headers=OURS, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/day/{DAY}?item=a0001#row-a0001"
    assert site.desk.now.items[0].given == 4


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:4218"},
        {"Origin": BASE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": BASE, "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": f"{BASE}/"},
    ],
)
def test_a_write_from_anywhere_else_is_refused(site: Site, headers: dict[str, str]) -> None:
    answer = site.client.post(CHANGE, data=site.form(), headers=headers)
    assert answer.status_code == 403
    assert site.desk.changes == []


@pytest.mark.parametrize("csrf", ["", "0" * 32, "秘"])
def test_a_write_without_the_forms_token_is_refused(site: Site, csrf: str) -> None:
    answer = site.client.post(CHANGE, data=site.form(csrf=csrf), headers=OURS)
    assert answer.status_code == 403
    assert site.desk.changes == []


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:4218.evil.example", "localhost", ""],
)
def test_a_foreign_host_is_refused(site: Site, host: str) -> None:
    assert site.client.get("/help", headers={"Host": host}).status_code == 421


def test_every_get_leaves_everything_as_it_was(site: Site) -> None:
    for path in (CHANGE, f"/day/{DAY}/undo", f"/day/{DAY}/redo", "/inbox"):
        assert site.client.get(f"{path}?do=drop&key=a0001").status_code == 405
    before = site.desk.now
    for path in ("/", "/days", f"/day/{DAY}", f"/day/{DAY}/preview", f"/day/{DAY}/publish"):
        assert site.client.get(path).status_code == 200
    assert site.desk.now is before
    assert not (site.rooms.workspace.root / "published" / "README.md").exists()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(site: Site, method: str) -> None:
    assert site.client.request(method, "/help").status_code == 405


@pytest.mark.parametrize("path", ["/", "/days", f"/day/{DAY}", "/static/app.js", "/nowhere"])
def test_nobody_may_frame_sniff_or_script_our_answers(site: Site, path: str) -> None:
    headers = site.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_no_page_carries_inline_script_style_or_handler(site: Site) -> None:
    for path in ("/days", f"/day/{DAY}?item=a0002", f"/day/{DAY}/preview", "/stats", "/help"):
        text = site.client.get(path).text
        assert "<script>" not in text
        assert " style=" not in text.partition('id="previewed"')[0]
        assert " onclick" not in text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/guard.py",
        "/static/app.css%00.js",
        "/day/..%2f..%2fetc",
        "/day/0001-13-99",
        "/picture?u=file:///etc/passwd&a=&s=",
        "/picture?d=2026-09-18&n=../../settings.toml&s=0",
    ],
)
def test_paths_out_of_the_house_lead_nowhere(site: Site, path: str) -> None:
    assert site.client.get(path).status_code in (403, 404)


def test_only_signed_pictures_are_fetched(site: Site) -> None:
    unsigned = "/picture?u=http://169.254.169.254/latest&a=x&s=" + "0" * 32
    assert site.client.get(unsigned).status_code == 403
    mark = site.gate.sign("picture", "http://169.254.169.254/latest", "x")
    signed = f"/picture?u=http://169.254.169.254/latest&a=x&s={mark}"
    assert site.client.get(signed).status_code == 404  # the fetch room's guard refuses it


def test_a_local_picture_is_served_by_what_it_is(site: Site) -> None:
    folder = site.rooms.workspace.notes / f"{DAY:%Y%m}"
    folder.mkdir(parents=True)
    (folder / "page.png").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>")
    (site.rooms.workspace.root / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    for name in ("page.png", "../../secret.png", "/etc/hostname"):
        mark = site.gate.sign("local", str(DAY), name)
        asked = site.client.get("/picture", params={"d": str(DAY), "n": name, "s": mark})
        assert asked.status_code == 404


def test_a_form_that_is_too_large_or_no_form_is_refused(site: Site) -> None:
    body = b"csrf=" + b"x" * MAX_BODY
    kind = {"Content-Type": "application/x-www-form-urlencoded", **OURS}
    assert site.client.post(CHANGE, content=body, headers=kind).status_code == 413
    json = {"Content-Type": "application/json", **OURS}
    assert site.client.post(CHANGE, content=b"{}", headers=json).status_code == 415
    assert parse_form("键=值".encode()) is None
    assert parse_form(b"&".join(b"a=1" for _ in range(200))) is None


@pytest.mark.parametrize("do", ["", "stars:", "stars:x", "stars:４", "field:", "unlink", "move:-1"])
def test_a_change_that_makes_no_sense_changes_nothing(site: Site, do: str) -> None:
    assert site.client.post(CHANGE, data=site.form(do=do), headers=OURS).status_code == 400
    assert site.desk.changes == []


def test_beyond_this_machine_a_token_is_needed(tmp_path: Path) -> None:
    site = Site(tmp_path, token="open sesame")
    assert site.client.get("/help").status_code == 401
    assert site.client.get("/help?token=wrong").status_code == 401
    assert site.client.post(CHANGE, data=site.form(), headers=OURS).status_code == 401
    cookie = {"Cookie": "stardraft=open sesame"}
    assert site.client.get("/help", headers=cookie).status_code == 401
    let_in = site.client.get("/help?token=open+sesame", follow_redirects=False)
    assert (let_in.status_code, let_in.headers["location"]) == (303, "/help")
    assert "httponly" in let_in.headers["set-cookie"].lower()
    assert site.client.get("/help").status_code == 200
    assert _local("//evil.example/x", [("a", "b c")]) == "/evil.example/x?a=b+c"
    assert _local("/\\evil.example", []) == "/evil.example"


def test_the_secret_outlives_the_server_and_is_private(site: Site) -> None:
    path = site.rooms.workspace.state / "review.key"
    assert path.stat().st_mode & 0o077 == 0
    assert site.rooms.secret() == site.rooms.secret() == path.read_bytes()
    path.write_bytes(b"short")
    assert len(site.rooms.secret()) == 32


def test_only_this_machine_without_a_token() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("localhost")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("nas.lan")
    wide = opening("0.0.0.0", 0, "")
    wide.listener.close()
    assert len(wide.token) >= 20
    assert wide.address.startswith("http://127.0.0.1:"), "what a browser here can open"
    near = opening("127.0.0.1", 0, "")
    near.listener.close()
    assert near.token == ""


def test_a_port_that_is_taken_is_said_plainly() -> None:
    first = opening("127.0.0.1", 0, "")
    with pytest.raises(UsageError) as caught:
        opening("127.0.0.1", first.listener.getsockname()[1], "")
    first.listener.close()
    assert caught.value.issues[0].sentence == "打不开这个地址：已有程序在用它。"
