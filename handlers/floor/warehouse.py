"""The warehouse floor in chat: stations, scans by text and photo, stock.

Surprising: a right scan is answered by an edit of the running card alone, through the outbox, so that fifty scans a
minute cost a few edits. A message of its own always means: look up.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message

from domain.codes import Code
from domain.desk import Desk
from domain.errors import AlreadyApplied, BadValue
from domain.floor import floor, fulfilment, loading, measuring, scanned_text
from domain.floor.floor import Scans
from domain.people import asked
from domain.people.people import STATION_RIGHT, Actor, Right, Station, require
from domain.records import NoticeKind
from domain.stock.stock_docs import StockDoc
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.cards.desk.bundles import bundle_card
from handlers.cards.floor.checks import note_buttons
from handlers.cards.floor.in_hand import looked_card
from handlers.cards.floor.prints import paper_buttons
from handlers.cards.floor.scans import COMMANDS, complaint, stop_of
from handlers.cards.floor.selling import sell_card
from handlers.cards.floor.stock import find_skus, moves_page, stock_answer
from handlers.cards.floor.traces import trace_card
from handlers.draw import draw
from handlers.filters import Cmd, Tap
from handlers.floor import proofs, stock_room
from handlers.keyboards import command_of
from handlers.questions import MARK
from handlers.taps import LIMIT, pack
from handlers.typed.codes import Codes, Sized, read_codes, read_sized
from handlers.typed.photo import NotAPhoto, codes_in

router = Router(name="warehouse")
CARD_SCANS = 20
MOST_BYTES = 20_000_000


class StationCommand(Cmd):
    """Any of the stations' commands; gives its `station`."""

    def __init__(self) -> None:
        super().__init__("")

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        for command, station in COMMANDS.items():
            found = await Cmd(command)(message)
            if isinstance(found, dict):
                return {**found, "station": station}
        return False


@router.message(StationCommand())
async def station(message: Message, ask: Ask, station: Station, args: str) -> None:
    """`/ship` chooses the station; `/ship CODE` scans there once and changes nothing else; `/ship YTO` loads that
    courier's van."""
    van = await ask.read(loading.named, args) if args and station is Station.HAND_OVER else None
    if van is not None:
        await ask.run(_load, ask, van.id)
        await new_card(ask)
        return
    if args:
        if station is not Station.PICK or Right.PACK not in ask.actor.rights:  # who packs may fill a box, no more
            require(ask.actor, STATION_RIGHT[station])
        sized = read_sized(args) if station is Station.WEIGH else None
        if sized is not None:
            await weigh(ask, sized, fresh_card=True)
            return
        codes = await ask.read(codes_of, ask.actor, args, station)
        if codes is None:
            await ask.say(
                "«{text}» contains something that is not a code. Example: /ship SF1234567890123", text=args[:60]
            )
            return
        await scan(ask, codes, station, fresh_card=True)
        return
    await ask.run(fulfilment.at_station, ask.actor, ask.person, station)
    await new_card(ask)


def _load(desk: Desk, ask: Ask, courier_id: int) -> None:
    fulfilment.at_station(desk, ask.actor, ask.person, Station.HAND_OVER)
    loading.begin(desk, ask.actor, courier_id)


@router.callback_query(Tap("fs"))
async def change_station(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """A station button of the running card."""
    await ask.run(fulfilment.at_station, ask.actor, ask.person, COMMANDS[args[0]])
    await ask.show(NoticeKind.SCAN, ask.person.id)


@router.message(Cmd("stock"))
async def stock(message: Message, ask: Ask, args: str) -> None:
    """What is where, and where the last units went, or went until a day; without a product, what is to ship and to
    sell of all. A serial number or a batch tells what took it."""
    require(ask.actor, Right.STOCK)
    if not args:
        await ask.reply(await ask.read(sell_card, ask.words))
        return
    await ask.reply(await ask.read(_stock_of, ask, args))


def _stock_of(desk: Desk, ask: Ask, text: str) -> Card:
    if any(text.strip().casefold() == code.casefold() for code in desk.catalog.bundles):
        return bundle_card(desk, ask.actor, text, ask.words)
    traced = None if find_skus(desk, text) else trace_card(desk, ask.actor, text, ask.words)
    return traced or stock_answer(desk, text, ask.words)


@router.callback_query(Tap("sm"))
async def stock_page(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """Older or newer moves of the product, in the same card."""
    require(ask.actor, Right.STOCK)
    await ask.edit(await ask.read(moves_page, args[0], int(args[1]), ask.words))


@router.callback_query(Tap("sk"))
async def stock_of(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """One product out of several."""
    require(ask.actor, Right.STOCK)
    await ask.edit(await ask.read(stock_answer, args[0], ask.words))


@router.message(F.photo | F.document.mime_type.startswith("image/"))
async def photo(message: Message, ask: Ask) -> None:
    """A label in front of the camera. A weight in the caption goes with a single code."""
    if not floor.on_floor(ask.actor) and await ask.read(_holds, ask.person.id) is None:
        raise SkipHandler
    picture = message.photo[-1] if message.photo else message.document
    assert picture is not None
    if (picture.file_size or 0) > MOST_BYTES:
        await ask.say("This picture is too large for me. Send it as a photo, not as a file.")
        return
    loaded = await ask.bot.download(picture)
    assert loaded is not None
    data = loaded.read()
    try:
        texts = await asyncio.to_thread(codes_in, data)
    except NotAPhoto:
        await ask.say("I cannot open this picture. Send a photo of the label.")
        return
    if await stock_room.photo(ask, texts, message.caption or ""):
        return
    codes = await ask.read(_in_picture, ask.actor, texts)
    if not message.caption and await proofs.photo(message, ask, data, codes):
        return
    sized = read_sized(message.caption or "")
    if sized is not None and len(codes) == 1:
        await weigh(ask, replace(sized, code=codes[0].text))
        return
    weight = read_codes(message.caption or "")
    if len(codes) == 1 and weight and weight[0].text == "":
        codes = [codes[0]._replace(grams=weight[0].grams)]
    if not codes:
        await ask.say("No code found. Go closer: the label should fill the frame, straight and sharp, without glare.")
        return
    await scan(ask, codes, None)


def _holds(desk: Desk, person_id: int) -> StockDoc | None:
    return desk.stock_docs.held_by(person_id)


def codes_of(desk: Desk, actor: Actor, text: str, station: Station | None = None) -> Codes | None:
    """The codes in a text, by what is asked of this person now, at their station or at this one."""
    return read_codes(text, asked.of(desk, actor, station))


def _in_picture(desk: Desk, actor: Actor, texts: Sequence[str]) -> Codes:
    """The codes in a photo; only those of parcels of ours where there are any, as a label often lies beside a
    product's barcode."""
    codes = [code for text in texts for code in codes_of(desk, actor, text) or ()]
    codes = [code for code in codes if code.text]
    return [code for code in codes if desk.parcels.by_waybill(code.text) is not None] or codes


@router.message(F.text & ~F.text.startswith("/"))
async def text(message: Message, ask: Ask) -> None:
    """Codes from a scanner or typed; everything else is left to the search."""
    if not floor.on_floor(ask.actor) or _answers_a_question(message):
        raise SkipHandler
    if await ask.read(scanned_text.names_bin, ask.person.id, message.text or ""):
        await scan(ask, [Code((message.text or "").strip())], Station.PUT_BACK)
        return
    sized = read_sized(message.text or "")
    if sized is not None and await ask.read(_is_sized, ask, sized):
        await weigh(ask, sized)
        return
    codes = await ask.read(codes_of, ask.actor, message.text or "")
    if codes is None:
        words = (message.text or "").split()
        if await ask.read(_meant_as_weight, ask, words):
            raise BadValue("weight", words[-1][:40], "weight")
        raise SkipHandler
    if not await ask.read(_is_scan, ask, codes):
        raise SkipHandler
    await scan(ask, codes, None)


def _meant_as_weight(desk: Desk, ask: Ask, words: list[str]) -> bool:
    """One word of somebody who is weighing a parcel, or one behind a waybill of ours."""
    if Right.WEIGH not in ask.actor.rights or Right.VIEW_ORDERS in ask.actor.rights or command_of(" ".join(words)):
        return False
    if len(words) == 1:
        return ask.person.station is Station.WEIGH and ask.person.last_parcel is not None
    return len(words) == 2 and desk.parcels.by_waybill(words[0].upper()) is not None


def _answers_a_question(message: Message) -> bool:
    asked = message.reply_to_message
    return asked is not None and (asked.text or "").rsplit("\n", 1)[-1].startswith(MARK)


def _is_scan(desk: Desk, ask: Ask, codes: Codes) -> bool:
    """Somebody who also searches scans only at a station, and only what is ours; a weight alone needs a parcel."""
    station = ask.person.station
    if codes[0].text == "":
        weighs = Right.WEIGH in ask.actor.rights and station in (None, Station.WEIGH)
        return weighs and ask.person.last_parcel is not None
    if Right.VIEW_ORDERS not in ask.actor.rights:
        return True
    if station is None:
        return False
    checks = asked.of(desk, ask.actor).box is not None
    return all(scanned_text.ours(desk, code.text, station, checks=checks) for code in codes if code.text)


def _is_sized(desk: Desk, ask: Ask, sized: Sized) -> bool:
    """A scan with a size, and no product whose code looks like one."""
    return not floor.sku_of(desk, sized.told) and _is_scan(desk, ask, [Code(sized.code, sized.grams)])


async def weigh(ask: Ask, sized: Sized, *, fresh_card: bool = False) -> None:
    """The size of one parcel, with its weight or without. Raises BadValue, SizeRefused."""
    size = sized.whole
    try:
        scans = await ask.run(measuring.weigh, ask.actor, sized.code, size, sized.grams)
    except AlreadyApplied:
        await new_card(ask)
        return
    await tell(ask, scans)
    if fresh_card or not await ask.read(_has_card, ask):
        await new_card(ask)


async def scan(
    ask: Ask, codes: Codes, station: Station | None, place: int | None = None, *, fresh_card: bool = False
) -> None:
    """Carry the scans out and say what must be said. `fresh_card`: somebody typed a command and looks for an answer
    at the end of the chat; who types one after another has it there already, and a reply each would hold up the scans
    behind it by Telegram's pace."""
    place = place or ask.chat.warehouse_id
    try:
        scans = await ask.run(floor.scan, ask.actor, codes, station=station, place=place)
    except AlreadyApplied:
        await new_card(ask)
        return
    if scans.place_needed:
        await _ask_place(ask, codes)
        return
    await tell(ask, scans)
    crowded = scans.before // CARD_SCANS != scans.count // CARD_SCANS
    if (fresh_card and not scans.busy) or crowded or not await ask.read(_has_card, ask):
        await new_card(ask)


async def tell(ask: Ask, scans: Scans) -> None:
    """Stops first, each with its card; then what was refused; then what was looked at: goods, papers, numbers,
    returns."""
    for stop_id in dict.fromkeys(stop_of(outcome) for outcome in scans.outcomes):
        if stop_id:
            await ask.show(NoticeKind.STOP, stop_id)
    said = await ask.read(complaint, scans.outcomes, ask.words)
    if said:
        buttons = note_buttons(scans.outcomes, ask.words) + paper_buttons(scans.outcomes, ask.words)
        await ask.reply(Card(said, buttons))
    for_slots = await ask.read(looked_card, ask.actor, scans.outcomes, ask.words)
    if for_slots:
        await ask.reply(for_slots)
    for outcome in scans.outcomes:
        for kind, number in outcome.papers:
            await ask.show(kind, number)
        if outcome.sku and outcome.station is not Station.PICK:
            await ask.reply(await ask.read(stock_answer, outcome.sku, ask.words))
        elif outcome.traced:
            found = await ask.read(trace_card, ask.actor, outcome.code, ask.words)
            if found is not None:
                await ask.reply(found)
        elif outcome.returned and outcome.verdict in ("ok", "again"):
            await ask.show(NoticeKind.RETURN, outcome.returned.id)


def _has_card(desk: Desk, ask: Ask) -> bool:
    return any(card.chat_id == ask.chat.id for card in desk.cards.of(NoticeKind.SCAN, ask.person.id))


async def new_card(ask: Ask) -> None:
    """The running card anew, at the end of the chat; the one before is no longer edited."""
    await ask.services.store.run(_retire, ask)
    card = await ask.read(draw, NoticeKind.SCAN, ask.person.id, ask.chat, {})
    assert card is not None
    await ask.reply(card, NoticeKind.SCAN, ask.person.id)


def _retire(desk: Desk, ask: Ask) -> None:
    for card in desk.cards.of(NoticeKind.SCAN, ask.person.id):
        if card.chat_id == ask.chat.id:
            desk.cards.put(card.chat_id, card.message_id, NoticeKind.SCAN, 0)


async def _ask_place(ask: Ask, codes: Codes) -> None:
    """Returns need a warehouse; somebody of several says once where they are, the codes wait in the buttons."""
    places = await ask.read(_places, ask)
    texts = [code.text for code in codes if code.text]
    while texts and len(pack("at", max(places, default=0), *texts).encode()) > LIMIT:
        texts.pop()
    lines = [ask.words("In which warehouse are you receiving? I remember it for {hours} h.", hours=floor.PLACE_HOURS)]
    if len(texts) < len(codes):
        left = ask.words.listed(code.text for code in codes[len(texts) :])
        lines.append(ask.words("Then scan these again: {codes}", codes=left))
    rows = tuple((Button(name, pack("at", place, *texts)),) for place, name in places.items())
    await ask.reply(Card("\n".join(lines), rows))


def _places(desk: Desk, ask: Ask) -> dict[int, str]:
    mine = ask.actor.warehouses
    return {place.id: place.name for place in desk.catalog.warehouses.values() if mine is None or place.id in mine}


@router.callback_query(Tap("at"))
async def at_place(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The answer: receive the waiting codes there. Their cards are new messages, so this is no tap from here on."""
    place, *codes = args
    await ask.toast("")
    ask.tap = None
    await scan(ask, [Code(code) for code in codes], Station.RECEIVE, int(place))
