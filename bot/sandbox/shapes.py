"""The JSON shapes of the Bot API that the sandbox keeps and sends, as typed dictionaries.

They are stored exactly as they go over the wire, so a replayed journal needs no conversion. The one surprise:
`Message.reply_markup` holds whatever the bot sent; the Bot API shows only inline keyboards in messages,
see `as_bot_sees`.
"""

from typing import Literal, NotRequired, TypedDict, cast

JsonObject = dict[str, object]
ChatType = Literal["private", "group", "supergroup"]
# Kicked and left differ in the words of the refusal; migrated chats keep the id they moved to.
BotStatus = Literal["member", "administrator", "kicked", "left"]


class User(TypedDict):
    id: int
    is_bot: bool
    first_name: str
    username: NotRequired[str]
    language_code: NotRequired[str]


class Person(TypedDict):
    """Someone of the cast. `started`: wrote to the bot at least once, so that the bot may write first."""

    id: int
    name: str
    role: str
    language: str
    blocked: bool
    started: bool


class Chat(TypedDict):
    """A chat as the sandbox keeps it; members are people's ids, the first one made the group."""

    id: int
    type: ChatType
    title: str
    members: list[int]
    bot: BotStatus
    migrated_to: int | None


class Entity(TypedDict):
    """A MessageEntity; offset and length count UTF-16 units."""

    type: str
    offset: int
    length: int
    url: NotRequired[str]
    language: NotRequired[str]
    user: NotRequired[User]
    custom_emoji_id: NotRequired[str]


class PhotoSize(TypedDict):
    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: int


class Document(TypedDict):
    file_id: str
    file_unique_id: str
    file_name: str
    mime_type: str
    file_size: int


class Video(TypedDict):
    """A film: width and height in pixels, duration in seconds."""

    file_id: str
    file_unique_id: str
    width: int
    height: int
    duration: int
    file_name: str
    mime_type: str
    file_size: int


FileKind = Literal["photo", "document", "video"]
MEDIA: tuple[FileKind, ...] = ("photo", "document", "video")
"""The parts of a message that are a file."""

Message = TypedDict(
    "Message",
    {
        "message_id": int,
        "from": NotRequired[User],
        "chat": JsonObject,
        "date": int,
        "edit_date": NotRequired[int],
        "text": NotRequired[str],
        "entities": NotRequired[list[Entity]],
        "caption": NotRequired[str],
        "caption_entities": NotRequired[list[Entity]],
        "photo": NotRequired[list[PhotoSize]],
        "document": NotRequired[Document],
        "video": NotRequired[Video],
        "media_group_id": NotRequired[str],
        "reply_to_message": NotRequired["Message"],
        "reply_markup": NotRequired[JsonObject],
        "link_preview_options": NotRequired[JsonObject],
        "has_protected_content": NotRequired[bool],
        "new_chat_members": NotRequired[list[User]],
        "left_chat_member": NotRequired[User],
        "group_chat_created": NotRequired[bool],
        "migrate_to_chat_id": NotRequired[int],
        "migrate_from_chat_id": NotRequired[int],
    },
)


class Queued(TypedDict):
    """An update that waits for the bot. Updates of one `lane` are delivered in order; `expires` is a Unix time."""

    update: JsonObject
    lane: str
    expires: int


Tap = TypedDict("Tap", {"id": str, "from": int, "chat_id": int, "message_id": int, "expires": int})


class StoredFile(TypedDict):
    """What a file_id stands for; `sha` names the blob that holds the bytes."""

    file_id: str
    file_unique_id: str
    sha: str
    size: int
    name: str
    mime: str
    kind: FileKind


class Webhook(TypedDict):
    """Where updates are delivered; `secret` is sent in X-Telegram-Bot-Api-Secret-Token."""

    url: str
    secret: str
    max_connections: int
    last_error_date: int
    last_error_message: str


def as_bot_sees(message: Message) -> Message:
    """The message as the Bot API shows it: only inline keyboards in reply_markup."""
    markup = message.get("reply_markup")
    if markup is None or "inline_keyboard" in markup:
        return message
    shown = cast(JsonObject, dict(message))
    del shown["reply_markup"]
    return cast(Message, shown)
