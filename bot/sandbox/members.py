"""Who is what in a chat, in the shapes of the Bot API, and what the bot is told when its own place changes."""

from typing import cast

from bot.sandbox.shapes import Chat, JsonObject, User
from bot.sandbox.updates import Updates, lane_of_chat
from bot.sandbox.world import World

_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
)


def status_of(world: World, chat: Chat, user_id: int) -> str:
    """creator, administrator, member, left or kicked."""
    if user_id == world.bot["id"]:
        return chat["bot"]
    if user_id not in chat["members"]:
        return "left"
    return "creator" if chat["type"] != "private" and user_id == chat["members"][0] else "member"


def member_view(user: User, status: str) -> JsonObject:
    """A ChatMember object."""
    view: JsonObject = {"user": user, "status": status}
    if status == "creator":
        view["is_anonymous"] = False
    elif status == "administrator":
        view |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
    elif status == "kicked":
        view["until_date"] = 0
    return view


def tell_own_change(world: World, updates: Updates, chat: Chat, actor: int, old: str) -> None:
    """Queue my_chat_member: the bot's place in `chat` was `old` and is now what the chat says.

    In a private chat the person's block decides.
    """
    new: str = chat["bot"]
    if chat["type"] == "private":
        new = "kicked" if world.people.rows[chat["id"]]["blocked"] else "member"
    body: JsonObject = {
        "chat": world.chat_view(chat),
        "from": cast(JsonObject, world.user(actor)),
        "date": world.unix(),
        "old_chat_member": member_view(world.bot, old),
        "new_chat_member": member_view(world.bot, new),
    }
    updates.add("my_chat_member", body, lane_of_chat(chat["id"]))
