"""The Bot API's front door: token, method, fault, limit, work, journal, answer; and the log of calls.

Every change is in the journal before the answer leaves, so what the bot was told survives a kill.
"""

import asyncio
import hmac
import json
from collections import deque
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox import commands, methods_chats, methods_media, methods_messages, methods_updates
from bot.sandbox.context import Context, Described
from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Dropped, Fault, Faults
from bot.sandbox.limits import Limits
from bot.sandbox.shapes import JsonObject
from bot.sandbox.wire import Call, answer, as_integer, read_call, refusal

_LOGGED_CALLS = 10_000
_NOT_FOUND = ApiError(404, "Not Found")
Method = Callable[[Context, Call], Awaitable[object]]
_METHODS: dict[str, Method] = {
    "getme": methods_chats.get_me,
    "getchat": methods_chats.get_chat,
    "getchatmember": methods_chats.get_member,
    "getchatmembercount": methods_chats.get_member_count,
    "getchatadministrators": methods_chats.get_administrators,
    "leavechat": methods_chats.leave_chat,
    "getupdates": methods_updates.get_updates,
    "setwebhook": methods_updates.set_webhook,
    "deletewebhook": methods_updates.delete_webhook,
    "getwebhookinfo": methods_updates.get_webhook_info,
    "answercallbackquery": methods_updates.answer_tap,
    "sendmessage": methods_messages.send_message,
    "editmessagetext": methods_messages.edit_text,
    "editmessagecaption": methods_messages.edit_caption,
    "editmessagereplymarkup": methods_messages.edit_markup,
    "deletemessage": methods_messages.delete_message,
    "sendchataction": methods_messages.send_action,
    "sendphoto": methods_media.send_photo,
    "senddocument": methods_media.send_document,
    "sendvideo": methods_media.send_video,
    "sendmediagroup": methods_media.send_media_group,
    "editmessagemedia": methods_media.edit_media,
    "getfile": methods_media.get_file,
    "setmycommands": commands.set_commands,
    "getmycommands": commands.get_commands,
    "deletemycommands": commands.delete_commands,
}


class BotApi:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, context: Context, token: str, limits: Limits | None) -> None:
        self._context = context
        self._token = token
        self._limits = limits
        self._count = 0
        self.faults = Faults()
        self.calls: deque[JsonObject] = deque(maxlen=_LOGGED_CALLS)

    def routes(self) -> list[web.RouteDef]:
        """The routes to add to the application."""
        call, file = "/bot{token:[^/]+}/{method:[^/]+}", "/file/bot{token:[^/]+}/{path:.+}"
        return [web.get(call, self._call), web.post(call, self._call), web.get(file, self._file)]

    async def execute(self, call: Call) -> object:
        """Run a call with its faults and limits. ApiError, or Dropped when a fault closes the connection."""
        try:
            result = await self._run(call)
        except ApiError as error:
            self._log(call, error.code)
            raise
        except Dropped:
            self._log(call, 0)
            raise
        self._log(call, None)
        return result

    async def _run(self, call: Call) -> object:
        method = _METHODS.get(call.method)
        if method is None:
            raise _NOT_FOUND
        fault = self._take(call)
        if fault is not None and not fault.after:
            await asyncio.sleep(fault.delay_ms / 1000)
            fault.fail()
        if self._limits is not None:
            self._limits.check(call, _messages_in(call))
        try:
            result = await method(self._context, call)
        finally:
            self._context.world.commit()
        if fault is not None and fault.after:
            await asyncio.sleep(fault.delay_ms / 1000)
            fault.fail()
        return result

    def _take(self, call: Call) -> Fault | None:
        fault = self.faults.take(call)
        if fault is not None:
            self._context.world.events.publish("faults")
        return fault

    def _log(self, call: Call, error_code: int | None) -> None:
        self._count += 1
        entry: JsonObject = {
            "n": self._count,
            "method": call.method,
            "chat_id": as_integer(call.text("chat_id")),
            "at": self._context.world.now().isoformat(),
            "ok": error_code is None,
            "error_code": error_code,
        }
        self.calls.append(entry)

    def _check_token(self, request: web.Request) -> None:
        token = request.match_info["token"]
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            known_shape = token.partition(":")[0].isdecimal() and ":" in token
            raise ApiError(401, "Unauthorized" if known_shape else "Unauthorized: invalid token specified")

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request)
            result = await self.execute(await read_call(request, request.match_info["method"]))
        except ApiError as error:
            return refusal(error)
        except Dropped:
            return _drop(request)
        if isinstance(result, Described):
            return web.json_response(answer(result.result, result.description))
        return web.json_response(answer(result))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        call = Call("file", {"file_id": request.match_info["path"]})
        try:
            self._check_token(request)
            fault = self._take(call)
            if fault is not None:
                await asyncio.sleep(fault.delay_ms / 1000)
                fault.fail()
        except ApiError as error:
            return refusal(error)
        except Dropped:
            return _drop(request)
        name = request.match_info["path"].rsplit("/", 1)[-1].partition(".")[0]
        file = self._context.world.files.rows.get(name)
        if file is None or file["size"] > methods_media.DOWNLOAD_LIMIT:
            return refusal(_NOT_FOUND)
        kind = {"Content-Type": "application/octet-stream"}
        return web.FileResponse(self._context.world.blobs.path(file["sha"]), headers=kind)


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _messages_in(call: Call) -> int:
    if call.method != "sendmediagroup":
        return 1
    try:
        media = json.loads(call.text("media"))
    except ValueError:
        return 1
    return len(media) if isinstance(media, list) else 1
