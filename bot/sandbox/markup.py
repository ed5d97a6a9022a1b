"""What a bot may put under a message: inline and reply keyboards, with Telegram's limits and complaints.

The checked markup is stored as the bot sent it, so the page and the tests see every field. Limits are from
telegram.md 3.1; callback_data is measured in bytes, where a Chinese character is three. `web_app` links must be
https, but loopback http is let through as in Telegram's own test environment.
"""

from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from bot.sandbox.errors import bad
from bot.sandbox.html import utf16
from bot.sandbox.shapes import JsonObject
from bot.sandbox.wire import Call, json_object

_ACTIONS = (
    "url",
    "callback_data",
    "copy_text",
    "web_app",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "disabled",
)
_STYLES = {"danger", "success", "primary"}
_MOST_BUTTONS = 100
_MOST_IN_ROW = 8
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def read_markup(call: Call, *, private: bool) -> JsonObject | None:
    """The call's reply_markup, None when there is none. ApiError 400 in Telegram's words."""
    value = call.parsed("reply_markup", "reply keyboard markup")
    if value is None:
        return None
    markup = json_object(value, "reply keyboard markup")
    if "inline_keyboard" in markup:
        _check_rows(markup["inline_keyboard"], lambda button: _check_inline(button, private=private))
        return markup if any(cast(list[list[object]], markup["inline_keyboard"])) else None
    if "keyboard" in markup:
        _check_rows(markup["keyboard"], _check_label)
    elif markup.get("remove_keyboard") is not True and markup.get("force_reply") is not True:
        return None
    _check_placeholder(markup.get("input_field_placeholder"))
    return markup


def read_inline(call: Call, *, private: bool) -> JsonObject | None:
    """As read_markup, for edits, which take inline keyboards only."""
    markup = read_markup(call, private=private)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    return markup


def _check_rows(rows: object, check: Callable[[object], None]) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse reply keyboard markup: expected an Array of Arrays of buttons")
    if sum(map(len, rows)) > _MOST_BUTTONS or any(len(row) > _MOST_IN_ROW for row in rows):
        raise bad("reply markup is too long")
    for row in rows:
        for button in row:
            check(button)


def _check_label(button: object) -> None:
    if isinstance(button, str):
        button = {"text": button}
    fields = json_object(button, "keyboard button")
    text = fields.get("text")
    if not isinstance(text, str):
        raise bad('can\'t parse keyboard button: Field "text" must be of type String')
    if not text.strip():
        raise bad("keyboard button text must be non-empty")
    _check_style(fields)


def _check_style(fields: JsonObject) -> None:
    if fields.get("style") is not None and fields["style"] not in _STYLES:
        raise bad("can't parse keyboard button: Invalid button style specified")


def _check_inline(button: object, *, private: bool) -> None:
    fields = json_object(button, "inline keyboard button")
    text = fields.get("text")
    if not isinstance(text, str):
        raise bad('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not text.strip():
        raise bad("inline keyboard button text must be non-empty")
    _check_style(fields)
    kind = next((name for name in _ACTIONS if fields.get(name) is not None), None)
    if kind is None:
        raise bad("text buttons are unallowed in the inline keyboard")
    value = fields[kind]
    if kind == "callback_data":
        if not isinstance(value, str) or not 1 <= len(value.encode("utf-8", "surrogatepass")) <= 64:
            raise bad("BUTTON_DATA_INVALID")
    elif kind == "url":
        _check_url(value)
    elif kind == "copy_text":
        copied = json_object(value, "copy text button").get("text")
        if not isinstance(copied, str) or not 1 <= utf16(copied) <= 256:
            raise bad("BUTTON_COPY_TEXT_INVALID")
    elif kind == "web_app":
        _check_web_app(value, private=private)


def _check_url(value: object) -> None:
    if not isinstance(value, str) or not value:
        raise bad("BUTTON_URL_INVALID")
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    scheme, host = parts.scheme, parts.netloc
    if scheme not in {"http", "https", "tg"} or not host or (scheme != "tg" and "." not in host):
        raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")


def _check_web_app(value: object, *, private: bool) -> None:
    if not private:
        raise bad("BUTTON_TYPE_INVALID")
    url = json_object(value, "web app info").get("url")
    if not isinstance(url, str) or not url:
        raise bad("BUTTON_URL_INVALID")
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        reason = "Only HTTPS links are allowed"
        raise bad(f"inline keyboard button Web App URL '{url}' is invalid: {reason}")


def _check_placeholder(text: object) -> None:
    if text is not None and (not isinstance(text, str) or not 1 <= utf16(text) <= 64):
        raise bad("input field placeholder must be 1-64 characters")
