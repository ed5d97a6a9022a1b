"""The phone's scan page in a real browser: at full speed, with refunds in between, without network, for strangers.

Skipped where there is no Chromium.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from domain.floor.parcels import ParcelState, StopState
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people.people import OPERATOR
from domain.policy.policy_checks import CheckMode, CheckRules
from storage.unit import Unit
from tests.journeys.live import BORIS, FINANCE, OWNER, PICKER, RECEIVER
from tests.journeys.scan_page import PATIENCE_MS, Floor, Phone, beside, floor
from tests.journeys.test_browser import CHROMIUM

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: nobody tried the scan page"),
]
PARCELS = 36
STOPPED = 20
WISH = "Gift wrap, please <img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """The program with parcels in a wave."""
    with floor(tmp_path_factory.mktemp("scan"), PARCELS) as made:
        yield made


async def test_full_speed_with_a_refund_in_between(yard: Floor, chromium: Browser) -> None:
    """Every code arrives once and in order; the stopped parcel cries and holds back what comes behind it."""
    phone = await Phone.open(chromium, yard.address(OWNER))
    await phone.station("pick")
    codes = [box.waybill for box in yard.boxes]
    began = time.monotonic()
    for place, code in enumerate(codes[: STOPPED // 2]):
        await phone.types(code, "Tab" if place % 2 else "Enter")
    await beside(lambda: yard.refund(STOPPED))
    for code in codes[STOPPED // 2 :]:
        await phone.types(code)
    speed = PARCELS / (time.monotonic() - began)
    await expect(phone.shown("stop")).to_be_visible(timeout=PATIENCE_MS)
    await expect(phone.shown("stop-code")).to_have_text(codes[STOPPED])
    await expect(phone.shown("stop-do")).to_contain_text("👉")
    await expect(phone.shown("stop-text")).not_to_contain_text("👉")
    await phone.types(codes[0])  # typed over the alarm: neither lost nor an answer to it
    await expect(phone.shown("stop-waiting")).to_contain_text("等你确认")
    assert yard.now(STOPPED).state is ParcelState.IN_WAVE
    await phone.shown("seen").click()
    await expect(phone.shown("stop")).to_be_hidden()
    await phone.sent()
    assert yard.states() == [
        ParcelState.IN_WAVE if place == STOPPED else ParcelState.PICKED for place in range(PARCELS)
    ]
    await phone.verdict("again")
    await expect(phone.shown("hour")).to_have_text(str(yard.of_hour(OWNER)))
    parcel_id = yard.boxes[STOPPED].id
    (stop,) = yard.store.read_now(lambda desk: desk.stops.of_parcels([parcel_id]))[parcel_id]
    assert stop.state is StopState.ACKED
    assert yard.logged(OWNER) == [*codes, codes[0]]
    print(f"scan page: {speed:.1f} codes/s typed, {PARCELS} of {PARCELS} arrived")
    await phone.close()


async def test_without_network_nothing_is_handed_over_and_nothing_is_lost(yard: Floor, chromium: Browser) -> None:
    for place in (0, 1, 2):
        yard.walk(place, ParcelState.WEIGHED)
    phone = await Phone.open(chromium, yard.address(BORIS))
    await phone.station("hand_over")
    await phone.page.context.set_offline(True)
    for place in (0, 1, 2):
        await phone.types(yard.boxes[place].waybill)
    await phone.verdict("kept_out")
    await expect(phone.shown("head")).to_have_text("NOT handed over yet! No network")
    await expect(phone.shown("net")).to_have_text("no network · 3 waiting")
    assert [yard.now(place).state for place in (0, 1, 2)] == [ParcelState.WEIGHED] * 3
    await phone.shown("undo").click()
    await expect(phone.shown("net")).to_have_text("no network · 2 waiting")
    await beside(lambda: yard.refund(1))
    await phone.page.context.set_offline(False)
    await expect(phone.shown("stop")).to_be_visible(timeout=PATIENCE_MS)
    await expect(phone.shown("stop-code")).to_have_text(yard.boxes[1].waybill)
    assert [yard.now(place).state for place in (0, 1, 2)] == [
        ParcelState.HANDED_OVER,
        ParcelState.WEIGHED,
        ParcelState.WEIGHED,
    ]
    await phone.page.reload()  # an unanswered stop outlives a reload
    await expect(phone.shown("stop")).to_be_visible(timeout=PATIENCE_MS)
    await phone.page.keyboard.press("Escape")
    await expect(phone.shown("stop")).to_be_hidden()
    await phone.sent()
    await phone.close()


async def test_an_answer_lost_on_the_way_is_asked_for_again(yard: Floor, chromium: Browser) -> None:
    """The server did the scan, the phone never heard: the same job is sent again and hears the first answer."""
    yard.walk(5, ParcelState.PICKED)
    phone = await Phone.open(chromium, yard.address(OWNER))
    await phone.station("pack")
    calls = await phone.loses_the_first_answer()
    await phone.types(yard.boxes[5].waybill)
    await phone.verdict("ok")
    await expect(phone.shown("head")).to_have_text("已打包")
    assert len(calls) == 2
    first, second = (re.sub(r'"age":\d+', "", call) for call in calls)
    assert first == second
    assert yard.now(5).state is ParcelState.PACKED
    await phone.close()


async def test_an_old_slip_is_printed_anew_from_the_page(yard: Floor, chromium: Browser) -> None:
    """Refused at packing; the button sends the new one to the chat, and the parcel goes on."""
    box = yard.boxes[34]
    if yard.now(34).state is not ParcelState.PICKED:
        yard.walk(34, ParcelState.PICKED)
    yard.store.run_now(printing.print_parcel, OPERATOR, box.waybill, [Paper.SLIP])
    yard.store.run_now(_written, box.order_ids[0], WISH)
    phone = await Phone.open(chromium, yard.address(OWNER))
    await phone.station("pack")
    await phone.types(box.waybill)
    await phone.verdict("stop")
    await phone.shown("seen").click()
    await expect(phone.shown("print")).to_be_visible()
    await phone.shown("print").click()
    await phone.verdict("paper")
    await expect(phone.shown("print")).to_be_hidden()
    copies = yard.store.read_now(lambda desk: desk.prints.of_parcels([box.id]))[box.id]
    assert [(copy.paper, copy.number) for copy in copies] == [(Paper.SLIP, 1), (Paper.SLIP, 2)]
    assert yard.live.document(OWNER, f"{box.number}-slips.pdf").startswith(b"%PDF")
    await phone.types(box.waybill)
    await phone.verdict("ok")
    assert yard.now(34).state is ParcelState.PACKED
    await phone.close()


async def test_one_job_the_server_cannot_do_does_not_hold_up_the_rest(yard: Floor, chromium: Browser) -> None:
    """It lands in the list of codes to look at; a proxy that is down only makes everybody wait."""
    yard.walk(9, ParcelState.PICKED)
    phone = await Phone.open(chromium, yard.address(OWNER))
    await phone.station("pack")
    bad, good, down = "SF7777777777777", yard.boxes[9].waybill, [2]

    async def trip(route: Route) -> None:
        if down[0]:
            down[0] -= 1
            await route.fulfill(status=502)
        elif bad in (route.request.post_data or ""):
            await route.fulfill(status=500)
        else:
            await route.continue_()

    await phone.page.route("**/scan/jobs", trip)
    await phone.types(bad)
    await phone.types(good)
    await phone.verdict("ok")
    await expect(phone.shown("unknown")).to_contain_text(bad)
    assert yard.now(9).state is ParcelState.PACKED
    assert await phone.waiting() == 0
    await phone.close()


async def test_weighing_undoing_and_the_list_of_unknown_codes(yard: Floor, chromium: Browser) -> None:
    yard.walk(6, ParcelState.PACKED)
    phone = await Phone.open(chromium, yard.address(OWNER))
    await phone.station("weigh")
    await phone.types(yard.boxes[6].waybill)
    await phone.verdict("ask")
    await phone.types("30x20x15")
    await expect(phone.shown("text")).to_contain_text("30×20×15 cm", timeout=PATIENCE_MS)
    await phone.verdict("ask")  # the weight of the same parcel is still wanted
    for key in f"{yard.boxes[6].expected_g}":
        await phone.shown("keypad").locator("button", has_text=key).first.click()
    await phone.page.locator("#enter").click()
    await phone.verdict("ok")
    assert (yard.now(6).weight_g, yard.now(6).size) == (yard.boxes[6].expected_g, (300, 200, 150))
    await expect(phone.shown("wave")).to_contain_text("波次 W0001：已称重")
    await phone.shown("undo").click()
    await phone.verdict("scan_undone")
    assert (yard.now(6).state, yard.now(6).weight_g) == (ParcelState.PACKED, 0)
    await phone.types("SF9999999999999")
    await phone.verdict("unknown")
    await expect(phone.shown("unknown")).to_contain_text("SF9999999999999")
    await phone.shown("language").click()
    await expect(phone.shown("forget")).to_have_text("Clear the list")
    await phone.shown("forget").click()
    await expect(phone.shown("unknown")).to_be_hidden()
    assert not await phone.wide()
    await phone.close()


async def test_an_input_method_in_between_loses_no_code(yard: Floor, chromium: Browser) -> None:
    """Enter ends the composition first, as Chinese input methods do; the code is taken all the same."""
    phone = await Phone.open(chromium, yard.address(OWNER))
    await phone.station("pick")
    keyboard = await phone.page.context.new_cdp_session(phone.page)
    code = "SF8888888888888"
    await keyboard.send("Input.imeSetComposition", {"text": code, "selectionStart": 15, "selectionEnd": 15})
    enter = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})"
    await phone.page.evaluate(f"document.activeElement.dispatchEvent({enter})")
    await keyboard.send("Input.insertText", {"text": code})
    await expect(phone.shown("unknown")).to_contain_text(code)
    await phone.close()


async def test_returns_wait_for_their_place_and_the_newest_window_works_on(yard: Floor, chromium: Browser) -> None:
    phone = await Phone.open(chromium, yard.address(RECEIVER))
    await phone.station("receive")
    codes = ["RT0000000000001", "RT0000000000002"]
    for code in codes:
        await phone.types(code)
    await phone.verdict("place")
    await phone.sent()
    await phone.shown("places").locator("button").last.click()
    await phone.verdict("ok")
    await phone.sent()
    place = max(yard.store.read_now(lambda desk: desk.catalog.warehouses))
    found = [yard.store.read_now(lambda desk, code: desk.returns.by_waybill(code), code) for code in codes]
    assert [parcel and parcel.warehouse_id for parcel in found] == [place, place]
    second = await phone.page.context.new_page()
    await second.goto(phone.address)
    await expect(phone.shown("closed")).to_contain_text("另一个窗口", timeout=PATIENCE_MS)
    await expect(second.get_by_test_id("closed")).to_be_hidden()
    await phone.close()


async def test_forged_launch_data_scans_nothing(yard: Floor, chromium: Browser) -> None:
    """A stranger's page says so and sends nothing that counts; so does one that no chat opened."""
    address = yard.address(PICKER)
    before = yard.states()
    for forged in (re.sub(r"hash%3D\w{4}", "hash%3D0000", address), address.partition("#")[0]):
        page = await (await chromium.new_context(locale="zh-CN")).new_page()
        await page.goto(forged)
        await expect(page.get_by_test_id("closed")).to_be_visible(timeout=PATIENCE_MS)
        await page.keyboard.type(yard.boxes[8].waybill + "\n")
    refused = yard.live.ask(FINANCE, "/scan", "权限|不允许|role")
    assert "reply_markup" not in refused
    assert yard.states() == before


async def test_the_button_in_the_sandboxs_chat_opens_the_page(yard: Floor, chromium: Browser) -> None:
    page = await (await chromium.new_context(locale="zh-CN")).new_page()
    await page.goto(yard.live.url)
    await page.locator(f"[data-person-id='{PICKER}']").click()
    yard.live.say(PICKER, "/scan")
    async with page.context.expect_page() as opening:
        await page.locator("[data-button]", has_text="打开扫码页").last.click()
    opened = await opening.value
    await expect(opened.get_by_test_id("stations").locator("button").first).to_be_visible(timeout=PATIENCE_MS)
    await expect(opened.locator("#name")).to_contain_text("王强")


async def test_notes_are_read_on_the_page_and_the_scan_goes_on(yard: Floor, chromium: Browser) -> None:
    """Neither the scanner's Enter nor another scan says that somebody has read them: a finger on the button does."""
    if yard.now(31).state is not ParcelState.PICKED:
        yard.walk(31, ParcelState.PICKED)
    wish = "Gift card: happy birthday <img src=x onerror=alert(1)>"
    yard.store.run_now(_written, yard.boxes[31].order_ids[0], wish)
    phone = await Phone.open(chromium, yard.address(OWNER))
    await phone.station("pack")
    await expect(phone.shown("read")).to_be_hidden()
    await phone.types(yard.boxes[31].waybill)
    await phone.verdict("note")
    await expect(phone.shown("notes")).to_have_text(wish)
    await phone.page.keyboard.press("Enter")
    await phone.types(yard.boxes[31].waybill)
    await phone.sent()
    await phone.verdict("note")
    assert yard.now(31).state is ParcelState.PICKED
    await phone.shown("read").click()
    await phone.verdict("ok")
    await expect(phone.shown("read")).to_be_hidden()
    assert yard.now(31).state is ParcelState.PACKED
    await phone.close()


async def test_a_check_counts_on_the_page(yard: Floor, chromium: Browser, tmp_path: Path) -> None:
    """The slip, a wrong cup, the right one; the picture is what somebody at the packing table sees."""
    yard.store.run_now(_check_items)
    if yard.now(30).state is not ParcelState.PICKED:
        yard.walk(30, ParcelState.PICKED)
    yard.store.run_now(_written, yard.boxes[30].order_ids[0], WISH)
    phone = await Phone.open(chromium, yard.address(OWNER))
    await phone.station("check")
    await phone.types(yard.boxes[30].waybill)
    await phone.verdict("item")
    await expect(phone.shown("panel")).to_contain_text("0/1")
    await expect(phone.shown("notes")).to_have_text(f"💬 买家: {WISH}")
    assert await phone.page.evaluate("document.activeElement.id") == "field"
    await phone.page.screenshot(path=tmp_path / "counting.png")
    skus = yard.store.read_now(lambda desk: desk.catalog.skus)
    await phone.types(skus["CUP-B"].barcode)
    await phone.verdict("refused")
    await expect(phone.shown("panel")).to_contain_text("CUP-B")
    await expect(phone.shown("notes")).to_be_hidden()
    await phone.page.screenshot(path=tmp_path / "wrong.png")
    assert yard.now(30).state is ParcelState.PICKED
    await phone.types(skus["CUP-W"].barcode)
    await phone.verdict("ok")
    assert yard.now(30).state is ParcelState.CHECKED
    await phone.close()


async def test_a_label_with_separators_and_a_paper(yard: Floor, chromium: Browser) -> None:
    """The scanner types the separator as Ctrl+] or F8; the code of the pick list opens the wave in the chat."""
    yard.store.run_now(_check_items)
    yard.store.run_now(_numbered, "CUP-W")
    if yard.now(32).state is not ParcelState.PICKED:
        yard.walk(32, ParcelState.PICKED)
    phone = await Phone.open(chromium, yard.address(OWNER))
    await phone.station("check")
    await phone.types(yard.boxes[32].waybill)
    await phone.verdict("item")
    barcode = yard.store.read_now(lambda desk: desk.catalog.skus)["CUP-W"].barcode
    for text, key in ((f"010{barcode}10X", "Control+]"), ("240Z", "F8"), ("21AB-12", "Enter")):
        await phone.page.keyboard.type(text)
        await phone.page.keyboard.press(key)
    await phone.verdict("ok")
    check = yard.store.read_now(lambda desk: desk.checks.get(yard.boxes[32].id))
    assert check is not None
    assert [(unit.sku, unit.serial) for unit in check.units] == [("CUP-W", "AB-12")]
    await phone.types("W0001")
    await phone.verdict("paper")
    await expect(phone.shown("panel")).to_contain_text("W0001")
    await phone.close()


def _numbered(unit: Unit, sku: str) -> None:
    unit.catalog_admin.put_skus([replace(unit.catalog.skus[sku], traits=frozenset({"serial"}))])


def _written(unit: Unit, order_id: int, text: str) -> None:
    unit.orders.save([replace(unit.orders.get(order_id), buyer_message=text)])


def _check_items(unit: Unit) -> None:
    unit.catalog_admin.put_policy(replace(unit.policy, checks=CheckRules(mode=CheckMode.ITEMS)), "test")
