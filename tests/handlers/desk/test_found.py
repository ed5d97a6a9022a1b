"""What a search found, turned page by page in one card, while orders come and go."""

from dataclasses import replace

import pytest

from domain.orders.orders import Order
from domain.people.people import Role
from handlers.cards.desk import found
from handlers.cards.desk.found import Hits, search
from storage.unit import Unit
from tests.factory import incoming, receiver
from tests.handlers.bilingual import desk_speaking_it, each_language
from tests.handlers.desk_chat import DeskChat

__all__ = ["desk_speaking_it", "each_language"]
pytestmark = pytest.mark.anyio

HEADS = {
    "en": (
        "«张三»: 1–8 of 19 orders",
        "«张三»: 9–16 of 19 orders",
        "«张三»: 17–19 of 19 orders",
        "These results are gone. Please search again.",
    ),
    "zh": (
        "「张三」：第 1–8 个，共 19 个订单",
        "「张三」：第 9–16 个，共 19 个订单",
        "「张三」：第 17–19 个，共 19 个订单",
        "这份结果已失效，请重新搜索。",
    ),
}
SLIPS = {
    "en": ["No exact hit for «xiaomnig_shop». Did you mean: (1–8 of 10)", "(9–10 of 10)"],
    "zh": ["没有完全匹配「xiaomnig_shop」的订单，相近的有：（第 1–8 个，共 10 个）", "（第 9–10 个，共 10 个）"],
}


def take(desk: DeskChat, first: int, last: int, **changes: object) -> list[Order]:
    """Orders numbered so, each of another buyer."""
    return desk.takes(*(incoming(f"T{n}", **{"buyer_id": f"b{n}", **changes}) for n in range(first, last + 1)))


def numbers(desk: DeskChat) -> list[str]:
    """The orders on the card, and the ways to other pages."""
    return [label.split(" · ")[0] for row in desk.labels for label in row]


def listed(first: int, last: int) -> list[str]:
    """Newest first."""
    return [f"T{number}" for number in range(first, last - 1, -1)]


async def test_pages_are_turned_in_one_card_and_each_order_is_on_one(desk: DeskChat, language: str) -> None:
    anna = desk.cast.people[Role.CS]
    one, two, three, _ = HEADS[language]
    take(desk, 1, 19)
    assert await desk.writes(anna, "张三") == [one]
    assert numbers(desk) == [*listed(19, 12), "9–16 ›"]
    take(desk, 20, 25)
    assert await desk.taps(anna, "9–16 ›") == [two]
    assert desk.last[-1].name == "editMessageText"
    assert numbers(desk) == [*listed(11, 4), "‹ 1–8", "17–19 ›"]
    assert await desk.taps(anna, "17–19 ›") == [three]
    assert numbers(desk) == [*listed(3, 1), "‹ 9–16"]
    assert await desk.taps(anna, "‹ 9–16") == [two]
    await desk.taps(anna, next(label for row in desk.labels for label in row if label.startswith("T7 ")))
    assert [call.name for call in desk.last] == ["sendMessage", "answerCallbackQuery"]


async def test_two_lists_side_by_side_each_turn_their_own(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    take(desk, 1, 10)
    take(desk, 11, 20, receiver=receiver(name="王五"))
    await desk.writes(anna, "张三")
    first = desk.button(anna.telegram_id, "9–10 ›")
    await desk.writes(anna, "王五")
    second = desk.button(anna.telegram_id, "9–10 ›")
    await desk.presses(anna, *first)
    assert numbers(desk) == ["T2", "T1", "‹ 1–8"]
    await desk.presses(anna, *second)
    assert numbers(desk) == ["T12", "T11", "‹ 1–8"]


async def test_what_is_nobody_s_hit_any_more_shortens_the_list(desk: DeskChat, language: str) -> None:
    anna, gone = desk.cast.people[Role.CS], HEADS[language][3]
    orders = take(desk, 1, 9)
    await desk.writes(anna, "张三")
    button = desk.button(anna.telegram_id, "9 ›")
    desk.do(_renamed, [order.id for order in orders[:2]])
    await desk.presses(anna, *button)
    assert numbers(desk) == listed(9, 3)
    desk.do(_renamed, [order.id for order in orders])
    await desk.presses(anna, *button)
    assert desk.toasts == [gone]
    desk.do(lambda unit: unit.cards.drop(anna.chat_id, button[1].message_id))
    await desk.presses(anna, *button)
    assert desk.toasts == [gone]


@pytest.mark.parametrize("language", ["en"], indirect=True)
async def test_whose_shops_changed_sees_only_those(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS]
    take(desk, 1, 9)
    await desk.writes(anna, "张三")
    button = desk.button(anna.telegram_id, "9 ›")
    desk.do(lambda unit: unit.people.save(replace(anna, shops=frozenset({desk.cast.shops[1].id}))))
    await desk.presses(anna, *button)
    assert desk.toasts == ["These results are gone. Please search again."]
    assert [call.name for call in desk.last] == ["answerCallbackQuery"]


async def test_slips_have_pages_too(desk: DeskChat, language: str) -> None:
    anna = desk.cast.people[Role.CS]
    first, end = SLIPS[language]
    take(desk, 1, 10, buyer_id="xiaoming_shop")
    assert await desk.writes(anna, "xiaomnig_shop") == [first]
    assert numbers(desk) == [*listed(10, 3), "9–10 ›"]
    [text] = await desk.taps(anna, "9–10 ›")
    assert text.endswith(end)
    assert numbers(desk) == ["T2", "T1", "‹ 1–8"]


async def test_very_many_are_said_to_be_so(desk: DeskChat, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "MOST", 10)
    anna = desk.cast.people[Role.CS]
    take(desk, 1, 11)
    [text] = await desk.writes(anna, "张三")
    said = {
        "en": "«张三»: 1–8 of more than 10 orders. Type more to narrow it down.",
        "zh": "「张三」：第 1–8 个，超过 10 个订单。请输入更多内容以缩小范围。",
    }
    assert text == said[language]
    assert numbers(desk) == [*listed(11, 4), "9–10 ›"]


def test_what_came_later_is_on_no_page(desk: DeskChat) -> None:
    anna = desk.cast.people[Role.CS].acting()
    old = take(desk, 1, 3)
    take(desk, 4, 5)
    hits = desk.look(lambda unit: search(unit, anna, "张三", old[-1].id))
    assert hits == Hits("张三", tuple(order.id for order in reversed(old)))
    assert hits.newest == old[-1].id


def _renamed(unit: Unit, ids: list[int]) -> None:
    for order in unit.orders.many(ids).values():
        unit.orders.save([replace(order, receiver=receiver(name="李四"))])
