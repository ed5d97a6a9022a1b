"""Piles and pulse on every database: what is late is counted, dated and opened by place; a shop's rhythm is kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event

from domain import history
from domain.floor.parcels import Item, Parcel, ParcelState
from domain.intake.incoming import Platform
from domain.orders.deadlines import MISSED, ends
from domain.orders.orders import OrderStatus
from domain.people.people import CLOCK, Actor, Role
from domain.policy.policy import Policy
from domain.policy.policy_sections import Alerts, Suspension
from domain.records import AlertKind, ImportRun, Return, ReturnState
from domain.review.holds import CATALOGUE, Hold, HoldCode, Source
from domain.stock import stock_posting, stock_room
from domain.stock.stock_docs import ASKED_AGAIN, DocKind, StockDoc
from domain.stock.stock_scan import Scan
from domain.watch import watch, worries
from domain.watch.lookout import FIRST, Pile, Rhythm, Shortage
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import SHARED, Each

MINUTE = timedelta(minutes=1)
OWNERS = {code: rule.owner for code, rule in CATALOGUE.items()}


def hold(code: HoldCode, minutes: int, evidence: dict[str, str] | None = None, *, done: bool = False) -> Hold:
    """A hold that is so many minutes old."""
    at = NOW - minutes * MINUTE
    return Hold(code, Source.SCREENING, at, evidence or {}, NOW if done else None, resolution="auto" if done else "")


def put(each: Each, shop: int, number: str, **changes: Any) -> int:
    """Add an order; its id."""

    def add(unit: Unit) -> int:
        order = factory.order(unit, each.cast.shops[shop], number, **changes)
        factory.put(unit, order)
        return order.id

    return each.store.run_now(add)


def test_clean_orders_pile_up_by_shop_with_the_oldest_first(each: Each) -> None:
    ids = [put(each, 0, f"a{n}", created_at=NOW - (300 - n) * MINUTE) for n in range(10)]
    other = put(each, 1, "b", created_at=NOW - 241 * MINUTE)
    put(each, 1, "young", created_at=NOW - 240 * MINUTE)
    put(each, 1, "held", created_at=NOW - 900 * MINUTE, holds=(hold(HoldCode.MESSAGE, 900),))
    put(each, 1, "gone", created_at=NOW - 900 * MINUTE, status=OrderStatus.SHIPPED)
    first, second = each.cast.shops[0].id, each.cast.shops[1].id
    assert each.store.read_now(lambda unit: unit.piles.approvals(NOW - 240 * MINUTE)) == [
        Pile(first, "", 10, NOW - 300 * MINUTE, tuple(ids[:FIRST])),
        Pile(second, "", 1, NOW - 241 * MINUTE, (other,)),
    ]


def test_orders_in_review_by_age(each: Each) -> None:
    for number, minutes in enumerate((0, 59, 60, 239, 240, 9999)):
        put(each, 0, f"{number}", created_at=NOW - minutes * MINUTE)
    put(each, 1, "other", created_at=NOW)
    put(each, 0, "gone", created_at=NOW, status=OrderStatus.SHIPPED)
    ages = {"1": NOW - 60 * MINUTE, "4": NOW - 240 * MINUTE}
    mine = frozenset({each.cast.shops[0].id})
    assert each.store.read_now(lambda unit: unit.piles.in_review(ages, mine)) == {"1": 2, "4": 2, "": 2}
    assert each.store.read_now(lambda unit: unit.piles.in_review(ages, None))["1"] == 3
    assert each.store.read_now(lambda unit: unit.piles.in_review(ages, frozenset())) == {}


def test_holds_are_late_by_their_code_and_pile_up_by_owner(each: Each) -> None:
    """One order with two late holds of one owner is one; of two owners it lies on two piles."""
    before = {code: NOW - rule.sla_min * MINUTE for code, rule in CATALOGUE.items()}
    two = put(each, 0, "1", holds=(hold(HoldCode.MESSAGE, 241), hold(HoldCode.KEYWORD, 125)))
    both = put(each, 0, "2", holds=(hold(HoldCode.KEYWORD, 121), hold(HoldCode.SKU_UNMATCHED, 121)))
    put(each, 0, "3", holds=(hold(HoldCode.MESSAGE, 240), hold(HoldCode.KEYWORD, 500, done=True)))
    house = put(each, 0, "4", holds=(hold(HoldCode.NOTE_CHANGED, 100),), status=OrderStatus.RELEASED)
    put(each, 0, "6", holds=(hold(HoldCode.KEYWORD, 500),), status=OrderStatus.CANCELLED)
    lead = put(each, 1, "5", holds=(hold(HoldCode.REFUNDED, 61),))
    first, second = each.cast.shops[0].id, each.cast.shops[1].id
    assert each.store.read_now(lambda unit: unit.piles.holds(before, OWNERS)) == [
        Pile(first, "buyer", 1, NOW - 121 * MINUTE, (both,)),
        Pile(first, "cs", 2, NOW - 241 * MINUTE, (two, both)),
        Pile(first, "cs/released", 1, NOW - 100 * MINUTE, (house,)),
        Pile(second, "cs_lead", 1, NOW - 61 * MINUTE, (lead,)),
    ]
    assert each.store.read_now(lambda unit: unit.piles.oldest_holds(None, 3))[:2] == [two, two + 2]
    assert each.store.read_now(lambda unit: unit.piles.oldest_holds(frozenset({second}), 3)) == [lead]


def test_a_hold_that_time_ends_is_late_only_after_that(each: Each) -> None:
    """A presale of two weeks, and a freeze that ended an hour after it was put."""
    before = {code: NOW - rule.sla_min * MINUTE for code, rule in CATALOGUE.items()}
    sla = CATALOGUE[HoldCode.PRESALE_WAIT].sla_min
    presale = replace(hold(HoldCode.PRESALE_WAIT, 3 * sla), until=NOW + MINUTE)
    put(each, 0, "waits", holds=(presale,))
    put(each, 0, "ended", holds=(replace(presale, until=NOW - sla * MINUTE),))
    late = put(each, 0, "late", holds=(replace(presale, until=NOW - (sla + 1) * MINUTE),))
    frozen = hold(HoldCode.FREEZE, 1500)
    thawed = put(each, 0, "old", holds=(replace(frozen, until=NOW - 2000 * MINUTE),))
    put(each, 0, "friday", holds=(replace(frozen, until=NOW + 2000 * MINUTE),))
    first = each.cast.shops[0].id
    assert each.store.read_now(lambda unit: unit.piles.holds(before, OWNERS)) == [
        Pile(first, "buyer", 1, NOW - (sla + 1) * MINUTE, (late,)),
        Pile(first, "cs", 1, NOW - 1500 * MINUTE, (thawed,)),
    ]


def test_dispatch_counts_each_order_in_the_first_bucket_that_reaches_it(each: Each) -> None:
    """An order is due when it says so; one without a deadline is in no bucket."""

    def due(hours: float | None) -> dict[str, datetime | None]:
        return {"due_at": None if hours is None else NOW + timedelta(hours=hours)}

    missed = put(each, 0, "1", paid_at=NOW - timedelta(hours=48), status=OrderStatus.RELEASED, **due(0))
    two = put(each, 0, "2", status=OrderStatus.APPROVED, **due(2))
    held = put(each, 0, "3", paid_at=NOW - timedelta(hours=1), holds=(hold(HoldCode.FREEZE, 1),), **due(1))
    six = put(each, 0, "4", **due(6))
    put(each, 0, "5", **due(6.1))
    put(each, 0, "6", status=OrderStatus.SHIPPED, **due(-9))
    put(each, 0, "7", **due(None))
    put(each, 0, "back", holds=(hold(HoldCode.REFUND_REQ, 5),), **due(-2))
    abroad = put(each, 2, "9", **due(1))
    first, third = each.cast.shops[0].id, each.cast.shops[2].id
    everything = [
        Pile(first, "2", 2, NOW - timedelta(hours=1), (held, two)),
        Pile(first, "6", 1, NOW, (six,)),
        Pile(first, MISSED, 1, NOW - timedelta(hours=48), (missed,)),
        Pile(third, "2", 1, NOW, (abroad,)),
    ]
    buckets = ends(NOW, (6, 2))
    assert list(buckets) == [MISSED, "2", "6"]
    found = each.store.read_now(lambda unit: unit.piles.dispatch(buckets))
    assert sorted(found, key=lambda pile: (pile.place, pile.part)) == everything
    mine = frozenset({third})
    assert each.store.read_now(lambda unit: unit.piles.dispatch(buckets, shops=mine)) == everything[3:]
    assert each.store.read_now(lambda unit: unit.piles.dispatch(buckets, shops=frozenset())) == []


def test_parcels_and_returns_pile_up_where_they_lie(each: Each) -> None:
    place = each.cast.warehouses[1].id

    def add(unit: Unit) -> list[int]:
        ids = unit.parcels.next_ids(3)
        states = ((ParcelState.PICKED, 300), (ParcelState.PACKED, 200), (ParcelState.HANDED_OVER, 999))
        unit.parcels.add(
            [
                Parcel(one, state, each.cast.shops[0].id, warehouse_id=place, state_at=NOW - minutes * MINUTE)
                for one, (state, minutes) in zip(ids, states, strict=True)
            ]
        )
        back = unit.returns.add(Return(0, "SF1", ReturnState.UNCLAIMED, NOW - 60 * MINUTE))
        unit.returns.add(Return(0, "SF2", ReturnState.ARRIVED, NOW - 60 * MINUTE))
        return [*ids, back.id]

    picked, _, _, back = each.store.run_now(add)
    stuck = each.store.read_now(lambda unit: unit.piles.parcels(set(ParcelState) - {ParcelState.HANDED_OVER}, NOW))
    assert [(pile.place, pile.count, pile.first[0]) for pile in stuck] == [(place, 2, picked)]
    assert each.store.read_now(lambda unit: unit.piles.parcels({ParcelState.PICKED}, NOW - 300 * MINUTE)) == []
    assert each.store.read_now(lambda unit: unit.piles.returns(NOW)) == [Pile(0, "", 1, NOW - 60 * MINUTE, (back,))]
    assert each.store.read_now(lambda unit: unit.piles.returns(NOW - 60 * MINUTE)) == []


def test_a_shortage_counts_the_orders_and_units_that_wait_by_sku(each: Each) -> None:
    def short(sku: str, need: int) -> tuple[Hold, ...]:
        return (hold(HoldCode.OUT_OF_STOCK, 10, {"sku": sku, "need": str(need), "free": "0"}),)

    ids = [put(each, n % 2, f"{n}", holds=short("TOWEL-01", 1 + n % 2)) for n in range(3)]
    ids.append(put(each, 0, "lamp", holds=short("LAMP-01", 40)))
    split = hold(HoldCode.OUT_OF_STOCK, 5, {"sku": "*", "need": "", "free": "", "why": "x"})
    ids.append(put(each, 0, "split", holds=(split,)))
    put(each, 0, "back", holds=(hold(HoldCode.OUT_OF_STOCK, 9, {"sku": "LAMP-01", "need": "9"}, done=True),))
    piles, skus = each.store.read_now(lambda unit: unit.piles.short())
    assert piles == [Pile(0, "", 5, NOW - 10 * MINUTE, tuple(ids))]
    assert skus == [Shortage("TOWEL-01", 3, 4), Shortage("*", 1, 0), Shortage("LAMP-01", 1, 40)]


def test_orders_to_ship_pile_up_by_courier_and_province(each: Each) -> None:
    """A cancelled parcel's courier does not count; an order without a parcel has none."""
    yto, sf, _ = (courier.id for courier in each.cast.couriers)
    shop = each.cast.shops[0].id

    def box(order_id: int, courier: int, state: ParcelState) -> None:
        def add(unit: Unit) -> None:
            (one,) = unit.parcels.next_ids(1)
            items = (Item(order_id, 1, "CUP-01", "cup", 1), Item(order_id, 2, "TEA-01", "tea", 1))
            unit.parcels.add([Parcel(one, state, shop, courier_id=courier, items=items)])

        each.store.run_now(add)

    first = put(each, 0, "1", status=OrderStatus.RELEASED)
    box(first, sf, ParcelState.CANCELLED)
    box(first, yto, ParcelState.IN_WAVE)
    second = put(each, 0, "2", receiver=factory.receiver(province="西藏自治区"))
    box(second, sf, ParcelState.PLANNED)
    third = put(each, 0, "3")
    box(put(each, 0, "4", status=OrderStatus.SHIPPED), yto, ParcelState.HANDED_OVER)
    put(each, 0, "5", receiver=factory.receiver(city="宁波市"), holds=(hold(HoldCode.COURIER_SUSPENDED, 1),))
    found = each.store.read_now(lambda unit: unit.piles.to_ship())
    assert [(way.courier_id, way.held, way.to.province, way.pile.first) for way in found] == [
        (0, False, "浙江省", (third,)),
        (0, True, "浙江省", (third + 2,)),
        (yto, False, "浙江省", (first,)),
        (sf, False, "西藏自治区", (second,)),
    ]
    deep = each.store.read_now(lambda unit: unit.piles.to_ship(deep=True))
    assert [way.to.city for way in deep] == ["杭州市", "宁波市", "杭州市", "杭州市"]
    assert {way.to.country for way in (*found, *deep)} == {"CN"}


@SHARED
def test_two_workers_at_once_open_each_alert_once_and_tell_once(each: Each) -> None:
    """Whoever comes second runs again on what the first has written."""
    for shop in range(3):
        put(each, shop, "late", paid_at=NOW - timedelta(hours=50), holds=(hold(HoldCode.KEYWORD, 3000),))
    other = Store(each.url, now=each.clock, pause=lambda _attempt: None)
    with ThreadPoolExecutor(2) as threads:
        rounds = [threads.submit(store.run_now, watch.tick) for store in (each.store, other) for _ in range(2)]
        assert sum(one.result() for one in rounds) == 6
    alerts = other.read_now(lambda unit: unit.alerts.open())
    other.close()
    assert len({(one.kind, one.subject_id) for one in alerts}) == len(alerts) == 6
    told = each.store.read_now(lambda unit: [unit.history("alert", one.id) for one in alerts])
    assert [[one.verb for one in events] for events in told] == [["told"]] * 6


def test_a_round_costs_the_same_however_much_is_late(each: Each) -> None:
    """Sets, not loops: fifty late orders of a shop are as many statements as one."""
    codes = (HoldCode.KEYWORD, HoldCode.OUT_OF_STOCK)
    evidence = {"sku": "TOWEL-01", "need": "1"}

    def late(number: str) -> None:
        paid = NOW - timedelta(hours=50)
        put(each, 0, number, paid_at=paid, holds=tuple(hold(code, 3000, evidence) for code in codes))

    def statements() -> int:
        seen: list[str] = []

        def look(unit: Unit) -> None:
            event.listen(unit._sql.connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
            worries.found(unit)

        each.store.run_now(look)
        return len(seen)

    late("first")
    statements()  # the catalog is read once and kept
    few = statements()
    for number in range(50):
        late(f"{number}")
    assert statements() == few
    assert [worry.count for worry in each.store.read_now(worries.found)] == [51, 51, 51]


def test_arrivals_come_as_minutes_each_once(each: Each) -> None:
    for number, seconds in enumerate((0, 59, 60, 3600)):
        put(each, 0, f"{number}", created_at=NOW + timedelta(seconds=seconds))
    put(each, 1, "old", created_at=NOW - MINUTE)
    first, second = each.cast.shops[0].id, each.cast.shops[1].id
    found = each.store.read_now(lambda unit: unit.pulse.arrivals([first, second], NOW))
    assert found == {first: [NOW, NOW + MINUTE, NOW + 60 * MINUTE]}
    last = each.store.read_now(lambda unit: unit.pulse.last_arrivals())
    assert last == {first: NOW + 60 * MINUTE, second: NOW - MINUTE}


def test_a_shop_is_heard_of_by_its_files_and_by_news_of_its_orders(each: Each) -> None:
    first, second, third = (shop.id for shop in each.cast.shops)
    put(each, 0, "1", platform_updated_at=NOW - 30 * MINUTE)
    put(each, 0, "2", platform_updated_at=NOW + 30 * MINUTE, created_at=NOW - timedelta(days=4))

    def take_in(unit: Unit) -> None:
        kept = unit.files.put("orders.csv", b"1", NOW)
        whole = ImportRun(0, kept.id, "orders.csv", kept.sha256, second, NOW - 5 * MINUTE, "anna", done=True)
        unit.imports.add(whole)
        unit.imports.add(replace(whole, at=NOW, failed="torn"))

    each.store.run_now(take_in)
    heard = each.store.read_now(lambda unit: unit.pulse.heard([first, second, third]))
    assert heard == {first: NOW - 30 * MINUTE, second: NOW - 5 * MINUTE}


def test_what_was_learnt_is_kept_and_replaced(each: Each) -> None:
    first, second = each.cast.shops[0].id, each.cast.shops[1].id
    old = Rhythm(first, NOW, 50, {"w09": 4})
    each.store.run_now(lambda unit: unit.pulse.keep([old, Rhythm(second, NOW)]))
    news = replace(old, learned_at=NOW + MINUTE, bands={"w09": 5, "e10": 40})
    each.store.run_now(lambda unit: unit.pulse.keep([news]))
    each.store.run_now(lambda unit: unit.pulse.keep([]))
    assert each.store.read_now(lambda unit: unit.pulse.rhythms()) == {first: news, second: Rhythm(second, NOW)}


def test_a_tally_counts_verbs_within_a_time_and_a_scope(each: Each) -> None:
    mine, other = put(each, 0, "1"), put(each, 1, "2")

    def write(unit: Unit) -> None:
        for subject, one, verb in (
            ("order", mine, "approved"),
            ("order", mine, "held"),
            ("order", other, "approved"),
            ("parcel", 12345, "packed"),
            ("return", 1, "arrived"),
        ):
            history.note(unit, CLOCK, subject, one, verb)

    each.store.run_now(write)
    each.clock.move(60)
    each.store.run_now(lambda unit: history.note(unit, CLOCK, "order", mine, "approved"))

    def tally(**scope: frozenset[int] | None) -> dict[tuple[str, str], int]:
        wide: dict[str, frozenset[int] | None] = {"shops": None, "warehouses": None, **scope}
        return each.store.read_now(lambda unit: unit.pulse.tally(NOW, NOW + MINUTE, **wide))

    whole = {("order", "approved"): 2, ("order", "held"): 1, ("parcel", "packed"): 1, ("return", "arrived"): 1}
    assert tally() == whole
    narrow = tally(shops=frozenset({each.cast.shops[0].id}), warehouses=frozenset({each.cast.warehouses[0].id}))
    assert narrow == {("order", "approved"): 1, ("order", "held"): 1, ("return", "arrived"): 1}


def test_a_chosen_policy_with_sections_comes_back_as_it_was(each: Each) -> None:
    alerts = Alerts(quiet="off", critical=(AlertKind.SHORTAGE,), dispatch_hours={Platform.SHOPIFY: 72}, near_hours=(1,))
    chosen = Policy(alerts=alerts, suspensions=(Suspension("SF", "新疆", "2026-11-20", "", "snow"),))
    kept = each.store.run_now(lambda unit: unit.catalog_admin.put_policy(chosen, "owner"))
    assert each.store.read_now(lambda unit: unit.policy) == kept
    assert kept == replace(chosen, version=kept.version)
    assert each.store.read_now(lambda unit: unit.catalog_admin.policies()) == [kept]


def test_stock_documents_pile_up_where_they_are_worked_by_what_they_wait_for(each: Each) -> None:
    """Each is as old as the last thing done with it; what is asked again of a count is nothing done."""
    here, there = (place.id for place in each.cast.warehouses)
    picker, receiver = each.cast.actor(Role.PICKER), each.cast.actor(Role.RECEIVER)

    def begin(kind: DocKind, *scans: Scan, actor: Actor = picker, **more: Any) -> StockDoc:
        made: StockDoc = each.store.run_now(lambda unit: stock_room.begin(unit, actor, kind, here, **more))
        return each.store.run_now(stock_room.scan, actor, made.id, scans) if scans else made

    sent = begin(DocKind.TRANSFER, Scan("CUP-01", 5), to=there)
    sent = each.store.run_now(stock_posting.finish, picker, sent.id, sent.revision)
    grade = begin(DocKind.REGRADE, Scan("CUP-01", 2), scope="defective", reason="scratched")
    grade = each.store.run_now(stock_posting.finish, picker, grade.id, grade.revision)
    asked = each.store.run_now(stock_room.ask_count, picker, here, "A-01")
    laid_aside = begin(DocKind.RECEIPT, actor=receiver)
    begun = each.clock.time
    each.clock.move(60)
    put_away = begin(DocKind.MOVE, actor=receiver)
    each.store.run_now(lambda unit: history.note(unit, CLOCK, "stock_doc", asked.id, ASKED_AGAIN))
    counted = begin(DocKind.COUNT, scope="A-01")
    dropped = begin(DocKind.RECEIPT, actor=receiver)
    each.store.run_now(stock_posting.cancel, receiver, dropped.id, dropped.revision)
    parts = ("waiting", "transit", "count", "receiver", "picker")

    def piles(seconds: int) -> list[Pile]:
        before = dict.fromkeys(parts, begun + timedelta(seconds=seconds))
        return each.store.read_now(lambda unit: unit.piles.stock_docs(before))

    assert piles(0) == []
    assert piles(1) == [
        Pile(here, "count", 1, begun, (asked.id,)),
        Pile(here, "receiver", 1, begun, (laid_aside.id,)),
        Pile(here, "waiting", 1, begun, (grade.id,)),
        Pile(there, "transit", 1, begun, (sent.id,)),
    ]
    whole = {(pile.place, pile.part): (pile.count, pile.first) for pile in piles(61)}
    assert whole[here, "receiver"] == (2, (laid_aside.id, put_away.id))
    assert whole[here, "picker"] == (1, (counted.id,))
    one = each.store.read_now(lambda unit: unit.piles.stock_docs({"count": begun + MINUTE}))
    assert [pile.part for pile in one] == ["count"]
