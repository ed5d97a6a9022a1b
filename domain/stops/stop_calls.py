"""Whom a stop calls: step after step, louder than quiet hours, and with one board instead of a flood of cards.

Surprising: a chat hears one thing a second. So whoever already has a few cards waiting gets the board, which names
every stop, and is called about no single one.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from domain.desk import Desk
from domain.floor.parcels import Parcel, Stage, Stop, StopKind, StopState
from domain.people import notices
from domain.people.people import WAREHOUSE_ROLES, Actor, Role
from domain.records import Notice, NoticeKind

FIRST_TOLD: Mapping[Stage, frozenset[Role]] = {
    Stage.PRINTED: frozenset({Role.DISPATCHER}),
    Stage.PICKING: frozenset({Role.PICKER}),
    Stage.PICKED: frozenset({Role.PICKER, Role.PACKER}),
    Stage.CHECKED: frozenset({Role.PACKER}),
    Stage.PACKED: frozenset({Role.PACKER}),
    Stage.WEIGHED: frozenset({Role.DISPATCHER}),
    Stage.DOCK: frozenset({Role.DISPATCHER}),
}
"""Who has the parcel in hand at that stage, after the named person."""
ABOVE = (frozenset({Role.DISPATCHER}), frozenset({Role.CS_LEAD}), frozenset({Role.OWNER}))
"""Who leads the floor, who leads the desk, whose company it is."""
_LEADS = ABOVE[0] | ABOVE[1]

FLOOD = 3
"""Stop cards that may wait for one chat."""
FLOOD_EVERYWHERE = 12
"""Stop cards that may wait for all chats: half of what Telegram takes from a bot in a second."""
_LEAD_BOARDS = timedelta(seconds=0.5)
_OTHER_BOARDS = timedelta(seconds=3)
"""How long a board waits for further stops before it is drawn again."""


def chain(stop: Stop) -> tuple[frozenset[Role], ...]:
    """Whom to tell, step after step: who has the box, or for goods that belong into it who can fetch them."""
    first = FIRST_TOLD.get(stop.stage, frozenset(WAREHOUSE_ROLES))
    first = frozenset({Role.PICKER, Role.PACKER}) if stop.kind is StopKind.REPICK else first
    return tuple(dict.fromkeys((first, *ABOVE)))


def told_at_level(stop: Stop) -> frozenset[Role]:
    """Who is told at the stop's level; past the end of the chain it stays with the last."""
    steps = chain(stop)
    return steps[min(stop.level, len(steps) - 1)]


def next_level(stop: Stop) -> int:
    """The level that is told when its clock runs out. On the stop shelf that begins with whom the stop names, who has
    done their first part."""
    return stop.level if stop.state is StopState.PULLED else stop.level + 1


def waits_for(stop: Stop, actor: Actor) -> bool:
    """Whether its clock runs against this person: the stop names them, or has gone as far as their role."""
    reached = next_level(stop) - 1
    told = reached > 0 or (reached == 0 and stop.named_id is None)
    by_role = told and bool(told_at_level(replace(stop, level=reached)) & actor.roles)
    return stop.next_at is not None and (by_role or (stop.named_id is not None and stop.named_id == actor.person_id))


def redraw(desk: Desk, *stops: Stop) -> None:
    """Every card of them and of what was let go on the same parcels, whose way they open or shut, the boards, and the
    lists of what waits for somebody."""
    if not stops:
        return
    beside = [s for found in desk.stops.of_parcels({s.parcel_id for s in stops}).values() for s in found]
    let_go = {stop.id for stop in beside if stop.state is StopState.RELEASED}
    notices.redraw(desk, NoticeKind.STOP, sorted({stop.id for stop in stops} | let_go))
    notices.redraw(desk, NoticeKind.ALERTS, [0])
    redraw_boards(desk)


def redraw_boards(desk: Desk) -> None:
    """One edit tells of all that happened meanwhile, because a chat hears one thing a second. The leads' boards come
    first: in a flood theirs are where each stop is named soonest."""
    boards = notices.redraws(desk, NoticeKind.STOPS, [0])
    if not boards:
        return
    leads = set(notices.each(desk, _LEADS))
    wait = {True: _LEAD_BOARDS, False: _OTHER_BOARDS}
    desk.outbox.add([replace(board, due_at=desk.now + wait[board.chat_id in leads]) for board in boards])


def tell(desk: Desk, stop: Stop, parcel: Parcel, *, again: str = "") -> None:
    """The people of the stop's level, quiet hours or not; at first the named person in their place, or beside them when
    the box has gone on to hands of another role since. `again` makes it another notice than the level's own."""
    roles = told_at_level(stop)
    key = f"stop:{stop.id}:{stop.level}{again}"
    place = parcel.warehouse_id if roles & WAREHOUSE_ROLES else None
    named = stop.named_id if stop.level == 0 else None
    elsewhere = named is not None and not roles & desk.people.get(named).roles
    chats = notices.route(desk, roles, warehouse=place, named=named, others=elsewhere)
    flooded = _flooded(desk, chats)
    _give_boards(desk, [*flooded, *notices.each(desk, _LEADS, warehouse=parcel.warehouse_id)] if flooded else [])
    desk.outbox.add([Notice(NoticeKind.STOP, stop.id, chat, key, desk.now) for chat in chats if chat not in flooded])


def _give_boards(desk: Desk, chats: Collection[int]) -> None:
    """The board once a minute, with edits in between."""
    key = f"stops:{desk.now:%Y%m%d%H%M}"
    desk.outbox.add([Notice(NoticeKind.STOPS, 0, chat, key, desk.now) for chat in chats])


def _flooded(desk: Desk, chats: Collection[int]) -> set[int]:
    """The chats for which stops come faster than Telegram lets them hear one by one, all of them when the bot itself
    is behind: they get the board, which has them all."""
    behind = desk.outbox.behind()
    if sum(kinds.get(NoticeKind.STOP, 0) for kinds in behind.values()) >= FLOOD_EVERYWHERE:
        return set(chats)
    return {
        chat
        for chat in chats
        if NoticeKind.STOPS in (kinds := behind.get(chat, {})) or kinds.get(NoticeKind.STOP, 0) >= FLOOD
    }
