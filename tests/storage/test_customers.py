"""Customers and entries on every database; history counted in a set of shops, by the orders' index."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.dialects import sqlite

from domain.customers.customer_records import Appeal, Customer, Entry, EntryState, Figures, ListLevel, Reason
from domain.errors import LostRace, Unknown
from domain.floor.parcels import Parcel, ParcelState
from domain.intake.incoming import Platform
from domain.orders.orders import OrderStatus
from domain.records import Return, ReturnItem, ReturnState
from storage import migrate
from storage.customer_history import _FIGURES, _OFTEN_MISSING, _OFTEN_REFUNDED, _OFTEN_REFUSED
from storage.store import Store
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import Each


def made(each: Each, *buyers: tuple[Platform, str]) -> list[Customer]:
    """Rows for these buyers, in their order."""
    each.store.run_now(lambda unit: unit.customers.make(buyers))
    known = each.store.read_now(lambda unit: unit.customers.known(buyers))
    return [known[buyer] for buyer in buyers]


def entry_of(customer: Customer, **changes: object) -> Entry:
    """An entry in force without end."""
    base = Entry(0, customer.id, EntryState.ACTIVE, Reason.OTHER, "李雷", NOW, keys=(f"buyer:{customer.id}", "phone:1"))
    return replace(base, **changes)  # type: ignore[arg-type]  # test shorthand


def add(each: Each, *entries: Entry) -> list[Entry]:
    """Entries with their ids."""
    return each.store.run_now(lambda unit: unit.customers.add_entries(entries))


def test_a_customer_is_made_once_and_saved_by_revision(each: Each) -> None:
    first, second = made(each, (Platform.TAOBAO, "eve"), (Platform.PINDUODUO, "eve"))
    assert made(each, (Platform.TAOBAO, "eve"), (Platform.SHOPIFY, "new"))[0] == first
    assert first.id != second.id
    news = replace(first, vip=True, tags=("a", "批发"), note="<b>")
    each.store.run_now(lambda unit: unit.customers.save([news]))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.customers.save([replace(first, note="late")]))
    assert each.store.read_now(lambda unit: unit.customers.get(first.id)) == replace(news, revision=2)
    assert each.store.read_now(lambda unit: unit.customers.many([first.id, second.id, 999])).keys() == {
        first.id,
        second.id,
    }
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.customers.get(999))


def test_an_entry_comes_back_as_it_went_in(each: Each) -> None:
    (eve,) = made(each, (Platform.TAOBAO, "eve"))
    (entry,) = add(
        each,
        entry_of(
            eve,
            level=ListLevel.REFUSE,
            evidence="空包",
            orders=("1", "2"),
            facts={"paid": 5},
            expires_at=NOW,
            decided_by="x",
            decided_at=NOW,
            ended_by="y",
            ended_at=NOW,
            end_reason="z",
            appeal=Appeal.UPHELD,
            appeal_text="no",
            appeal_by="w",
            appeal_at=NOW,
        ),
    )
    assert each.store.read_now(lambda unit: unit.customers.entry(entry.id)) == entry
    news = replace(entry, keys=("address:2",), state=EntryState.LIFTED)
    each.store.run_now(lambda unit: unit.customers.save_entries([news]))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.customers.save_entries([replace(entry, keys=())]))
    assert each.store.read_now(lambda unit: unit.customers.entry(entry.id)) == replace(news, revision=2)
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.customers.entry(999))


def test_a_customer_has_one_proposal_at_a_time(each: Each) -> None:
    (eve,) = made(each, (Platform.TAOBAO, "eve"))
    proposal = entry_of(eve, state=EntryState.PROPOSED)
    add(each, proposal, entry_of(eve))
    with pytest.raises(Exception, match=r"(?i)unique"):
        add(each, proposal)


def test_what_is_listed_now(each: Each) -> None:
    """In force only: not proposed, not ended, not run out; by every key."""
    eve, bob = made(each, (Platform.TAOBAO, "eve"), (Platform.TAOBAO, "bob"))
    assert each.store.read_now(lambda unit: unit.customers.listed(["phone:1"])) == {}
    over, last, _, lasting = add(
        each,
        entry_of(eve, expires_at=NOW),
        entry_of(eve, expires_at=NOW + timedelta(seconds=1)),
        entry_of(eve, state=EntryState.PROPOSED),
        entry_of(bob),
    )
    found = each.store.read_now(lambda unit: unit.customers.listed([f"buyer:{eve.id}", "phone:1", "phone:2"]))
    assert found == {f"buyer:{eve.id}": (last,), "phone:1": (last, lasting)}
    assert each.store.read_now(lambda unit: unit.customers.listed([])) == {}
    assert each.store.read_now(lambda unit: unit.customers.expired(9)) == [over]
    assert [e.id for e in each.store.read_now(lambda unit: unit.customers.entries([eve.id]))[eve.id]][-1] == over.id


def _returned(unit: Unit, order_id: int, **changes: object) -> None:
    items = (
        ReturnItem(1, "CUP-01", "cup", 2, order_id, 1, missing=1),
        ReturnItem(2, "TEA-01", "tea", 3, order_id, 2, missing=1, defective=2),
    )
    base = Return(0, "R", ReturnState.DONE, NOW, order_id=order_id, items=items)
    unit.returns.add(replace(base, **changes))  # type: ignore[arg-type]  # test shorthand


def test_figures_of_many_buyers_at_once(each: Each) -> None:
    """Two units missing in one parcel are one missing return; a refused parcel counts when it was ours."""
    shop, other = each.cast.shops[0], each.cast.shops[1]

    def given(unit: Unit) -> None:
        made = [
            factory.order(unit, shop, "1", buyer_id="eve", refunded=100),
            factory.order(unit, shop, "2", buyer_id="eve", currency="HKD", paid=50, placed_at=None),
            factory.order(unit, shop, "3", buyer_id="bob", paid=0),
            factory.order(unit, other, "4", buyer_id="eve", refunded=7800),
        ]
        made[1] = replace(made[1], id=made[0].id + 1)
        made[2] = replace(made[2], id=made[0].id + 2)
        made[3] = replace(made[3], id=made[0].id + 3)
        factory.put(unit, *made)
        (box,) = unit.parcels.next_ids(1)
        unit.parcels.add([Parcel(box, ParcelState.HANDED_OVER, shop.id)])
        _returned(unit, made[0].id)
        whole = (ReturnItem(1, "CUP-01", "cup", 2, made[0].id, 1), ReturnItem(2, "CUP-01", "cup", 1, made[2].id, 1))
        _returned(unit, made[0].id, waybill="R2", reason="refused", parcel_id=box, items=whole)
        _returned(unit, made[0].id, waybill="R3", reason="refused", items=whole[:1])

    each.store.run_now(given)
    figures = each.store.read_now(lambda unit: unit.customers.figures([shop.id], ["eve", "bob", "nobody"]))
    eve = Figures(
        frozenset({shop.id}), 2, 2, 1, {"CNY": (7800, 100), "HKD": (50, 0)}, NOW, NOW, returns=3, missing=1,
        defective=2, refusals=1,
    )  # fmt: skip
    bob = Figures(frozenset({shop.id}), 1, 0, 0, {"CNY": (0, 0)}, NOW, NOW, returns=1, refusals=1)
    assert figures == {"eve": eve, "bob": bob}
    assert each.store.read_now(lambda unit: unit.customers.figures([], ["eve"])) == {}
    proofs = each.store.read_now(lambda unit: unit.customers.proofs([shop.id], ["eve", "bob"]))
    assert proofs == {"eve": ("1",), "bob": ("3",)}

    def suspects(*least: int) -> set[tuple[Platform, str]]:
        return each.store.read_now(lambda unit: unit.customers.suspects(*least))

    assert suspects(1, 9, 9) == {(Platform.TAOBAO, "eve"), (Platform.PINDUODUO, "eve")}
    assert suspects(2, 1, 9) == {(Platform.TAOBAO, "eve")}
    assert suspects(2, 9, 1) == {(Platform.TAOBAO, "eve"), (Platform.TAOBAO, "bob")}
    assert suspects(2, 2, 2) == set()


def test_a_buyers_orders_newest_first(each: Each) -> None:
    shop, other = each.cast.shops[0], each.cast.shops[1]

    def given(unit: Unit) -> list[int]:
        made = []
        for number, place in (("1", shop), ("2", shop), ("3", other)):
            one = factory.order(unit, place, number, buyer_id="eve", placed_at=NOW - timedelta(days=int(number)))
            factory.put(unit, one)
            made.append(one)
        unit.orders.save([replace(made[1], status=OrderStatus.CANCELLED)])
        return [one.id for one in made]

    first, second, third = each.store.run_now(given)
    shops = [shop.id, other.id]
    look = each.store.read_now
    assert look(lambda unit: unit.customers.order_ids(shops, "eve", 9)) == [first, second, third]
    assert look(lambda unit: unit.customers.order_ids(shops, "eve", 9, review=True)) == [first, third]
    assert look(lambda unit: unit.customers.order_ids([shop.id], "eve", 1)) == [first]
    assert sorted(look(lambda unit: unit.customers.newest_orders(shops, ["eve"]))) == [second, third]


def test_history_and_suspects_read_indexes(store: Store) -> None:
    """Asked of SQLite, which says so for an empty table, too."""

    def plan(unit: Unit, statement: object, **values: object) -> str:
        asked = statement.params(**values).compile(  # type: ignore[attr-defined]  # a select
            dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
        )
        connection = unit.customers._sql.connection
        return "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}"))

    def plans(unit: Unit) -> list[str]:
        return [
            plan(unit, _FIGURES, shops=[1, 2], among=["eve", "bob"]),
            plan(unit, _OFTEN_REFUNDED, least=3),
            plan(unit, _OFTEN_MISSING, least=2),
            plan(unit, _OFTEN_REFUSED, least=3),
        ]

    figures, refunded, missing, refused = store.read_now(plans)
    assert "USING INDEX ix_orders_shop_id_buyer_id (shop_id=? AND buyer_id=?)" in figures
    assert "ix_orders_money_back" in refunded
    assert "ix_return_item_missing" in missing
    assert "ix_return_refused" in refused


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: object) -> Iterator[Engine]:
    """An engine on a database without any table."""
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path}/empty.db")
        yield made
        made.dispose()
        return
    with request.getfixturevalue("pg_server").database("template1") as url:
        made = create_engine(url)
        yield made
        made.dispose()


def test_the_old_list_of_the_policy_becomes_entries(engine: Engine) -> None:
    """The newest version's; the choice is gone from all of them, and the others stay."""
    told = [
        {"blacklist": ["taobao:old"], "wave_size": 9},
        {"blacklist": ["taobao:伊芙:x", "taobao:伊芙:x", "bad", "ebay:x"]},
    ]
    with engine.begin() as connection:
        config = migrate.config_for(connection)
        command.upgrade(config, "0003")
        for version, choices in enumerate(told, 1):
            values = {"version": version, "choices": json.dumps(choices), "at": "2026-11-23 02:00:00.000000"}
            connection.execute(
                text("INSERT INTO policy (version, choices, at, \"by\") VALUES (:version, :choices, :at, 'x')"), values
            )
        command.upgrade(config, "head")
        kept = [row[0] for row in connection.execute(text("SELECT document FROM policy ORDER BY version"))]
        assert kept == ["wave_size = 9\n", "\n"]
        rows = connection.execute(
            text("SELECT platform, buyer_id, state, level, key FROM customer, list_entry, list_key")
        ).all()
        assert rows == [("taobao", "伊芙:x", "active", "hold", "buyer:taobao:伊芙:x")]
