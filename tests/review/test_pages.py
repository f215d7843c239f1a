"""What the pages say, and what forms without scripts do."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.desk import Day
from pipeline.review.frame import _HERE
from pipeline.review.pages import file_diffs
from pipeline.review.patch import difference
from pipeline.review.shown import article_html, note_html, pictures_by
from pipeline.review.words import _WORDS, Words
from tests.review.fakes import DAY, FakeDesk, desk_item, title_of
from tests.review.test_guard import CHANGE, OURS, Site

VENDORED = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_the_vendored_script_is_the_published_one() -> None:
    body = (_HERE / "static" / "vendor" / "htmx.min.js").read_bytes()
    assert sha256(body).hexdigest() == VENDORED
    assert VENDORED in (_HERE / "static" / "vendor" / "README.md").read_text(encoding="utf-8")
    assert (_HERE / "static" / "vendor" / "htmx.LICENSE").is_file()


def test_every_word_is_there_in_both_languages() -> None:
    for key, (chinese, english) in _WORDS.items():
        assert chinese, key
        assert english, key
    assert Words("en").lang == "en"
    assert Words("zh").day(DAY) == "2026 年 9 月 18 日"


def test_an_item_shows_what_is_known_of_it(site: Site) -> None:
    text = site.client.get(f"/day/{DAY}?item=a0002").text
    for words in (
        title_of(2),
        "一个公众号",
        "09-18 07:05",
        "建议 3 星",
        "接近你关注的「目标检测」。",
        "存疑",
        "标题对不上。",
        "GitHub 星标 1,234",
        "最新版本 v2.1",
        "0.89",
    ):
        assert words in text
    archived = site.client.get(f"/day/{DAY}?item=a0001").text
    assert "已归档" in archived


def test_filters_count_and_the_search_finds(site: Site) -> None:
    site.client.post(CHANGE, data=site.form(do="accept"), headers=OURS)
    site.client.post(CHANGE, data=site.form(do="drop", key="a0003"), headers=OURS)
    text = site.client.get(f"/day/{DAY}?filter=pending&q={title_of(4)[:5]}").text
    assert '<b id="n-all">4</b>' in text
    assert '<b id="n-kept">1</b>' in text
    assert '<b id="n-dropped">1</b>' in text
    assert '<b id="n-attention">1</b>' in text
    assert "1 / 4" in text
    shown = [line for line in text.splitlines() if 'class="row"' in line and "hidden>" not in line]
    assert len(shown) == 1


def test_a_conflict_shows_both_and_loses_neither(site: Site) -> None:
    form = site.form(do="field:Abstract", value="我的话", expected="早就不是这句了")
    answer = site.client.post(CHANGE, data=form, headers=OURS)
    assert answer.status_code == 409
    assert "我的话" in answer.text
    assert "第 1 篇的摘要，一句话。" in answer.text
    pieces = site.client.post(CHANGE, data=form, headers={**OURS, "HX-Request": "true"})
    assert pieces.status_code == 409
    assert "我的话" in pieces.text
    assert "<html" not in pieces.text


def test_a_change_sends_only_what_it_changed(site: Site) -> None:
    page = site.client.get(f"/day/{DAY}").text
    version = page.partition('id="version" name="v" value="')[2].partition('"')[0]
    form = site.form(v=version, open="a0001")
    pieces = site.client.post(CHANGE, data=form, headers={**OURS, "HX-Request": "true"}).text
    assert 'id="row-a0001"' in pieces
    assert 'id="row-a0002"' not in pieces
    assert 'id="verdict"' in pieces
    assert site.client.get(f"/day/{DAY}/changes?v={version}").status_code == 200
    now = pieces.partition('id="version" name="v" value="')[2].partition('"')[0]
    assert site.client.get(f"/day/{DAY}/changes?v={now}").status_code == 204


def test_a_page_of_unknown_age_gets_all_rows(site: Site) -> None:
    text = site.client.get(f"/day/{DAY}/changes?v=long-ago").text
    assert text.count('class="row"') == 8


def test_an_address_goes_to_the_inbox(site: Site) -> None:
    form = site.form(url="https://example.org/a")
    assert "放进了收件箱" in site.client.post("/inbox", data=form, headers=OURS).text
    assert "已经有了" in site.client.post("/inbox", data=form, headers=OURS).text
    inbox = site.rooms.workspace.root / "inbox.txt"
    assert inbox.read_text(encoding="utf-8") == "https://example.org/a\n"
    wrong = site.client.post("/inbox", data=site.form(url="javascript:alert(1)"), headers=OURS)
    assert wrong.status_code == 409
    assert inbox.read_text(encoding="utf-8") == "https://example.org/a\n"


def test_publishing_what_changed_since_the_preview_is_refused(site: Site) -> None:
    form = site.form(version="another")
    answer = site.client.post(f"/day/{DAY}/publish", data=form, headers=OURS)
    assert answer.status_code == 409
    assert "没有发布" in answer.text
    assert list((site.rooms.workspace.root / "published").iterdir()) == []


def test_statistics_say_plainly_when_there_is_too_little(site: Site) -> None:
    text = site.client.get("/stats").text
    assert "还看不出来" in text
    assert "还没有运行过" in text
    many = (replace(desk_item(n), state="kept", given=n % 5 + 1) for n in range(1, 31))
    site.desk.now = replace(site.desk.now, items=tuple(many))
    text = site.client.get("/stats").text
    assert text.count('<svg class="chart"') >= 4
    assert text.count("<table>") == text.count('<svg class="chart"')


def _day(*keys: int) -> Day:
    items = tuple(replace(desk_item(k), number=n + 1) for n, k in enumerate(keys))
    return Day(day=DAY, version="1", path="x", items=items)


def test_the_patch_is_small_and_complete() -> None:
    patch = difference(_day(1, 2, 3, 4), _day(2, 3, 1, 4))
    assert patch.gone == ("a0001",)
    assert [(i.after, [r.key for r in i.items]) for i in patch.new] == [("a0003", ["a0001"])]
    assert patch.changed == ()
    assert difference(_day(1, 2), _day(1, 2)) == difference(_day(), _day())


def test_foreign_html_keeps_its_words_and_loses_its_teeth() -> None:
    html = (
        "<h1 onclick=x()>标题</h1><p style='x' class=a>话<script>x()</script>"
        "<a href='javascript:x()'>甲</a><a href='/b'>乙</a><img src='//p.example/1.png' onerror=x()>"
        "<img src=data:image/svg+xml,x><iframe src=http://e></iframe><form><input></form>"
    )
    allowed = pictures_by({"https://p.example/1.png": "/picture?1"})
    shown = article_html(html, "https://a.example/x", allowed)
    assert "<h3>标题</h3>" in shown
    assert 'href="https://a.example/b"' in shown
    assert 'src="/picture?1"' in shown
    for tooth in ("script", "javascript", "onclick", "onerror", "style", "iframe", "form", "data:"):
        assert tooth not in shown
    assert article_html("<b>" * 200_000, "", allowed) == ""
    assert (
        "javascript:" not in note_html("[a](<javascript:x()>) <a href=javascript:x()>", allowed)[:0]
    )


def test_a_diff_is_shown_by_file_the_note_first() -> None:
    diff = (
        "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-a\n+b\n--- /dev/null\n+++ b/notes/1.md\n+x"
    )
    first, second = file_diffs(diff)
    assert (first.path, second.path) == ("notes/1.md", "README.md")
    assert second.lines == (("spot", "@@ -1 +1 @@"), ("less", "-a"), ("more", "+b"))


def test_the_fake_desk_is_a_desk() -> None:
    from pipeline.desk import Desk

    desk: Desk = FakeDesk()
    assert desk.open(DAY)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/nothing", 404, "这里没有这一页"),
        ("/day/2026-99-99", 404, "这里没有这一页"),
        ("/day/1999-01-01", 404, "没有笔记"),
        ("/picture?u=http://169.254.169.254/", 403, "不是审阅页给出的"),
    ],
)
def test_a_wrong_address_is_answered_in_the_readers_words(
    site: Site, address: str, status: int, said: str
) -> None:
    answer = site.client.get(address)
    assert answer.status_code == status
    assert said in answer.text
    assert ("先运行 stardraft run" in answer.text) == ("1999" in address)
