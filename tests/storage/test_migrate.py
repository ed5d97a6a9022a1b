"""Migrations say the same as the tables, and a newer database is left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, select, text

from domain.stock.stock import Level, Place
from storage import migrate
from storage.store import Store
from storage.tables import METADATA
from storage.tables.stops import shop_feed
from tests.factory import NOW

HEAD = max(path.name[:4] for path in Path(migrate.__file__).parent.glob("migrations/versions/0*.py"))


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without any table."""
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield made
        made.dispose()
        return
    with request.getfixturevalue("pg_server").database("template1") as url:
        made = create_engine(url)
        yield made
        made.dispose()


def test_the_migrations_make_exactly_the_tables(engine: Engine) -> None:
    """Nothing forgotten on either side, types included."""
    migrate.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        names = set(inspect(connection).get_table_names())
    assert names == {*METADATA.tables, "alembic_version"}


def test_a_couriers_pool_becomes_its_account(tmp_path: Path) -> None:
    """And goes on counting where it stood."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    made = create_engine(url)
    with made.begin() as connection:
        command.upgrade(migrate.config_for(connection), "0003")
        connection.execute(
            text(
                "INSERT INTO courier (id, code, name, prefix, digits, priority, first_g, first_price, step_g,"
                " step_price, max_g, currency, countries, excluded) VALUES (4, 'YTO', '圆通', 'YT', 10, 1, 1000, 1,"
                " 1000, 1, 1, 'CNY', '[]', '[]')"
            )
        )
        connection.execute(text("INSERT INTO waybill_pool VALUES (4, 1007)"))
    made.dispose()
    store = Store(url)
    (account,) = store.read_now(lambda unit: unit.catalog.accounts[4])
    assert (account.courier_id, account.source, account.shop_id) == (4, "local", None)
    assert store.run_now(lambda unit: unit.waybills.issue(account.id, 1)) == ["YT0000001007"]
    store.close()


def test_a_returns_lines_learn_whose_they_are(engine: Engine) -> None:
    """Of our own merged parcel by their place in it, of any other return by the order it was linked to."""
    with engine.begin() as connection:
        command.upgrade(migrate.config_for(connection), "0010")
        _fill(connection, "shop", id=1)
        for order_id in (7, 8):
            _fill(connection, "orders", id=order_id, shop_id=1, number=str(order_id))
            _fill(connection, "order_line", order_id=order_id, line_no=order_id - 5, sku=f"S{order_id}")
        _fill(connection, "parcel", id=5, shop_id=1)
        for place, (order_id, dropped) in enumerate(((7, True), (7, False), (8, False))):
            item = {"sku": f"S{order_id}", "line_no": order_id - 5, "dropped": dropped, "order_id": order_id}
            _fill(connection, "parcel_item", parcel_id=5, position=place, **item)
        _fill(connection, "return_parcel", id=1, order_id=7, parcel_id=5)
        _fill(connection, "return_parcel", id=2, order_id=8, parcel_id=None)
        for return_id, place, sku in ((1, 0, "S7"), (1, 1, "S8"), (2, 0, "S8"), (2, 1, "gone")):
            _fill(connection, "return_item", return_id=return_id, position=place, line_no=place + 1, sku=sku)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        found = "SELECT return_id, line_no, order_id, order_line FROM return_item ORDER BY return_id, position"
        rows = [tuple(row) for row in connection.execute(text(found))]
        (missing,) = [one for one in inspect(connection).get_indexes("return_item") if "missing" in str(one["name"])]
    assert rows == [(1, 1, 7, 2), (1, 2, 8, 3), (2, 1, 8, 3), (2, 2, 8, 0)]
    assert [key for key in missing["dialect_options"] if key.endswith("_where")]


def test_returns_that_two_scans_made_of_one_keep_a_number_each(engine: Engine) -> None:
    """Those without a number stay as they are."""
    with engine.begin() as connection:
        command.upgrade(migrate.config_for(connection), "0019")
        for return_id, waybill in enumerate(("SF1", "SF2", "SF1", "", ""), 1):
            _fill(connection, "return_parcel", id=return_id, waybill=waybill)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT waybill FROM return_parcel ORDER BY id")).fetchall()
    assert [row[0] for row in rows] == ["SF1", "SF2", "SF1-3", "", ""]


def _fill(connection: Connection, name: str, **values: object) -> None:
    """A row of a table as it was then, with nothing in what is not said."""
    blank = {"INTEGER": 0, "BIGINT": 0, "BOOLEAN": False}
    for column in inspect(connection).get_columns(name):
        kind = str(column["type"])
        if column["name"] not in values and not column["nullable"]:
            values[column["name"]] = NOW if "TIME" in kind else blank.get(kind, "")
    names = ", ".join(values)
    connection.execute(text(f"INSERT INTO {name} ({names}) VALUES ({', '.join(f':{key}' for key in values)})"), values)


def test_what_is_there_gets_a_place_and_a_cost(tmp_path: Path) -> None:
    """Levels, places, values and the ledger agree after the stock room came."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    made = create_engine(url)
    with made.begin() as connection:
        command.upgrade(migrate.config_for(connection), "0013")
        for statement in (
            "INSERT INTO warehouse (id, code, name, province, priority, country, city, enabled, fallback, cutoff,"
            " areas) VALUES (1, 'HZ', '杭州仓', '浙江', 1, 'CN', '', 1, 0, '', '[]')",
            "INSERT INTO sku (code, barcode, title, weight_g, cost, price, currency, bin, length_mm, width_mm,"
            " height_mm, traits) VALUES ('CUP', '', '杯子', 300, 900, 2900, 'CNY', 'A-01', 0, 0, 0, '[]')",
            "INSERT INTO stock_level (warehouse_id, sku, good, reserved, defective) VALUES (1, 'CUP', 8, 3, 2)",
            *(
                "INSERT INTO stock_ledger (at, warehouse_id, sku, bucket, before, delta, after, document, document_id,"
                f" actor) VALUES ('2026-11-23 01:00:00.000000', 1, 'CUP', '{bucket}', 0, {units}, {units}, 'opening',"
                " 0, 'opening')"
                for bucket, units in (("good", 8), ("reserved", 3), ("defective", 2))
            ),
        ):
            connection.execute(text(statement))
    made.dispose()
    store = Store(url)
    found = store.read_now(lambda unit: (unit.stock.levels(), unit.stock.places(), unit.stock.values()))
    assert found == (
        {(1, "CUP"): Level(1, "CUP", 8, 3, 2, 0)},
        [Place(1, "CUP", "", "", 8)],
        {(1, "CUP", "good"): 7200, (1, "CUP", "defective"): 1800},
    )
    costs = store.read_now(lambda unit: unit.stock.ledger_values())
    assert costs == {(1, "CUP", "good"): 7200, (1, "CUP", "reserved"): 0, (1, "CUP", "defective"): 1800}
    store.close()


def test_a_shop_that_is_there_counts_as_added_now(engine: Engine) -> None:
    """In the form the store reads times in, and before any later moment."""
    with engine.begin() as connection:
        command.upgrade(migrate.config_for(connection), "0021")
        _fill(connection, "shop", id=7)
    before = datetime.now(UTC) - timedelta(seconds=5)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        ((shop_id, source, at),) = connection.execute(select(shop_feed)).fetchall()
    assert (shop_id, source) == (7, "added")
    assert before <= at <= datetime.now(UTC) + timedelta(seconds=5)


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    """The second start finds its own revision."""
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_a_newer_database_is_refused_with_both_revisions(engine: Engine) -> None:
    """And not touched."""
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerDatabase, match=f"revision 9999.*up to {HEAD}"):
        migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_a_store_on_a_newer_database_does_not_open(sqlite_url: str) -> None:
    """It lets go of the file."""
    Store(sqlite_url).close()
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(migrate.NewerDatabase) as refusal:
        Store(sqlite_url)
    assert (refusal.value.found, refusal.value.known) == ("9999", HEAD)


def test_documents_of_the_stock_room_learn_who_made_them(engine: Engine) -> None:
    """From the history, which has known the person's id from the first one on."""
    with engine.begin() as connection:
        command.upgrade(migrate.config_for(connection), "0021")
        _fill(connection, "warehouse", id=1)
        for doc_id in (1, 2):
            _fill(connection, "stock_doc", id=doc_id, kind="count", state="done", warehouse_id=1, made_by="Anna")
        for number, (doc_id, verb, who) in enumerate(((1, "made", 7), (1, "made", 8), (2, "approved", 9)), 1):
            _fill(connection, "event", id=number, subject="stock_doc", subject_id=doc_id, verb=verb, actor_id=who)
        command.upgrade(migrate.config_for(connection), "0026")
        found = connection.execute(text("SELECT id, made_by, made_by_id FROM stock_doc ORDER BY id"))
        assert [tuple(row) for row in found] == [(1, "Anna", 7), (2, "Anna", None)]


def test_documents_of_the_stock_room_learn_who_scanned_and_which_units_cost(engine: Engine) -> None:
    """As far as is known: who made it and who holds it; a cost was told of all the units, of goods in alone."""
    with engine.begin() as connection:
        command.upgrade(migrate.config_for(connection), "0022")
        _fill(connection, "warehouse", id=1)
        for person_id in (7, 8):
            _fill(connection, "chat", id=person_id, telegram_id=person_id)
            _fill(connection, "person", id=person_id, telegram_id=person_id, chat_id=person_id)
        for doc_id, (maker, holder) in enumerate(((7, None), (7, 8), (7, 7), (None, 8), (None, None)), 1):
            kind = "receipt" if doc_id < 5 else "transfer"
            who = {"made_by_id": maker, "holder_id": holder}
            _fill(connection, "stock_doc", id=doc_id, kind=kind, state="open", warehouse_id=1, **who)
            _fill(connection, "stock_doc_line", doc_id=doc_id, position=0, done=5, value=None if doc_id == 1 else 900)
        command.upgrade(migrate.config_for(connection), "0026")
        found = connection.execute(
            text("SELECT d.hands, l.costed FROM stock_doc d JOIN stock_doc_line l ON l.doc_id = d.id ORDER BY d.id")
        )
        assert [tuple(row) for row in found] == [("[7]", 0), ("[7,8]", 5), ("[7]", 5), ("[8]", 5), ("[]", 0)]


def test_where_two_phones_stood_both_are_found(engine: Engine) -> None:
    """As the program writes it, however they were told. Only the last one was; a number with an extension is one."""
    told = {
        "13800001234/13900005678": ("1234", " 5678 "),
        "13800001234 13900005678": ("1234", " 5678 "),
        "138 0000 1234/139 0000 5678,8001": ("1234", " 8001 "),
        "8231234/8235678": ("1234", " 5678 "),
        "0512-57550000转8001": ("8001", ""),
        "13800001234": ("1234", ""),
    }
    with engine.begin() as connection:
        command.upgrade(migrate.config_for(connection), "0028")
        _fill(connection, "shop", id=1)
        for order_id, phone in enumerate(told):
            row = {"number": str(order_id), "receiver_phone": phone, "phone_tail": phone[-4:]}
            _fill(connection, "orders", id=order_id, shop_id=1, **row)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT receiver_phone, phone_tail, more_tails FROM orders")).all()
    assert {phone: (first, more) for phone, first, more in rows} == told
