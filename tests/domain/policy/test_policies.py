"""Accepting a policy: every fault by its line, one winner, the orders marked, the change in the history."""

import pytest

from domain.errors import BadValue, NotAllowed, Stale
from domain.people.people import Role
from domain.policy import policies
from domain.policy.choices import Fault
from tests.domain.house import House

WRONG = """wave_size = 7
[areas]
remote = ["新疆", "亚特兰蒂斯"]
[[suspensions]]
courier = "yt0"
[[suspensions]]
reason = "snow"
"""


def test_what_only_the_catalog_tells_is_told_by_line(house: House) -> None:
    catalog = house.store.read_now(lambda desk: desk.catalog)
    found = policies.check(WRONG, catalog)
    assert found.value is None
    assert found.faults == (
        Fault(3, "areas.remote", "no_place", {"told": "亚特兰蒂斯"}),
        Fault(5, "suspensions.1.courier", "no_courier", {"told": "yt0", "near": "YTO"}),
        Fault(6, "suspensions.2", "no_aim", {}),
    )


def test_a_document_becomes_the_next_version_and_marks_the_orders(house: House) -> None:
    house.receive()
    owner = house.cast.actor(Role.OWNER)
    done = house.run(policies.apply, owner, "wave_size = 7\n", 1)
    assert (done.policy.version, done.policy.wave_size, done.orders) == (2, 7, 1)
    assert done.changes == ("wave_size: 40 → 7",)
    assert house.store.read_now(lambda desk: desk.policy) == done.policy
    due = house.store.read_now(lambda desk: desk.orders.to_look_at(desk.now, desk.policy.version, 10))
    assert due == [house.order.id]
    (event,) = house.store.read_now(lambda desk: desk.history("policy", 2))
    assert (event.verb, event.actor, event.data) == (
        "policy_applied",
        owner.name,
        {"orders": "1", "changes": "wave_size: 40 → 7"},
    )


@pytest.mark.parametrize(
    ("role", "document", "expected", "refusal"),
    [
        (Role.CS_LEAD, "wave_size = 7\n", 1, NotAllowed),
        (Role.OWNER, "wave_size = 7\n", 3, Stale),
        (Role.OWNER, WRONG, 1, BadValue),
        (Role.OWNER, "wave_size = 0\n", 1, BadValue),
    ],
)
def test_a_refused_document_changes_nothing(
    house: House, role: Role, document: str, expected: int, refusal: type[Exception]
) -> None:
    house.receive()
    before = house.store.read_now(lambda desk: desk.policy)
    with pytest.raises(refusal):
        house.run(policies.apply, house.cast.actor(role), document, expected)
    assert house.store.read_now(lambda desk: desk.policy) == before
    assert house.store.read_now(lambda desk: desk.orders.to_look_at(desk.now, desk.policy.version, 10)) == []
    assert house.store.read_now(lambda desk: desk.history("policy", 2)) == []
