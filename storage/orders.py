"""The order repository: reading, adding and saving the aggregate.

Surprising: only what differs from the order as it was read is written; its lines and holds are rewritten as a set.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, or_, select, update

from domain.errors import Unknown
from domain.intake.incoming import Fragment, IncomingOrder
from domain.orders.orders import Order, OrderStatus
from domain.review.holds import HoldCode
from storage import fragments as waiting
from storage import order_rows
from storage.order_queries import OrderQueries
from storage.sql import among, chunks
from storage.tables.orders import SHIPS, hold, order_line, order_raw, orders, waiting_line

_BY_NUMBER = select(orders.c.id).where(orders.c.shop_id == bindparam("shop"), among(orders.c.number))
_BY_EXTERNAL_ID = select(orders.c.id).where(orders.c.shop_id == bindparam("shop"), among(orders.c.external_id))
_WAITING = select(waiting_line.c.number, waiting_line.c.lines)
_WAITING = _WAITING.where(waiting_line.c.shop_id == bindparam("shop"), among(waiting_line.c.number))

_LOOKED = update(orders).where(orders.c.id == bindparam("_id"), orders.c.revision == bindparam("_read"))
_LOOKED = _LOOKED.values(look_at=bindparam("_at", type_=orders.c.look_at.type), screened=bindparam("_screened"))


def _seen(read: Order | None) -> tuple[datetime | None, int]:
    return (None, -1) if read is None else (read.look_at, read.screened)


class Orders(OrderQueries):
    """Implements domain.desk.Orders."""

    def get(self, order_id: int) -> Order:
        """Raises Unknown('order')."""
        found = self.many([order_id])
        if not found:
            raise Unknown("order", str(order_id))
        return found[order_id]

    def many(self, order_ids: Collection[int]) -> dict[int, Order]:
        """By id, in the order of the ids; unknown ids are missing."""
        found = order_rows.load(self._sql, order_ids)
        self._read.update(found)
        return found

    def by_number(self, shop_id: int, numbers: Collection[str]) -> dict[str, Order]:
        """Known orders of the shop by their platform number."""
        ids = self._sql.rows_in(_BY_NUMBER, numbers, shop=shop_id)
        return {order.number: order for order in self.many([row.id for row in ids]).values()}

    def by_external_id(self, shop_id: int, external_id: str) -> Order | None:
        """By the platform's internal id; None for none and for the empty id."""
        if not external_id:
            return None
        row = next(self._sql.rows_in(_BY_EXTERNAL_ID, [external_id], shop=shop_id), None)
        return self.get(row.id) if row else None

    def next_ids(self, count: int) -> Sequence[int]:
        """Fresh ids for `add`."""
        return self._sql.next_ids(orders, count)

    def add(self, new: Sequence[Order], raw: Sequence[str]) -> None:
        """Insert whole aggregates with their source texts (as many as orders)."""
        self._sql.insert(orders, [order_rows.order_row(order) for order in new])
        self._sql.insert(order_line, [row for order in new for row in order_rows.line_rows(order)])
        self._sql.insert(hold, [row for order in new for row in order_rows.hold_rows(order)])
        texts = zip(new, raw, strict=True)
        self._sql.insert(order_raw, [self._raw_row(order.id, text) for order, text in texts])
        self._read.update((order.id, order) for order in new)

    def save(self, changed: Sequence[Order]) -> None:
        """Update by revision; the stored revision becomes + 1. Raises LostRace."""
        self._sql.save(orders, [order_rows.row_to_save(order, self._read.get(order.id)) for order in changed])
        lines = [order for order in changed if not self._as_read(order, "lines")]
        if lines:
            rows = [row for order in lines for row in order_rows.line_rows(order)]
            self._sql.replace_children(order_line.c.order_id, [order.id for order in lines], rows)
        holds = [order for order in changed if not self._as_read(order, "holds")]
        if holds:
            rows = [row for order in holds for row in order_rows.hold_rows(order)]
            self._sql.replace_children(hold.c.order_id, [order.id for order in holds], rows)
        self._read.update((order.id, replace(order, revision=order.revision + 1)) for order in changed)

    def save_changed(self, changed: Sequence[Order], also: Collection[int]) -> list[Order]:
        """Save those that are not as they were read, and the ids in `also`; all as they then stand. Of the others
        only `screened` and `look_at` are written, unless somebody was faster: then they are still due. Raises
        LostRace."""
        news = [order for order in changed if order.id in also or self._read.get(order.id) != order]
        self.save(news)
        saved = {order.id for order in news}
        self._looked([order for order in changed if order.id not in saved])
        return [replace(order, revision=order.revision + 1) if order.id in saved else order for order in changed]

    def _looked(self, same: Sequence[Order]) -> None:
        """Under which policy orders that stay as they are were screened, and when to do so again."""
        rows = [
            {"_id": order.id, "_read": order.revision, "_at": order.look_at, "_screened": order.screened}
            for order in sorted(same, key=lambda order: order.id)
            if (order.look_at, order.screened) != _seen(self._read.get(order.id))
        ]
        if rows:
            self._sql.change(_LOOKED, rows)
        self._read.update((order.id, order) for order in same)

    def look_again(
        self,
        at: datetime,
        codes: Collection[HoldCode] | None = None,
        *,
        skus: Collection[str] | None = None,
        like: Order | None = None,
    ) -> int:
        """Every order in review (with one of these open holds; that wants one of these skus; of the buyer or to the
        place of that one) is to be screened then; how many."""
        statement = update(orders).where(orders.c.status == OrderStatus.REVIEW)
        if codes is not None:
            held = select(hold.c.order_id).where(hold.c.resolved_at.is_(None), hold.c.code.in_(sorted(codes)))
            statement = statement.where(orders.c.id.in_(held))
        if skus is not None:
            wants = select(order_line.c.order_id).where(order_line.c.order_id == orders.c.id, SHIPS)
            statement = statement.where(wants.where(order_line.c.sku.in_(sorted(skus))).exists())
        if like is not None:
            buyer = and_(orders.c.shop_id == like.shop_id, orders.c.buyer_id == like.buyer_id, orders.c.buyer_id != "")
            place = and_(orders.c.merge_key == like.merge_key, orders.c.merge_key != "")
            statement = statement.where(or_(buyer, place))
        return self._sql.change(statement.values(look_at=at))

    def _as_read(self, order: Order, part: str) -> bool:
        read = self._read.get(order.id)
        return read is not None and read.revision == order.revision and getattr(read, part) == getattr(order, part)

    def _raw_row(self, order_id: int, raw: str) -> dict[str, object]:
        return {"order_id": order_id, "at": self._sql.now, "raw": raw}

    def keep_raws(self, told: Sequence[tuple[int, str]]) -> None:
        """Add one more source text to each."""
        self._sql.insert(order_raw, [self._raw_row(order_id, raw) for order_id, raw in told])

    def keep_fragments(self, shop_id: int, fragments: Sequence[IncomingOrder]) -> None:
        """Put lines and refunds aside; the caller has taken what was there."""
        self._sql.insert(waiting_line, [waiting.row(shop_id, one, self._sql.now) for one in fragments])

    def take_fragments(self, shop_id: int, numbers: Collection[str]) -> dict[str, Fragment]:
        """What was put aside for these numbers, and forget it."""
        found = {row.number: waiting.fragment(row.lines) for row in self._sql.rows_in(_WAITING, numbers, shop=shop_id)}
        if found:
            gone = delete(waiting_line).where(waiting_line.c.shop_id == shop_id)
            for chunk in chunks(found):
                self._sql.change(gone.where(waiting_line.c.number.in_(chunk)))
        return found
