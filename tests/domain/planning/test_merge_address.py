"""Two orders to two addresses travel together when a person said that one of them goes elsewhere (decision 0018)."""

import pytest

from domain.errors import BadValue
from domain.orders import corrections
from domain.people.people import Role
from tests.domain.house import House
from tests.domain.yard import Yard, cups, tea
from tests.factory import receiver


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def test_a_merge_decides_no_address_but_who_changed_it_has_one_parcel(yard: Yard) -> None:
    yard.receive(cups("1"), tea("2", receiver=receiver(address="别处 9 号")))
    with pytest.raises(BadValue) as refused:
        yard.merge("1", "2")
    assert refused.value.want == "same_place"
    assert yard.box("1").order_ids == (yard.order("1").id,)
    order = yard.order("2")
    yard.run(corrections.edit_address, yard.house.cast.actor(Role.CS), order.id, order.revision, receiver())
    assert yard.order("2").merge_key == yard.order("1").merge_key
    assert yard.box("1").order_ids == yard.box("2").order_ids == (yard.order("1").id, yard.order("2").id)
    yard.unmerge("2")
    assert yard.order("2").receiver.address == receiver().address
