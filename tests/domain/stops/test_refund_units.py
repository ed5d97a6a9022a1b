"""Whatever is refunded, in whatever order: what was paid for and not refunded has left or is still to come."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.floor import release
from domain.floor.parcels import ParcelState
from domain.intake import intake
from domain.intake.incoming import IncomingLine, IncomingRefund, RefundState
from domain.orders.bundles import RecipeRow
from domain.orders.orders import OrderStatus
from domain.people.people import Role
from domain.stock.stock import Bucket, Document, Move
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.domain.house import House
from tests.domain.orders.owing import Owing, sold
from tests.domain.orders.test_kits import teach
from tests.factory import incoming_line
from tests.filled import filled

PRICE = {"DUO": 5000, "CUP-01": 3900, "TOWEL-01": 2900}


@dataclass(frozen=True)
class News:
    """A refund of `units` of a line; 0 = not said, then all of it when `whole`, else for a person to decide."""

    number: str
    code: str
    state: RefundState
    units: int
    whole: bool


@dataclass(frozen=True)
class Case:
    """`bought` by code; what a set is made of; what is there; how far the first boxes are."""

    bought: dict[str, int]
    per: dict[str, int]
    there: dict[str, int]
    stage: str
    news: list[News]


STATES = [RefundState.REQUESTED, RefundState.SUCCESS, RefundState.SUCCESS, RefundState.CANCELLED]
CASES = st.builds(
    Case,
    st.fixed_dictionaries(
        {"DUO": st.integers(1, 3)}, optional={"CUP-01": st.integers(1, 3), "TOWEL-01": st.integers(1, 3)}
    ),
    st.fixed_dictionaries({"CUP-01": st.integers(1, 2), "TOWEL-01": st.integers(1, 2)}),
    st.fixed_dictionaries({"CUP-01": st.integers(0, 6), "TOWEL-01": st.integers(0, 6)}),
    st.sampled_from(["review", "waved", "dock", "left", "left", "left"]),
    st.lists(
        st.builds(
            News,
            st.sampled_from(["R1", "R2"]),
            st.sampled_from(list(PRICE)),
            st.sampled_from(STATES),
            st.integers(0, 2),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    ),
)


@contextmanager
def shop_of(case: Case) -> Iterator[Owing]:
    """The shop with that much of each product, and the order as far as its first boxes should be."""
    clock = [factory.NOW]
    store = Store("sqlite:///:memory:", now=lambda: clock[0], pause=lambda _attempt: None)
    house = House(store, filled(store, factory.seed), clock)
    teach(house, [RecipeRow(2 + at, "DUO", "", sku, units) for at, (sku, units) in enumerate(case.per.items())])
    shop = Owing(house)

    def stock(unit: Unit) -> None:
        levels = unit.stock.levels(list(case.there))
        moves = [
            Move(
                place,
                sku,
                Bucket.GOOD,
                (case.there[sku] if place == shop.place else 0) - level.good,
                Document.OPENING,
                0,
            )
            for (place, sku), level in levels.items()
        ]
        unit.stock.apply([move for move in moves if move.delta], "t")

    shop.run(stock)
    shop.receive(sold(lines=tuple(line(code, units) for code, units in case.bought.items())))
    if case.stage != "review" and not shop.order().held:
        shop.approve()
        shop.let_go()
        for box in [box for box in shop.boxes() if box.state is ParcelState.READY]:
            if case.stage == "waved":
                shop.run(release.wave_now, house.cast.actor(Role.DISPATCHER), box.warehouse_id or 0)
            else:
                shop.ship(box, signed=case.stage == "left")
    try:
        yield shop
    finally:
        store.close()


def line(code: str, units: int) -> IncomingLine:
    return replace(incoming_line(code, units, amount=PRICE[code] * units), unit_price=PRICE[code])


def tell(shop: Owing, news: News, bought: int, before: tuple[News, int] | None) -> int:
    """Returns how many units the refund is granted for: a correction that does not say takes nothing back."""
    units = min(news.units, bought)
    amount = PRICE[news.code] * (units or bought) if units or news.whole else 100
    told = IncomingRefund(news.number, news.state, amount, (f"L-{news.code}",), units=(units,) if units else ())
    assert shop.run(intake.refund_told, shop.cs, shop.shop, "1", told)
    if news.state is not RefundState.SUCCESS:
        return 0
    same = before is not None and (before[0].code, before[0].state) == (news.code, news.state)
    return units or (bought if news.whole else before[1] if before and same else 0)


def units_of(shop: Owing, case: Case) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """(code as bought, sku) -> units that have left, and units still to go."""
    order, left, here = shop.order(), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    lines = {one.line_no: one for one in order.lines}
    for box in shop.boxes():
        for item in box.live_items:
            told = lines[item.line_no]
            key = told.external_id.removeprefix("L-"), item.sku
            if box.state is ParcelState.HANDED_OVER:
                left[key] += item.quantity
            elif not told.dropped:
                here[key] += item.quantity
    if order.status is OrderStatus.REVIEW:
        here = Counter()
        for told in order.shippable:
            here[told.external_id.removeprefix("L-"), told.sku or ""] += told.quantity
    return left, here


@settings(max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
@given(CASES)
def test_what_is_paid_and_not_refunded_comes(case: Case) -> None:
    with shop_of(case) as shop:
        last: dict[str, tuple[News, int]] = {}
        for news in case.news:
            if news.code not in case.bought:
                continue
            last[news.number] = news, tell(shop, news, case.bought[news.code], last.get(news.number))
        for news, _ in list(last.values()):
            if news.state is RefundState.REQUESTED:
                tell(shop, replace(news, state=RefundState.CANCELLED), case.bought[news.code], None)
        back = Counter[str]()
        for news, units in last.values():
            back[news.code] += units
        left, here = units_of(shop, case)
        for code, bought in case.bought.items():
            for sku, per in (case.per if code == "DUO" else {code: 1}).items():
                wanted = per * max(bought - back[code], 0)
                came = left[code, sku] + here[code, sku]
                assert came == max(wanted, left[code, sku]), (code, sku, wanted, left, here)
