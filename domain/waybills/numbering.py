"""Numbering parcels: e-waybill numbers taken, asked for, given back and used again (rules.md B1, states 0 to 8).

Surprising: nobody gives a number back by hand when a parcel is cancelled or taken back to review. One sweep finds
every number whose parcel does not need it any more, whichever road it took there.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from domain import history
from domain.desk import Desk
from domain.errors import BadValue, ReasonNeeded, Unknown, WaybillKept
from domain.floor.parcels import IN_HOUSE, Parcel, ParcelState
from domain.orders.catalog import Account
from domain.orders.orders import Order
from domain.paper import printing
from domain.people.people import CLOCK, Actor, Right, require
from domain.review import looking
from domain.review.holds import Hold, HoldCode, Source, lapse
from domain.stops import interception
from domain.waybills.ewaybills import LOCAL, Answer, Ewaybill, Pool, Wanted, WaybillState
from domain.waybills.number_pools import pools, reusable_before

BATCH = 200
MOST_BOUGHT = 1_000_000
_KEPT = {WaybillState.ASSIGNED: "worn", WaybillState.DONE: "left", WaybillState.VOID_BY_HAND: "voided"}


def tick(desk: Desk) -> int:
    """Give back what is not needed any more, let local ranges have theirs at once, and forgive couriers their errors
    after a while. Returns how many numbers changed."""
    changed = _sweep(desk) + _void_local(desk) + _forgive(desk)
    _ripen(desk)
    return changed


def _sweep(desk: Desk) -> int:
    """Done when the parcel has left; to be given back when it wants none, or one of another courier."""
    gone: list[int] = []
    changed: list[Ewaybill] = []
    for row, parcel in desk.waybills.settled(desk.policy.waybills.attempts, BATCH):
        if row.state is WaybillState.WAITING:
            gone.append(row.id)
        elif parcel.handed_over_at and parcel.waybill == row.number:
            changed.append(replace(row, state=WaybillState.DONE, changed_at=desk.now, next_at=None))
        else:
            changed.append(replace(row, state=WaybillState.TO_VOID, changed_at=desk.now, next_at=desk.now, attempts=0))
    desk.waybills.drop(gone)
    desk.waybills.save(changed)
    return len(gone) + len(changed)


def _void_local(desk: Desk) -> int:
    accounts = by_id(desk)
    due = desk.waybills.due(WaybillState.TO_VOID, desk.now, BATCH)
    rows = [row for row in due if accounts[row.account_id].source == LOCAL]
    desk.waybills.save([_voided(desk, row) for row in rows])
    return len(rows)


def _forgive(desk: Desk) -> int:
    """Couriers that failed long ago may be tried again; orders that waited for them are planned anew."""
    rules = desk.policy.waybills
    before = desk.now - timedelta(minutes=rules.forgive_minutes)
    rows = desk.waybills.failed_before(rules.attempts, before, BATCH)
    if not rows:
        return 0
    boxes = desk.parcels.many([row.parcel_id for row in rows if row.parcel_id])
    here = [row for row in rows if row.parcel_id in boxes and boxes[row.parcel_id].state in IN_HOUSE]
    desk.waybills.save([replace(row, attempts=0, next_at=desk.now, changed_at=desk.now) for row in here])
    desk.waybills.drop([row.id for row in rows if row not in here])
    looking.at_once(desk, [HoldCode.WAYBILL_ERROR])
    return len(rows)


def _ripen(desk: Desk) -> None:
    """A used-up range has numbers again once those given back may be used: what waited for them is planned anew."""
    found, names = by_id(desk), set()
    for pool in pools(desk).values():
        if pool.balance == 0 and pool.free:
            account = found[pool.account_id]
            names.add(account.code or desk.catalog.couriers[account.courier_id].name)
    if names:
        looking.at_once(desk, [HoldCode.FUNDS_SHORT], lambda order: _waits_for(order, names))


def _waits_for(order: Order, accounts: Collection[str]) -> bool:
    return any(one.code is HoldCode.FUNDS_SHORT and one.evidence.get("account") in accounts for one in order.holds)


def _voided(desk: Desk, row: Ewaybill) -> Ewaybill:
    """Free again; until it is used it still says which parcel wore it, because the old label may be on the box."""
    return replace(
        row,
        state=WaybillState.VOIDED,
        changed_at=desk.now,
        next_at=None,
        error="",
        attempts=0,
        sort_code="",
        hub="",
    )


def by_id(desk: Desk) -> dict[int, Account]:
    """Every account."""
    return {account.id: account for found in desk.catalog.accounts.values() for account in found}


def account_of(desk: Desk, parcel: Parcel) -> Account | None:
    """The account the parcel's number comes from."""
    return desk.catalog.account(parcel.courier_id, parcel.shop_id) if parcel.courier_id else None


def numbered(desk: Desk, parcels: Sequence[Parcel]) -> dict[int, str]:
    """parcel id -> its number: the one it has, or a new one. Parcels whose courier is still being asked are missing;
    so are those whose pool ran out."""
    known = desk.waybills.of_parcels([parcel.id for parcel in parcels])
    numbers: dict[int, str] = {}
    local: dict[tuple[int, int], list[Parcel]] = {}
    wishes: list[Ewaybill] = []
    for parcel in parcels:
        account = account_of(desk, parcel)
        mine = [row for row in known.get(parcel.id, ()) if account and row.account_id == account.id]
        mine = [row for row in mine if row.state in (WaybillState.WAITING, WaybillState.ASSIGNED)]
        have = next((row.number for row in mine if row.state is WaybillState.ASSIGNED), parcel.waybill)
        if have:
            numbers[parcel.id] = have
        elif account and account.source == LOCAL:
            local.setdefault((account.id, parcel.shop_id), []).append(parcel)
        elif account and not mine:
            wishes.append(_wish(desk, account, parcel))
    for (account_id, shop_id), waiting in local.items():
        numbers |= _from_range(desk, account_id, shop_id, waiting)
    desk.waybills.add(wishes)
    return numbers


def is_asked(desk: Desk, parcel: Parcel) -> bool:
    """Whether a courier is to be asked for its number."""
    rows = desk.waybills.of_parcels([parcel.id]).get(parcel.id, ())
    return any(row.state is WaybillState.WAITING for row in rows)


def asking(desk: Desk, parcel: Parcel) -> Hold:
    """The hold on the order of a box in the house that waits for its number; it ends when the number comes."""
    courier = desk.catalog.couriers[parcel.courier_id or 0]
    return Hold(HoldCode.WAYBILL_ERROR, Source.SCREENING, desk.now, {"asking": courier.name})


def retire(desk: Desk, parcels: Sequence[Parcel]) -> None:
    """These parcels go elsewhere: their numbers go back to the courier, their wishes are forgotten."""
    rows = [row for found in desk.waybills.of_parcels([p.id for p in parcels]).values() for row in found]
    desk.waybills.drop([row.id for row in rows if row.state is WaybillState.WAITING])
    worn = [row for row in rows if row.state is WaybillState.ASSIGNED]
    gone = [replace(row, state=WaybillState.TO_VOID, changed_at=desk.now, next_at=desk.now, attempts=0) for row in worn]
    desk.waybills.save(gone)


def worn_before(desk: Desk, number: str) -> Parcel | None:
    """The parcel in the house that got another number since it wore this one."""
    rows = [row for row in desk.waybills.by_number(number) if row.parcel_id] if number else []
    boxes = desk.parcels.many([row.parcel_id for row in rows if row.parcel_id])
    return next((box for box in boxes.values() if box.state in IN_HOUSE and box.waybill != number), None)


def _wish(desk: Desk, account: Account, parcel: Parcel) -> Ewaybill:
    return Ewaybill(
        0,
        account.id,
        account.courier_id,
        parcel.shop_id,
        "",
        WaybillState.WAITING,
        desk.now,
        parcel_id=parcel.id,
        next_at=desk.now,
    )


def _from_range(desk: Desk, account_id: int, shop_id: int, parcels: Sequence[Parcel]) -> dict[int, str]:
    """Numbers that were given back long enough ago first (an old label may still lie about), then fresh ones."""
    reused = desk.waybills.free(account_id, shop_id, reusable_before(desk), len(parcels))
    pairs = list(zip(parcels, reused, strict=False))
    desk.waybills.save([_assigned(desk, row, row.number, parcel.id) for parcel, row in pairs])
    rest = parcels[len(pairs) :]
    fresh = desk.waybills.issue(account_id, len(rest)) if rest else ()
    taken = list(zip(rest, fresh, strict=False))
    courier_id = by_id(desk)[account_id].courier_id
    blank = Ewaybill(0, account_id, courier_id, shop_id, "", WaybillState.WAITING, desk.now)
    desk.waybills.add([_assigned(desk, blank, number, parcel.id) for parcel, number in taken])
    return {parcel.id: row.number for parcel, row in pairs} | {parcel.id: number for parcel, number in taken}


def _assigned(desk: Desk, row: Ewaybill, number: str, parcel_id: int) -> Ewaybill:
    return replace(
        row,
        number=number,
        state=WaybillState.ASSIGNED,
        parcel_id=parcel_id,
        taken_at=desk.now,
        changed_at=desk.now,
        next_at=None,
        error="",
        attempts=0,
    )


def wanted(desk: Desk) -> list[Wanted]:
    """What the couriers are to be asked now: wishes of parcels that are ready and not stopped, and of those in the
    house that wait for a new one (`domain.stops.readdress`)."""
    rows = desk.waybills.due(WaybillState.WAITING, desk.now, BATCH, desk.policy.waybills.attempts)
    parcels = desk.parcels.many([row.parcel_id for row in rows if row.parcel_id])
    orders = desk.orders.many({order_id for parcel in parcels.values() for order_id in parcel.order_ids[:1]})
    accounts = by_id(desk)
    found = []
    for row in rows:
        parcel = parcels[row.parcel_id or 0]
        if parcel.state in IN_HOUSE or (parcel.state is ParcelState.READY and not parcel.blocked):
            found.append(Wanted(row, accounts[row.account_id], parcel, orders[parcel.order_ids[0]]))
    return found


def to_void(desk: Desk) -> list[tuple[Account, Ewaybill]]:
    """What the couriers are to take back now."""
    accounts = by_id(desk)
    due = desk.waybills.due(WaybillState.TO_VOID, desk.now, BATCH)
    return [(accounts[row.account_id], row) for row in due if accounts[row.account_id].source != LOCAL]


def answered(desk: Desk, answers: Sequence[Answer]) -> int:
    """Write the answers down: numbers for wishes, numbers taken back, errors with the next attempt's time.

    An answer to a question that is settled meanwhile is let go, but a number that came for it is given back.
    """
    rows = desk.waybills.many([answer.waybill_id for answer in answers])
    changed = [
        _answer(desk, rows[answer.waybill_id], answer) for answer in answers if _open(rows.get(answer.waybill_id))
    ]
    desk.waybills.save(changed)
    _worn(desk, {row.parcel_id: row.number for row in changed if row.parcel_id and row.state is WaybillState.ASSIGNED})
    broke = {rows[one.waybill_id].account_id for one in answers if one.unpaid and _open(rows.get(one.waybill_id))}
    desk.waybills.set_balances(dict.fromkeys(broke, 0))
    back = Counter(row.account_id for row in changed if row.state is WaybillState.VOIDED)
    if back:  # what a service takes back it credits; one that has a balance to tell corrects the count
        left = pools(desk)
        desk.waybills.set_balances({account: count for account, count in back.items() if left[account].balance == 0})
        topped_up(desk)
    return len(changed)


def _worn(desk: Desk, numbers: Mapping[int, str]) -> None:
    """Boxes in the house that waited for a new number wear it, and their orders go on."""
    boxes = [box for box in desk.parcels.many(numbers).values() if box.state in IN_HOUSE] if numbers else []
    desk.parcels.save([replace(box, waybill=numbers[box.id]) for box in boxes])
    for order in desk.orders.many({order_id for box in boxes for order_id in box.live_orders}).values():
        mine = desk.parcels.of_orders([order.id])[order.id]
        rows = desk.waybills.of_parcels([box.id for box in mine]).values()
        if any(row.state is WaybillState.WAITING for found in rows for row in found):
            continue
        holds = lapse(order.holds, lambda hold: "asking" in hold.evidence, desk.now)
        interception.keep(desk, replace(order, holds=holds))
    printing.changed(desk, {order_id for box in boxes for order_id in box.live_orders})


def _open(row: Ewaybill | None) -> bool:
    return row is not None and row.state in (WaybillState.WAITING, WaybillState.TO_VOID)


def _answer(desk: Desk, row: Ewaybill, answer: Answer) -> Ewaybill:
    if answer.error:
        return _failed(desk, row, answer)
    if row.state is WaybillState.TO_VOID:
        return _voided(desk, row)
    number = answer.number.strip()
    taken = [other for other in desk.waybills.by_number(number) if other.courier_id == row.courier_id]
    if not number or taken:
        return _failed(desk, row, replace(answer, error=f"{number or 'no number'}: given twice or empty"))
    sorted_by = replace(row, sort_code=answer.sort_code.strip()[:40], hub=answer.hub.strip()[:40])
    return _assigned(desk, sorted_by, number, row.parcel_id or 0)


def _failed(desk: Desk, row: Ewaybill, answer: Answer) -> Ewaybill:
    """Once more after a while; three times (or an error that stays) is enough (rules.md B6). That there is no money
    is no failure of this parcel: its account counts as empty from now on."""
    rules = desk.policy.waybills
    if answer.unpaid and row.state is WaybillState.WAITING:
        later = desk.now + timedelta(minutes=rules.backoff_minutes[-1])
        return replace(row, error=answer.error[:200], changed_at=desk.now, next_at=later)
    attempts = row.attempts + 1 if answer.retryable else max(row.attempts + 1, rules.attempts)
    wait = rules.backoff_minutes[min(attempts, len(rules.backoff_minutes)) - 1]
    error = answer.error[:200]
    news = replace(row, attempts=attempts, error=error, changed_at=desk.now, next_at=desk.now + timedelta(minutes=wait))
    if attempts >= rules.attempts:
        news = replace(news, next_at=None)
        if row.state is WaybillState.TO_VOID:
            news = replace(news, state=WaybillState.VOID_FAILED)
        if row.parcel_id:
            history.note(desk, CLOCK, "parcel", row.parcel_id, "waybill_error", error, number=row.number)
    return news


def balances_told(desk: Desk, balances: Mapping[int, int]) -> None:
    """Account id -> numbers left, as the couriers count them."""
    before = pools(desk)
    desk.waybills.set_balances(balances)
    if any(left > 0 and before[account].left == 0 for account, left in balances.items() if account in before):
        topped_up(desk)


def topped_up(desk: Desk) -> None:
    """There are numbers again: what waited for money is planned anew."""
    looking.at_once(desk, [HoldCode.FUNDS_SHORT])


def empty(desk: Desk) -> list[Account]:
    """Accounts with a service whose numbers are used up: nobody asks there for one, so it is asked for its balance."""
    left = pools(desk)
    return [account for account in by_id(desk).values() if account.source != LOCAL and left[account.id].left == 0]


def accounts(desk: Desk, actor: Actor) -> list[tuple[Account, Pool]]:
    """Every account with what is left in it, by courier. Raises NotAllowed."""
    require(actor, Right.REPORT)
    left = pools(desk)
    return [(account, left[account.id]) for _, account in sorted(by_id(desk).items())]


def buy(desk: Desk, actor: Actor, account_id: int, count: int) -> int:
    """Finance bought more numbers; a service that tells its balance corrects the count. Returns how many are left now.

    Raises NotAllowed, Unknown('account'), BadValue for a count that is none and for an account that nobody counts.
    """
    require(actor, Right.REPORT)
    account, pool = by_id(desk).get(account_id), pools(desk).get(account_id)
    if account is None or pool is None:
        raise Unknown("account", f"#{account_id}")
    if pool.balance is None:
        raise BadValue("account", account.code or f"#{account_id}", "counted_account")
    if not 1 <= count <= MOST_BOUGHT:
        raise BadValue("count", str(count), "bought")
    history.note(desk, actor, "account", account_id, "topped_up", numbers=str(count))
    balances_told(desk, {account_id: pool.balance + count})
    return pool.balance + count + pool.free


def void_by_hand(desk: Desk, actor: Actor, number: str, reason: str) -> Ewaybill:
    """A dispatcher says a number is dead (torn label, the courier's own site): it is never used again.

    Raises NotAllowed (the right, or the warehouse of the parcel that wore it last), Unknown('waybill'),
    ReasonNeeded, WaybillKept while a parcel in the house wears it, when it left with one, or is voided already.
    """
    require(actor, Right.HAND_OVER)
    number = number.strip()
    rows = desk.waybills.by_number(number) if number else []
    if not rows:
        raise Unknown("waybill", number)
    parcel = desk.parcels.by_waybill(number)
    if parcel is not None and parcel.warehouse_id is not None:
        require(actor, Right.HAND_OVER, warehouse=parcel.warehouse_id)
    if not reason.strip():
        raise ReasonNeeded("void")
    row = next((one for one in rows if one.state is WaybillState.ASSIGNED), rows[-1])
    if row.state in _KEPT:
        raise WaybillKept(number, _KEPT[row.state])
    news = replace(row, state=WaybillState.VOID_BY_HAND, changed_at=desk.now, next_at=None, error=reason.strip()[:200])
    desk.waybills.save([news])
    if row.parcel_id:
        history.note(desk, actor, "parcel", row.parcel_id, "waybill_voided", reason.strip(), number=row.number)
    return news
