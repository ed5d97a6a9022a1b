"""History, imports, files, alerts and returns."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import LostRace, Unknown
from domain.records import Alert, AlertKind, Event, ImportRun, Return, ReturnItem, ReturnState, StoredFile
from storage.unit import Unit
from tests import factory
from tests.factory import NOW
from tests.storage.conftest import Each


def test_history_is_newest_first_and_about_one_thing(each: Each) -> None:
    """Every field, and no more than asked."""
    event = Event(NOW, "order", 7, "approve", "person", "安娜", 3, "why", 99, 2, {"from": "a\x00b"})
    others = [replace(event, verb=verb) for verb in ("hold", "release")]
    each.store.run_now(lambda unit: unit.record([event, *others, replace(event, subject="parcel")]))
    each.store.run_now(lambda unit: unit.record([]))
    history = each.store.read_now(lambda unit: unit.history("order", 7))
    assert [item.verb for item in history] == ["release", "hold", "approve"]
    assert history[-1] == replace(event, id=history[-1].id)
    assert [item.verb for item in each.store.read_now(lambda unit: unit.history("order", 7, 1))] == ["release"]


def test_how_often_something_was_written_down_of_each(each: Each) -> None:
    """One kind of thing, one verb; of whom it never was is missing."""
    event = Event(NOW, "parcel", 7, "proof", "person", "安娜", 3, "", 0, 2, {})
    others = [replace(event, subject="order"), replace(event, verb="packed"), replace(event, subject_id=8)]
    each.store.run_now(lambda unit: unit.record([event, event, *others, replace(event, subject_id=9)]))
    assert each.store.read_now(lambda unit: unit.noted("parcel", [7, 8, 10], "proof")) == {7: 2, 8: 1}
    assert each.store.read_now(lambda unit: unit.noted("parcel", [], "proof")) == {}


def test_the_same_bytes_are_kept_once(each: Each) -> None:
    """Under one name they are one file; under another name another, of the same bytes."""
    data = bytes(range(256))

    def put(name: str, seconds: int) -> StoredFile:
        return each.store.run_now(lambda unit: unit.files.put(name, data, NOW + timedelta(seconds=seconds)))

    first, again, other = put("a.csv", 0), put("a.csv", 5), put("b.csv", 9)
    assert again == first
    assert (other.sha256, other.name, other.size) == (first.sha256, "b.csv", 256)
    assert each.store.read_now(lambda unit: unit.files.get(other.id)) == (other, data)
    with pytest.raises(Unknown):
        each.store.read_now(lambda unit: unit.files.get(10**9))


def test_an_import_run(each: Each) -> None:
    """Found by bytes and shop, the last one first."""
    shop = each.cast.shops[0].id

    def add(unit: Unit) -> ImportRun:
        file = unit.files.put("a.csv", b"x", NOW)
        return unit.imports.add(ImportRun(0, file.id, "a.csv", file.sha256, shop, NOW, "anna"))

    run = each.store.run_now(add)
    news = replace(run, new=5, done=True, rejects=({"row": 3, "reason": "no_number", "facts": {"a": "b"}},))
    each.store.run_now(lambda unit: unit.imports.save(news))
    assert each.store.read_now(lambda unit: unit.imports.get(run.id)) == news
    assert each.store.read_now(lambda unit: unit.imports.find(run.sha256, shop)) == news
    assert each.store.read_now(lambda unit: unit.imports.find(run.sha256, each.cast.shops[1].id)) is None
    last = each.store.run_now(add)
    assert each.store.read_now(lambda unit: unit.imports.find(run.sha256, shop)) == last
    with pytest.raises(Unknown):
        each.store.run_now(lambda unit: unit.imports.save(replace(run, id=10**9)))


def test_alerts_are_open_once_per_kind_and_subject(each: Each) -> None:
    """Closed ones make room."""
    made = Alert(0, AlertKind.PARCEL_STUCK, 7, NOW, NOW)
    alert = each.store.run_now(lambda unit: unit.alerts.add(made))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.alerts.add(made))
    other = each.store.run_now(lambda unit: unit.alerts.add(replace(made, part="cs")))
    assert each.store.read_now(lambda unit: unit.alerts.find_open(AlertKind.PARCEL_STUCK, 7, "cs")) == other
    each.store.run_now(lambda unit: unit.alerts.save(replace(other, closed_at=NOW)))
    assert each.store.read_now(lambda unit: unit.alerts.open()) == [alert]
    assert each.store.read_now(lambda unit: unit.alerts.find_open(AlertKind.PARCEL_STUCK, 7)) == alert
    told = replace(alert, snoozed_until=NOW, taken_by="x", count=2, level=1, reason="holiday")
    closed = replace(told, closed_at=NOW, turn=2, oldest_at=NOW, first=(3, 1), facts={"2": "5"})
    each.store.run_now(lambda unit: unit.alerts.save(closed))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.alerts.save(alert))
    assert each.store.read_now(lambda unit: unit.alerts.get(alert.id)) == replace(closed, revision=2)
    assert each.store.read_now(lambda unit: unit.alerts.find_open(AlertKind.PARCEL_STUCK, 7)) is None
    assert each.store.run_now(lambda unit: unit.alerts.add(made)).id != alert.id


def test_a_return_comes_back_as_it_went_in_and_saves_by_revision(each: Each) -> None:
    """Items graded; linked to its order."""

    def given(unit: Unit) -> Return:
        order = factory.order(unit, each.cast.shops[0])
        factory.put(unit, order)
        other = factory.order(unit, each.cast.shops[0], "1002")
        factory.put(unit, other)
        items = (
            ReturnItem(1, "CUP-01", "cup", 2, order.id, 1),
            ReturnItem(2, "TEA-01", "tea", 1, other.id, 3),
        )
        return unit.returns.add(Return(0, "R1", ReturnState.EXPECTED, NOW, order_id=order.id, items=items))

    first = each.store.run_now(given)
    assert each.store.read_now(lambda unit: unit.returns.get(first.id)) == first
    graded = (replace(first.items[0], good=1, missing=1), first.items[1])
    news = replace(first, state=ReturnState.ARRIVED, arrived_at=NOW, received_by="何静", items=graded)
    each.store.run_now(lambda unit: unit.returns.save(news))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.returns.save(replace(first, items=())))
    stored = replace(news, revision=2)
    assert each.store.read_now(lambda unit: unit.returns.by_waybill(" R1 ")) == stored
    found = each.store.read_now(lambda unit: [unit.returns.of_order(order_id) for order_id in stored.order_ids])
    assert found == [(stored,), (stored,)]
    assert each.store.read_now(lambda unit: unit.returns.by_waybill("")) is None


def test_unclaimed_returns_by_age(each: Each) -> None:
    """By arrival, else by when they were noted."""
    old = NOW - timedelta(hours=2)

    def given(unit: Unit) -> list[Return]:
        made = Return(0, "", ReturnState.UNCLAIMED, old)
        changes: list[dict[str, object]] = [
            {},
            {"arrived_at": NOW},
            {"state": ReturnState.DONE},
            {"created_at": old - timedelta(hours=1)},
        ]
        return [unit.returns.add(replace(made, **change)) for change in changes]  # type: ignore[arg-type]  # test data

    returns = each.store.run_now(given)
    expected = [returns[3], returns[0]]
    assert each.store.read_now(lambda unit: unit.returns.unclaimed(NOW - timedelta(hours=1), 9)) == expected
