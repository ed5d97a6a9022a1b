"""A part of a command that is refused: its writes are gone, others stay, nothing remembers what is not there."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain import history
from domain.errors import LostRace, Refusal, Unknown
from domain.people.people import OPERATOR
from domain.stock.stock import Bucket, Document, Move
from storage.unit import Unit
from tests import factory
from tests.storage.conftest import Each


def _place(unit: Unit) -> int:
    return min(unit.catalog.warehouses)


def _take(unit: Unit, units: int) -> None:
    unit.stock.apply([Move(_place(unit), "CUP-01", Bucket.GOOD, -units, Document.ADJUST, 0)], OPERATOR.name)


def _refused(unit: Unit, work: Callable[[], object]) -> None:
    with pytest.raises(Unknown), unit.attempt():
        work()
        raise Unknown("waybill", "X")


def _cups(unit: Unit) -> int:
    return unit.stock.levels(["CUP-01"])[_place(unit), "CUP-01"].good


def test_only_the_refused_part_is_undone(each: Each) -> None:
    def command(unit: Unit) -> None:
        _take(unit, 1)
        with unit.attempt():
            _take(unit, 10)
        _refused(unit, lambda: _take(unit, 20))
        _take(unit, 20)

    each.store.run_now(command)
    books = each.store.read_now(lambda unit: unit.stock.ledger_sums()[_place(unit), "CUP-01", Bucket.GOOD])
    assert (each.store.read_now(_cups), books) == (69, 69)


def test_units_that_were_taken_in_vain_can_be_taken(each: Each) -> None:
    """The levels a command has locked are not read again, except when they were undone."""

    def command(unit: Unit) -> None:
        _refused(unit, lambda: _take(unit, 95))
        _take(unit, 60)

    each.store.run_now(command)
    assert each.store.read_now(_cups) == 40


def test_an_attempt_in_an_attempt_is_its_own(each: Each) -> None:
    def command(unit: Unit) -> None:
        with unit.attempt():
            _take(unit, 1)
            _refused(unit, lambda: _take(unit, 10))
            _take(unit, 2)
        _refused(unit, lambda: _inner(unit))

    def _inner(unit: Unit) -> None:
        with unit.attempt():
            _take(unit, 40)

    each.store.run_now(command)
    assert each.store.read_now(_cups) == 97


def test_what_was_read_of_undone_rows_is_forgotten(each: Each) -> None:
    """A parcel, an order and a level saved in vain are saved again from what is really there."""

    def furnish(unit: Unit) -> None:
        unit.orders.add([factory.order(unit, each.cast.shops[0])], ["raw"])

    def rename(unit: Unit, name: str) -> None:
        order = unit.orders.by_number(each.cast.shops[0].id, ["1001"])["1001"]
        unit.orders.save([replace(order, buyer_id=name)])

    def command(unit: Unit) -> None:
        _refused(unit, lambda: rename(unit, "wrong"))
        rename(unit, "right")

    each.store.run_now(furnish)
    each.store.run_now(command)
    order = each.store.read_now(lambda unit: unit.orders.by_number(each.cast.shops[0].id, ["1001"])["1001"])
    assert (order.buyer_id, order.revision) == ("right", 2)


def test_furniture_learnt_in_vain_is_forgotten_here_and_in_the_next_command(each: Each) -> None:
    def command(unit: Unit) -> int:
        _refused(unit, lambda: unit.learn_weight("CUP-01", 9999))
        return unit.catalog.skus["CUP-01"].weight_g

    assert each.store.run_now(command) == 320
    assert each.store.read_now(lambda unit: unit.catalog.skus["CUP-01"].weight_g) == 320


def test_the_history_of_the_refused_part_is_gone(each: Each) -> None:
    def command(unit: Unit) -> None:
        history.note(unit, OPERATOR, "order", 1, "first")
        _refused(unit, lambda: history.note(unit, OPERATOR, "order", 1, "second"))
        history.note(unit, OPERATOR, "order", 1, "third")

    each.store.run_now(command)
    told = each.store.read_now(lambda unit: [event.verb for event in unit.history("order", 1)])
    assert told == ["third", "first"]


def test_a_lost_race_inside_runs_the_whole_command_again(each: Each) -> None:
    tries: list[int] = []

    def command(unit: Unit) -> None:
        _take(unit, 1)
        with unit.attempt():
            _take(unit, 10)
            tries.append(_cups(unit))
            if len(tries) == 1:
                raise LostRace("parcel")

    each.store.run_now(command)
    assert tries == [89, 89]
    assert each.store.read_now(_cups) == 89


def test_a_refusal_that_nobody_catches_writes_nothing(each: Each) -> None:
    def command(unit: Unit) -> None:
        _take(unit, 1)
        with unit.attempt():
            _take(unit, 10)
            raise Unknown("waybill", "X")

    with pytest.raises(Refusal):
        each.store.run_now(command)
    assert each.store.read_now(_cups) == 100
