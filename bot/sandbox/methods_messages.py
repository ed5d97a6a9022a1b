"""sendMessage, the edits, deleteMessage and sendChatAction.

An edit that brings nothing new is an error in Telegram, and a message that carries a reply keyboard can never be
edited; both are kept here because a bot has to live with them.
"""

from typing import cast

from bot.sandbox.context import Context, open_chat
from bot.sandbox.entities import CAPTION_LIMIT, TEXT_LIMIT, rich_text
from bot.sandbox.errors import bad
from bot.sandbox.markup import read_inline, read_markup
from bot.sandbox.shapes import MEDIA, Chat, JsonObject, Message, as_bot_sees
from bot.sandbox.wire import Call, as_integer, json_object

_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
_DELETABLE = 48 * 3600
_UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current"
    " content and reply markup of the message"
)


async def send_message(context: Context, call: Call) -> Message:
    """sendMessage."""
    chat = open_chat(context.world, call)
    content = text_content(call)
    options = call.parsed("link_preview_options", "link preview options")
    if options is not None:
        content["link_preview_options"] = json_object(options, "link preview options")
    return as_bot_sees(context.world.post(chat, context.world.bot, content | extras(context, call, chat)))


async def edit_text(context: Context, call: Call) -> Message:
    """editMessageText."""
    chat, message = editable(context, call)
    content = text_content(call)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return replace(context, call, chat, message, content)


async def edit_caption(context: Context, call: Call) -> Message:
    """editMessageCaption; an empty caption removes it."""
    chat, message = editable(context, call)
    content = caption_content(call.params, call.parsed("caption_entities", "caption entities"))
    if not any(kind in message for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    return replace(context, call, chat, message, content)


async def edit_markup(context: Context, call: Call) -> Message:
    """editMessageReplyMarkup; without a keyboard it removes the one that is there."""
    chat, message = editable(context, call)
    markup = read_inline(call, private=chat["type"] == "private")
    if message.get("reply_markup") == markup:
        raise bad(_UNCHANGED)
    changed = cast(JsonObject, dict(message))
    changed.pop("reply_markup", None)
    if markup is not None:
        changed["reply_markup"] = markup
    return context.world.change(chat["id"], cast(Message, changed))


async def delete_message(context: Context, call: Call) -> bool:
    """deleteMessage: own messages for 48 hours; others' in private chats, or as administrator."""
    world = context.world
    chat = open_chat(world, call)
    message = world.message(chat["id"], _message_id(call))
    if message is None:
        raise bad("message to delete not found")
    own = message.get("from") == world.bot
    if not own and chat["type"] != "private" and chat["bot"] != "administrator":
        raise bad("message can't be deleted")
    if chat["bot"] != "administrator" and world.unix() - message["date"] >= _DELETABLE:
        raise bad("message can't be deleted for everyone")
    world.delete(chat["id"], message["message_id"])
    return True


async def send_action(context: Context, call: Call) -> bool:
    """sendChatAction."""
    chat = open_chat(context.world, call)
    action = call.text("action")
    if action not in _ACTIONS:
        raise bad("wrong parameter action in request")
    context.world.events.publish("typing", chat["id"], {"action": action})
    return True


def text_content(call: Call) -> JsonObject:
    """The text part of a message. ApiError 400 when it is empty, too long or does not parse."""
    given = call.parsed("entities", "entities")
    text, entities = rich_text(call.text("text"), call.text("parse_mode"), given, TEXT_LIMIT, "message is too long")
    if not text:
        raise bad("message text is empty")
    return {"text": text} | ({"entities": entities} if entities else {})


def caption_content(fields: dict[str, str], entities: object) -> JsonObject:
    """The caption part of a message from `caption` and `parse_mode` in `fields`; empty without one."""
    caption, found = rich_text(
        fields.get("caption", ""),
        fields.get("parse_mode", ""),
        entities,
        CAPTION_LIMIT,
        "message caption is too long",
    )
    content: JsonObject = {"caption": caption} if caption else {}
    return content | ({"caption_entities": found} if found else {})


def extras(context: Context, call: Call, chat: Chat) -> JsonObject:
    """What any sent message may have besides its content: a reply, a keyboard, protection."""
    found: JsonObject = {}
    replied = _replied(context, call, chat)
    if replied is not None:
        found["reply_to_message"] = replied
    markup = read_markup(call, private=chat["type"] == "private")
    if markup is not None:
        found["reply_markup"] = markup
    if call.flag("protect_content"):
        found["has_protected_content"] = True
    return found


def quoted(message: Message) -> JsonObject:
    """The message as it stands inside a reply: without the message it replied to itself."""
    return {name: value for name, value in as_bot_sees(message).items() if name != "reply_to_message"}


def editable(context: Context, call: Call) -> tuple[Chat, Message]:
    """The bot's message an edit names, and its chat. ApiError 400 or 403."""
    chat = open_chat(context.world, call)
    message = context.world.message(chat["id"], _message_id(call))
    if message is None:
        raise bad("message to edit not found")
    markup = message.get("reply_markup")
    if message.get("from") != context.world.bot or (markup is not None and "inline_keyboard" not in markup):
        raise bad("message can't be edited")
    return chat, message


def replace(context: Context, call: Call, chat: Chat, message: Message, content: JsonObject) -> Message:
    """Give a message new content and the call's keyboard. ApiError 400 when nothing would change."""
    old = {"text", "entities", "caption", "caption_entities", "reply_markup", "link_preview_options"}
    if any(kind in content for kind in MEDIA):
        old |= set(MEDIA)
    changed: JsonObject = {name: value for name, value in message.items() if name not in old} | content
    markup = read_inline(call, private=chat["type"] == "private")
    if markup is not None:
        changed["reply_markup"] = markup
    if "link_preview_options" in message:
        changed["link_preview_options"] = message["link_preview_options"]
    if changed == message:
        raise bad(_UNCHANGED)
    changed["edit_date"] = context.world.unix()
    return context.world.change(chat["id"], cast(Message, changed))


def _message_id(call: Call) -> int:
    number = as_integer(call.text("message_id").strip())
    if number is None:
        raise bad("message identifier is not specified")
    return number


def _replied(context: Context, call: Call, chat: Chat) -> JsonObject | None:
    value = call.parsed("reply_parameters", "reply parameters")
    fields = {} if value is None else json_object(value, "reply parameters")
    number = fields.get("message_id", call.integer("reply_to_message_id"))
    if not number:
        return None
    message = context.world.message(chat["id"], number) if isinstance(number, int) else None
    if message is not None:
        return quoted(message)
    if fields.get("allow_sending_without_reply") is True or call.flag("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")
