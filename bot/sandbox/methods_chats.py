"""getMe, getChat, getChatMember, getChatMemberCount, getChatAdministrators and leaveChat."""

from bot.sandbox.context import Context, known_chat
from bot.sandbox.errors import bad
from bot.sandbox.members import member_view, status_of, tell_own_change
from bot.sandbox.shapes import JsonObject
from bot.sandbox.wire import Call

_FULL_INFO: JsonObject = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    },
}


async def get_me(context: Context, call: Call) -> JsonObject:
    """getMe: a bot with privacy mode on, as BotFather makes them."""
    abilities: JsonObject = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return {**context.world.bot} | abilities


async def get_chat(context: Context, call: Call) -> JsonObject:
    """getChat."""
    chat = known_chat(context.world, call)
    return context.world.chat_view(chat) | _FULL_INFO


async def get_member(context: Context, call: Call) -> JsonObject:
    """getChatMember; someone who is not in the chat has "left"."""
    chat = known_chat(context.world, call)
    user_id = call.integer("user_id")
    if user_id != context.world.bot["id"] and user_id not in context.world.people.rows:
        raise bad("user not found")
    return member_view(context.world.user(user_id), status_of(context.world, chat, user_id))


async def get_member_count(context: Context, call: Call) -> int:
    """getChatMemberCount, the bot included."""
    return len(known_chat(context.world, call)["members"]) + 1


async def get_administrators(context: Context, call: Call) -> list[JsonObject]:
    """getChatAdministrators: who made the group, and the bot if it is one."""
    chat = known_chat(context.world, call)
    if chat["type"] == "private":
        raise bad("there are no administrators in the private chat")
    everyone = [*chat["members"], context.world.bot["id"]]
    found = [(user_id, status_of(context.world, chat, user_id)) for user_id in everyone]
    ruling = {"creator", "administrator"}
    return [member_view(context.world.user(user_id), status) for user_id, status in found if status in ruling]


async def leave_chat(context: Context, call: Call) -> bool:
    """leaveChat."""
    world = context.world
    chat = known_chat(world, call)
    if chat["type"] == "private":
        raise bad("chat member status can't be changed in private chats")
    old = chat["bot"]
    world.chats.put(chat["id"], {**chat, "bot": "left"})
    left = world.chats.rows[chat["id"]]
    world.post(left, world.bot, {"left_chat_member": world.bot})
    tell_own_change(world, context.updates, left, world.bot["id"], old)
    world.events.publish("chats", chat["id"])
    return True
