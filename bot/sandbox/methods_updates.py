"""getUpdates, the webhook's settings and answerCallbackQuery.

The webhook follows Telegram's self-hosted server: plain http is allowed, but only to loopback, because the sandbox
must never reach out of the machine. setWebhook is paced by the event loop's clock, once a second.
"""

import re
from urllib.parse import urlsplit

from bot.sandbox.context import Context, Described
from bot.sandbox.errors import api_error, bad
from bot.sandbox.html import utf16
from bot.sandbox.shapes import JsonObject, Webhook
from bot.sandbox.wire import Call

_WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_DEFAULT_CONNECTIONS = 40
HOOK = "bot"


async def get_updates(context: Context, call: Call) -> list[JsonObject]:
    """getUpdates. ApiError 409 while a webhook is set, or when another poll takes over."""
    if HOOK in context.world.webhooks.rows:
        raise api_error(409, _WEBHOOK_ACTIVE)
    _allow(context, call)
    limit = min(max(call.integer("limit", 100), 1), 100)
    wait = min(max(call.integer("timeout"), 0), 50)
    return await context.updates.fetch(call.integer("offset"), limit, wait)


async def set_webhook(context: Context, call: Call) -> Described:
    """setWebhook; an empty url deletes. ApiError 400 for a bad setting, 429 within a second of the last."""
    url = call.text("url").strip()
    if not url:
        return await delete_webhook(context, call)
    hook = _read_hook(url, call)
    context.updates.pace_webhook()
    _allow(context, call)
    if call.flag("drop_pending_updates"):
        context.updates.forget_all()
    old = context.world.webhooks.rows.get(HOOK)
    same = old is not None and all(old[name] == hook[name] for name in ("url", "secret", "max_connections"))
    if not same:
        context.world.webhooks.put(HOOK, hook)
    context.updates.end_poll()
    context.updates.wake()
    return Described(True, "Webhook is already set" if same else "Webhook was set")


async def delete_webhook(context: Context, call: Call) -> Described:
    """deleteWebhook."""
    if call.flag("drop_pending_updates"):
        context.updates.forget_all()
    if HOOK not in context.world.webhooks.rows:
        return Described(True, "Webhook is already deleted")
    context.world.webhooks.drop(HOOK)
    context.updates.wake()
    return Described(True, "Webhook was deleted")


async def get_webhook_info(context: Context, call: Call) -> JsonObject:
    """getWebhookInfo."""
    hook = context.world.webhooks.rows.get(HOOK)
    info: JsonObject = {
        "url": "" if hook is None else hook["url"],
        "has_custom_certificate": False,
        "pending_update_count": len(context.updates.pending()),
    }
    if hook is not None:
        info["max_connections"] = hook["max_connections"]
        info["ip_address"] = "127.0.0.1"
        if hook["last_error_date"]:
            info["last_error_date"] = hook["last_error_date"]
            info["last_error_message"] = hook["last_error_message"]
    allowed = context.world.allowed.rows.get(HOOK)
    return info | ({"allowed_updates": allowed} if allowed else {})


async def answer_tap(context: Context, call: Call) -> bool:
    """answerCallbackQuery: once, within 150 seconds."""
    world = context.world
    text = call.text("text")
    tap = world.taps.rows.get(call.text("callback_query_id"))
    if tap is None or tap["expires"] <= world.unix():
        raise bad(_TOO_OLD)
    if utf16(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    world.taps.drop(tap["id"])
    said: JsonObject = {"toast": text or None, "alert": call.flag("show_alert")}
    if call.text("url"):
        said["url"] = call.text("url")
    waiting = context.answers.pop(tap["id"], None)
    if waiting is not None and not waiting.done():
        waiting.set_result(said)
    shown = said | {"person_id": tap["from"], "message_id": tap["message_id"]}
    world.events.publish("answer", tap["chat_id"], shown)
    return True


def _allow(context: Context, call: Call) -> None:
    kinds = call.parsed("allowed_updates", "allowed_updates")
    if kinds is None:
        return
    if not isinstance(kinds, list):
        raise bad("can't parse allowed_updates: expected an Array of String")
    context.updates.allow([str(kind).lower() for kind in kinds])


def _read_hook(url: str, call: Call) -> Webhook:
    secret = call.text("secret_token")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port != 0
    except ValueError:
        raise bad("bad webhook: Invalid webhook URL specified") from None
    if parts.scheme not in {"http", "https"} or not port_is_fine or not parts.hostname:
        raise bad("bad webhook: Invalid webhook URL specified")
    if parts.hostname not in _LOOPBACK:
        raise bad("bad webhook: the sandbox delivers to loopback only")
    return {
        "url": url,
        "secret": secret,
        "max_connections": min(max(call.integer("max_connections", _DEFAULT_CONNECTIONS), 1), 100),
        "last_error_date": 0,
        "last_error_message": "",
    }
