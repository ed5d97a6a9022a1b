"""The browser of the journeys: one for all tests of a file, each of which has its windows to itself."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.journeys.test_browser import CHROMIUM, QUIET


@pytest.fixture(scope="module")
async def started(anyio_backend: str) -> AsyncIterator[Browser]:
    """A browser: starting it takes longer than most tests."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        yield opened
        await opened.close()


@pytest.fixture
async def chromium(started: Browser) -> AsyncIterator[Browser]:
    """The browser, without a window before and after."""
    yield started
    for context in started.contexts:
        await context.close()
