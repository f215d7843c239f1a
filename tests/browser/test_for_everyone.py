"""Readable and usable by everyone: axe on every page, light and dark; a phone; no scripts at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import axe_playwright_python  # type: ignore[import-untyped]
import pytest

from tests.browser.house import House, serving
from tests.review.fakes import DAY, title_of
from tests.review.stock import rooms_of, stocked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
PAGES = (
    "/days",
    f"/day/{DAY}",
    f"/day/{DAY}?item=a0001",
    f"/day/{DAY}?item=a0001&view=article",
    f"/day/{DAY}?item=a0008&filter=dropped",
    f"/day/{DAY}/preview",
    f"/day/{DAY}/publish",
    "/stats",
    "/help",
    "/run",
    "/nowhere",
)


@pytest.fixture(scope="module", params=["zh", "en"])
def busy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house in one language in which some decisions were made."""
    workspace = stocked(tmp_path_factory.mktemp("busy"), language=request.param)
    with rooms_of(workspace) as rooms, serving(rooms) as address:
        from pipeline.desk import Change

        rooms.desk.apply(DAY, Change(action="stars", key="a0001", value="4"))
        rooms.desk.apply(DAY, Change(action="drop", key="a0005"))
        yield House(address=address, rooms=rooms, workspace=workspace)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    chrome: Browser, busy: House, scheme: Literal["light", "dark"]
) -> None:
    context = chrome.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    found = []
    for path in PAGES:
        page.goto(f"{busy.address}{path}")
        found += [(path, *row) for row in _serious(page)]
    page.goto(f"{busy.address}/day/{DAY}?item=a0001")
    page.keyboard.press("?")
    found += [("help", *row) for row in _serious(page)]
    page.keyboard.press("Escape")
    found += [("conflict", *row) for row in _conflict(page, busy)]
    page.goto(f"{busy.address}/day/{DAY}/publish")
    page.locator("#confirm button").click()
    page.locator(".done").wait_for()
    found += [("published", *row) for row in _serious(page)]
    context.close()
    assert found == []


def _conflict(page: Page, busy: House) -> list[tuple[str, str]]:
    """What axe says of the panel that shows both versions of a field."""
    box = page.locator(".fields textarea").first
    now = box.input_value()
    theirs = f"{now}（编辑器）"
    path = busy.workspace.notes / f"{DAY:%Y%m}" / f"{DAY:%m%d}.md"
    path.write_text(busy.note().replace(f"Abstract: {now}", f"Abstract: {theirs}"), "utf-8")
    box.fill(f"{now}（页面）")
    page.keyboard.press("Escape")
    page.locator("#clash .clash").wait_for()
    return _serious(page)


def _serious(page: Page) -> list[tuple[str, str]]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # The dark scheme changes nothing but colours; what passes need not be listed.
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    options = {"resultTypes": ["violations"]} | ({"runOnly": ["color-contrast"]} if dark else {})
    result = page.evaluate("(options) => axe.run(options)", options)
    return [
        (violation["id"], node["html"][:120] + " " + node["failureSummary"][:300])
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def test_a_phone_never_scrolls_sideways(chrome: Browser, busy: House) -> None:
    context = chrome.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{busy.address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.goto(f"{busy.address}/day/{DAY}")
    page.locator("#items .title").first.tap()
    page.locator("#pane .verdict").wait_for()
    assert not page.locator("#items").is_visible()
    page.locator(".back").tap()
    assert page.locator("#items").is_visible()
    context.close()


def test_without_scripts(chrome: Browser, house: House) -> None:
    context = chrome.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(house.address)
    page.locator("#items .row").nth(0).get_by_role("button", name="5 星").click()
    page.locator("#items .row").nth(1).hover()
    page.locator("#items .row").nth(1).get_by_role("button", name="删掉").click()
    page.locator("#items .title", has_text=title_of(3)).click()
    form = page.locator(".fields form", has=page.get_by_label("摘要"))
    form.locator("textarea").fill("不用脚本写的摘要")
    form.get_by_role("button", name="保存").click()
    page.locator("#bar").get_by_role("button", name="撤销").click()
    page.locator("#bar").get_by_role("button", name="重做").click()
    page.locator(".filters a", has_text="已定").click()
    assert page.locator("#items .row:visible").count() == 2
    note = house.note()
    assert ":star::star::star::star::star:" in note
    assert "Abstract: 不用脚本写的摘要" in note
    assert title_of(2) not in note
    page.get_by_role("link", name="发布", exact=True).click()
    page.get_by_role("button", name="确认发布").click()
    assert house.published().decode() == note
    context.close()
