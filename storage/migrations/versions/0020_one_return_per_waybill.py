"""One return per waybill, whoever scans it twice at one moment."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_APART = """UPDATE return_parcel SET waybill = waybill || '-' || id WHERE waybill <> '' AND id >
 (SELECT min(other.id) FROM return_parcel other WHERE other.waybill = return_parcel.waybill)"""


def upgrade() -> None:
    """Those made by such a race keep their goods under a number of their own."""
    op.execute(_APART)
    told = sa.text("waybill <> ''")
    op.create_index(
        "uq_return_waybill", "return_parcel", ["waybill"], unique=True, sqlite_where=told, postgresql_where=told
    )
