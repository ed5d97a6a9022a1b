"""The house rules: /policy shows them and their history; a .toml file or an earlier version is tried on all orders in
review and put in force by a tap.

Surprising: trying reads in small pieces, so a hundred thousand orders keep nobody waiting; nothing is written until
the tap. Going back to a version is trying it again: it becomes a new one.
"""

from aiogram import F, Router
from aiogram.types import CallbackQuery, Document, Message

from domain.desk import Desk
from domain.errors import Stale
from domain.people.people import Actor, Right, require
from domain.policy import policies
from domain.policy.choices import Reading
from domain.policy.policy import Policy
from domain.records import NoticeKind, StoredFile
from domain.review.dry_run import Verdict, compare, pieces
from handlers.ask import Ask
from handlers.card import Card, File
from handlers.cards.office.policy import dry_run_card, faults_card, history_card, policy_card
from handlers.filters import Cmd, Tap
from handlers.wording.refusals import refusal_toast

router = Router(name="policy")
LARGEST = 1 << 20
EDIT_SECONDS = 3
PAGE = 5
HISTORY = ("history", "历史")
Args = tuple[str, ...]


def _toml(document: Document) -> bool:
    return (document.file_name or "").lower().endswith(".toml")


@router.message(Cmd("policy"))
async def show(message: Message, ask: Ask, args: str) -> None:
    """What is in force, or `/policy history`."""
    if args.casefold() in HISTORY:
        await ask.reply(await _history(ask, None))
        return
    policy = await ask.read(_policy, ask.actor)
    await ask.reply(policy_card(policy, policies.changes(Policy(), policy), ask.words))


async def _history(ask: Ask, before: int | None) -> Card:
    told, older = await ask.read(policies.history_of, ask.actor, PAGE, before)
    return history_card(told, older, (await ask.read(_policy, ask.actor)).version, ask.words)


@router.callback_query(Tap("p.hi"))
async def history(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Versions; from a card of something else as a message of its own."""
    before = int(args[0]) or None
    card = await _history(ask, before)
    await ask.toast("")
    await (ask.edit(card) if before else ask.reply(card))


def _policy(desk: Desk, actor: Actor) -> Policy:
    require(actor, Right.POLICY)
    return desk.policy


@router.callback_query(Tap("p.fl"))
async def send_file(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The whole document of a version with its comments; a button of before there were versions means the present."""
    version = int(args[0]) if args else (await ask.read(_policy, ask.actor)).version
    document = await ask.read(policies.document_again, ask.actor, version)
    await ask.toast("")
    await ask.send_files([File(f"policy_v{version}.toml", document.encode())])


@router.callback_query(Tap("p.bk"))
async def go_back(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Try an earlier version like a file that was sent."""
    document = await ask.read(policies.document_again, ask.actor, int(args[0]))
    await ask.toast("")
    await _try(ask, f"policy_v{args[0]}.toml", document)


@router.message(F.document, F.document.func(_toml))
async def try_file(message: Message, ask: Ask) -> None:
    """Check it, try it on the orders in review, say what would change."""
    document = message.document
    assert document is not None
    await ask.read(_policy, ask.actor)
    name = (document.file_name or "policy.toml").replace("/", "_").replace("\\", "_")[-80:]
    if (document.file_size or 0) > LARGEST:
        await ask.say("{name} is larger than 1 MB; a rules file never is. Check which file you sent.", name=name)
        return
    content = await ask.bot.download(document)
    assert content is not None
    try:
        text = content.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        await ask.say("{name} is not UTF-8; save it as UTF-8 and send it again.", name=name)
        return
    await _try(ask, name, text)


async def _try(ask: Ask, name: str, text: str, status: int | None = None) -> None:
    """The faults of a document, or the card with what it would change; on the message that is given."""
    checked, version = await ask.read(_check, text)
    if checked.value is None:
        await ask.reply(faults_card(name, checked.faults, ask.words))
        return
    stored = await ask.services.store.run(_keep, ask.actor, name, text.encode())
    begun = Card(ask.words("📜 {name}: trying it…", name=name))
    if status is None:
        status = await ask.reply(begun)
    else:
        await ask.edit(begun, status)
    verdict = await _tried(ask, checked.value, status, name)
    changed = policies.changes(await ask.read(_policy, ask.actor), checked.value)
    await ask.edit(dry_run_card(name, stored.id, version, verdict, changed, ask.words), status)


def _check(desk: Desk, text: str) -> tuple[Reading[Policy], int]:
    return policies.check(text, desk.catalog), desk.policy.version


def _keep(desk: Desk, actor: Actor, name: str, data: bytes) -> StoredFile:
    require(actor, Right.POLICY)
    return desk.files.put(name, data, desk.now)


async def _tried(ask: Ask, policy: Policy, status: int, name: str) -> Verdict:
    """The verdict over all orders in review and approved, piece by piece; the message tells how far it is."""
    found = await ask.read(pieces)
    verdict, done = Verdict(), 0
    last = ask.services.now()
    for piece in found:
        verdict.add(await ask.read(compare, policy, piece))
        done += len(piece)
        if (ask.services.now() - last).total_seconds() >= EDIT_SECONDS:
            last = ask.services.now()
            facts = {"done": done, "all": sum(map(len, found))}
            await ask.edit(
                Card(ask.words("📜 {name}: tried on {done} of {all} {all:order|orders}…", name=name, **facts)), status
            )
    return verdict


@router.callback_query(Tap("p.ap"))
async def put_in_force(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """The document as the next version, if the one it was tried against still is in force; else it is tried again, on
    the same card. The card then goes on telling how far looking at the orders again has come."""
    file_id, shown = int(args[0]), ask.message.message_id if ask.message else None
    try:
        version = await ask.run(_put_in_force, ask.actor, file_id, int(args[1]), ask.chat.id, shown)
    except Stale as late:
        await ask.toast(refusal_toast(late, ask.words), alert=True)
        await _try(ask, *(await ask.read(_kept, ask.actor, file_id)), shown)
        return
    await ask.toast(ask.words.plain("In force."))
    await ask.show(NoticeKind.POLICY, version)


@router.callback_query(Tap("p.dr"))
async def drop(tap: CallbackQuery, ask: Ask, args: Args) -> None:
    """Never mind."""
    await ask.read(_policy, ask.actor)
    await ask.toast(ask.words.plain("Dropped."))
    await ask.edit(Card(ask.words("🗑 Dropped. The rules in force stay.")))


def _kept(desk: Desk, actor: Actor, file_id: int) -> tuple[str, str]:
    """A document that was tried: its name and its text."""
    require(actor, Right.POLICY)
    file, data = desk.files.get(file_id)
    return file.name, data.decode("utf-8-sig")


def _put_in_force(desk: Desk, actor: Actor, file_id: int, expected: int, chat_id: int, message_id: int | None) -> int:
    """With the card in the same transaction: killed right after, it still goes on telling."""
    _, document = _kept(desk, actor, file_id)
    version = policies.apply(desk, actor, document, expected).policy.version
    if message_id is not None:
        desk.cards.put(chat_id, message_id, NoticeKind.POLICY, version)
    return version
