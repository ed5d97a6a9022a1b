"""The text of a message as Telegram keeps it: parsed, trimmed, measured, and with what it finds by itself.

Telegram marks commands, links, mentions, tags and e-mail addresses in every text, the bot's own too, but never
inside code or a link. A limit counts UTF-16 units after parsing.
"""

import re
from typing import cast

from bot.sandbox.errors import bad
from bot.sandbox.html import parse_html, utf16
from bot.sandbox.shapes import Entity, JsonObject
from bot.sandbox.wire import json_object

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_RAW_LIMIT = 32_768
_SHOWN_LIMIT = 100
_GIVEN = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
}
# What Telegram finds itself is accepted from the bot but found again here.
_FOUND = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
_CLOSED = {"code", "pre", "text_link", "text_mention"}
_DOMAINS = "com|net|org|cn|hk|tw|io|me|co|cc|top|xyz|info|vip|shop|store"
_BARE = re.compile(
    rf"(?<![\w.@-])(?:[a-z0-9-]+\.)+(?:{_DOMAINS})(?![\w-])(?:/[^\s<>\"'“”‘’，。；！？、（）【】《》]*)?", re.I | re.A
)
_PATTERNS = (
    (
        "url",
        re.compile(
            r"https?://[^\s<>\"'“”‘’，。；！？、（）【】《》]+[^\s<>\"'“”‘’，。；！？、（）【】《》.,;:!?)\]]",
            re.I | re.A,
        ),
    ),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.A)),
    ("url", _BARE),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z]\w{3,31}", re.A)),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}(?!\w*#)")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?![\w$])", re.A)),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{3,31})?(?![\w/])", re.A)),
)


def rich_text(text: str, mode: str, entities: object, limit: int, too_long: str) -> tuple[str, list[Entity]]:
    """Text and entities as the message will carry them; the text may come out empty.

    `entities` is the parsed JSON list a bot may give instead of a parse mode, or None. ApiError 400 with `too_long`
    over `limit`, or with Telegram's words for markup that does not parse.
    """
    if len(text.encode("utf-8", "surrogatepass")) > _RAW_LIMIT:
        raise bad("text is too long")
    if mode.lower() == "html":
        text, found = parse_html(text)
    elif mode.lower() in {"", "none"}:
        found = _given(entities, utf16(text))
    elif mode.lower() in {"markdown", "markdownv2"}:
        raise bad("can't parse entities: the sandbox reads HTML and entities, not Markdown")
    else:
        raise bad("unsupported parse_mode")
    text, found = _trim(text.replace("\r", "").replace("\0", ""), found)
    if utf16(text) > limit:
        raise bad(too_long)
    return text, _in_order(found + detect(text, [e for e in found if e["type"] in _CLOSED]))


def detect(text: str, closed: list[Entity]) -> list[Entity]:
    """The entities Telegram finds by itself, outside the `closed` ones."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in closed]
    found: list[Entity] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start = utf16(text[: match.start()])
            end = start + utf16(match[0])
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                found.append({"type": kind, "offset": start, "length": end - start})
    return found


def _given(entities: object, units: int) -> list[Entity]:
    if entities is None:
        return []
    if not isinstance(entities, list):
        raise bad("can't parse entities: expected an Array of MessageEntity")
    return [e for item in entities if (e := _one_given(json_object(item, "MessageEntity"), units)) is not None]


def _one_given(item: JsonObject, units: int) -> Entity | None:
    kind, offset, length = item.get("type"), item.get("offset"), item.get("length")
    if not isinstance(kind, str) or not isinstance(offset, int) or not isinstance(length, int):
        raise bad('can\'t parse entities: can\'t parse MessageEntity: Field "type", "offset" or "length" is wrong')
    if kind in _FOUND:
        return None
    if kind not in _GIVEN:
        raise bad("can't parse entities: can't parse MessageEntity: Unsupported type specified")
    if offset < 0 or length < 0 or offset + length > units:
        raise bad("entity beginning or end is out of the text")
    if kind == "text_link" and not isinstance(item.get("url"), str):
        raise bad("can't parse entities: can't parse MessageEntity: Can't find field \"url\"")
    if length == 0:
        return None
    kept = {"type", "offset", "length", "url", "language", "user", "custom_emoji_id"}
    return cast(Entity, {name: value for name, value in item.items() if name in kept})


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    stripped = text.lstrip()
    cut = utf16(text) - utf16(stripped)
    stripped = stripped.rstrip()
    end = utf16(stripped)
    kept: list[Entity] = []
    for entity in entities:
        first = min(max(entity["offset"] - cut, 0), end)
        last = min(max(entity["offset"] + entity["length"] - cut, 0), end)
        if last > first:
            kept.append(cast(Entity, {**entity, "offset": first, "length": last - first}))
    return stripped, kept


def _in_order(entities: list[Entity]) -> list[Entity]:
    unique = {(e["type"], e["offset"], e["length"]): e for e in entities}.values()
    return sorted(unique, key=lambda e: (e["offset"], -e["length"]))[:_SHOWN_LIMIT]
