"""The scan page's button in chat, and taking the last scan back.

Surprising: Telegram opens such pages from a person's own chat only, and a page needs an address a phone can reach;
without one nothing is offered, and whoever asks hears why.
"""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from domain.floor import undo_scan
from domain.people.people import Right, require
from domain.records import NoticeKind
from domain.stock import stock_room
from handlers.ask import Ask
from handlers.card import Button, Card
from handlers.filters import Cmd, Tap
from handlers.floor.warehouse import new_card

router = Router(name="scanning")


@router.message(Cmd("scan"))
async def scan_page(message: Message, ask: Ask, args: str) -> None:
    """A button that opens the page."""
    require(ask.actor, Right.PUT_BACK)
    address = ask.services.scan_page()
    if not address:
        await ask.say("There is no scan page yet: whoever runs me must set XIAOER_PUBLIC_URL. Scan here in the chat.")
        return
    if not ask.chat.private:
        await ask.say("The scan page opens in your own chat with me: send me /scan there.")
        return
    label = ask.words.plain("📱 Open the scan page")
    text = ask.words(
        "Connect the scanner to this phone as a keyboard, then open the page. Without network it keeps scans and sends"
        " them later."
    )
    await ask.reply(Card(text, ((Button(label, web_app=address),),)))


@router.message(Cmd("undo"))
async def undo(message: Message, ask: Ask, args: str) -> None:
    """`/undo` or `/undo CODE`: the last scan of this person, of a parcel or for the stock document they hold."""
    doc_id = await ask.read(undo_scan.of_document, ask.person.id, args)
    if doc_id is not None:
        await ask.run(stock_room.undo, ask.actor, doc_id, args)
        await ask.show_once(NoticeKind.STOCK_DOC, doc_id)
        return
    await ask.run(undo_scan.undo, ask.actor, args)
    await new_card(ask)


@router.callback_query(Tap("su"))
async def undo_tap(tap: CallbackQuery, ask: Ask, args: tuple[str, ...]) -> None:
    """The running card's button: it names the code it showed."""
    outcome = await ask.run(undo_scan.undo, ask.actor, args[0])
    await ask.toast(ask.words.label("{code}: taken back", code=outcome.code))
    await ask.show(NoticeKind.SCAN, ask.person.id)
