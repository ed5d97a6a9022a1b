"""Whose a wave is, in chat: its card's buttons, who sees which, and what each tap says."""

import pytest

from domain.floor.parcels import ParcelState, Wave, WaveState
from domain.people.people import Person, Role
from domain.people.staff import set_language
from domain.records import NoticeKind
from tests.factory import hire, incoming
from tests.handlers.floor_chat import Floor

pytestmark = pytest.mark.anyio
GIVE, HAND, DISSOLVE = "↩️ Give it back", "👤 Hand it to…", "✂️ Dissolve it…"


async def taken(floor: Floor) -> Wave:
    """A wave of two parcels in the picker's hands, its card in the picker's chat."""
    floor.orders(incoming("1001"), incoming("1002"))
    wave, _ = floor.wave()
    picker = floor.cast.people[Role.PICKER]
    await floor.shown(picker, NoticeKind.WAVE, wave.id)
    await floor.taps(picker, "🙋 Take it")
    return now(floor)


def now(floor: Floor) -> Wave:
    found: Wave = floor.look(lambda desk: desk.waves.get(1))
    return found


def labels(floor: Floor, person: Person) -> set[str]:
    card = floor.card(person, NoticeKind.WAVE, 1)
    return {button.label for row in card.rows for button in row} & {"🙋 Take it", GIVE, HAND, DISSOLVE}


def second(floor: Floor) -> Person:
    person: Person = floor.do(set_language, floor.do(lambda unit: hire(unit, 1200, "Second", Role.PICKER)), "en")
    return person


async def test_who_is_offered_what(floor: Floor) -> None:
    other, cast = second(floor), floor.cast.people
    await taken(floor)
    assert labels(floor, cast[Role.PICKER]) == {GIVE, HAND, DISSOLVE}
    assert labels(floor, cast[Role.DISPATCHER]) == {GIVE, HAND, DISSOLVE}
    assert labels(floor, other) == labels(floor, cast[Role.PACKER]) == set()
    await floor.taps(cast[Role.PICKER], GIVE)
    assert labels(floor, other) == {"🙋 Take it", DISSOLVE}
    assert labels(floor, cast[Role.DISPATCHER]) == {HAND, DISSOLVE}


async def test_it_is_given_back_and_another_takes_it(floor: Floor) -> None:
    other = second(floor)
    await taken(floor)
    said = await floor.taps(floor.cast.people[Role.PICKER], GIVE)
    assert floor.toasts == ["Wave W0001 is nobody's: who wants to takes it."]
    head = "🌊 Wave W0001 · 2 parcels · 4 units · given back, nobody picks it now"
    assert said[0].split("\n")[0] == head
    await floor.shown(other, NoticeKind.WAVE, 1)
    assert [make().name for make in floor.card(other, NoticeKind.WAVE, 1).files] == ["W0001-pick.pdf"]
    await floor.taps(other, "🙋 Take it")
    assert (floor.toasts, now(floor).owner) == (["Wave W0001 is yours."], "Second")


async def test_it_is_handed_to_somebody_by_name(floor: Floor) -> None:
    other = second(floor)
    await taken(floor)
    boss = floor.cast.people[Role.DISPATCHER]
    await floor.shown(boss, NoticeKind.WAVE, 1)
    [said] = await floor.taps(boss, HAND)
    assert said.endswith("\n\nWho picks it from now on?")
    keyboard = floor.last[0].said["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in keyboard] == [["Second"], ["◀ Back"]]
    data, shown = floor.button(boss.telegram_id, "Second")
    await floor.taps(boss, "Second")
    assert (floor.toasts, now(floor).owner_id) == (["Wave W0001 is Second's now."], other.id)
    assert floor.notices(other, NoticeKind.WAVE) == [(1, False), (1, False)]
    await floor.presses(boss, data, shown)
    assert floor.toasts == ["W0001 has changed meanwhile. Nothing was done; please look again."]


async def test_there_may_be_nobody_to_hand_it_to(floor: Floor) -> None:
    await taken(floor)
    [said] = await floor.taps(floor.cast.people[Role.PICKER], HAND)
    assert said.endswith("\n\nNobody else picks in this warehouse.")


async def test_it_is_dissolved_after_a_question(floor: Floor) -> None:
    await taken(floor)
    picker = floor.cast.people[Role.PICKER]
    [said] = await floor.taps(picker, DISSOLVE)
    assert said.split("\n\n")[1] == (
        "Dissolve W0001? Its parcels wait for a wave again. Tear its pick list, labels and slips up, and put what "
        "already lies in a cart back where it was."
    )
    assert now(floor).state is WaveState.TAKEN
    [said] = await floor.taps(picker, "✂️ Yes, dissolve it")
    assert floor.toasts == ["Dissolved: 2 parcels wait again."]
    assert said.split("\n") == [
        "🌊 Wave W0001 · 2 parcels · 4 units · dissolved",
        "杭州仓 · made at 11-23 10:01",
        "",
        "Dissolved by 王强 Wang Qiang at 11-23 10:01.",
        "Its parcels wait for a wave again.",
        "Tear its pick list, labels and slips up; put what already lies in a cart back where it was.",
    ]
    assert [floor.parcel(number).state for number in (1, 2)] == [ParcelState.READY] * 2
    assert floor.last[-1].said.get("reply_markup", {}).get("inline_keyboard", []) == []


async def test_what_is_picked_offers_no_dissolving_and_an_old_card_is_refused(floor: Floor) -> None:
    await taken(floor)
    picker = floor.cast.people[Role.PICKER]
    await floor.taps(picker, DISSOLVE)
    await floor.writes(picker, floor.parcel(1).waybill)
    assert labels(floor, picker) == {GIVE, HAND}
    await floor.taps(picker, "✂️ Yes, dissolve it")
    assert floor.toasts == ["«W0001» is not valid for wave. Expected: a wave nobody has picked from."]
    assert (now(floor).state, floor.parcel(2).state) == (WaveState.TAKEN, ParcelState.IN_WAVE)


async def test_a_refund_is_put_back_before(floor: Floor) -> None:
    [order] = floor.orders()
    wave, _ = floor.wave()
    picker = floor.cast.people[Role.PICKER]
    floor.refund(order)
    await floor.shown(picker, NoticeKind.WAVE, wave.id)
    await floor.taps(picker, DISSOLVE)
    await floor.taps(picker, "✂️ Yes, dissolve it")
    assert floor.toasts == [
        "«W0001» is not valid for wave. Expected: a wave without a refund: put what is stopped back first."
    ]
    assert now(floor).state is WaveState.OPEN


async def test_the_card_in_chinese(floor: Floor) -> None:
    await taken(floor)
    boss = floor.speaks(Role.DISPATCHER, "zh")
    await floor.shown(boss, NoticeKind.WAVE, 1)
    await floor.taps(boss, "✂️ 解散波次…")
    [said] = await floor.taps(boss, "✂️ 确定解散")
    assert floor.toasts == ["已解散：2 个包裹重新等待。"]
    assert said.split("\n")[0].endswith("· 已解散")


@pytest.mark.parametrize("orders", [2, 6])
async def test_the_next_wave_says_that_the_old_papers_are_void(floor: Floor, orders: int) -> None:
    """Each by name, or how many where it is most of the wave."""
    floor.orders(*(incoming(str(number)) for number in range(orders)))
    wave, boxes = floor.wave()
    picker = floor.cast.people[Role.PICKER]
    await floor.shown(picker, NoticeKind.WAVE, wave.id)
    await floor.taps(picker, f"🖨 Labels {orders}")
    await floor.taps(picker, DISSOLVE)
    await floor.taps(picker, "✂️ Yes, dissolve it")
    floor.wave()
    lines = [line for line in floor.card(picker, NoticeKind.WAVE, 2).text.split("\n") if line.startswith("♻️")]
    named = [
        f"♻️ Label out of date: slot {box.slot}, {box.waybill}. Tear copy 1 up and print it again." for box in boxes
    ]
    many = ["♻️ Labels out of date: 6. Tear the old ones up and print them again."]
    assert lines == (named if orders == 2 else many)
