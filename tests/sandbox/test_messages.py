"""Sending, editing and deleting: the shapes of requests, the limits and the exact refusals."""

from typing import Any

import aiohttp
import pytest

from tests.sandbox.harness import ANNA, BORIS, BOT_ID, GROUP, TOKEN, Client, Clock, inline

pytestmark = pytest.mark.anyio
UNCHANGED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def test_every_shape_of_request_says_the_same(client: Client) -> None:
    url = f"{client.bot_url}/SendMessage"
    fields = {
        "chat_id": str(ANNA),
        "text": "二",
        "reply_markup": '{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}',
    }
    form = aiohttp.FormData(fields)
    multipart = aiohttp.FormData(fields, default_to_multipart=True)
    requests = [
        client.http.get(url, params=fields),
        client.http.post(url, params=fields),
        client.http.post(url, data=form),
        client.http.post(url, data=multipart),
        client.http.post(url, json={"chat_id": ANNA, "text": "二", "reply_markup": inline("A")}),
    ]
    sent = []
    for request in requests:
        async with request as answer:
            sent.append((await answer.json())["result"])
    assert [message["message_id"] for message in sent] == list(range(sent[0]["message_id"], sent[0]["message_id"] + 5))
    assert all(message["text"] == "二" and message["reply_markup"] == inline("A") for message in sent)
    assert sent[0]["from"] == {"id": BOT_ID, "is_bot": True, "first_name": "xiaoer", "username": "xiaoer_bot"}
    assert sent[0]["chat"] == {"id": ANNA, "type": "private", "first_name": "Anna"}


@pytest.mark.parametrize(
    ("path", "code", "description"),
    [
        ("/bot1:wrong/getMe", 401, "Unauthorized"),
        ("/botwrong/getMe", 401, "Unauthorized: invalid token specified"),
        (f"/bot{TOKEN}/getMeNot", 404, "Not Found"),
        (f"/file/bot{TOKEN}/documents/none.pdf", 404, "Not Found"),
        ("/file/bot1:wrong/documents/none.pdf", 401, "Unauthorized"),
    ],
)
async def test_a_wrong_door_is_refused(client: Client, path: str, code: int, description: str) -> None:
    async with client.http.get(client.sandbox.base_url + path) as answer:
        assert answer.status == code
        assert await answer.json() == {"ok": False, "error_code": code, "description": description}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"chat_id": "", "text": "x"}, "chat_id is empty"),
        ({"chat_id": 99, "text": "x"}, "chat not found"),
        ({"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ({"chat_id": ANNA}, "message text is empty"),
        ({"chat_id": ANNA, "text": " \n "}, "message text is empty"),
        ({"chat_id": ANNA, "text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"chat_id": ANNA, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": ANNA, "text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"chat_id": ANNA, "text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ],
)
async def test_what_cannot_be_sent_is_refused_and_nothing_is_shown(
    client: Client, fields: dict[str, object], reason: str
) -> None:
    before = await client.history()
    assert await client.refused("sendMessage", **fields) == f"Bad Request: {reason}"
    assert await client.history() == before


def row(**button: object) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "B", **button}]]}


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (row(), "text buttons are unallowed in the inline keyboard"),
        (row(callback_data=""), "BUTTON_DATA_INVALID"),
        (row(callback_data="二" * 22), "BUTTON_DATA_INVALID"),
        (row(url="javascript:alert(1)"), "inline keyboard button URL 'javascript:alert(1)' is invalid: Wrong HTTP URL"),
        (row(copy_text={"text": "x" * 257}), "BUTTON_COPY_TEXT_INVALID"),
        (row(callback_data="x", style="pink"), "can't parse keyboard button: Invalid button style specified"),
        (row(text=" ", callback_data="x"), "inline keyboard button text must be non-empty"),
        (inline(*["x"] * 9), "reply markup is too long"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}]] * 101}, "reply markup is too long"),
        ({"keyboard": [[""]]}, "keyboard button text must be non-empty"),
        (
            {"keyboard": [["A"]], "input_field_placeholder": "x" * 65},
            "input field placeholder must be 1-64 characters",
        ),
    ],
)
async def test_a_keyboard_over_a_limit_is_refused(client: Client, markup: object, reason: str) -> None:
    refusal = await client.refused("sendMessage", chat_id=ANNA, text="x", reply_markup=markup)
    assert refusal == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    "button",
    [
        {"callback_data": "二" * 21 + "x", "style": "danger"},
        {"url": "https://x.cn/1"},
        {"copy_text": {"text": "SF123"}},
        {"web_app": {"url": "http://127.0.0.1:8787/app"}},
        {"switch_inline_query_current_chat": ""},
        {"disabled": {}},
    ],
)
async def test_every_kind_of_button_within_its_limit_is_kept(client: Client, button: dict[str, object]) -> None:
    markup = row(**button)
    sent = await client.ok("sendMessage", chat_id=ANNA, text="x", reply_markup=markup)
    assert sent["reply_markup"] == markup


async def test_a_web_app_button_is_for_private_chats(client: Client) -> None:
    markup = row(web_app={"url": "https://x.cn"})
    refusal = await client.refused("sendMessage", chat_id=GROUP, text="x", reply_markup=markup)
    assert refusal == "Bad Request: BUTTON_TYPE_INVALID"


async def test_the_bot_api_hides_reply_keyboards_in_messages_but_the_page_sees_them(client: Client) -> None:
    keyboard = {"keyboard": [["审单", {"text": "帮助"}]], "resize_keyboard": True, "is_persistent": True}
    sent = await client.ok("sendMessage", chat_id=ANNA, text="x", reply_markup=keyboard)
    assert "reply_markup" not in sent
    assert (await client.history())[-1]["reply_markup"] == keyboard


async def test_a_reply_carries_the_message_it_answers(client: Client) -> None:
    said = await client.say("where?")
    reply = {"message_id": said["message_id"]}
    sent = await client.ok("sendMessage", chat_id=ANNA, text="here", reply_parameters=reply)
    assert sent["reply_to_message"] == said
    lost = {"message_id": 999, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await client.ok("sendMessage", chat_id=ANNA, text="x", reply_parameters=lost)


async def card(client: Client) -> dict[str, Any]:
    sent = await client.ok("sendMessage", chat_id=ANNA, text="card", reply_markup=inline("Yes"))
    return {"chat_id": ANNA, "message_id": sent["message_id"]}


async def test_an_edit_replaces_text_and_keyboard(client: Client, clock: Clock) -> None:
    at = await card(client)
    clock.advance(5)
    edited = await client.ok("editMessageText", **at, text="<b>done</b>", parse_mode="HTML")
    assert (edited["text"], edited["entities"]) == ("done", [{"type": "bold", "offset": 0, "length": 4}])
    assert edited["edit_date"] == edited["date"] + 5
    assert "reply_markup" not in edited
    assert (await client.history())[-1] == edited


async def test_an_edit_that_changes_nothing_is_refused(client: Client) -> None:
    at = await card(client)
    assert await client.refused("editMessageText", **at, text="card", reply_markup=inline("Yes")) == UNCHANGED
    assert await client.refused("editMessageReplyMarkup", **at, reply_markup=inline("Yes")) == UNCHANGED
    assert "edit_date" not in (await client.history())[-1]


async def test_a_keyboard_alone_can_be_replaced_and_removed(client: Client) -> None:
    at = await card(client)
    changed = await client.ok("editMessageReplyMarkup", **at, reply_markup=inline("No"))
    assert (changed["reply_markup"], "edit_date" in changed) == (inline("No"), False)
    assert "reply_markup" not in await client.ok("editMessageReplyMarkup", **at)


async def test_only_the_bots_own_messages_without_reply_keyboard_can_be_edited(client: Client) -> None:
    said = await client.say("hello")
    keyboard = {"keyboard": [["A"]]}
    sent = await client.ok("sendMessage", chat_id=ANNA, text="x", reply_markup=keyboard)
    for message in (said, sent):
        fields = {"chat_id": ANNA, "message_id": message["message_id"], "text": "y"}
        assert await client.refused("editMessageText", **fields) == "Bad Request: message can't be edited"
    missing = await client.refused("editMessageText", chat_id=ANNA, message_id=999, text="y")
    assert missing == "Bad Request: message to edit not found"
    unnamed = await client.refused("editMessageText", chat_id=ANNA, text="y")
    assert unnamed == "Bad Request: message identifier is not specified"
    at = await card(client)
    caption = await client.refused("editMessageCaption", **at, caption="y")
    assert caption == "Bad Request: there is no caption in the message to edit"


async def test_a_message_is_deleted_within_48_hours(client: Client, clock: Clock) -> None:
    old, new = await card(client), await card(client)
    assert await client.ok("deleteMessage", **new) is True
    assert await client.refused("deleteMessage", **new) == "Bad Request: message to delete not found"
    clock.advance(48 * 3600)
    assert await client.refused("deleteMessage", **old) == "Bad Request: message can't be deleted for everyone"
    assert [message["message_id"] for message in await client.history()] == [old["message_id"]]


async def test_in_a_group_others_messages_are_deleted_by_an_administrator_only(client: Client) -> None:
    said = await client.say("spam", BORIS, GROUP)
    at = {"chat_id": GROUP, "message_id": said["message_id"]}
    assert await client.refused("deleteMessage", **at) == "Bad Request: message can't be deleted"
    await client.control("POST", f"/chats/{GROUP}/members", {"id": BOT_ID, "action": "promote"})
    assert await client.ok("deleteMessage", **at) is True
    assert await client.history(GROUP) == []


async def test_a_chat_action_must_be_one(client: Client) -> None:
    assert await client.ok("sendChatAction", chat_id=ANNA, action="typing") is True
    refusal = await client.refused("sendChatAction", chat_id=ANNA, action="dance")
    assert refusal == "Bad Request: wrong parameter action in request"
