"""What goods are called where their title is their code."""

from dataclasses import replace

import pytest

from domain.people.people import Role
from domain.records import NoticeKind
from handlers.wording.goods import name_of, title_of
from tests.factory import incoming, incoming_line
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("sku", "title", "name"),
    [
        ("CUP-01", "A white cup", "A white cup · CUP-01"),
        ("CUP-01", "cup-01 ", "陶瓷杯 白 · CUP-01"),
        ("CUP-01", "", "陶瓷杯 白 · CUP-01"),
        ("GONE-9", "GONE-9", "GONE-9"),
    ],
)
def test_a_code_is_never_said_twice(floor: Floor, sku: str, title: str, name: str) -> None:
    assert floor.look(name_of, sku, title) == name


def test_a_long_title_is_cut_and_a_catalogue_of_codes_has_none(floor: Floor) -> None:
    assert floor.look(title_of, "CUP-01", "a long title", 6) == "a long"
    cup = floor.look(lambda desk: desk.catalog.skus["CUP-01"])
    floor.do(lambda unit: unit.catalog_admin.put_skus([replace(cup, title="CUP-01")]))
    assert floor.look(title_of, "CUP-01", "CUP-01") == ""


async def test_a_stop_names_them_as_the_catalogue_does(floor: Floor) -> None:
    order = floor.orders(incoming("1001", lines=(incoming_line(title="CUP-01"),)))[0]
    floor.wave()
    stop = floor.refund(order)
    card = floor.card(floor.cast.people[Role.PICKER], NoticeKind.STOP, stop.id)
    assert "• 2 × 陶瓷杯 白 · CUP-01 · shelf A-01" in card.text.split("\n")
