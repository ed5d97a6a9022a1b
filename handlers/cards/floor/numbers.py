"""What alerts about waybill numbers say and offer: how long they last, and those no courier took back.

Surprising: when they are used up is worked out for each drawing, from the pace and the count of the clock's last round.
"""

from collections.abc import Sequence

from domain.desk import Desk
from domain.orders.catalog import Account
from domain.people.people import Right
from domain.records import Alert
from domain.waybills import number_watch
from domain.waybills.ewaybills import LOCAL, Ewaybill
from domain.waybills.numbering import by_id
from handlers.card import Button
from handlers.cards.desk.evidence import veiled
from handlers.cards.rows import Row
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.words import Words

SHOWN = 3


def account_name(desk: Desk, account: Account) -> str:
    """`#3 圆通 ACC-1`: as /numbers takes it."""
    return " ".join(filter(None, (f"#{account.id}", desk.catalog.couriers[account.courier_id].name, account.code)))


def account_place(desk: Desk, alert: Alert) -> str:
    """The account an alert is about, with its shop where it is one shop's."""
    account = by_id(desk).get(alert.subject_id)
    if account is None:
        return f"#{alert.subject_id}"
    shop = desk.catalog.shops.get(account.shop_id or 0)
    return " · ".join(filter(None, (account_name(desk, account), shop.name if shop else "")))


def low_lines(desk: Desk, alert: Alert, words: Words) -> list[str]:
    """The pace, until when they last, and what to do."""
    pace, account = int(alert.facts.get("pace", "0")), by_id(desk).get(alert.subject_id)
    ends = number_watch.used_up_at(desk.now, alert.count, pace)
    if not alert.count:
        lines = [words("None left: its orders go with another courier or are held.")]
    elif ends:
        lines = [
            words(
                "{pace} used in the last 24 h; at this pace they run out at {at}.",
                pace=f"{pace:,}",
                at=words.when(ends),
            )
        ]
    else:
        lines = [words("None used in the last 24 h.")]
    if account is not None and account.source != LOCAL:
        lines.append(words("Top up the account with the courier; the count updates by itself, or enter it here:"))
    else:
        lines.append(words("Get more from the courier, then enter them here:"))
    return [*lines, words("<code>/numbers #{account} 500</code> adds 500", account=alert.subject_id)]


def stuck_rows(desk: Desk, alert: Alert, most: int) -> list[Ewaybill]:
    """The first of them that still are, as the alert names them."""
    rows = desk.waybills.many(alert.first)
    return [rows[one] for one in alert.first if one in rows and number_watch.stuck(desk, rows[one])][:most]


def stuck_lines(desk: Desk, alert: Alert, words: Words) -> list[str]:
    """Each number, which parcel wore it, and what the courier said."""
    rows = stuck_rows(desk, alert, SHOWN)
    boxes = desk.parcels.many([row.parcel_id for row in rows if row.parcel_id])
    lines = []
    for row in rows:
        box = boxes.get(row.parcel_id or 0)
        facts = {
            "number": row.number,
            "parcel": box.number if box else "-",
            "error": veiled(row.error, False, 80) or "-",
        }
        if number_watch.asked_again(desk, row):
            lines.append(words("• {number} ({parcel}): ⏳ asking the courier again", **facts))
        else:
            lines.append(words("• {number} ({parcel}): {error}", **facts))
    return [*lines, words("The courier may charge for them: ask it again, or cancel them on its site and tap ✋.")]


def stuck_buttons(desk: Desk, alert: Alert, viewer: Viewer, most: int) -> tuple[Row, ...]:
    """Two for each number: ask once more, settled by hand."""
    if not viewer.offers(Right.HAND_OVER):
        return ()
    return tuple(_pair(desk, alert, row, viewer.words) for row in stuck_rows(desk, alert, most))


def _pair(desk: Desk, alert: Alert, row: Ewaybill, words: Words) -> Row:
    end = f"…{row.number[-4:]}"  # a phone cuts a whole number off
    hand = Button(words.label("✋ Cancelled {number}", number=end), pack("nb.s", alert.id, row.id))
    if number_watch.asked_again(desk, row):
        return (hand,)
    return Button(words.label("🔁 Ask again {number}", number=end), pack("nb.r", alert.id, row.id)), hand


def numbers_row(viewer: Viewer) -> Sequence[Row]:
    """The way to all accounts."""
    if not viewer.offers(Right.REPORT):
        return ()
    return ((Button(viewer.words("🔢 All accounts"), pack("nb.l")),),)
