"""What can be done with an order now, as buttons: only what the viewer may do and the order's state allows.

Surprising: this only hides. Every tap names the revision it was shown with and is judged anew by the domain.
"""

from domain.customers.customer_records import is_identity
from domain.desk import Desk
from domain.intake.incoming import RefundState
from domain.orders import corrections
from domain.orders.orders import Order, OrderStatus
from domain.people.people import Right
from domain.review import completing, review
from domain.review.holds import HoldCode, open_codes
from domain.stops import replies
from domain.stops.delivery import all_delivered
from handlers.card import Button
from handlers.cards.desk.hands import may_say_yes, of_two
from handlers.cards.desk.together import together_rows
from handlers.cards.rows import Row, in_twos
from handlers.taps import pack
from handlers.viewer import Viewer
from handlers.wording.terms import hold_name

_HOLDABLE = (OrderStatus.UNPAID, OrderStatus.REVIEW, OrderStatus.APPROVED, OrderStatus.RELEASED)
_REFUNDABLE = (*_HOLDABLE, OrderStatus.SHIPPED)


def main_rows(desk: Desk, order: Order, viewer: Viewer) -> tuple[Row, ...]:
    """The rows under the order's card."""
    words = viewer.words
    rows = [*_decide(desk, order, viewer), *_release(desk, order, viewer)]
    rows += together_rows(desk, order, viewer)
    rows += in_twos(_change(desk, order, viewer))
    last = [Button(words("❓ Why"), pack("o.why", order.id)), Button(words("🕘 History"), pack("o.hi", order.id, 0))]
    if is_identity(order.buyer_id) and viewer.offers(Right.VIEW_ORDERS, shop=order.shop_id):
        last.append(Button(words("👤 Buyer"), pack("cu.o", order.id)))
    rows.append(tuple(last))
    return tuple(rows)


def _may_release(desk: Desk, viewer: Viewer, order: Order, code: HoldCode) -> bool:
    if viewer.actor is None or not viewer.private:
        return review.right_for(desk.policy, order, code) is not None
    return review.releasable(desk.policy, viewer.actor, order, code)


def _decide(desk: Desk, order: Order, viewer: Viewer) -> list[Row]:
    words, key = viewer.words, (order.id, order.revision)
    if not viewer.offers(Right.APPROVE, shop=order.shop_id):
        return []
    if order.status is OrderStatus.APPROVED and order.release_at and desk.now < order.release_at:
        return [(Button(words("↩ Undo ({seconds} s)", seconds=desk.policy.undo_seconds), pack("o.un", *key)),)]
    if _said_first(order, viewer):
        return [(Button(words("↩ Take my yes back"), pack("o.un", *key)),)]
    first = _yes(desk, order, viewer)
    return list(in_twos([*first, _reject(order, viewer)])) if first else []


def _said_first(order: Order, viewer: Viewer) -> bool:
    """Whether the first yes of two is the viewer's. In a group it is nobody's own: its card is the same for all."""
    who = viewer.actor.person_id if viewer.actor is not None and viewer.private else None
    return order.status is OrderStatus.REVIEW and order.first_approver != 0 and order.first_approver == who


def _reject(order: Order, viewer: Viewer) -> Button:
    return Button(viewer.words("❌ Reject"), pack("o.rj", order.id, order.revision), "danger")


def _yes(desk: Desk, order: Order, viewer: Viewer) -> list[Button]:
    """The approval, also of an order whose holds the viewer may all release."""
    words, codes = viewer.words, open_codes(order.holds)
    if order.status is not OrderStatus.REVIEW:
        return []
    if not may_say_yes(desk, order, viewer) or not all(_may_release(desk, viewer, order, code) for code in codes):
        return []
    label = words("✅ Release {count} and approve", count=len(codes)) if codes else words("✅ Approve")
    tap = pack("o.okr" if codes else "o.ok", order.id, order.revision)
    return [Button(label + of_two(desk, order, words), tap, "success")]


def _release(desk: Desk, order: Order, viewer: Viewer) -> list[Row]:
    """A button per hold, where "release all and approve" does not do: some others stay, or it is past review."""
    words, codes = viewer.words, open_codes(order.holds)
    mine = [code for code in codes if _may_release(desk, viewer, order, code)]
    if order.status is OrderStatus.REVIEW and len(codes) == 1 and viewer.offers(Right.APPROVE, shop=order.shop_id):
        return []
    buttons = [
        Button(words("Release: {hold}", hold=hold_name(code, words)), pack("o.rl", order.id, order.revision, code))
        for code in mine
    ]
    return list(in_twos(buttons))


def _change(desk: Desk, order: Order, viewer: Viewer) -> list[Button]:
    words, key = viewer.words, (order.id, order.revision)
    buttons = []
    if any(line.sku is None for line in order.shippable) and order.status is OrderStatus.REVIEW:
        buttons.append((Right.EDIT, Button(words("🔗 Match product"), pack("o.ms", *key))))
    if completing.completable(order):
        buttons.append((Right.APPROVE, Button(words("☑️ Done without a parcel"), pack("o.dn", *key))))
    if completing.reopenable(desk, order):
        buttons.append((Right.APPROVE, Button(words("↩ Not done after all"), pack("o.db", *key))))
    if order.status in _HOLDABLE:
        buttons.append((Right.APPROVE, Button(words("✋ Hold"), pack("o.hd", *key))))
    if corrections.movable(desk, order, desk.parcels.of_orders([order.id]).get(order.id, ())):
        buttons.append((Right.EDIT, Button(words("✏️ Edit address"), pack("o.ad", *key))))
    if order.status in (OrderStatus.REVIEW, OrderStatus.UNPAID) and not _yes(desk, order, viewer):
        buttons.append((Right.APPROVE, _reject(order, viewer)))  # never where the thumb expects the approval
    if order.status in _REFUNDABLE and order.refunded < order.paid:
        label = words("💸 Refund") if all_delivered(desk, order) else words("💸 Refund and stop")
        buttons.append((Right.REFUND, Button(label, pack("o.rf", *key), "danger")))
    if replies.untold(desk, order):
        buttons.append((Right.REFUND, Button(words("📮 Answered on the platform"), pack("sh", order.id))))
    typed = [r for r in desk.refunds.of_order(order.id) if r.external_id.startswith("cs:")]
    if any(r.state != RefundState.CANCELLED for r in typed):
        buttons.append((Right.REFUND, Button(words("↩ Withdraw refund"), pack("o.rw", *key))))
    return [button for right, button in buttons if viewer.offers(right, shop=order.shop_id)]
