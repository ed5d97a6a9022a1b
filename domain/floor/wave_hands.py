"""Whose a wave is after it was taken: given back, handed to somebody else, dissolved.

Surprising: a wave that is given back is not again as if nobody had taken it: somebody may have goods of it in a cart.
It stays TAKEN, without an owner. And a wave is not dissolved while a refund stops a parcel of it: that parcel's goods
are free by its put-back alone, as ever.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, Stale
from domain.floor.parcels import OPEN_STOPS, TAKES_OUT, Parcel, ParcelState, Stop, StopKind, StopState, Wave, WaveState
from domain.people import notices
from domain.people.people import Actor, Person, Right, Role, may, require
from domain.records import NoticeKind
from domain.stops import stop_calls, stopping

_FLOOR = {Role.PICKER, Role.DISPATCHER}


def _for_change(desk: Desk, actor: Actor, wave_id: int, revision: int, right: Right = Right.REASSIGN) -> Wave:
    """The wave as the card showed it, for its own picker or somebody with the right there. Raises NotAllowed, Stale."""
    wave = desk.waves.get(wave_id)
    own = wave.owner_id is not None and wave.owner_id == actor.person_id
    require(actor, Right.PICK if own else right, warehouse=wave.warehouse_id)
    if wave.revision != revision or wave.state not in (WaveState.OPEN, WaveState.TAKEN):
        raise Stale(wave.number)
    return wave


def give_back(desk: Desk, actor: Actor, wave_id: int, revision: int) -> Wave:
    """Its picker picks it no longer: whoever wants to takes it up where it is. Raises NotAllowed, Stale."""
    wave = _for_change(desk, actor, wave_id, revision)
    if wave.owner_id is None:
        raise Stale(wave.number)
    free = replace(wave, owner_id=None, owner="")
    desk.waves.save(free)
    history.note(desk, actor, "wave", wave.id, "given_back", wave.owner)
    stops = _stops(desk, wave)
    for stop, box in stops:
        news = replace(stop, named_id=None, named="")
        desk.stops.save(news)
        if stop.state is StopState.OPEN:
            stop_calls.tell(desk, news, box, again=f":back:{wave.revision}")
    stop_calls.redraw(desk, *(stop for stop, _ in stops))
    notices.redraw(desk, NoticeKind.WAVE, [wave.id])
    key = f"wave:{wave.id}:back:{wave.revision}"
    notices.tell(desk, NoticeKind.WAVE, wave.id, _FLOOR, key=key, warehouse=wave.warehouse_id)
    return replace(free, revision=free.revision + 1)


def pickers(desk: Desk, wave: Wave) -> list[Person]:
    """Who it can be handed to: those who pick in its warehouse."""
    found = desk.people.staff().with_role(frozenset({Role.PICKER}), warehouse=wave.warehouse_id)
    return [person for person in found if person.id != wave.owner_id]


def hand_to(desk: Desk, actor: Actor, wave_id: int, revision: int, person_id: int) -> Wave:
    """Another picker goes on with it, or begins it; stop notices of it go there from now on. Raises NotAllowed, Stale,
    BadValue for somebody who does not pick there."""
    wave, person = _for_change(desk, actor, wave_id, revision), desk.people.get(person_id)
    able = person.active and may(person.acting(), Right.PICK, warehouse=wave.warehouse_id)
    if not able or person.id == wave.owner_id:
        raise BadValue("person", person.name, "another_picker")
    return handed(desk, actor, wave, person)


def handed(desk: Desk, actor: Actor, wave: Wave, person: Person) -> Wave:
    """The wave is this person's, and so is what stops parcels of it that nobody has picked; they are told."""
    news = replace(wave, state=WaveState.TAKEN, owner_id=person.id, owner=person.name)
    desk.waves.save(news)
    history.note(desk, actor, "wave", wave.id, "handed_on", person.name, was=wave.owner)
    stops = [stop for stop, _ in _stops(desk, wave)]
    for stop in stops:
        desk.stops.save(replace(stop, named_id=person.id, named=person.name))
        notices.tell_chat(desk, NoticeKind.STOP, stop.id, person.chat_id, key=f"stop:{stop.id}:handed:{person.id}")
    stop_calls.redraw(desk, *stops)
    notices.redraw(desk, NoticeKind.WAVE, [wave.id])
    key = f"wave:{wave.id}:handed:{wave.revision}"
    notices.tell_chat(desk, NoticeKind.WAVE, wave.id, person.chat_id, key=key)
    return replace(news, revision=news.revision + 1)


def _stops(desk: Desk, wave: Wave) -> list[tuple[Stop, Parcel]]:
    """The open stops that are the wave's owner's, because nobody has had the parcel in hand since."""
    boxes = {box.id: box for box in desk.parcels.of_wave(wave.id) if box.holder_id is None}
    found = desk.stops.of_parcels(list(boxes))
    mine = [stop for stops in found.values() for stop in stops if stop.state in OPEN_STOPS]
    return [(stop, boxes[stop.parcel_id]) for stop in mine if stop.named_id == wave.owner_id]


def untouched(boxes: Sequence[Parcel]) -> bool:
    """Whether nobody has picked any of a wave's parcels."""
    return all(box.state in (ParcelState.IN_WAVE, ParcelState.CANCELLED) for box in boxes)


def dissolve(desk: Desk, actor: Actor, wave_id: int, revision: int) -> list[Parcel]:
    """There is no such wave: its parcels wait for one as before, its papers are void. Whoever makes waves may do it
    while the wave is nobody's. Returns the parcels that wait again.

    Raises NotAllowed, Stale, BadValue once anything of it is picked and while goods of it must be put back.
    """
    right = Right.WAVE if desk.waves.get(wave_id).owner_id is None else Right.REASSIGN
    wave = _for_change(desk, actor, wave_id, revision, right)
    boxes = desk.parcels.of_wave(wave_id)
    if not untouched(boxes):
        raise BadValue("wave", wave.number, "nothing_picked")
    back = [box for box in boxes if box.state is ParcelState.IN_WAVE]
    stops = [s for found in desk.stops.of_parcels([box.id for box in back]).values() for s in found if s.open]
    if any(stop.kind in TAKES_OUT for stop in stops):
        raise BadValue("wave", wave.number, "put_back_before")
    desk.waves.save(replace(wave, state=WaveState.DISSOLVED))
    desk.parcels.save([_waiting(desk, wave, box) for box in back])
    desk.walks.put({box.id: () for box in back})
    _let_go(desk, actor, back, stops)
    history.note(desk, actor, "wave", wave.id, "dissolved", parcels=str(len(back)))
    desk.record([history.line(desk, actor, "parcel", b.id, "wave_dissolved", wave=wave.number) for b in back])
    _tell(desk, actor, wave, back)
    return back


def _waiting(desk: Desk, wave: Wave, box: Parcel) -> Parcel:
    """The parcel as it waits for another wave. Its number is not worn any more, and is its own again in the next; what
    was printed for this wave is out of date by the trace it leaves (`printing.mark`)."""
    waves = ", ".join(part for part in (str(box.why.get("dissolved", "")), wave.number) if part)
    return replace(
        box,
        state=ParcelState.READY,
        state_at=desk.now,
        ready_at=desk.now,
        wave_id=None,
        slot=0,
        waybill="",
        holder_id=None,
        holder="",
        why={**box.why, "dissolved": waves},
    )


def _let_go(desk: Desk, actor: Actor, back: Sequence[Parcel], stops: Sequence[Stop]) -> None:
    """Nobody has these in hand any more, so nobody is stopped: a held order keeps its parcel from the next wave, and
    what was to be picked again is picked with the rest."""
    for stop in stops:
        if stop.kind is StopKind.REPICK:
            stopping.let_go(desk, actor.name, stop)
    touched = [box for box in back if box.blocked or any(stop.parcel_id == box.id for stop in stops)]
    stopping.reblock_each(desk, dict.fromkeys(order_id for box in touched for order_id in box.order_ids))


def _tell(desk: Desk, actor: Actor, wave: Wave, back: Sequence[Parcel]) -> None:
    """Whoever picks it must hear of it, and every card says so."""
    notices.redraw(desk, NoticeKind.WAVE, [wave.id])
    notices.redraw(desk, NoticeKind.LABEL_OLD, [box.id for box in back])
    notices.redraw(desk, NoticeKind.ORDER, {order_id for box in back for order_id in box.order_ids})
    if wave.owner_id not in (None, actor.person_id):
        picker = desk.people.get(wave.owner_id or 0)
        notices.tell_chat(desk, NoticeKind.WAVE, wave.id, picker.chat_id, key=f"wave:{wave.id}:dissolved")
