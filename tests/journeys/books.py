"""What must be true of the stock whenever one looks."""

from domain.desk import Desk
from domain.stock.stock import Bucket


def check_books(desk: Desk) -> None:
    """The levels are the ledger's sums, and nothing is promised twice."""
    sums = desk.stock.ledger_sums()
    for (warehouse_id, sku), level in desk.stock.levels().items():
        for bucket in Bucket:
            assert getattr(level, bucket.value) == sums.get((warehouse_id, sku, bucket), 0)
        assert 0 <= level.reserved <= level.good
