"""Two tabs, an editor and a run at once: no edit is lost, and who collides is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.stages.app import Run
from pipeline.stages.write import draft
from pipeline.wiring import SystemClock, build
from tests.browser.house import House
from tests.conftest import StillClock
from tests.review.fakes import DAY, title_of

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_two_tabs_an_editor_and_a_run(page: Page, house: House) -> None:
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{house.day}?item=a0001")
    page.get_by_label("摘要").fill("第一页写的摘要")
    page.keyboard.press("Escape")
    page.locator("body:not([data-saving])").wait_for()
    # The second tab still shows the old words and writes over them: both are kept and shown.
    other.get_by_label("摘要").fill("第二页写的摘要")
    other.keyboard.press("Escape")
    other.locator("#clash .clash").wait_for()
    assert "第一页写的摘要" in other.locator("#clash").inner_text()
    assert "第二页写的摘要" in other.locator("#clash").inner_text()
    assert "Abstract: 第一页写的摘要" in house.note()
    other.get_by_role("button", name="用我的").click()
    other.locator("body:not([data-saving])").wait_for()
    assert "Abstract: 第二页写的摘要" in house.note()
    # An editor writes the file: the open pages follow by themselves.
    path = house.workspace.notes / f"{DAY:%Y%m}" / f"{DAY:%m%d}.md"
    edited = house.note().replace(f"[{title_of(2)}]", "[在编辑器里改的标题]")
    path.write_text(edited, encoding="utf-8")
    page.locator("#items .title", has_text="在编辑器里改的标题").wait_for(timeout=15_000)
    # A run comes: it writes nothing over what was edited.
    with build(house.workspace, SystemClock()) as app:
        draft(app, Run(run_id="again", day=DAY, started_at=StillClock().now()))
    page.locator("#items .row").nth(2).click()
    page.keyboard.press("j")
    page.keyboard.press("5")
    page.locator("body:not([data-saving])").wait_for()
    note = house.note()
    assert "Abstract: 第二页写的摘要" in note
    assert "[在编辑器里改的标题]" in note
    assert ":star::star::star::star::star:" in note


def test_what_is_being_typed_survives_a_change_elsewhere(page: Page, house: House) -> None:
    page.goto(f"{house.day}?item=a0001")
    box = page.get_by_role("textbox", name="要点")
    box.click()
    page.keyboard.type("正在写")
    page.locator("body:not([data-saving])").wait_for()
    path = house.workspace.notes / f"{DAY:%Y%m}" / f"{DAY:%m%d}.md"
    path.write_text(house.note().replace(f"[{title_of(1)}]", "[改了标题]"), encoding="utf-8")
    page.locator("#items .title", has_text="改了标题").wait_for(timeout=15_000)
    page.keyboard.type("，还没写完")
    page.keyboard.press("Control+Enter")
    page.locator("body:not([data-saving])").wait_for()
    note = house.note()
    assert "正在写，还没写完" in note
    assert "[改了标题]" in note


def test_a_file_deleted_under_an_open_page_is_said(page: Page, house: House) -> None:
    page.goto(f"{house.day}?item=a0001")
    path = house.workspace.notes / f"{DAY:%Y%m}" / f"{DAY:%m%d}.md"
    kept = path.read_bytes()
    path.unlink()
    page.keyboard.press("4")
    page.locator("#clash .problem").wait_for()
    assert "没有笔记文件" in page.locator("#clash").inner_text()
    page.keyboard.press("j")
    page.locator("#clash .problem", has_text="stardraft run").wait_for()
    path.write_bytes(kept)
    page.keyboard.press("4")
    page.locator("#clash .problem").wait_for(state="detached")
    assert ":star::star::star::star:" in house.note()
