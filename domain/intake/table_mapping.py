"""A table that no format knows, as a person explained it once: which column is what, for one shop.

Surprising: a mapping without `saved_at` is a draft, and forgetting a mapping makes it one again. The columns chosen
once are never thrown away: the next file with that header asks again, filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Field(StrEnum):
    """What a column of an order table may tell."""

    NUMBER = "number"
    LINE_ID = "line_id"
    TITLE = "title"
    VARIANT = "variant"
    SKU_CODE = "sku_code"
    QUANTITY = "quantity"
    PAID = "paid"
    UNIT_PRICE = "unit_price"
    SHIPPING = "shipping"
    DISCOUNT = "discount"
    CURRENCY = "currency"
    STATE = "state"
    REFUND_STATE = "refund_state"
    REFUNDED = "refunded"
    PLACED_AT = "placed_at"
    PAID_AT = "paid_at"
    WAYBILL = "waybill"
    COURIER_HINT = "courier_hint"
    WAREHOUSE_HINT = "warehouse_hint"
    SHOP_NAME = "shop_name"
    BUYER_ID = "buyer_id"
    BUYER_MESSAGE = "buyer_message"
    SELLER_NOTE = "seller_note"
    RECEIVER_NAME = "receiver_name"
    PHONE = "phone"
    WHOLE_ADDRESS = "whole_address"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    ADDRESS = "address"
    ZIP = "zip"
    COUNTRY = "country"


REQUIRED = (Field.NUMBER, Field.TITLE, Field.QUANTITY)
PLAIN = frozenset(
    {
        Field.NUMBER,
        Field.LINE_ID,
        Field.TITLE,
        Field.VARIANT,
        Field.SKU_CODE,
        Field.QUANTITY,
        Field.PAID,
        Field.UNIT_PRICE,
        Field.SHIPPING,
        Field.DISCOUNT,
        Field.CURRENCY,
        Field.PLACED_AT,
        Field.PAID_AT,
        Field.WAYBILL,
        Field.COURIER_HINT,
        Field.WAREHOUSE_HINT,
        Field.SHOP_NAME,
        Field.PROVINCE,
        Field.CITY,
        Field.COUNTRY,
    }
)
"""Fields whose values name no person, so that a group may see them."""


class Meaning(StrEnum):
    """What a word in the status column means: a platform state, or REFUNDING: paid, and the money is asked back.
    UNKNOWN: nobody has said it yet, and rows with it are refused."""

    UNKNOWN = "unknown"
    PAID = "paid"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    DONE = "done"
    CLOSED = "closed"
    REFUNDING = "refunding"
    UNPAID = "unpaid"


@dataclass(frozen=True, slots=True)
class LearnedTable:
    """What a file's table looks like: its `signature` (the same for every file with these column names), the names
    as spelt, in order and each once, and one value of each as a sample ("" where none was found)."""

    signature: str
    header: tuple[str, ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read it. `columns`: field -> column as spelt; `words`: status word as spelt -> meaning; `per_line`:
    the amount paid stands for each line, else once for the order (on its first row or repeated on all)."""

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    per_line: bool = False


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One shop's reading of one kind of table. `file_id` is the file it is being made from, `saved_at` None while a
    draft; `made_by` and `made_at` tell who touched it last."""

    id: int
    shop_id: int
    signature: str
    file_id: int
    file_name: str
    header: tuple[str, ...]
    samples: tuple[str, ...]
    columns: Mapping[str, str]
    words: Mapping[str, str]
    per_line: bool
    made_by: str
    made_at: datetime
    revision: int = 1
    saved_at: datetime | None = None

    @property
    def reading(self) -> Reading:
        """How its files are read."""
        return Reading(self.columns, self.words, self.per_line)

    @property
    def lacking(self) -> tuple[Field, ...]:
        """The required fields that have no column yet."""
        return tuple(wanted for wanted in REQUIRED if wanted not in self.columns)


class Mappings(Protocol):
    """How tables without a format are read, per shop."""

    def saved(self) -> list[TableMapping]:
        """Those in force, of all shops, oldest first."""

    def of_shop(self, shop_id: int) -> list[TableMapping]:
        """Drafts and saved ones, the last made first."""

    def of(self, shop_id: int, signature: str) -> TableMapping | None:
        """The shop's only one for this kind of table, draft or saved."""

    def get(self, mapping_id: int) -> TableMapping:
        """Raises Unknown('mapping')."""

    def add(self, mapping: TableMapping) -> TableMapping: ...
    def save(self, mapping: TableMapping) -> None: ...
