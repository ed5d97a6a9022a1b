"""The sandbox's chat page in a real browser, against the real sandbox server; the bot is raw HTTP from the test.

Skipped where there is no Chromium. Playwright's asynchronous driver is used on purpose: its synchronous one runs on
greenlets, under which a failing test makes pytest's own source reader crash (CPython 3.11, "recursion depth mismatch").
"""

import re
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from bot.sandbox import Sandbox

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: the sandbox page was not tested in a browser"
    ),
]
TOKEN = "123456:AAsandbox-page-test-token-0000000000"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ANNA, BORIS, MALLORY = 1001, 1002, 1003
EVIL_NAME = "<img src=x onerror=document.title='owned'>"
CAST = [(ANNA, "Anna", "cs"), (BORIS, "Boris", "warehouse"), (MALLORY, EVIL_NAME, "stranger")]


class Server:
    """The real sandbox on a free port; it can be stopped and started again, over the same data."""

    def __init__(self, data_dir: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._data_dir = data_dir
        self.group_id = 0

    async def start(self) -> None:
        self._sandbox = Sandbox(token=TOKEN, bot_name="xiaoer_bot", data_dir=self._data_dir)
        for person_id, name, role in CAST:
            self._sandbox.seed_person(name, role, id=person_id)
        self.group_id = self._sandbox.seed_group("Approvals", [ANNA, BORIS])["id"]
        await self._sandbox.start("127.0.0.1", self.port)

    async def stop(self) -> None:
        await self._sandbox.stop()


class Bot:
    """A bot of a few lines: calls a method, or waits for the next update."""

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self._url = url
        self._client = client
        self._offset = 0

    async def call(self, method: str, **fields: object) -> Any:
        async with self._client.post(f"{self._url}/bot{TOKEN}/{method}", json=fields) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def update(self, kind: str) -> Any:
        """The next update of a kind; others before it are passed over."""
        while True:
            updates = await self.call("getUpdates", offset=self._offset, timeout=10, limit=1)
            assert updates, f"no {kind} came"
            self._offset = updates[0]["update_id"] + 1
            if kind in updates[0]:
                return updates[0][kind]

    async def download(self, file_id: str) -> bytes:
        path = (await self.call("getFile", file_id=file_id))["file_path"]
        async with self._client.get(f"{self._url}/file/bot{TOKEN}/{path}") as answer:
            return await answer.read()

    async def hear(self, person_id: int, text: str) -> None:
        """Somebody writes without the page, and the bot has read it."""
        body = {"from": person_id, "text": text}
        async with self._client.post(f"{self._url}/sandbox/chats/{person_id}/messages", json=body) as answer:
            assert answer.ok, await answer.text()
        while (await self.update("message")).get("text") != text:
            pass


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        yield launched
        await launched.close()


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Server]:
    running = Server(tmp_path)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def bot(server: Server) -> AsyncIterator[Bot]:
    """A bot that Anna and Boris have already greeted, so that it may write to them."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as client:
        talking = Bot(server.url, client)
        for person_id in (ANNA, BORIS):
            await talking.hear(person_id, "/start")
        yield talking


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    opened.set_default_timeout(10_000)
    yield opened
    await opened.close()


@pytest.fixture
async def page(context: BrowserContext, server: Server, bot: Bot) -> AsyncIterator[Page]:
    """The page with Anna's private chat open; any script error on it fails the test."""
    opened = await context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    await opened.goto(f"{server.url}/#{ANNA}/{ANNA}")
    await expect(bubble(opened, "/start")).to_be_visible()
    yield opened
    assert errors == []


def bubble(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.get_by_test_id("messages").locator("[data-message-id]").filter(has_text=text)


def inline(*rows: list[dict[str, object]]) -> dict[str, object]:
    return {"inline_keyboard": list(rows)}


async def test_what_a_person_writes_reaches_the_bot_and_its_answer_the_page(page: Page, bot: Bot) -> None:
    await page.get_by_test_id("composer").fill("where is TB-1?")
    await page.get_by_test_id("send").click()
    message = await bot.update("message")
    assert (message["from"]["id"], message["text"]) == (ANNA, "where is TB-1?")
    await bot.call("sendMessage", chat_id=ANNA, text="TB-1 is <b>packed</b>", parse_mode="HTML")
    await expect(bubble(page, "TB-1 is packed").locator("strong")).to_have_text("packed")
    await expect(page.locator(".line.mine").last).to_contain_text("where is TB-1?")
    await expect(page.get_by_test_id("composer")).to_have_value("")


async def test_people_show_what_they_have_not_read_until_they_are_opened(page: Page, bot: Bot) -> None:
    boris = page.locator(f"[data-person-id='{BORIS}']")
    await bot.call("sendMessage", chat_id=BORIS, text="wave 14 is ready")
    await expect(boris.locator(".badge")).to_have_text("1 unread")
    await boris.click()
    await expect(bubble(page, "wave 14 is ready")).to_be_visible()
    await expect(boris.locator(".badge")).to_have_count(0)
    await expect(bubble(page, "wave 14 is ready")).to_have_count(1)


async def test_a_tapped_button_waits_for_the_bot_and_then_shows_its_toast(page: Page, bot: Bot) -> None:
    keyboard = inline([{"text": "Approve", "callback_data": "ok:1", "style": "success"}])
    await bot.call("sendMessage", chat_id=ANNA, text="1 new order", reply_markup=keyboard)
    button = page.locator("[data-button]", has_text="Approve")
    await button.click()
    tap = await bot.update("callback_query")
    assert tap["data"] == "ok:1"
    await expect(button).to_have_attribute("aria-busy", "true")
    await bot.call("answerCallbackQuery", callback_query_id=tap["id"], text="Approved by Anna")
    await expect(page.get_by_test_id("toast")).to_have_text("Approved by Anna")
    await expect(button).to_have_attribute("aria-busy", "false")
    await expect(page.get_by_test_id("alert")).to_have_count(0)


async def test_taps_on_a_silent_bot_leave_connections_to_write_with(page: Page, bot: Bot) -> None:
    """A browser has six connections to a server; the page keeps some free by waiting for three taps at most."""
    keyboard = inline([{"text": f"B{number}", "callback_data": str(number)} for number in range(7)])
    await bot.call("sendMessage", chat_id=ANNA, text="press all", reply_markup=keyboard)
    for number in range(7):
        await page.locator("[data-button]", has_text=f"B{number}").click()
    await expect(page.locator("[data-button][aria-busy=true]")).to_have_text(["B4", "B5", "B6"])
    await page.get_by_test_id("composer").fill("still here")
    await page.get_by_test_id("send").click()
    await expect(bubble(page, "still here")).to_be_visible()


async def test_an_alert_stays_until_it_is_confirmed(page: Page, bot: Bot) -> None:
    keyboard = inline([{"text": "Ship", "callback_data": "ship"}])
    await bot.call("sendMessage", chat_id=ANNA, text="parcel", reply_markup=keyboard)
    await page.locator("[data-button]", has_text="Ship").click()
    tap = await bot.update("callback_query")
    await bot.call("answerCallbackQuery", callback_query_id=tap["id"], text="STOP: refunded", show_alert=True)
    alert = page.get_by_test_id("alert")
    await expect(alert).to_contain_text("STOP: refunded")
    await alert.get_by_role("button").click()
    await expect(alert).to_have_count(0)
    await expect(page.get_by_test_id("toast")).to_have_count(0)


async def test_an_uploaded_file_arrives_and_downloads_byte_for_byte(page: Page, bot: Bot) -> None:
    content = bytes(range(256)) * 40
    await page.get_by_test_id("file").set_input_files(
        {"name": "订单 export.csv", "mimeType": "text/csv", "buffer": content}
    )
    await page.get_by_test_id("composer").fill("today's orders")
    await page.get_by_test_id("send").click()
    message = await bot.update("message")
    assert message["caption"] == "today's orders"
    assert message["document"]["file_name"] == "订单 export.csv"
    assert await bot.download(message["document"]["file_id"]) == content
    card = bubble(page, "订单 export.csv")
    await expect(card).to_contain_text("10.0 KB")
    async with page.expect_download() as caught:
        await card.get_by_role("link", name="Download").click()
    assert Path(await (await caught.value).path()).read_bytes() == content


FILM = """async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 180];
  const paint = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/mp4;codecs=vp9" });
  const parts = [];
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.start();
  for (let n = 0; n < 20; n += 1) {
    paint.fillStyle = `hsl(${n * 18} 60% 50%)`;
    paint.fillRect(0, 0, 320, 180);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  await stopped;
  return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""
"""A short film that this browser has made, so that it can play it."""


async def test_a_film_is_sent_shown_in_its_place_and_played(page: Page, bot: Bot) -> None:
    film = bytes(await page.evaluate(FILM))
    await page.get_by_test_id("file").set_input_files({"name": "pack.mp4", "mimeType": "video/mp4", "buffer": film})
    await page.get_by_label("Send as photos and films").check()
    await page.get_by_test_id("composer").fill("P000001")
    await page.get_by_test_id("send").click()
    message = await bot.update("message")
    assert (message["caption"], message["video"]["width"], message["video"]["height"]) == ("P000001", 320, 180)
    await bot.call("sendVideo", chat_id=ANNA, video=message["video"]["file_id"], caption="kept")
    player = bubble(page, "kept").locator("video")
    await expect(player).to_have_attribute("width", "320")
    size = await player.evaluate(
        """async (film) => { await film.play(); return [film.videoWidth, film.videoHeight, film.controls]; }"""
    )
    assert size == [320, 180, True]
    await expect(bubble(page, "kept").get_by_role("link", name="Download")).to_be_visible()


async def test_an_edit_is_marked_and_a_deleted_message_vanishes(page: Page, bot: Bot) -> None:
    card = await bot.call("sendMessage", chat_id=ANNA, text="9 held")
    other = await bot.call("sendMessage", chat_id=ANNA, text="soon gone")
    shown = page.locator(f"[data-message-id='{card['message_id']}']")
    await expect(shown).to_contain_text("9 held")
    await expect(shown.locator(".edited")).to_have_count(0)
    await bot.call("editMessageText", chat_id=ANNA, message_id=card["message_id"], text="8 held")
    await expect(shown.locator(".text")).to_have_text("8 held")
    await expect(shown.locator(".edited")).to_have_text("edited")
    await bot.call("deleteMessage", chat_id=ANNA, message_id=other["message_id"])
    await expect(page.locator(f"[data-message-id='{other['message_id']}']")).to_have_count(0)


async def test_a_scanner_that_types_fast_is_read_in_order_wherever_the_focus_is(page: Page, bot: Bot) -> None:
    keyboard = inline([{"text": "Help", "callback_data": "help"}])
    await bot.call("sendMessage", chat_id=ANNA, text="Scan, please", reply_markup=keyboard)
    await page.locator("[data-button]", has_text="Help").focus()
    codes = [f"SF10000000{number:02d}" for number in range(12)]
    for code in codes:
        await page.keyboard.type(code)
        await page.keyboard.press("Enter")
    assert [(await bot.update("message"))["text"] for _ in codes] == codes


async def test_shift_enter_makes_a_new_line(page: Page, bot: Bot) -> None:
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially("first")
    await composer.press("Shift+Enter")
    await composer.press_sequentially("second")
    await composer.press("Enter")
    assert (await bot.update("message"))["text"] == "first\nsecond"


async def test_the_reply_keyboard_sends_its_label_and_can_be_folded_away(page: Page, bot: Bot) -> None:
    markup = {
        "keyboard": [[{"text": "Queue"}, {"text": "Search"}]],
        "input_field_placeholder": "Order or waybill",
    }
    await bot.call("sendMessage", chat_id=ANNA, text="Your desk", reply_markup=markup)
    keyboard = page.get_by_test_id("reply-keyboard")
    await keyboard.get_by_role("button", name="Queue").click()
    assert (await bot.update("message"))["text"] == "Queue"
    await expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Order or waybill")
    await page.get_by_role("button", name="Show or hide the reply keyboard").click()
    await expect(keyboard).to_be_hidden()
    await bot.call("sendMessage", chat_id=ANNA, text="bye", reply_markup={"remove_keyboard": True})
    await expect(page.locator("#keyboard-button")).to_be_hidden()


async def test_a_question_that_has_its_answer_does_not_ask_again(page: Page, bot: Bot) -> None:
    await bot.call("sendMessage", chat_id=ANNA, text="Which street?", reply_markup={"force_reply": True})
    await expect(page.locator("#reply-bar")).to_be_visible()
    await page.get_by_test_id("composer").fill("12 Oak Street")
    await page.get_by_test_id("send").click()
    assert (await bot.update("message"))["reply_to_message"]["text"] == "Which street?"
    await page.locator(f"[data-person-id='{BORIS}']").click()
    await page.locator(f"[data-person-id='{ANNA}']").click()
    await expect(bubble(page, "12 Oak Street")).to_be_visible()
    await expect(page.locator("#reply-bar")).to_be_hidden()


async def test_text_from_people_is_never_markup(page: Page, bot: Bot) -> None:
    row = page.locator(f"[data-person-id='{MALLORY}']")
    await expect(row).to_contain_text(EVIL_NAME)
    await row.click()
    await page.get_by_test_id("composer").fill("<b>bold?</b><script>document.title='owned'</script>")
    await page.get_by_test_id("send").click()
    sent = page.locator(".line.mine .text").last
    await expect(sent).to_have_text("<b>bold?</b><script>document.title='owned'</script>")
    await expect(page.locator("#who b")).to_have_text(EVIL_NAME)
    await expect(page).to_have_title("Xiaoer · sandbox")
    assert await page.locator("#who img, #people img, #messages script").count() == 0


async def test_the_language_switch_is_remembered(page: Page) -> None:
    composer = page.get_by_test_id("composer")
    await expect(composer).to_have_attribute("placeholder", "Write a message")
    await page.get_by_test_id("lang").click()
    await expect(composer).to_have_attribute("placeholder", "输入消息")
    await expect(page.locator(f"[data-person-id='{ANNA}'] .role")).to_have_text("客服")
    await page.reload()
    await expect(composer).to_have_attribute("placeholder", "输入消息")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await page.get_by_test_id("lang").click()
    await expect(composer).to_have_attribute("placeholder", "Write a message")


async def test_at_phone_width_one_pane_shows_and_nothing_overflows(browser: Browser, server: Server, bot: Bot) -> None:
    keyboard = inline(
        [{"text": f"A long label number {number}", "callback_data": str(number)} for number in range(4)],
        [{"text": "运" * 40, "callback_data": "x"}],
    )
    await bot.call("sendMessage", chat_id=ANNA, text="W" * 600, reply_markup=keyboard)
    await bot.call("sendMessage", chat_id=ANNA, text=f"<pre>{'column ' * 40}</pre>", parse_mode="HTML")
    phone = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True)
    page = await phone.new_page()
    await page.goto(server.url)
    await expect(page.get_by_test_id("messages")).to_be_hidden()
    await page.locator(f"[data-person-id='{ANNA}']").tap()
    await expect(bubble(page, "WWW")).to_be_visible()
    await expect(page.get_by_test_id("people")).to_be_hidden()
    for box in ("document.documentElement", "document.getElementById('messages')"):
        assert await page.evaluate(f"{box}.scrollWidth - {box}.clientWidth") == 0
    await page.get_by_role("button", name="返回").tap()
    await expect(page.get_by_test_id("people")).to_be_visible()
    await phone.close()


async def test_a_group_is_followed_when_it_becomes_a_supergroup(page: Page, server: Server) -> None:
    await page.locator(f"[data-chat-id='{server.group_id}']").click()
    await page.get_by_role("group").locator("summary").click()
    await page.get_by_role("button", name="Upgrade to a supergroup").click()
    await expect(page.locator(f"[data-chat-id='{server.group_id}']")).to_have_count(0)
    await expect(page.locator(".tab[aria-current]")).to_contain_text("Approvals")
    await expect(page.locator("#upgrade")).to_have_count(1)
    await expect(page.locator("#upgrade")).to_be_hidden()


async def test_a_person_who_blocks_the_bot_cannot_write_until_unblocking(page: Page) -> None:
    await page.locator("#more summary").click()
    await page.get_by_role("button", name="Block the bot").click()
    await expect(page.get_by_test_id("composer")).to_be_hidden()
    await page.get_by_role("button", name="Unblock the bot").click()
    await expect(page.get_by_test_id("composer")).to_be_visible()


async def test_a_fault_is_set_listed_and_cleared(page: Page, bot: Bot) -> None:
    await page.get_by_role("button", name="Faults").click()
    await page.get_by_role("button", name="Add fault").click()
    await expect(page.locator(".faults li")).to_contain_text(["sendMessage 429"])
    await page.get_by_role("button", name="Clear all").click()
    await expect(page.locator(".faults li")).to_have_text(["No faults are set; everything works."])
    assert (await bot.call("sendMessage", chat_id=ANNA, text="through"))["text"] == "through"


async def test_a_lost_connection_is_said_and_healed(page: Page, server: Server, bot: Bot) -> None:
    await server.stop()
    await expect(page.locator("#lost")).to_be_visible()
    await server.start()
    await bot.call("sendMessage", chat_id=ANNA, text="back again")
    await expect(bubble(page, "back again")).to_have_count(1)
    await expect(page.locator("#lost")).to_be_hidden()


async def test_a_long_history_opens_at_its_end_and_grows_upwards(page: Page, server: Server, bot: Bot) -> None:
    for number in range(300):
        await bot.call("sendMessage", chat_id=BORIS, text=f"scan {number:03d}")
    await page.locator(f"[data-person-id='{BORIS}']").click()
    await expect(bubble(page, "scan 299")).to_be_in_viewport()
    assert await page.locator("#messages [data-message-id]").count() < 200
    box = page.get_by_test_id("messages")
    for _ in range(4):
        await box.evaluate("box => box.scrollTo(0, 0)")
        await page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    await expect(bubble(page, "scan 000")).to_have_count(1)
    texts = await page.locator("#messages .text").all_inner_texts()
    assert [text for text in texts if text.startswith("scan")] == [f"scan {number:03d}" for number in range(300)]
