"""Hand-over lists in chat: made once, signed by name, the document kept byte for byte."""

from dataclasses import replace

import pytest

from domain.floor import manifests
from domain.floor.parcels import ParcelState
from domain.people.people import Role
from domain.records import NoticeKind
from domain.stops import interception
from tests.factory import incoming
from tests.handlers.floor.test_printing import files, text_of
from tests.handlers.floor_chat import GROUP, Floor

pytestmark = pytest.mark.anyio


async def shipped(floor: Floor) -> list[str]:
    """Two parcels that the courier took; their waybills."""
    floor.orders(incoming("1001"), incoming("1002"))
    _, boxes = floor.wave()
    for box in boxes:
        await floor.ship(box)
    return [box.waybill for box in boxes]


async def test_a_list_is_made_once_and_signed_by_name(floor: Floor) -> None:
    waybills = await shipped(floor)
    boris = floor.cast.people[Role.DISPATCHER]
    assert await floor.writes(boris, "/manifest") == [
        "📋 Hand-over lists\n\n杭州仓 · 圆通: 2 handed over, on no list yet"
    ]
    data, shown = floor.button(boris.telegram_id, "📋 Make the list: 圆通, 杭州仓 (2)")
    said = await floor.taps(boris, "📋 Make the list: 圆通, 杭州仓 (2)")
    assert said[0].split("\n") == [
        "📋 Hand-over list M0001 · 圆通 · 2 parcels · 1.4 kg",
        "杭州仓 · made by 鲍里斯 Boris at 11-23 10:01",
        "",
        "Print it, count with the courier and have it signed, then sign it off here.",
    ]
    [(name, pdf)] = files(floor.last).items()
    text = text_of(pdf)
    assert name == "M0001.pdf"
    assert [waybill in text for waybill in waybills] == [True, True]
    assert "2 parcels · 1.4 kg altogether" in text
    assert "张三" not in text
    await floor.presses(boris, data, shown)
    assert floor.toasts == ["These parcels are on a list already."]
    await floor.presses(boris, "ms:1", shown)
    tap, card = floor.button(boris.telegram_id, "✍️ Sign off")
    await floor.taps(boris, "✍️ Sign off")
    said = await floor.answers(boris, "老王 YTO")
    assert said[1].split("\n")[2] == "✅ Signed by 鲍里斯 Boris and taken by 老王 YTO at 11-23 10:01"
    signed = files(floor.last)["M0001.pdf"]
    assert "老王 YTO" in text_of(signed)
    await floor.taps(boris, "📄 Document")
    assert files(floor.last) == {"M0001.pdf": signed}
    await floor.presses(boris, tap, card)
    assert floor.toasts == ["M0001: signed by 鲍里斯 Boris at 10:01. Nothing was changed; the card is up to date now."]
    kept = floor.look(lambda desk: desk.manifests.get(1))
    assert (kept.taken_by, kept.signed_by, kept.parcels, kept.grams) == ("老王 YTO", "鲍里斯 Boris", 2, 1400)
    assert floor.look(lambda desk: desk.files.get(kept.file_id))[1] == signed


async def test_an_empty_name_signs_nothing(floor: Floor) -> None:
    await shipped(floor)
    boris = floor.cast.people[Role.DISPATCHER]
    await floor.writes(boris, "/manifest")
    await floor.taps(boris, "📋 Make the list: 圆通, 杭州仓 (2)")
    await floor.taps(boris, "✍️ Sign off")
    await floor.answers(boris, "\u3000\u00a0.")
    assert floor.look(lambda desk: desk.manifests.get(1)).taken_by == "."
    assert await floor.writes(floor.cast.people[Role.PICKER], "/manifest") == [
        "Your role does not allow this (hand over)."
    ]


async def test_a_van_takes_its_own_couriers_parcels_alone(floor: Floor) -> None:
    floor.orders()
    box = floor.wave()[1][0]
    boris = floor.cast.people[Role.DISPATCHER]
    for role, text in ((Role.PICKER, box.waybill), (Role.PACKER, box.waybill), (Role.DISPATCHER, f"{box.waybill} 700")):
        await floor.writes(floor.cast.people[role], text)
    own = floor.look(lambda desk: desk.catalog.couriers[box.courier_id])
    other = floor.look(lambda desk: next(c for c in desk.catalog.couriers.values() if c.id != box.courier_id))
    (card,) = await floor.writes(boris, f"/ship {other.code.lower()}")
    assert f"🚚 Only parcels of {other.name}; send /ship alone to end the loading." in card.split("\n")
    assert await floor.writes(boris, box.waybill) == [
        f"⛔ {box.waybill} goes with {own.name}. You are loading {other.name}: take it out. "
        "Send /ship alone to end the loading."
    ]
    assert floor.parcel(box.id).state is ParcelState.WEIGHED
    await floor.writes(boris, "/ship")
    assert await floor.writes(boris, box.waybill) == []
    assert floor.parcel(box.id).state is ParcelState.HANDED_OVER


async def test_the_list_of_lists_on_a_screen_changes_when_a_box_on_it_is_called_back(floor: Floor) -> None:
    """As every card does; so does the list the box stood on."""
    await shipped(floor)
    boris, anna = floor.cast.people[Role.DISPATCHER], floor.cast.people[Role.CS]
    await floor.writes(boris, "/manifest")
    floor.notices(boris, NoticeKind.MANIFEST)
    first, second = (floor.look(lambda desk, n=n: desk.orders.by_number(1, [n])[n]) for n in ("1001", "1002"))
    floor.do(interception.typed, anna.acting(), first.id, "no")
    assert floor.notices(boris, NoticeKind.MANIFEST) == [(0, True)]
    card = floor.card(boris, NoticeKind.MANIFEST, 0)
    assert card.text.split("\n") == ["📋 Hand-over lists", "", "杭州仓 · 圆通: 1 handed over, on no list yet"]
    assert [button.label for row in card.rows for button in row] == ["📋 Make the list: 圆通, 杭州仓 (1)"]
    floor.do(manifests.make, boris.acting(), 1, 1)
    assert floor.notices(boris, NoticeKind.MANIFEST) == [(0, True)]
    await floor.writes(boris, "/manifest")
    await floor.taps(boris, "✍️ M0001 · 圆通 · 1 · 11-23 10:01")
    floor.notices(boris, NoticeKind.MANIFEST)
    floor.do(interception.typed, anna.acting(), second.id, "no")
    assert sorted(floor.notices(boris, NoticeKind.MANIFEST)) == [(0, True), (1, True)]
    assert floor.card(boris, NoticeKind.MANIFEST, 0).text.split("\n") == [
        "📋 Hand-over lists",
        "",
        "Everything that was handed over is on a list.",
    ]
    assert floor.card(boris, NoticeKind.MANIFEST, 1).text.split("\n")[0] == (
        "📋 Hand-over list M0001 · 圆通 · 0 parcels · 0 g"
    )


async def test_a_group_keeps_the_list_of_its_own_warehouses_alone(floor: Floor) -> None:
    await shipped(floor)
    boris = floor.cast.people[Role.DISPATCHER]
    assert await floor.writes(boris, "/manifest", group=True) == [
        "📋 Hand-over lists\n\n杭州仓 · 圆通: 2 handed over, on no list yet"
    ]
    group = floor.look(lambda desk: desk.people.chat_by_telegram(GROUP))
    kept = [card.chat_id for card in floor.look(lambda desk: desk.cards.showing({NoticeKind.MANIFEST}, {0}))]
    assert kept == []
    floor.do(lambda unit: unit.people.save_chat(replace(group, role=Role.DISPATCHER, warehouse_id=2)))
    assert await floor.writes(boris, "/manifest", group=True) == [
        "📋 Hand-over lists\n\nEverything that was handed over is on a list."
    ]
    kept = [card.chat_id for card in floor.look(lambda desk: desk.cards.showing({NoticeKind.MANIFEST}, {0}))]
    assert kept == [group.id]
