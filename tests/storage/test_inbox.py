"""The inbox keeps updates until they are done."""

import pytest

from domain.errors import AlreadyApplied, Unknown
from storage.unit import Unit
from tests.factory import NOW
from tests.storage.conftest import Each


def put(each: Each, update_id: int, raw: str = "{}") -> bool:
    """Keep an update of chat 5."""
    return each.store.run_now(lambda unit: unit.inbox.put(update_id, 5, raw, NOW))


def apply(unit: Unit, update_id: int) -> None:
    """Mark it as carried out."""
    unit.inbox.apply(update_id)


def test_an_update_is_kept_once_and_fed_in_order(each: Each) -> None:
    """The first text counts; what is done is not fed again."""
    assert [put(each, 3), put(each, 2, '{"a": "小"}'), put(each, 3, "other")] == [True, True, False]
    assert each.store.read_now(lambda unit: unit.inbox.pending(9)) == [(2, 5, '{"a": "小"}', 0), (3, 5, "{}", 0)]
    assert len(each.store.read_now(lambda unit: unit.inbox.pending(1))) == 1
    each.store.run_now(lambda unit: unit.inbox.done(2, NOW))
    assert each.store.read_now(lambda unit: unit.inbox.pending(9)) == [(3, 5, "{}", 0)]


def test_failures_are_counted(each: Each) -> None:
    """Until somebody gives up and says done."""
    put(each, 1)
    counted = [each.store.run_now(lambda unit: unit.inbox.failed(1, "boom", NOW)) for _ in range(2)]
    assert counted == [1, 2]
    assert each.store.read_now(lambda unit: unit.inbox.pending(9)) == [(1, 5, "{}", 2)]
    with pytest.raises(Unknown):
        each.store.run_now(lambda unit: unit.inbox.failed(404, "boom", NOW))


def test_an_update_is_applied_once(each: Each) -> None:
    """One that came through the inbox stays pending; one that did not is noted and not fed."""
    put(each, 1)
    for update_id in (1, 2):
        each.store.run_now(apply, update_id)
        with pytest.raises(AlreadyApplied):
            each.store.run_now(apply, update_id)
    assert [row[0] for row in each.store.read_now(lambda unit: unit.inbox.pending(9))] == [1]


def test_an_update_that_was_carried_out_before_it_was_kept_gets_its_text_and_is_not_fed(each: Each) -> None:
    """A quick command may commit first."""
    each.store.run_now(apply, 8)
    assert [put(each, 8, '{"a": 1}'), put(each, 8, "other")] == [True, False]
    assert each.store.read_now(lambda unit: unit.inbox.pending(9)) == []
    with pytest.raises(AlreadyApplied):
        each.store.run_now(apply, 8)
