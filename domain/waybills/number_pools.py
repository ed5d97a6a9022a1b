"""How many numbers each e-waybill account has left, and from when a number that was given back counts.

Surprising: it does not count the moment it is given back. Its old label may still lie about, so for `reuse_hours` it is
nobody's; an account that has only such numbers is empty.
"""

from datetime import datetime, timedelta

from domain.desk import Desk
from domain.waybills.ewaybills import Pool


def reusable_before(desk: Desk) -> datetime:
    """Numbers given back before this may be used again."""
    return desk.now - timedelta(hours=desk.policy.waybills.reuse_hours)


def pools(desk: Desk) -> dict[int, Pool]:
    """By account id."""
    return desk.waybills.pools(reusable_before(desk))
