"""What waits for its order, as rows and back.

Surprising: lines and refunds stand in one list of documents; a refund is the one that has a `state`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from domain.intake.incoming import Fragment, IncomingLine, IncomingOrder, IncomingRefund, RefundState


def row(shop_id: int, fragment: IncomingOrder, now: datetime) -> dict[str, Any]:
    """The row of a fragment."""
    told = [asdict(line) for line in fragment.lines]
    told += [asdict(refund) | {"at": refund.at and refund.at.isoformat()} for refund in fragment.refunds]
    return {"shop_id": shop_id, "number": fragment.number, "lines": told, "at": now, "raw": fragment.raw}


def fragment(told: Iterable[Mapping[str, Any]]) -> Fragment:
    """The lines and refunds of a row's documents."""
    documents = tuple(told)
    return Fragment(
        lines=tuple(
            IncomingLine(**{**one, "refund": RefundState(one["refund"])}) for one in documents if "state" not in one
        ),
        refunds=tuple(_refund(one) for one in documents if "state" in one),
    )


def _refund(told: Mapping[str, Any]) -> IncomingRefund:
    at = told["at"] and datetime.fromisoformat(told["at"])
    lists = {"line_ids": tuple(told["line_ids"]), "units": tuple(told.get("units", ()))}
    return IncomingRefund(**{**told, **lists, "state": RefundState(told["state"]), "at": at})
