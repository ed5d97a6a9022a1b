"""The real aiogram and the real python-telegram-bot against the sandbox: what they send, read and raise."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramForbiddenError, TelegramMigrateToChat, TelegramRetryAfter
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    ReplyParameters,
)
from telegram import InlineKeyboardButton as PtbButton
from telegram import InlineKeyboardMarkup as PtbMarkup
from telegram import InputFile
from telegram import InputMediaDocument as PtbDocument
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from tests.sandbox.harness import ANNA, BOT_ID, GROUP, TOKEN, Client
from tests.sandbox.test_media import BYTES, film, picture
from tests.sandbox.test_messages import UNCHANGED

pytestmark = pytest.mark.anyio


@pytest.fixture
async def aiogram(client: Client) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(client.sandbox.base_url))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    yield bot
    await session.close()


@pytest.fixture
async def ptb(client: Client) -> AsyncIterator[ExtBot[None]]:
    base = client.sandbox.base_url
    request = HTTPXRequest(httpx_kwargs={"trust_env": False})
    polls = HTTPXRequest(httpx_kwargs={"trust_env": False})
    bot = ExtBot(
        TOKEN,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=request,
        get_updates_request=polls,
    )
    async with bot:
        yield bot


async def test_aiogram_talks_edits_and_reads(aiogram: Bot, client: Client) -> None:
    assert (await aiogram.get_me()).id == BOT_ID
    button = InlineKeyboardButton(text="通过", callback_data="ok:1:2", style="success")
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
    sent = await aiogram.send_message(ANNA, "<b>订单</b> TB-1", reply_markup=keyboard)
    assert sent.entities is not None
    assert sent.reply_markup is not None
    assert (sent.text, sent.entities[0].type) == ("订单 TB-1", "bold")
    assert sent.reply_markup.model_dump() == keyboard.model_dump()
    edited = await aiogram.edit_message_text("done", chat_id=ANNA, message_id=sent.message_id)
    assert isinstance(edited, type(sent)) and edited.edit_date is not None
    reply = ReplyParameters(message_id=sent.message_id)
    assert (await aiogram.send_message(ANNA, "x", reply_parameters=reply)).reply_to_message is not None
    assert (await aiogram.get_chat(GROUP)).title == "Desk"
    assert (await aiogram.get_chat_member(GROUP, ANNA)).status == "creator"
    assert [member.status for member in await aiogram.get_chat_administrators(GROUP)] == ["creator"]
    assert await aiogram.delete_message(ANNA, sent.message_id) is True


async def test_aiogram_uploads_and_downloads_byte_for_byte(aiogram: Bot) -> None:
    sent = await aiogram.send_document(ANNA, BufferedInputFile(BYTES, "日报.xlsx"), caption="<i>a</i>")
    assert sent.document is not None and sent.document.file_name == "日报.xlsx"
    file = await aiogram.download(sent.document)
    assert file is not None and file.read() == BYTES
    photo = await aiogram.send_photo(ANNA, BufferedInputFile(picture(), "a.png"))
    assert photo.photo is not None and photo.photo[-1].width == 40
    shown = await aiogram.send_video(ANNA, BufferedInputFile(film(), "a.mp4"), caption="<b>P1</b>")
    assert shown.video is not None and (shown.video.width, shown.video.duration) == (64, 3)
    again = await aiogram.send_video(ANNA, shown.video.file_id)
    assert again.video == shown.video
    album = [InputMediaDocument(media=BufferedInputFile(name.encode(), name)) for name in ("a.txt", "b.txt")]
    messages = await aiogram.send_media_group(ANNA, list(album))
    assert [m.document.file_name for m in messages if m.document] == ["a.txt", "b.txt"]


async def test_aiogram_raises_its_own_errors(aiogram: Bot, client: Client) -> None:
    fault = {"method": "sendMessage", "error_code": 429, "retry_after": 7}
    await client.control("POST", "/faults", fault)
    with pytest.raises(TelegramRetryAfter) as slow:
        await aiogram.send_message(ANNA, "x")
    assert slow.value.retry_after == 7
    new = (await client.control("POST", f"/chats/{GROUP}/upgrade"))["id"]
    with pytest.raises(TelegramMigrateToChat) as moved:
        await aiogram.send_message(GROUP, "x")
    assert moved.value.migrate_to_chat_id == new
    await client.control("POST", f"/people/{ANNA}/block", {"blocked": True})
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await aiogram.send_message(ANNA, "x")


async def test_aiogram_sets_the_menu_a_person_sees(aiogram: Bot, client: Client) -> None:
    scope = BotCommandScopeAllPrivateChats()
    await aiogram.set_my_commands([BotCommand(command="help", description="Help")])
    chinese = [BotCommand(command="help", description="帮助")]
    await aiogram.set_my_commands(chinese, scope=scope, language_code="zh")
    kept = await aiogram.get_my_commands(scope=scope, language_code="zh")
    assert [(command.command, command.description) for command in kept] == [("help", "帮助")]
    assert await client.control("GET", f"/commands?person={ANNA}") == [{"command": "help", "description": "帮助"}]
    assert await aiogram.delete_my_commands(scope=scope, language_code="zh") is True
    assert await client.control("GET", f"/commands?person={ANNA}") == [{"command": "help", "description": "Help"}]


async def test_ptb_talks_and_edits(ptb: ExtBot[None]) -> None:
    assert ptb.id == BOT_ID
    keyboard = PtbMarkup([[PtbButton("通过", callback_data="ok")]])
    sent = await ptb.send_message(ANNA, "<b>日报</b>", parse_mode="HTML", reply_markup=keyboard)
    assert (sent.text_html, sent.reply_markup) == ("<b>日报</b>", keyboard)
    with pytest.raises(BadRequest) as unchanged:
        await ptb.edit_message_reply_markup(ANNA, sent.message_id, reply_markup=keyboard)
    assert unchanged.value.message == UNCHANGED.removeprefix("Bad Request: ").replace("message", "Message", 1)
    assert (await ptb.get_chat(GROUP)).title == "Desk"
    assert (await ptb.get_chat_member(GROUP, BOT_ID)).status == "member"


async def test_ptb_uploads_and_downloads_byte_for_byte(ptb: ExtBot[None]) -> None:
    sent = await ptb.send_document(ANNA, BYTES, filename="日报.xlsx")
    assert sent.document is not None and sent.document.file_name == "日报.xlsx"
    assert bytes(await (await sent.document.get_file()).download_as_bytearray()) == BYTES
    attached = InputFile(BYTES, filename="a.bin", attach=True)
    sent = await ptb.send_document(ANNA, attached)
    assert sent.document is not None and sent.document.file_size == len(BYTES)
    photo = await ptb.send_photo(ANNA, picture())
    assert photo.photo[-1].height == 30
    shown = await ptb.send_video(ANNA, film(), filename="a.mp4")
    assert shown.video is not None and (shown.video.height, shown.video.file_name) == (48, "a.mp4")
    album = await ptb.send_media_group(ANNA, [PtbDocument(b"a", filename="a.txt"), PtbDocument(b"b", filename="b.txt")])
    assert [m.document.file_name for m in album if m.document] == ["a.txt", "b.txt"]
    edited = await ptb.edit_message_media(PtbDocument(b"c", filename="c.txt"), ANNA, album[0].message_id)
    assert not isinstance(edited, bool) and edited.document is not None and edited.document.file_name == "c.txt"


async def test_ptb_raises_its_own_errors(ptb: ExtBot[None], client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without it the library warns about its own RetryAfter in 22.8.
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    fault = {"method": "sendMessage", "chat_id": ANNA, "error_code": 429, "retry_after": 7}
    await client.control("POST", "/faults", fault)
    with pytest.raises(RetryAfter):
        await ptb.send_message(ANNA, "x")
    new = (await client.control("POST", f"/chats/{GROUP}/upgrade"))["id"]
    with pytest.raises(ChatMigrated) as moved:
        await ptb.send_message(GROUP, "x")
    assert moved.value.new_chat_id == new
    await client.control("POST", f"/people/{ANNA}/block", {"blocked": True})
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(ANNA, "x")


async def test_ptb_reads_every_kind_of_update(ptb: ExtBot[None], client: Client) -> None:
    await client.say("/start CODE")
    await client.upload(BYTES, "订单.csv")
    await client.control("POST", f"/people/{ANNA}/block", {"blocked": True})
    updates = await ptb.get_updates(offset=client.offset)
    assert updates[0].message is not None and updates[0].message.text == "/start CODE"
    assert updates[1].message is not None and updates[1].message.document is not None
    assert updates[2].my_chat_member is not None
    assert updates[2].my_chat_member.new_chat_member.status == "kicked"
