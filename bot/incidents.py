"""When something of ours broke: the person it happened to and the owners get a plain word and a number.

Surprising: these messages do not go through the outbox (which may be what broke). They are tried at once; if that
fails too, the log has the number.
"""

import logging
from collections.abc import Iterable

from telegram.error import TelegramError
from telegram.ext import ExtBot

from domain.desk import Desk
from domain.people.people import Role
from storage.store import Store

log = logging.getLogger(__name__)
_FOR_PERSON = {
    "zh": "出错了，这一步没有完成，我已经记下来了（事故编号 {number}）。请再试一次；还不行请告诉负责人这个编号。",
    "en": "Something went wrong and this step was not done (incident {number}). Please try again; "
    "if it fails again, give the owner this number.",
}
_FOR_OWNER = {
    "zh": "⚠️ 事故 {number}：{what}\n日志里可以用这个编号查到原因。",
    "en": "⚠️ Incident {number}: {what}\nThe log has the cause under this number.",
}
_WHAT = {
    "update": {"zh": "有一条消息或点击没能处理", "en": "a message or tap could not be handled"},
    "notice": {"zh": "有一条通知没能送到「{where}」", "en": 'a notice for "{where}" could not be delivered'},
    "report": {"zh": "{where} 的日报没能生成", "en": "the workbook of {where} could not be made"},
}


def _language(desk: Desk, telegram_id: int) -> str:
    person, chat = desk.people.by_telegram(telegram_id), desk.people.chat_by_telegram(telegram_id)
    return person.language if person else chat.language if chat else "zh"


def _owners(desk: Desk) -> list[tuple[int, str]]:
    owners = desk.people.staff().with_role(frozenset({Role.OWNER}))
    return [(owner.telegram_id, owner.language) for owner in owners]


class Incidents:
    """Tells people, by the messenger's client."""

    def __init__(self, store: Store, bot: ExtBot[int]) -> None:
        self._store = store
        self._bot = bot

    async def tell_person(self, number: int, telegram_id: int) -> None:
        """The chat where it happened (Telegram's id)."""
        language = await self._store.read(_language, telegram_id)
        await self._say([(telegram_id, _FOR_PERSON[language].format(number=number))])

    async def tell_owners(self, number: int, kind: str, where: str = "") -> None:
        """`kind`: update, notice or report; `where` names the chat or day."""
        owners = await self._store.read(_owners)
        texts = {key: text.format(where=where) for key, text in _WHAT[kind].items()}
        await self._say(
            [(chat, _FOR_OWNER[language].format(number=number, what=texts[language])) for chat, language in owners]
        )

    async def _say(self, messages: Iterable[tuple[int, str]]) -> None:
        for chat, text in messages:
            try:
                await self._bot.send_message(chat, text)
            except TelegramError:
                log.exception("could not tell a person of an incident")
