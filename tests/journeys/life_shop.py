"""The shop of the life machine, and what its platform tells."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.floor.checking import SERIAL
from domain.floor.materials import MATERIAL
from domain.intake.incoming import (
    IncomingLine,
    IncomingOrder,
    Platform,
    PlatformState,
    Receiver,
)
from domain.orders.catalog import Bundle, Company, Courier, Part, Shop, Sku, Warehouse
from domain.people.people import Actor, ActorKind, Chat, Person, Role
from domain.policy.policy import Policy
from domain.policy.policy_checks import CheckMode, CheckRules
from domain.policy.policy_sections import Split
from domain.review import looking
from domain.review.holds import UNMATCHED
from domain.stock.stock import Bucket, Document, Move
from storage.unit import Unit

HAND = Actor(ActorKind.PERSON, "hand", 1, frozenset(Role))
HOME = Receiver("王小明", "13812345678", "CN", "浙江省", "杭州市", "西湖区", "文三路 1 号")


PARTS = Split(most_units=3, shortage=True, shortage_least={"*": 0}, shortage_percent=0, presale=("presale",))


def seed(unit: Unit, mode: CheckMode = CheckMode.NONE, *, parts: bool = False) -> None:
    """One shop, one warehouse, one courier, two products; few units, so that stock runs out, very few where the shop
    ships parts."""
    admin = unit.catalog_admin
    admin.set_company(Company("测试", "Asia/Shanghai", "CNY"))
    admin.add_shop(Shop(1, "店", Platform.WOOCOMMERCE, "CNY", "Asia/Shanghai"))
    admin.add_warehouse(Warehouse(1, "HZ", "杭州仓", "浙江", 1))
    admin.add_courier(Courier(1, "YTO", "圆通", "YT", 13, 1, 1000, 350, 1000, 150, 30_000))
    lid = Sku("LID", "", "盖子", 0, 100, 500, traits=frozenset({SERIAL} if mode is CheckMode.ITEMS else ()))
    bag = Sku("BAG-1", "", "袋子", 60, 20, 0, traits=frozenset({MATERIAL}))
    admin.put_skus([Sku("CUP", "6901234567892", "杯子", 300, 900, 2900), lid, bag])
    there = {"CUP": 5 if parts else 8, "LID": 1 if parts else 8, "BAG-1": 8}
    unit.stock.apply([Move(1, sku, Bucket.GOOD, units, Document.OPENING, 0) for sku, units in there.items()], "opening")
    split = PARTS if parts else Split(most_units=3)
    admin.put_policy(replace(Policy(), split=split, checks=CheckRules(mode=mode, material="BAG-1")), "boss")
    chat = unit.people.add_chat(Chat(0, 1, "private", HAND.name))
    assert unit.people.add(Person(0, 1, HAND.name, chat.id, roles=HAND.roles)).id == HAND.person_id


RECIPES = ((Part("CUP", 1), Part("LID", 1)), (Part("CUP", 2),), ())


def recipe(unit: Unit, parts: tuple[Part, ...], whole: bool) -> None:
    """From now on a set is made up so; the orders that wait for it are looked at."""
    old = unit.catalog.bundles.get("SET")
    unit.keep_bundles([Bundle("SET", "套装", parts, whole, old.version + 1 if old else 1, "boss", unit.now)])
    looking.at_once(unit, UNMATCHED)


def incoming(
    number: str, cups: int, lids: int, state: PlatformState, note: str, at: int, *, sets: bool = False
) -> IncomingOrder:
    """Cups and lids; with `sets` what is told as cups are sets, under the same ids."""
    wanted = [("CUP", cups, 2900), ("LID", lids, 500)]
    lines = tuple(
        IncomingLine(f"{number}-{sku}", sku, units, "SET" if sets and sku == "CUP" else sku, "", price, price * units)
        for sku, units, price in wanted
        if units
    )
    total = sum(line.amount for line in lines)
    paid = 0 if state is PlatformState.UNPAID else total
    when = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=at)
    return IncomingOrder(
        Platform.WOOCOMMERCE,
        number,
        state,
        "CNY",
        0,
        "{}",
        placed_at=when,
        paid_at=when if paid else None,
        goods=total,
        total=total,
        paid=paid,
        buyer_id="one buyer" if number in ("T0", "T1") else number,
        buyer_message=note,
        receiver=HOME,
        lines=lines,
    )
