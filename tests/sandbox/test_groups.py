"""Groups, blocks and strangers: what the bot hears, when it may write, and how it learns that things changed."""

import pytest

from tests.sandbox.harness import ANNA, BORIS, BOT_ID, GROUP, Client

pytestmark = pytest.mark.anyio


async def heard(client: Client) -> list[str]:
    return [update["message"]["text"] for update in await client.updates() if "text" in update["message"]]


async def members(client: Client, action: str, number: int = BOT_ID, chat: int = GROUP) -> None:
    await client.control("POST", f"/chats/{chat}/members", {"id": number, "action": action})


async def test_privacy_mode_lets_through_commands_for_the_bot_and_replies_to_it(client: Client) -> None:
    sent = await client.ok("sendMessage", chat_id=GROUP, text="ask me")
    for text in ("chatter", "/why TB-1", "/why@xiaoer_bot", "/why@other_bot", "see /help", "1/2"):
        await client.say(text, chat=GROUP)
    await client.say("a reply", chat=GROUP, reply_to_message_id=sent["message_id"])
    assert await heard(client) == ["/why TB-1", "/why@xiaoer_bot", "see /help", "a reply"]


async def test_an_administrator_bot_hears_everything(client: Client) -> None:
    await members(client, "promote")
    await client.say("chatter", chat=GROUP)
    updates = await client.updates()
    change = updates[0]["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "administrator")
    assert updates[1]["message"]["text"] == "chatter"


async def test_a_removed_bot_is_told_and_then_refused(client: Client) -> None:
    await members(client, "remove")
    updates = await client.updates()
    assert updates[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert updates[1]["message"]["left_chat_member"]["id"] == BOT_ID
    refusal = await client.refused("sendMessage", chat_id=GROUP, text="x")
    assert refusal == "Forbidden: bot was kicked from the group chat"
    await client.say("/unheard", chat=GROUP)
    await members(client, "add")
    updates = await client.updates()
    assert updates[0]["my_chat_member"]["old_chat_member"]["status"] == "kicked"
    assert [user["id"] for user in updates[1]["message"]["new_chat_members"]] == [BOT_ID]
    assert (await client.ok("sendMessage", chat_id=GROUP, text="back"))["text"] == "back"


async def test_a_bot_that_left_is_not_a_member(client: Client) -> None:
    assert await client.ok("leaveChat", chat_id=GROUP) is True
    assert (await client.updates())[0]["my_chat_member"]["new_chat_member"]["status"] == "left"
    refusal = await client.refused("sendMessage", chat_id=GROUP, text="x")
    assert refusal == "Forbidden: bot is not a member of the group chat"


async def test_an_upgraded_group_is_told_in_both_and_refuses_with_the_new_id(client: Client) -> None:
    new = (await client.control("POST", f"/chats/{GROUP}/upgrade"))["id"]
    updates = [update["message"] for update in await client.updates()]
    assert [(m["chat"]["id"], m.get("migrate_to_chat_id"), m.get("migrate_from_chat_id")) for m in updates] == [
        (GROUP, new, None),
        (new, None, GROUP),
    ]
    assert await client.call("sendMessage", chat_id=GROUP, text="x") == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new},
    }
    sent = await client.ok("sendMessage", chat_id=new, text="x")
    assert (sent["chat"]["type"], sent["message_id"]) == ("supergroup", 2)
    await members(client, "remove", chat=new)
    refusal = await client.refused("sendMessage", chat_id=new, text="x")
    assert refusal == "Forbidden: bot was kicked from the supergroup chat"
    moved = await client.control("POST", f"/chats/{GROUP}/messages", {"from": ANNA, "text": "x"}, 409)
    assert moved["migrated_to"] == new


async def test_a_blocked_bot_is_told_and_then_refused(client: Client) -> None:
    await client.control("POST", f"/people/{ANNA}/block", {"blocked": True})
    change = (await client.updates())[0]["my_chat_member"]
    assert (change["chat"]["id"], change["new_chat_member"]["status"]) == (ANNA, "kicked")
    for method, more in (("sendMessage", {"text": "x"}), ("sendChatAction", {"action": "typing"})):
        refusal = await client.refused(method, chat_id=ANNA, **more)
        assert refusal == "Forbidden: bot was blocked by the user"
    await client.control("POST", f"/chats/{ANNA}/messages", {"from": ANNA, "text": "x"}, 409)
    await client.control("POST", f"/people/{ANNA}/block", {"blocked": False})
    assert (await client.updates())[0]["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert [m["text"] for m in await client.history()] == []


async def test_a_bot_cannot_write_first_to_a_stranger(client: Client) -> None:
    stranger = await client.control("POST", "/people", {"name": "<b>路人</b>"})
    chat = stranger["chat_id"]
    assert (stranger["role"], chat) == ("stranger", stranger["id"])
    assert await client.refused("sendMessage", chat_id=chat, text="x") == "Bad Request: chat not found"
    await members(client, "add", stranger["id"])
    refusal = await client.refused("sendMessage", chat_id=chat, text="x")
    assert refusal == "Forbidden: bot can't initiate conversation with a user"
    await client.say("/start CODE-1", person=stranger["id"])
    started = (await client.updates())[-1]["message"]
    assert (started["text"], started["from"]["first_name"]) == ("/start CODE-1", "<b>路人</b>")
    assert (await client.ok("sendMessage", chat_id=chat, text="x"))["text"] == "x"


async def test_a_new_group_tells_the_bot_that_it_is_in(client: Client) -> None:
    chat = await client.control("POST", "/chats", {"title": "仓库", "members": [BORIS, ANNA]})
    updates = await client.updates()
    assert updates[0]["my_chat_member"]["chat"] == {"id": chat["id"], "type": "group", "title": "仓库"}
    assert updates[1]["message"]["group_chat_created"] is True
    roles = {BORIS: "creator", ANNA: "member", BOT_ID: "member"}
    for number, status in roles.items():
        found = await client.ok("getChatMember", chat_id=chat["id"], user_id=number)
        assert (found["user"]["id"], found["status"]) == (number, status)
    assert await client.refused("getChatMember", chat_id=chat["id"], user_id=99) == "Bad Request: user not found"
    assert await client.ok("getChatMemberCount", chat_id=chat["id"]) == 3


async def test_private_chats_and_groups_share_their_message_numbers(client: Client) -> None:
    first = await client.ok("sendMessage", chat_id=ANNA, text="x")
    second = await client.ok("sendMessage", chat_id=GROUP, text="x")
    assert second["message_id"] == first["message_id"] + 1
