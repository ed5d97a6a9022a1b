"""The shop of the hard runs: everything people, platforms and clocks do at once, as deeds that were looked up first.

Surprising: a deed is made of what somebody saw a moment ago (`look`) and carried out later (`do`), as a tap on an old
card is. In between others act, so most deeds are refused; what counts is that none of them breaks a promise.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from domain.codes import Code
from domain.desk import Desk
from domain.floor import checking, floor, fulfilment, release, undo_scan
from domain.floor.parcels import Parcel, ParcelState
from domain.intake import intake
from domain.intake.incoming import IncomingRefund, PlatformState, RefundState
from domain.orders.catalog import Warehouse
from domain.paper import printing
from domain.paper.paper_records import Paper
from domain.people.people import SHOP, Actor, Chat, Person, Role, Station
from domain.planning import together
from domain.policy.policy import Policy
from domain.policy.policy_checks import CheckMode, CheckRules, ProofRules
from domain.policy.policy_sections import Split
from domain.policy.policy_stops import RecallKind
from domain.records import Grade
from domain.review import looking, queue, review, undoing
from domain.review.holds import open_codes
from domain.stock import stock_posting, stock_room
from domain.stock.stock import Bucket, Document, Move
from domain.stock.stock_docs import WORKED, DocKind, DocState
from domain.stock.stock_scan import Scan
from domain.stops import interception, pulls, recalls, replies, returns
from domain.stops.stop_desk import RecallState
from storage.unit import Unit
from tests.journeys import hard_desk, hard_dock, hard_marks, hard_repack, hard_waves
from tests.journeys.hard_scene import AWAY, HOUSES, MOVED, Deed, Do, Scene, scanning
from tests.journeys.life_shop import HOME, incoming, seed
from tests.journeys.stop_life import BOSS

PEOPLE = 4
STATES = [PlatformState.UNPAID, *[PlatformState.PAID] * 6, PlatformState.CLOSED]


def furnish(unit: Unit, mode: CheckMode = CheckMode.QUICK) -> list[Actor]:
    """The life machine's shop with four people on the floor and goods for a long day."""
    seed(unit, mode)
    rules = CheckRules(mode=mode, material="BAG-1")
    proofs = ProofRules(skus=("LID",))
    base = replace(Policy(), split=Split(most_units=3), checks=rules, undo_seconds=0, wave_wait_seconds=0)
    unit.catalog_admin.put_policy(replace(base, proofs=proofs), "boss")
    _abroad(unit)
    more = [Move(place, sku, Bucket.GOOD, 20, Document.OPENING, 0) for sku in ("CUP", "LID") for place in HOUSES]
    more += [Move(place, "BAG-1", Bucket.GOOD, 100_000, Document.OPENING, 0) for place in HOUSES]
    unit.stock.apply(more, "opening")
    if mode is CheckMode.ITEMS:
        hard_marks.furnish(unit)
    found = []
    for number in range(PEOPLE):
        chat = unit.people.add_chat(Chat(0, 100 + number, "private", f"hand {number}"))
        hand = Person(0, 100 + number, f"hand {number}", chat.id, roles=frozenset(Role))
        found.append(unit.people.add(hand).acting())
    return found


def _abroad(unit: Unit) -> None:
    """Where buyers move to there is a warehouse of its own, and another courier."""
    admin, yto = unit.catalog_admin, unit.catalog.couriers[1]
    admin.add_warehouse(Warehouse(2, "SU", "苏州仓", AWAY.province, 2))
    admin.save_courier(replace(yto, excluded=frozenset({AWAY.province})))
    admin.add_courier(replace(yto, id=2, code="SF", name="顺丰", prefix="SF", first_price=900))


def look(scene: Scene, desk: Desk) -> Deed | None:
    """What this person does next, by what they see; None when there is nothing to do it with."""
    names = list(DEEDS)
    name = scene.chance.choices(names, [DEEDS[one][0] for one in names])[0]
    found = DEEDS[name][1](scene, desk)
    if found is None or isinstance(found, Deed):
        return found
    return Deed(name, found)


def _told(scene: Scene, desk: Desk) -> Do:
    """The platform tells of an order, perhaps once more and otherwise."""
    chance = scene.chance
    number = chance.choice(scene.numbers)
    cups, lids = chance.choice([(1, 1), (1, 0), (2, 1), (0, 1), (3, 2)])
    news = incoming(number, cups, lids, chance.choice(STATES), chance.choice(["", "", "", "发票"]), 0)
    pair = f"b{int(number[1:]) // 2}" if number[1:].isdigit() else number
    news = replace(news, buyer_id=pair, receiver=chance.choice([HOME, HOME, MOVED, AWAY]))
    return lambda unit: intake.receive(unit, SHOP, 1, [news])


def _paid(scene: Scene, desk: Desk) -> Do:
    """The orders as most are: paid, nothing to say."""
    news = [incoming(number, 1, 1, PlatformState.PAID, "", 0) for number in scene.numbers]
    news = [replace(one, buyer_id=f"b{int(one.number[1:]) // 2}") for one in news]
    known = desk.orders.by_number(1, scene.numbers)
    return lambda unit: intake.receive(unit, SHOP, 1, [one for one in news if one.number not in known])


def _refund(scene: Scene, desk: Desk) -> Do:
    chance = scene.chance
    number = chance.choice(scene.numbers)
    which = chance.choice(["all", "CUP", "LID", "amount"])
    lines = () if which in ("all", "amount") else (f"{number}-{which}",)
    amount = {"all": 1_000_000, "amount": 100}.get(which, 2900)
    state = chance.choice([RefundState.REQUESTED, RefundState.SUCCESS, RefundState.CANCELLED])
    news = IncomingRefund(f"R{number}-{chance.randint(1, 2)}", state, amount, lines)
    return lambda unit: intake.refund_told(unit, SHOP, 1, number, news)


def _tap(command: Callable[..., object], *args: Any) -> Callable[[Scene, Desk], Do | None]:
    """A tap on an order's card as it was seen."""

    def plan(scene: Scene, desk: Desk) -> Do | None:
        order = scene.order(desk)
        actor = scene.chance.choice([BOSS, scene.person])
        return None if order is None else lambda unit: command(unit, actor, order.id, order.revision, *args)

    return plan


def _typed(command: Callable[..., object], *args: Any) -> Callable[[Scene, Desk], Do | None]:
    """A command that names an order."""

    def plan(scene: Scene, desk: Desk) -> Do | None:
        order = scene.order(desk)
        return None if order is None else lambda unit: command(unit, BOSS, order.id, *args)

    return plan


def _releases(scene: Scene, desk: Desk) -> Do | None:
    order = scene.order(desk)
    codes = open_codes(order.holds) if order else ()
    if order is None or not codes:
        return None
    code = scene.chance.choice(codes)
    return lambda unit: review.release_hold(unit, BOSS, order.id, order.revision, code, sure=True)


def _merges(scene: Scene, desk: Desk) -> Do | None:
    one, other = scene.order(desk), scene.order(desk)
    if one is None or other is None or one.id == other.id:
        return None
    return lambda unit: together.merge(unit, BOSS, one.id, one.revision, other.id)


def _all_clean(scene: Scene, desk: Desk) -> Do:
    shown = queue.clean(desk, BOSS)
    return lambda unit: review.approve_clean(unit, BOSS, shown.watermark, shown.checksum)


def _clock(scene: Scene, desk: Desk) -> Do:
    command = scene.chance.choice([release.tick, release.tick, pulls.tick, looking.look_again])
    return lambda unit: command(unit)


def _wave(scene: Scene, desk: Desk) -> Do | None:
    place = scene.chance.choice(HOUSES)
    waves = desk.waves.open_of(place)
    if not waves or scene.chance.random() < 0.5:
        return lambda unit: release.wave_now(unit, scene.people[0], place)
    return hard_waves.moved(scene.chance, scene.chance.choice(waves), scene.people)


def _codes(scene: Scene, desk: Desk, box: Parcel, station: Station) -> list[Code]:
    """A slip and what follows it."""
    found = [Code(box.waybill, (box.expected_g or 300) if station is Station.WEIGH else None)]
    if station is Station.CHECK and checking.wanted(desk, box) is CheckMode.ITEMS:
        found += hard_marks.of_check(scene.chance, desk, box)
    return found


def _scan(scene: Scene, desk: Desk) -> Deed | None:
    """Parcels at their next station, or one at any; several in one message now and then."""
    chance, actor = scene.chance, scene.person
    box = scene.parcel(desk)
    station = fulfilment.next_station(desk, box) if box else None
    if box is None or (station is None and chance.random() < 0.8):
        return None
    if station is None or chance.random() < 0.1:
        station = chance.choice(list(fulfilment.STEP))
    codes = _codes(scene, desk, box, station)
    boxes = [box]
    for _ in range(chance.choice([0, 0, 0, 1, 2])):
        other = scene.parcel(desk)
        if other is not None and other.id not in {one.id for one in boxes}:
            boxes.append(other)
            codes += _codes(scene, desk, other, station)
    return scanning(desk, actor, station, codes, boxes)


def _pulled(scene: Scene, desk: Desk) -> Do | None:
    """To the stop shelf, and perhaps back into the bins."""
    box, actor = scene.parcel(desk), scene.person
    if box is None:
        return None
    codes: list[tuple[str, int | None]] = [(box.waybill, None), (pulls.shelf_code(box.warehouse_id or 1), None)]
    if scene.chance.random() < 0.6:
        codes.append((box.waybill, None))
    return lambda unit: floor.scan(unit, actor, codes, station=Station.PUT_BACK)


def _answers(scene: Scene, desk: Desk) -> Do | None:
    stops = desk.stops.open_of(None)
    if not stops:
        return None
    stop = scene.chance.choice(stops)
    answer = scene.chance.choice([pulls.acknowledge, pulls.torn])
    return lambda unit: answer(unit, BOSS, stop.id, stop.revision)


def _undoes(scene: Scene, desk: Desk) -> Do:
    actor = scene.person
    return lambda unit: undo_scan.undo(unit, actor, "")


def _prints(scene: Scene, desk: Desk) -> Do | None:
    box = scene.parcel(desk)
    if box is None or box.wave_id is None:
        return None
    wave_id, paper = box.wave_id, scene.chance.choice(list(Paper))
    return lambda unit: printing.print_wave(unit, BOSS, wave_id, paper)


def _comes_back(scene: Scene, desk: Desk) -> Do | None:
    box = scene.parcel(desk)
    if box is None or box.state is not ParcelState.HANDED_OVER:
        return None
    grade = scene.chance.choice(list(Grade))

    def work(unit: Unit) -> None:
        back = returns.arrive(unit, BOSS, box.waybill, 1)
        for item in back.items:
            back = returns.grade(unit, BOSS, back.id, back.revision, item.line_no, grade, item.expected)

    return work


def _recalls(scene: Scene, desk: Desk) -> Do | None:
    coming = desk.recalls.coming(None, 5)
    if coming and scene.chance.random() < 0.5:
        word = recalls.Word(coming[0].id, scene.chance.choice([RecallState.ACCEPTED, RecallState.FAILED]))
        return lambda unit: recalls.answered(unit, [word])
    box = scene.parcel(desk)
    kind = scene.chance.choice(list(RecallKind))
    return None if box is None else lambda unit: recalls.register(unit, BOSS, box.id, kind)


def _hears(scene: Scene, desk: Desk) -> Do | None:
    due = replies.to_say(desk)
    return (lambda unit: replies.received(unit, [(r, replies.Receipt(r.id, "")) for r in due])) if due else None


def _papers(scene: Scene, desk: Desk) -> Do | None:
    """A step of a stock document: goods come in, are put away, counted and graded."""
    chance, actor = scene.chance, scene.person
    assert actor.person_id is not None
    doc = desk.stock_docs.held_by(actor.person_id)
    waiting = [one for one in desk.stock_docs.open_of(None, 5) if one.state is DocState.WAITING]
    if waiting and chance.random() < 0.5:
        one, answer = waiting[0], chance.choice([stock_posting.approve, stock_posting.refuse])
        return lambda unit: answer(unit, BOSS, one.id, one.revision)
    aside = [one for one in desk.stock_docs.open_of(None, 50) if one.state in WORKED and one.holder_id is None]
    if doc is None and aside and chance.random() < 0.7:
        one = chance.choice(aside)
        return lambda unit: stock_room.take_up(unit, actor, one.id, one.revision)
    if doc is None:
        kind = chance.choice([DocKind.RECEIPT, *DocKind])
        scope = {DocKind.COUNT: chance.choice(["CUP", "LID"]), DocKind.REGRADE: Bucket.DEFECTIVE}.get(kind, "")
        place, to = chance.choice([(1, 2), (1, 2), (2, 1)])
        return lambda unit: stock_room.begin(unit, actor, kind, place, to=to, scope=scope, reason="so")
    if doc.lines and chance.random() < 0.5 and doc.kind is not DocKind.MOVE:
        ended = chance.choice([stock_posting.finish] * 4 + [stock_posting.cancel])
        return lambda unit: ended(unit, actor, doc.id, doc.revision)
    if doc.kind is DocKind.MOVE and not doc.lines and chance.random() < 0.3:
        return lambda unit: stock_posting.finish(unit, actor, doc.id, doc.revision)
    scans = [hard_marks.of_document(chance, desk, doc.kind, ["CUP", "LID"])]
    if doc.kind is DocKind.MOVE:
        scans.append(Scan(chance.choice(["A-1", "A-2"]), new=True))
    return lambda unit: stock_room.scan(unit, actor, doc.id, scans)


DEEDS: Mapping[str, tuple[int, Callable[[Scene, Desk], Do | Deed | None]]] = {
    "paid": (6, _paid),
    "told": (3, _told),
    "refund": (5, _refund),
    "approve": (6, _tap(review.approve)),
    "release_and_approve": (3, _tap(review.release_and_approve)),
    "undo": (1, _tap(undoing.undo)),
    "hold": (1, _tap(review.hold, "wait")),
    "reject": (1, _tap(review.reject, "no")),
    "unmerge": (1, _tap(together.unmerge)),
    "merge": (1, _merges),
    "release_hold": (4, _releases),
    "approve_clean": (1, _all_clean),
    "release_many": (6, hard_desk.releases_many),
    "typed": (2, _typed(interception.typed, "changed their mind")),
    "withdraw": (2, _typed(interception.withdraw)),
    "clock": (8, _clock),
    "wave": (3, _wave),
    "scan": (40, _scan),
    "pull": (6, _pulled),
    "answer": (3, _answers),
    "undo_scan": (2, _undoes),
    "print": (2, _prints),
    "dock": (3, hard_dock.loads),
    "move": (2, hard_dock.moves),
    "come_back": (1, _comes_back),
    "recall": (1, _recalls),
    "replies": (1, _hears),
    "stock_doc": (6, _papers),
    "goods": (4, hard_repack.other_goods),
    "repack": (6, hard_repack.accepts),
    "work": (8, hard_repack.works),
    "film": (8, hard_repack.films),
    "swap": (1, hard_marks.swaps),
}
"""Name -> how often, and how it is looked up."""
