"""Around the check and the scales: notes that were read, weights a lead lets pass, weights learnt.

Surprising: "I have read it" does the scan that was refused, so that nobody scans the slip twice.
"""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.desk import Desk
from domain.errors import BadValue
from domain.floor import checking, floor, fulfilment, learning
from domain.floor.floor import Scans
from domain.people.people import Actor, Right, require
from handlers.ask import Ask
from handlers.cards.floor.checks import learnt_card
from handlers.filters import Cmd, Tap
from handlers.floor.warehouse import new_card, tell

router = Router(name="checking")


def read_and_go_on(desk: Desk, actor: Actor, parcel_id: int) -> Scans:
    """The notes were read: the scan they held up is done."""
    parcel = checking.read_notes(desk, actor, parcel_id)
    return floor.scan(desk, actor, [(parcel.waybill, None)])


@router.callback_query(Tap("ck"))
async def notes_read(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The button below the notes."""
    scans = await ask.run(read_and_go_on, ask.actor, int(args[0]))
    await ask.toast(ask.words.plain("Read."))
    ask.tap = None
    await tell(ask, scans)
    await new_card(ask)


@router.message(Cmd("force"))
async def force(message: Message, ask: Ask, args: str) -> None:
    """`/force WAYBILL 1.25kg reason`."""
    require(ask.actor, Right.OVERRIDE)
    code, _, rest = args.strip().partition(" ")
    weight, _, reason = rest.strip().partition(" ")
    if not weight or (not reason.strip() and fulfilment.parse_weight(weight) is not None):
        facts = {"waybill": code or "SF1234567890", "weight": weight or "1.25kg"}
        await ask.say(
            "Write the waybill, its weight, then the reason: /force {waybill} {weight} two catalogues", **facts
        )
        return
    grams = fulfilment.parse_weight(weight)
    if grams is None:
        raise BadValue("weight", weight[:40], "weight")
    parcel = await ask.run(fulfilment.force_weight, ask.actor, code.strip().upper(), grams, reason)
    facts = {"waybill": parcel.waybill, "grams": ask.words.grams(grams)}
    await ask.say("{waybill} weighed {grams}, let pass by you. It stands in the history.", **facts)


@router.message(Cmd("batch"))
async def batch(message: Message, ask: Ask, args: str) -> None:
    """`/batch WAYBILL BATCH`."""
    require(ask.actor, Right.OVERRIDE)
    code, _, told = args.strip().partition(" ")
    if not told.strip():
        await ask.say("Write the waybill, then the batch: /batch {waybill} LOT-0002", waybill=code or "SF1234567890")
        return
    parcel = await ask.run(fulfilment.swap_batch, ask.actor, code.upper(), told.strip())
    facts = {"waybill": parcel.waybill, "batch": told.strip()[:40]}
    await ask.say("{batch} goes out in {waybill} by your word; the stock books have it in the box.", **facts)


@router.message(Cmd("weights"))
async def weights(message: Message, ask: Ask) -> None:
    """What the scales have learnt."""
    require(ask.actor, Right.OVERRIDE)
    await ask.reply(await ask.read(learnt_card, ask.actor, ask.words))


@router.callback_query(Tap("wl"))
async def take_weight(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """One proposal taken."""
    grams, known, sku = args
    await ask.run(learning.accept, ask.actor, sku, int(grams), int(known))
    await ask.toast(ask.words.plain("Taken into the catalogue."))
    await ask.edit(await ask.read(learnt_card, ask.actor, ask.words))
