"""A whole review, from the draft to the published bytes: by keys only, and by mouse only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.house import House
from tests.review.fakes import title_of

if TYPE_CHECKING:
    from playwright.sync_api import Page


def saved(page: Page) -> None:
    """Wait until everything that was typed is acknowledged."""
    page.locator("body:not([data-saving])").wait_for()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_by_keyboard_only(page: Page, house: House) -> None:
    page.goto(house.address)
    press(page, "j", "4", "j", "a", "j", "x")
    saved(page)
    assert page.locator(".progress .count").inner_text() == "2 / 5"
    press(page, "u")
    saved(page)
    assert page.locator("#items .row").count() == 6
    press(page, "Shift+U")
    saved(page)
    assert page.locator("#items .row").count() == 5
    # The fourth article is the third item now; it goes to the top.
    page.locator(".row[aria-current]", has_text=title_of(4)).wait_for()
    press(page, "Alt+ArrowUp", "Alt+ArrowUp", "5")
    saved(page)
    page.locator("#pane .item[data-key=a0004]").wait_for()
    press(page, "e")
    page.locator("#pane .fields textarea:focus").wait_for()
    press(page, "Control+a")
    _compose(page, "手写的", "手写的摘要")
    page.keyboard.type("，jx5 也是字。")
    press(page, "Control+Enter")
    saved(page)
    page.locator("#pane .item:not([data-key=a0004])").wait_for()
    press(page, "o")
    page.locator("#pane .reading").wait_for()
    press(page, "o", "/")
    page.keyboard.type(title_of(6)[:5])
    assert page.locator("#items .row:visible").count() == 1
    press(page, "Escape", "Escape")
    assert page.locator("#items .row:visible").count() == 5
    press(page, "?")
    page.locator("dialog[open]").wait_for()
    press(page, "Escape")
    note = house.note()
    assert note.index(title_of(4)) < note.index(title_of(1)) < note.index(title_of(2))
    assert title_of(3) not in note
    assert "Abstract: 手写的摘要，jx5 也是字。" in note
    assert [line.count(":star:") for line in note.splitlines() if line[:1].isdigit()][:3] == [
        5,
        4,
        3,
    ]
    page.locator("a.primary").focus()
    press(page, "Enter")
    page.locator("#confirm button:focus").wait_for()
    press(page, "Enter")
    page.locator(".done").wait_for()
    assert house.published().decode() == note
    press(page, "g", "d")
    page.wait_for_url("**/day/*")
    press(page, "g", "h")
    page.wait_for_url("**/days")
    press(page, "g", "s")
    page.wait_for_url("**/stats")


def _compose(page: Page, half: str, whole: str) -> None:
    """What a Chinese input method sends: a composition with keys in it, then its text."""
    session = page.context.new_cdp_session(page)
    for text in ("s", "sh", half):
        session.send(
            "Input.dispatchKeyEvent",
            {"type": "rawKeyDown", "key": "Process", "code": "KeyX", "windowsVirtualKeyCode": 229},
        )
        session.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    page.wait_for_timeout(800)  # longer than the pause after which a field is saved
    session.send("Input.insertText", {"text": whole})
    session.detach()


def test_by_mouse_only(page: Page, house: House) -> None:
    page.goto(house.address)
    rows = page.locator("#items .row")
    rows.nth(0).get_by_role("button", name="4 星").click()
    rows.nth(1).get_by_role("button", name="采纳").click()
    saved(page)
    rows.nth(2).hover()
    rows.nth(2).get_by_role("button", name="删掉").click()
    saved(page)
    page.locator("#bar").get_by_role("button", name="撤销").click()
    saved(page)
    assert rows.count() == 6
    page.locator("#bar").get_by_role("button", name="重做").click()
    saved(page)
    assert rows.count() == 5
    rows.nth(4).drag_to(rows.nth(0))
    saved(page)
    rows.nth(4).hover()
    rows.nth(4).get_by_role("button", name="上移").click()
    saved(page)
    page.locator("#also_seen .row").first.get_by_role("button", name="放进笔记").click()
    saved(page)
    assert rows.count() == 6
    rows.nth(1).locator(".title").click()
    page.locator("#pane .choice").nth(1).click()
    saved(page)
    page.locator("#pane .views a", has_text="原文").click()
    page.locator("#pane .reading").wait_for()
    page.locator(".filters a", has_text="已定").click()
    assert (
        page.locator("#items .row:visible").count() == 3
    )  # starred, accepted, promoted; moving decides nothing
    note = house.note()
    assert note.index(title_of(6)) < note.index(title_of(1)) < note.index(title_of(2))
    assert title_of(3) not in note
    assert title_of(7) in note.partition("<details>")[0]
    assert "https://mmbiz.qpic.cn/1/b" in note
    page.get_by_role("link", name="预览").click()
    page.locator("#previewed .sheet").wait_for()
    page.get_by_role("link", name="发布", exact=True).click()
    page.get_by_role("button", name="确认发布").click()
    page.locator(".done").wait_for()
    assert house.published().decode() == note
