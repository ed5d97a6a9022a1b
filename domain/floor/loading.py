"""Loading (装车): whose van somebody hands over to, when they said so; then another courier's parcel is refused
(rules.md B8, 9).

Surprising: who says nothing is not asked. The last word stands in the history and holds for the shift, as long as
that person stays at the station.
"""

from datetime import timedelta

from domain import history
from domain.desk import Desk
from domain.errors import WrongCourier
from domain.floor.parcels import Parcel
from domain.orders.catalog import Courier
from domain.people.people import Actor, Right, Station, require

HOURS = 12
_SUBJECT, _BEGUN, _ENDED = "loading", "loading_begun", "loading_ended"


def named(desk: Desk, told: str) -> Courier | None:
    """The courier of this code or name."""
    text = told.strip().casefold()
    found = (c for c in desk.catalog.couriers.values() if text in (c.code.casefold(), c.name.casefold()))
    return next(found, None)


def begin(desk: Desk, actor: Actor, courier_id: int) -> None:
    """From now on this person hands over to this courier alone; they stand at the station already. Raises
    NotAllowed."""
    require(actor, Right.HAND_OVER)
    assert actor.person_id is not None
    history.note(desk, actor, _SUBJECT, actor.person_id, _BEGUN, courier=str(courier_id))


def end(desk: Desk, actor: Actor) -> None:
    """To whoever it is, again."""
    if actor.person_id is not None and courier_of(desk, actor.person_id) is not None:
        history.note(desk, actor, _SUBJECT, actor.person_id, _ENDED)


def courier_of(desk: Desk, person_id: int) -> int | None:
    """Whose van this person loads, None = anybody's."""
    last = next(iter(desk.history(_SUBJECT, person_id, 1)), None)
    if last is None or last.verb != _BEGUN or last.at < desk.now - timedelta(hours=HOURS):
        return None
    return int(last.data["courier"]) if desk.people.get(person_id).station is Station.HAND_OVER else None


def require_courier(desk: Desk, actor: Actor, parcel: Parcel) -> None:
    """Raises WrongCourier for a parcel of another courier than the one whose van is loaded."""
    van = courier_of(desk, actor.person_id) if actor.person_id is not None else None
    if van is not None and parcel.courier_id != van:
        couriers = desk.catalog.couriers
        theirs = couriers.get(parcel.courier_id or 0)
        raise WrongCourier(parcel.waybill, theirs.name if theirs else "-", couriers[van].name)
