"""The phone's scan page in a real browser for the stock room: counted, put right, offline, and never twice.

Skipped where there is no Chromium.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from domain.people.people import Actor
from domain.stock import stock_posting, stock_room
from domain.stock.stock_docs import DocKind, StockDoc
from tests.journeys.live import RECEIVER
from tests.journeys.scan_page import PATIENCE_MS, Floor, Phone, beside, floor
from tests.journeys.test_browser import CHROMIUM

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: nobody tried the scan page"),
]


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """The program with a parcel, and the goods of the invented company."""
    with floor(tmp_path_factory.mktemp("stock"), 1) as made:
        yield made


def begin(yard: Floor, kind: DocKind, scope: str = "") -> StockDoc:
    """The receiver takes up a document."""
    place = min(yard.store.read_now(lambda desk: desk.catalog.warehouses))
    return yard.store.run_now(stock_room.begin, receiver(yard), kind, place, scope=scope)


def receiver(yard: Floor) -> Actor:
    """Who scans here."""
    person = yard.store.read_now(lambda desk: desk.people.by_telegram(RECEIVER))
    assert person is not None
    return person.acting()


def lines(yard: Floor, doc: StockDoc) -> dict[str, int]:
    found = yard.store.read_now(lambda desk: desk.stock_docs.get(doc.id))
    return {line.sku: line.done for line in found.lines}


async def test_goods_are_counted_corrected_and_taken_back_on_the_page(
    yard: Floor, chromium: Browser, tmp_path: Path
) -> None:
    doc = begin(yard, DocKind.RECEIPT)
    barcode = yard.store.read_now(lambda desk: desk.catalog.skus["CUP-W"].barcode)
    phone = await Phone.open(chromium, yard.address(RECEIVER))
    chosen = phone.shown("stations").locator("button[aria-pressed='true']")
    await expect(chosen).to_have_text(f"📥 入库单 {doc.number}")
    await phone.types(barcode)
    await phone.verdict("item")
    await expect(phone.shown("text")).to_have_text("CUP-W: 0 → 1")
    await phone.types("CUP-W 500")
    await expect(phone.shown("text")).to_have_text("CUP-W: 1 → 501", timeout=PATIENCE_MS)
    await expect(phone.shown("wave")).to_contain_text(doc.number)
    await phone.page.screenshot(path=tmp_path / "counted.png")
    await phone.shown("undo").click()
    await phone.verdict("scan_undone")
    await phone.types("CUP-W =50")
    await expect(phone.shown("text")).to_have_text("CUP-W: 1 → 50", timeout=PATIENCE_MS)
    await phone.types("CUP-W -51")
    await phone.verdict("refused")
    await phone.page.screenshot(path=tmp_path / "refused.png")
    assert lines(yard, doc) == {"CUP-W": 50}
    for left in ("CUP-W: 1 → 50", "CUP-W: 0 → 1"):
        await phone.shown("undo").click()
        await expect(phone.shown("text")).to_have_text(left, timeout=PATIENCE_MS)
    await expect(phone.shown("undo")).to_be_hidden()
    assert lines(yard, doc) == {}
    assert not await phone.wide()
    await phone.close()


async def test_a_count_without_network_comes_in_order_and_once(yard: Floor, chromium: Browser) -> None:
    """The answer is lost on the way as well: what was counted is not counted again."""
    doc = begin(yard, DocKind.RECEIPT)
    phone = await Phone.open(chromium, yard.address(RECEIVER))
    await phone.page.context.set_offline(True)
    for text in ("CUP-W 5", "TEA-JAS 2", "CUP-W"):
        await phone.types(text)
    await phone.verdict("kept")
    assert lines(yard, doc) == {}
    lost = await phone.loses_the_first_answer()
    await phone.page.context.set_offline(False)
    await phone.verdict("item")
    await phone.sent()
    assert len(lost) > 1
    assert lines(yard, doc) == {"CUP-W": 6, "TEA-JAS": 2}
    await phone.close()


async def test_what_was_kept_for_a_document_that_is_over_is_said_and_not_counted(
    yard: Floor, chromium: Browser
) -> None:
    first = begin(yard, DocKind.RECEIPT)
    phone = await Phone.open(chromium, yard.address(RECEIVER))
    await phone.page.context.set_offline(True)
    await phone.types("CUP-W 5")
    await phone.verdict("kept")
    second = begin(yard, DocKind.RECEIPT)
    await phone.page.context.set_offline(False)
    await phone.verdict("refused")
    await expect(phone.shown("head")).to_have_text("已不在你手上")
    chosen = phone.shown("stations").locator("button[aria-pressed='true']")
    await expect(chosen).to_contain_text(second.number, timeout=PATIENCE_MS)
    assert (lines(yard, first), lines(yard, second)) == ({}, {})
    await phone.types("CUP-W")
    await phone.verdict("item")
    assert lines(yard, second) == {"CUP-W": 1}
    await phone.close()


async def test_the_page_hears_of_a_document_that_is_taken_up_in_the_chat(yard: Floor, chromium: Browser) -> None:
    """And of one that is done: its station goes away."""
    held = yard.store.read_now(lambda desk: [one for one in desk.stock_docs.open_of(None, 99) if one.holder_id])
    for one in held:
        yard.store.run_now(stock_posting.cancel, receiver(yard), one.id, one.revision)
    phone = await Phone.open(chromium, yard.address(RECEIVER))
    await phone.station("")
    await expect(phone.shown("stations").locator("button[data-id='stock']")).to_have_count(0)
    doc = begin(yard, DocKind.RECEIPT)
    await phone.types("CUP-W")
    await phone.verdict("item")
    chosen = phone.shown("stations").locator("button[aria-pressed='true']")
    await expect(chosen).to_contain_text(doc.number, timeout=PATIENCE_MS)
    await expect(phone.shown("text")).to_have_text("CUP-W: 0 → 1")
    now = yard.store.read_now(lambda desk: desk.stock_docs.get(doc.id))
    await beside(lambda: _finish(yard, now))
    await phone.types("CUP-W")
    await phone.verdict("refused")
    await expect(phone.shown("stations").locator("button[data-id='stock']")).to_have_count(0, timeout=PATIENCE_MS)
    await phone.close()


def _finish(yard: Floor, doc: StockDoc) -> None:
    yard.store.run_now(stock_posting.finish, receiver(yard), doc.id, doc.revision)
