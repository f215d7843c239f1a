"""The server is away, refuses, or has no picture: said in plain words, and nothing written is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.house import House
from tests.review.fakes import DAY, title_of

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser, Page, Route

_PANE = re.compile(r"/pane\?")
_CHANGE = re.compile(r"/change$")


def test_an_item_that_does_not_come_is_asked_for_again(page: Page, house: House) -> None:
    page.goto(f"{house.day}?item=a0001")
    page.route(_PANE, lambda route: route.abort())
    page.keyboard.press("j")
    page.locator("#said", has_text="连不上了").wait_for()
    assert page.locator("#pane").get_attribute("aria-busy") == "true"
    assert page.locator("#pane textarea.titlebox").input_value() == title_of(1)
    page.unroute(_PANE)
    page.locator("#pane .item[data-key=a0002]").wait_for()
    assert page.locator("#pane").get_attribute("aria-busy") is None
    assert "item=a0002" in page.url


def test_a_late_answer_does_not_bring_back_a_trouble_that_is_over(page: Page, house: House) -> None:
    page.goto(f"{house.day}?item=a0001")
    path = house.workspace.notes / f"{DAY:%Y%m}" / f"{DAY:%m%d}.md"
    kept = path.read_bytes()
    held: list[tuple[Route, APIResponse]] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    page.route(_PANE, hold_the_first)
    path.unlink()
    page.keyboard.press("j")
    while not held:
        page.wait_for_timeout(20)
    path.write_bytes(kept)
    page.keyboard.press("4")
    page.locator("body:not([data-saving])").wait_for()
    (route, answer) = held[0]
    assert not answer.ok
    route.fulfill(response=answer)
    page.locator("#pane .item[data-key=a0002]").wait_for()
    assert page.locator("#clash .problem").count() == 0


def test_what_was_written_stays_in_sight_where_it_is_refused(page: Page, house: House) -> None:
    before = house.note()
    page.goto(f"{house.day}?item=a0001")
    page.route(
        _CHANGE, lambda route: route.fulfill(status=403, content_type="text/plain", body="不行")
    )
    page.get_by_label("摘要").fill("好不容易<b>写成</b>的摘要")
    page.keyboard.press("Escape")
    page.locator("#clash .problem", has_text="没有保存：不行").wait_for()
    assert page.locator("#clash pre").inner_text() == "好不容易<b>写成</b>的摘要"
    assert house.note() == before
    page.unroute(_CHANGE)
    page.get_by_label("摘要").fill("好不容易写成的摘要")
    page.keyboard.press("Escape")
    page.locator("body:not([data-saving])").wait_for()
    assert page.locator("#clash .problem").count() == 0
    assert "Abstract: 好不容易写成的摘要" in house.note()


def test_enter_in_a_title_saves_it_as_one_line(page: Page, house: House) -> None:
    page.goto(f"{house.day}?item=a0001")
    page.locator("#pane textarea.titlebox").fill("一行的标题")
    page.keyboard.press("Enter")
    page.locator("#items .title", has_text="一行的标题").wait_for()
    assert page.locator("#pane textarea.titlebox").input_value() == "一行的标题"
    assert "1. [一行的标题](" in house.note()


def test_a_picture_that_does_not_come_leaves_its_number(page: Page, house: House) -> None:
    page.route(re.compile("/picture"), lambda route: route.abort())
    page.goto(f"{house.day}?item=a0001")
    choice = page.locator(".pictures .choice").first
    choice.scroll_into_view_if_needed()
    choice.locator("img").wait_for(state="hidden")
    assert choice.is_visible()


def test_back_on_a_phone_leads_from_the_item_to_the_list(chrome: Browser, house: House) -> None:
    context = chrome.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{house.address}/history")
    page.goto(f"{house.address}/day/{DAY}")
    page.locator("#items .title").nth(1).tap()
    page.locator("#pane .item[data-key=a0002]").wait_for()
    page.go_back()
    page.locator("#items").wait_for()
    page.go_forward()
    page.locator("#pane .item[data-key=a0002]").wait_for()
    page.locator(".back").tap()
    page.locator("#items").wait_for()
    assert f"/day/{DAY}" in page.url
    page.go_back()
    assert page.url == f"{house.address}/history"
    context.close()
