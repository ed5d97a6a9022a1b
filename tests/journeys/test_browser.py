"""The first minutes of somebody who tries the desk: the real program, its page, a real browser.

Skipped where there is no Chromium. Playwright's asynchronous driver, as in tests/sandbox_page/conftest.py.
"""

import re
import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import FilePayload, Locator, Page, async_playwright, expect

from tests.journeys.live import BELLA, PICKER, Live, running, shopify, shopify_file

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: nobody tried the desk in a browser"),
]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PATIENCE_MS = 30_000


@pytest.fixture
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The program."""
    with running(tmp_path_factory.mktemp("live")) as desk:
        yield desk


@pytest.fixture
async def page(live: Live) -> AsyncIterator[Page]:
    """Its page, in Chinese. Any script error on it fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        context = await browser.new_context(viewport={"width": 1000, "height": 800}, locale="zh-CN")
        opened = await context.new_page()
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        await opened.goto(live.url)
        yield opened
        assert errors == []
        await browser.close()


def bubble(page: Page, text: str) -> Locator:
    """The last message that matches."""
    return page.get_by_test_id("messages").locator("[data-message-id]").filter(has_text=re.compile(text)).last


async def seen(shown: Locator) -> None:
    """It comes, on a slow machine too."""
    await expect(shown).to_be_visible(timeout=PATIENCE_MS)


async def tap(page: Page, label: str, toast: str) -> None:
    """Tap the last button with that label and read the toast."""
    await page.locator("[data-button]", has_text=label).last.click()
    await expect(page.get_by_test_id("toast").last).to_contain_text(toast, timeout=PATIENCE_MS)


async def test_a_file_dropped_in_becomes_a_wave_at_the_pickers(page: Page) -> None:
    await page.locator(f"[data-person-id='{BELLA}']").click()
    data = shopify_file(shopify(3001, "CUP-W", 1, "12.00"), shopify(3002, "BOWL-S", 2, "9.00"))
    file = FilePayload(name="orders_export.csv", mimeType="text/csv", buffer=data)
    await page.get_by_test_id("file").set_input_files([file])
    await page.get_by_test_id("send").click()
    await seen(bubble(page, "新增：2 · 变更：0 · 未变：0"))
    await seen(bubble(page, "可审核 2"))
    await tap(page, "通过 2 单", "已通过：2")
    await seen(bubble(page, "审核通过 2 单"))
    await page.locator(f"[data-person-id='{PICKER}']").click()
    await seen(bubble(page, "W0001-pick.pdf"))
    await tap(page, "领取", "W0001 由你拣货")
