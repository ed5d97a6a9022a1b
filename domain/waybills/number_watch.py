"""Waybill numbers that want a person: pools that run low, and numbers their courier did not take back.

Surprising: a pool is low by the policy's mark, and also when what was taken in the last day would use it up in the
next: a mark that suits a quiet shop comes too late for a busy one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain import history
from domain.desk import Desk
from domain.errors import ReasonNeeded, Stale
from domain.people import notices
from domain.people.people import Actor, Right, require
from domain.records import AlertKind, NoticeKind
from domain.watch.urgency import SOON
from domain.waybills.ewaybills import Ewaybill, WaybillState
from domain.waybills.number_pools import pools
from domain.waybills.numbering import by_id

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Low:
    """An account with few numbers `left`; `pace`: how many of it were taken in the last day."""

    account_id: int
    left: int
    pace: int

    @property
    def soon(self) -> bool:
        """Whether it is used up within the day at this pace, or is already."""
        return self.left <= self.pace


def low(desk: Desk) -> list[Low]:
    """Accounts that somebody should see to, by account: those of a courier that is switched off are nobody's need."""
    couriers, accounts = desk.catalog.couriers, by_id(desk)
    used = {one for one, account in accounts.items() if couriers[account.courier_id].enabled}
    counted = {one: pool.left for one, pool in pools(desk).items() if pool.left is not None and one in used}
    pace = desk.waybills.taken(sorted(counted), desk.now - DAY) if counted else {}
    found = [Low(account, left, pace.get(account, 0)) for account, left in sorted(counted.items())]
    return [one for one in found if one.left < desk.policy.waybills.low or one.soon]


def used_up_at(now: datetime, left: int, pace: int) -> datetime | None:
    """When the last number goes at this pace; None when none is taken."""
    return now + DAY * left / pace if pace > 0 else None


def stuck(desk: Desk, row: Ewaybill) -> bool:
    """Whether its courier did not take it back, and is at most being asked once more because a person wanted it."""
    return row.state is WaybillState.VOID_FAILED or asked_again(desk, row)


def asked_again(desk: Desk, row: Ewaybill) -> bool:
    """Whether a person had the courier asked once more and the answer is not there yet."""
    return row.state is WaybillState.TO_VOID and row.attempts >= desk.policy.waybills.attempts


def again(desk: Desk, actor: Actor, waybill_id: int) -> Ewaybill:
    """Ask the courier once more to take a number back. Raises NotAllowed, Stale."""
    row = _mine(desk, actor, waybill_id)
    if row.state is not WaybillState.VOID_FAILED:
        raise Stale("waybill")
    attempts = desk.policy.waybills.attempts  # one more failure is the last one
    news = replace(row, state=WaybillState.TO_VOID, next_at=desk.now, attempts=max(row.attempts, attempts))
    return _put(desk, actor, news, "void_again")


def settle(desk: Desk, actor: Actor, waybill_id: int, reason: str) -> Ewaybill:
    """A person saw to it (on the courier's site, by phone): the number is dead and never used again.

    Raises NotAllowed, Stale, ReasonNeeded.
    """
    row = _mine(desk, actor, waybill_id)
    if not reason.strip():
        raise ReasonNeeded("void")
    told = reason.strip()[:200]
    return _put(desk, actor, replace(row, state=WaybillState.VOID_BY_HAND, next_at=None, error=told), "waybill_voided")


def _mine(desk: Desk, actor: Actor, waybill_id: int) -> Ewaybill:
    """The number, which still is stuck, for whoever may hand over where its parcel is from."""
    require(actor, Right.HAND_OVER)
    row = desk.waybills.many([waybill_id]).get(waybill_id)
    if row is None or not stuck(desk, row):
        raise Stale("waybill")
    box = desk.parcels.many([row.parcel_id]).get(row.parcel_id) if row.parcel_id else None
    if box is not None and box.warehouse_id is not None:
        require(actor, Right.HAND_OVER, warehouse=box.warehouse_id)
    return row


def _put(desk: Desk, actor: Actor, news: Ewaybill, verb: str) -> Ewaybill:
    desk.waybills.save([replace(news, changed_at=desk.now)])
    reason = news.error if verb == "waybill_voided" else ""
    history.note(desk, actor, "account", news.account_id, verb, reason, number=news.number)
    if news.parcel_id:
        history.note(desk, actor, "parcel", news.parcel_id, verb, reason, number=news.number)
    open_ = [one.id for one in desk.alerts.open() if one.kind is AlertKind.VOID_FAILED]
    notices.redraw(desk, NoticeKind.ALERT, open_)
    return news


def facts_of(one: Low) -> Mapping[str, str]:
    """What an alert says of it."""
    return {"pace": str(one.pace), **({SOON: "1"} if one.soon else {})}
