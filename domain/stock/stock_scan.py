"""One thing scanned for a stock document, or typed for it: a bin, or goods and what is to become of their line."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class How(StrEnum):
    """What the units of a scan do to their line: come to it, are all of it from now on, or go off it."""

    ADD = "add"
    SET = "set"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Scan:
    """One thing scanned: a bin, or units of a product. `new` opens a bin nobody has used yet; `cost` of one unit;
    `label`: batch, expiry and serial number were read off a label that has them, whatever its product is kept by."""

    text: str
    units: int = 1
    batch: str = ""
    expires: date | None = None
    serial: str = ""
    cost: int | None = None
    new: bool = False
    how: How = How.ADD
    label: bool = False

    @property
    def of_goods(self) -> bool:
        """Whether it says something that only goods can have."""
        return self.how is not How.ADD or self.units != 1 or self.cost is not None or self.label
