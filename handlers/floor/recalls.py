"""Recalls in chat: ask a courier for a parcel back, say what it answered, and what it costs.

Surprising: a refusal's reason and the fee are answers to our own question, which carries the recall's number.
"""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import BadValue, SharedParcel
from domain.money import parse_minor
from domain.people.people import Right, require
from domain.policy.policy_stops import RecallKind
from domain.records import NoticeKind
from domain.stops import recalls
from domain.stops.stop_desk import Recall, RecallState
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.cards.floor.recalls import LETTERS
from handlers.filters import Cmd, Tap
from handlers.questions import Answer, question
from handlers.taps import pack
from handlers.wording.refusals import refusal_text

router = Router(name="recalls")
Args = tuple[str, ...]


@router.message(Cmd("recalls"))
async def under_way(message: Message, ask: Ask) -> None:
    """What is under way, and how it usually ends."""
    require(ask.actor, Right.VIEW_ORDERS)
    await ask.show(NoticeKind.RECALLS, 0)


@router.callback_query(Tap("rc"))
async def show_recall(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """One of them."""
    require(ask.actor, Right.VIEW_ORDERS)
    await ask.show(NoticeKind.RECALL, int(args[0]))


@router.callback_query(Tap("rcn"))
async def register(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The courier is to be asked. Where others are in the box it is asked once more (the second tap carries one
    argument more)."""
    parcel_id, kind = int(args[0]), RecallKind(args[1])
    order_id = int(args[2]) if len(args) > 2 else None
    try:
        recall = await ask.run(recalls.register, ask.actor, parcel_id, kind, order_id, sure=len(args) > 3)
    except SharedParcel as shared:
        await ask.toast("")
        await ask.reply(await ask.read(_shared, parcel_id, kind, order_id, refusal_text(shared, ask.words), ask))
        return
    await ask.toast(ask.words.plain("Registered. Finance hears of the fee."))
    await ask.show(NoticeKind.RECALL, recall.id)


def _shared(desk: Desk, parcel_id: int, kind: RecallKind, order_id: int | None, text: str, ask: Ask) -> Card:
    mine = recalls.subject(desk, desk.parcels.get(parcel_id), order_id)
    yes = Button(ask.words.plain("Ask the courier all the same"), pack("rcn", parcel_id, kind, mine, "y"), "danger")
    return Card(text, ((yes,),))


@router.callback_query(Tap("rct"))
async def told(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """What the courier said; a refusal needs its reason."""
    recall_id, revision, state = int(args[0]), int(args[1]), LETTERS[args[2]]
    if state is RecallState.FAILED:
        recall = await ask.read(_recall, recall_id)
        text = ask.words("Recall {waybill}: why did it fail? Reply to this message.", waybill=recall.waybill)
        await ask.toast("")
        await ask.reply(question(text, ask.words.plain("Reason"), "rct", recall_id, revision))
        return
    await ask.run(recalls.told, ask.actor, recall_id, revision, state)
    await ask.toast(ask.words.plain("Noted."))
    await ask.show(NoticeKind.RECALL, recall_id)


@router.message(Answer("rct"))
async def failed(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """The reason."""
    await ask.run(recalls.told, ask.actor, int(args[0]), int(args[1]), RecallState.FAILED, answer)
    await ask.show_once(NoticeKind.RECALL, int(args[0]))


@router.callback_query(Tap("rcf"))
async def ask_fee(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """What does it cost?"""
    recall = await ask.read(_recall, int(args[0]))
    facts = {"waybill": recall.waybill, "currency": recall.currency}
    text = ask.words("Recall {waybill}: what does it cost, in {currency}? Reply to this message.", **facts)
    await ask.toast("")
    await ask.reply(question(text, "12.00", "rcf", recall.id))


@router.message(Answer("rcf"))
async def fee_told(message: Message, ask: Ask, args: Args, answer: str) -> None:
    """The fee."""
    recall = await ask.read(_recall, int(args[0]))
    try:
        fee = parse_minor(answer.strip().removeprefix("¥").strip(), recall.currency)
    except ValueError:
        raise BadValue("fee", answer[:40], "fee") from None
    await ask.run(recalls.set_fee, ask.actor, recall.id, fee)
    await ask.show_once(NoticeKind.RECALL, recall.id)


def _recall(desk: Desk, recall_id: int) -> Recall:
    return desk.recalls.get(recall_id)
