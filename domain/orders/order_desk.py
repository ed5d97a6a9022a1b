"""What the domain asks of the stored orders.

Surprising: nothing here asks for one order at a time where several are wanted; every question is of a set.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.intake.incoming import Fragment, IncomingOrder
from domain.orders.orders import Order, OrderStatus
from domain.review.holds import HoldCode
from domain.stock.stock_book import Wanted


class Orders(Protocol):
    """The order aggregate: order, lines, holds."""

    def get(self, order_id: int) -> Order:
        """Raises Unknown('order')."""

    def many(self, order_ids: Collection[int]) -> dict[int, Order]: ...
    def by_number(self, shop_id: int, numbers: Collection[str]) -> dict[str, Order]: ...
    def by_external_id(self, shop_id: int, external_id: str) -> Order | None: ...
    def next_ids(self, count: int) -> Sequence[int]:
        """Fresh ids for `add`."""

    def add(self, orders: Sequence[Order], raw: Sequence[str]) -> None:
        """Insert new orders with lines and holds; `raw` is the source text of each, kept for the record."""

    def company(self, buyers: Mapping[str, Collection[str]], groups: Collection[int], later: bool = False) -> list[int]:
        """Ids of orders in REVIEW (`later`: APPROVED or RELEASED) with one of these merge keys and one of the key's
        buyers, or in one of these groups, oldest first."""

    def at_one_place(self, key: str, statuses: Collection[OrderStatus], limit: int) -> list[int]:
        """Ids of the newest orders in these statuses with this merge key, oldest first."""

    def save(self, orders: Sequence[Order]) -> None:
        """Update by revision (the stored revision becomes +1), lines and holds with it. Raises LostRace."""

    def save_changed(self, orders: Sequence[Order], also: Collection[int]) -> list[Order]:
        """Save those that are not as they were read, and the ids in `also`; all as they then stand. Of the others
        only `screened` and `look_at` are written, unless somebody was faster; their revision stays. Raises LostRace."""

    def look_again(
        self,
        at: datetime,
        codes: Collection[HoldCode] | None = None,
        *,
        skus: Collection[str] | None = None,
        like: Order | None = None,
    ) -> int:
        """Every order in review (with one of these open holds; that wants one of these skus; of the buyer or to the
        place of that one) is to be screened then, by one statement; how many."""

    def to_look_at(self, now: datetime, version: int, limit: int) -> list[int]:
        """Ids whose time has come, whatever their status, longest due first; then those in REVIEW that were screened
        under an older policy than this one; when none is left, some of those decided on but not gone that were."""

    def by_buyer(self, statuses: Collection[OrderStatus]) -> list[tuple[int, tuple[int, str]]]:
        """Ids of orders in these statuses, each with its shop and buyer ('' = not told); those of one buyer stand
        together."""

    def screened_before(self, version: int) -> int:
        """How many orders in REVIEW were screened under an older policy."""

    def keep_raws(self, told: Sequence[tuple[int, str]]) -> None:
        """One more source text for each of these orders: (order id, text)."""

    def keep_fragments(self, shop_id: int, fragments: Sequence[IncomingOrder]) -> None:
        """Put the lines and refunds of orders that are not known yet aside (a list that came first)."""

    def take_fragments(self, shop_id: int, numbers: Collection[str]) -> dict[str, Fragment]:
        """What was put aside for these numbers, and forget it."""

    def recent_of_buyers(
        self, shop_id: int, buyer_ids: Collection[str], since: datetime
    ) -> dict[str, tuple[Order, ...]]:
        """Live orders of these buyers placed since, by buyer."""

    def wanted(self, skus: Collection[str] | None) -> dict[str, Wanted]:
        """sku -> units orders want that no warehouse has claimed; of these skus (None = all), none = missing."""

    def recent_at_places(self, keys: Collection[str], since: datetime) -> dict[str, tuple[Order, ...]]:
        """Live orders to these places (`merge_key`) placed since, by place."""

    def in_review(
        self, *, shops: frozenset[int] | None, held: bool | None, up_to: int | None = None, limit: int = 1000
    ) -> list[tuple[int, int]]:
        """(id, revision) of orders in REVIEW, oldest first; `up_to` = highest id to look at."""

    def review_counts(self, shops: frozenset[int] | None) -> dict[int, tuple[int, int]]:
        """shop id -> (clean, held) in REVIEW."""

    def open_hold_counts(self, shops: frozenset[int] | None) -> dict[HoldCode, int]:
        """Orders in REVIEW by open hold code."""

    def held_with(self, codes: Collection[HoldCode], limit: int) -> list[int]:
        """Ids of orders in REVIEW with one of these open holds, oldest first."""

    def due_for_release(self, now: datetime, limit: int) -> list[int]:
        """APPROVED orders whose release_at has come."""

    def approved_at(self, at: datetime, by: str) -> list[int]:
        """APPROVED orders that this person decided at this moment and that are not released yet."""

    def search(self, text: str, shops: frozenset[int] | None, limit: int) -> list[Order]:
        """By number, waybill, phone tail (4+ digits), sku, title, buyer or receiver name; best first, newest first."""

    def hits(self, text: str, shops: frozenset[int] | None, limit: int, upto: int | None = None) -> list[int]:
        """The ids search finds, of those up to one when it is given: a list somebody turns the pages of stays as it
        was."""

    def alike(self, text: str, shops: frozenset[int] | None, limit: int, upto: int | None = None) -> list[int]:
        """What may be meant where search finds nothing: numbers one slip away, or texts with most of its words. Ids,
        best first."""

    def waiting_since(self, status: OrderStatus, before: datetime, limit: int) -> list[int]:
        """Orders in that status created before."""
