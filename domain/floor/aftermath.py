"""What follows a step in the warehouse: how far its wave is now, and the orders that waited for its goods, to send or
to get back."""

from collections.abc import Collection
from dataclasses import replace

from domain.desk import Desk
from domain.floor.parcels import Parcel, ParcelState, WaveState
from domain.intake.exchanges import returned_of
from domain.orders import owed
from domain.orders.orders import Order
from domain.people import notices
from domain.people.people import Actor
from domain.records import NoticeKind
from domain.review import looking
from domain.review.holds import FOR_STOCK, HoldCode


def wave_progress(desk: Desk, actor: Actor, parcel: Parcel) -> None:
    """The first pick takes the wave, the last one closes it; the parcel is saved already."""
    if parcel.wave_id is None:
        return
    wave = desk.waves.get(parcel.wave_id)
    news = wave
    if wave.free and parcel.state is ParcelState.PICKED:
        news = replace(news, state=WaveState.TAKEN, owner_id=actor.person_id, owner=actor.name)
    going = wave.state in (WaveState.OPEN, WaveState.TAKEN)
    if going and ParcelState.IN_WAVE not in desk.parcels.wave_counts(wave.id):
        news = replace(news, state=WaveState.DONE)
    if news != wave:
        desk.waves.save(news)
    notices.redraw(desk, NoticeKind.WAVE, [wave.id])


def stock_arrived(desk: Desk) -> None:
    """Units are free again: what is owed takes its own, then orders that wait for stock are screened anew, oldest first
    (automatic release)."""
    owed.wake(desk)
    looking.at_once(desk, FOR_STOCK)


def goods_returned(desk: Desk, orders: Collection[Order]) -> None:
    """What came back of these orders was looked at: exchanges that wait for it are screened anew."""
    ids, numbers = {order.id for order in orders}, {(order.shop_id, order.number) for order in orders}

    def waits(order: Order) -> bool:
        return order.id in ids or (order.shop_id, returned_of(order)) in numbers

    looking.at_once(desk, [HoldCode.WAIT_RETURN], waits)
