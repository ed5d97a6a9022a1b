"""Returns in chat: linked by customer service, received by scan, graded unit by unit, unclaimed ones given a home."""

import pytest

from domain.floor.parcels import Parcel
from domain.intake import intake
from domain.people.people import CLOCK, SHOP, Role
from domain.records import NoticeKind, Return, ReturnState
from domain.review import review
from domain.stock.stock import Level
from tests.factory import incoming, incoming_line
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio


async def shipped(floor: Floor, number: str = "1001") -> Parcel:
    """A parcel of two cups that has left."""
    floor.orders(incoming(number))
    box = floor.wave()[1][0]
    await floor.ship(box)
    return box


def the_return(floor: Floor, waybill: str) -> Return | None:
    """The return of that waybill."""
    found: Return | None = floor.look(lambda desk: desk.returns.by_waybill(waybill))
    return found


def cups(floor: Floor) -> Level:
    """The white cups of the first warehouse."""
    levels: dict[tuple[int, str], Level] = floor.look(lambda desk: desk.stock.levels(["CUP-01"]))
    return levels[floor.cast.warehouses[0].id, "CUP-01"]


async def at_hangzhou(floor: Floor, text: str) -> list[str]:
    """The receiver scans there and says where that is when asked."""
    receiver = floor.cast.people[Role.RECEIVER]
    said = await floor.writes(receiver, text)
    if said[0].startswith("In which warehouse"):
        said = await floor.taps(receiver, "杭州仓")
    return [text for text in said if text.startswith(("📬", "❓", "✅"))]


async def test_a_linked_return_is_expected(floor: Floor) -> None:
    await shipped(floor)
    said = await floor.writes(floor.cast.people[Role.CS], "/return 1001 sf998877665 杯子 碎了")
    assert said == [
        "📬 Return SF998877665 is on its way\n"
        "Order 1001 · 小满旗舰店 · 张三\n"
        "Reason: 杯子 碎了\n"
        "1. 2 × goods CUP-01 · CUP-01 · shelf A-01\n"
        "\n"
        "Next: when it comes, scan its label at /receive."
    ]


async def test_a_return_of_an_order_that_has_not_left_is_refused(floor: Floor) -> None:
    floor.orders()
    said = await floor.writes(floor.cast.people[Role.CS], "/return 1001 SF998877665")
    assert said == ["1001 is approved; this step needs shipped."]
    assert the_return(floor, "SF998877665") is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/return 1001", "Send /return ORDER WAYBILL and why, e.g. /return 1001 SF1234567890123 broken"),
        ("/return 1001 x", "«x» is not valid for waybill. Expected: a waybill: 6 to 40 letters and digits."),
        (
            "/return 77 SF998877665",
            "There is no order «77». /order finds it by part of its number, waybill, last phone digits, SKU or name.",
        ),
    ],
)
async def test_a_return_without_what_it_needs_is_refused(floor: Floor, text: str, answer: str) -> None:
    box = await shipped(floor)
    assert await floor.writes(floor.cast.people[Role.CS], text) == [answer]
    assert floor.look(lambda desk: desk.returns.of_order(box.order_ids[0])) == ()


async def test_pickers_link_no_returns(floor: Floor) -> None:
    await shipped(floor)
    said = await floor.writes(floor.cast.people[Role.PICKER], "/return 1001 SF998877665")
    assert said == ["Your role does not allow this (refund)."]
    assert the_return(floor, "SF998877665") is None


async def test_the_receiver_is_asked_once_where_they_are(floor: Floor) -> None:
    await shipped(floor)
    await floor.writes(floor.cast.people[Role.CS], "/return 1001 SF998877665 broken")
    receiver = floor.cast.people[Role.RECEIVER]
    assert await floor.writes(receiver, "SF998877665") == [
        "In which warehouse are you receiving? I remember it for 12 h."
    ]
    found = the_return(floor, "SF998877665")
    assert found is not None
    assert found.state is ReturnState.EXPECTED
    said = await floor.taps(receiver, "杭州仓")
    assert said[0].split("\n")[0] == "📬 Return SF998877665 is here: look at each unit"
    said = await floor.writes(receiver, "YT5566778899")
    assert said[0].split("\n")[0] == "❓ Return YT5566778899 is here, but whose is it?"


async def test_all_good_goes_back_to_stock(floor: Floor) -> None:
    await shipped(floor)
    await floor.writes(floor.cast.people[Role.CS], "/return 1001 SF998877665 broken")
    await at_hangzhou(floor, "SF998877665")
    assert cups(floor).good == 98
    said = await floor.taps(floor.cast.people[Role.RECEIVER], "✅ All good")
    assert floor.toasts == ["Good: back in stock."]
    assert said[0].split("\n")[0] == "✅ Return SF998877665 is done"
    assert cups(floor).good == 100


async def test_each_unit_has_its_own_grade(floor: Floor) -> None:
    await shipped(floor)
    await floor.writes(floor.cast.people[Role.CS], "/return 1001 SF998877665 broken")
    receiver = floor.cast.people[Role.RECEIVER]
    await at_hangzhou(floor, "SF998877665")
    said = await floor.taps(receiver, "1. 🔧 defective")
    assert said[0].split("\n")[5] == "   → good 0, defective 1, missing 0, open 1"
    said = await floor.taps(receiver, "1. ❔ missing")
    assert said[0].split("\n")[0] == "✅ Return SF998877665 is done"
    assert (cups(floor).good, cups(floor).defective) == (98, 1)


async def test_an_old_grade_button_changes_nothing(floor: Floor) -> None:
    await shipped(floor)
    await floor.writes(floor.cast.people[Role.CS], "/return 1001 SF998877665 broken")
    receiver = floor.cast.people[Role.RECEIVER]
    await at_hangzhou(floor, "SF998877665")
    data, shown = floor.button(receiver.telegram_id, "1. ✅ good")
    await floor.taps(receiver, "1. ✅ good")
    await floor.presses(receiver, data, shown)
    assert floor.toasts[0].startswith("SF998877665 has changed meanwhile.")
    assert cups(floor).good == 99


async def test_our_own_waybill_comes_back(floor: Floor) -> None:
    box = await shipped(floor)
    said = await at_hangzhou(floor, box.waybill)
    assert said[0].split("\n")[0] == f"📬 Return {box.waybill} is here: look at each unit"
    found = the_return(floor, box.waybill)
    assert found is not None
    assert [(item.sku, item.expected) for item in found.items] == [("CUP-01", 2)]


async def test_goods_of_a_merged_parcel_stand_under_their_order(floor: Floor) -> None:
    tea = incoming("1002", buyer_id="b", lines=(incoming_line("TEA-01", 1),))
    floor.do(intake.receive, SHOP, floor.cast.shops[0].id, [incoming("1001", buyer_id="b"), tea])
    floor.do(lambda desk: review.approve(desk, CLOCK, 1, desk.orders.get(1).revision))
    (box,) = floor.wave()[1]
    await floor.ship(box)
    said = await at_hangzhou(floor, box.waybill)
    assert said[0].split("\n")[3:8] == [
        "It holds goods of 2 orders: keep them apart.",
        "Order 1001 · 小满旗舰店 · 张三",
        "1. 2 × goods CUP-01 · CUP-01 · shelf A-01",
        "Order 1002 · 小满旗舰店 · 张三",
        "2. 1 × goods TEA-01 · TEA-01 · shelf B-01",
    ]
    await floor.taps(floor.cast.people[Role.RECEIVER], "2. ❔ missing")
    await floor.taps(floor.cast.people[Role.RECEIVER], "✅ The rest is good")
    done = the_return(floor, box.waybill)
    assert done is not None
    assert (cups(floor).good, done.state) == (100, ReturnState.DONE)


async def test_a_parcel_that_never_left_is_no_return(floor: Floor) -> None:
    floor.orders()
    box = floor.wave()[1][0]
    receiver = floor.cast.people[Role.RECEIVER]
    await floor.writes(receiver, f"/receive {box.waybill}")
    said = await floor.taps(receiver, "杭州仓")
    assert said[0] == f"{box.waybill} is to be picked; this step needs handed over."
    assert the_return(floor, box.waybill) is None


async def test_scanned_twice_is_calm(floor: Floor) -> None:
    box = await shipped(floor)
    await at_hangzhou(floor, box.waybill)
    before = the_return(floor, box.waybill)
    await at_hangzhou(floor, box.waybill)
    assert the_return(floor, box.waybill) == before


async def test_an_unclaimed_return_is_linked_by_a_reply(floor: Floor) -> None:
    await shipped(floor)
    anna = floor.cast.people[Role.CS]
    await at_hangzhou(floor, "YT5566778899")
    found = the_return(floor, "YT5566778899")
    assert found is not None
    assert floor.notices(anna, NoticeKind.RETURN) == [(found.id, False)]
    asked = await floor.shown(anna, NoticeKind.RETURN, found.id)
    assert asked[0].split("\n")[0] == "❓ Return YT5566778899 is here, but whose is it?"
    await floor.taps(anna, "🔗 Link to an order")
    said = await floor.answers(anna, "1001")
    assert said[0].split("\n")[0] == "📬 Return YT5566778899 is here: look at each unit"
    linked = the_return(floor, "YT5566778899")
    assert linked is not None
    assert (linked.state, linked.items[0].expected) == (ReturnState.ARRIVED, 2)


async def test_several_orders_are_asked_about_and_the_reason_is_kept(floor: Floor) -> None:
    await shipped(floor, "1001")
    await shipped(floor, "1002")
    anna = floor.cast.people[Role.CS]
    said = await floor.writes(anna, "/return 1234 SF998877665 <b>杯子</b> 碎了")
    assert said[0].split("\n")[0] == "Which order does return SF998877665 belong to?"
    said = await floor.taps(anna, "1002")
    assert said[0].split("\n")[1:3] == ["Order 1002 · 小满旗舰店 · 张三", "Reason: &lt;b&gt;杯子&lt;/b&gt; 碎了"]


async def test_a_group_sees_masked_names(floor: Floor) -> None:
    box = await shipped(floor)
    receiver = floor.cast.people[Role.RECEIVER]
    await floor.writes(receiver, f"/receive {box.waybill}", group=True)
    said = await floor.taps(receiver, "杭州仓", group=True)
    assert [text.split("\n")[1] for text in said if box.waybill in text][:1] == ["Order 1001 · 小满旗舰店 · 张*"]
