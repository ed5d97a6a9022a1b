"""The sandbox's chat page in a real browser: writing, tapping, files, people and groups. Skipped without Chromium."""

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.sandbox_page.conftest import ANNA, BORIS, EVIL_NAME, IN_A_BROWSER, MALLORY, Bot, Server, bubble, inline

pytestmark = IN_A_BROWSER


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
