"""The sections of the policy about checking a parcel's goods and weighing it (rules.md B8, B9).

Surprising: a warehouse that asks for no check still checks the parcels with serial numbers item by item, because a
number nobody scanned cannot be looked up when the buyer returns another unit; and, unless told otherwise, those with
batches, because the books would say which one went out and nobody had looked.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.intake.incoming import Platform
from domain.policy.choices import choice

Told = tuple[str, str, dict[str, str]]


class CheckMode(StrEnum):
    """What a warehouse asks for between pick and pack: every item scanned, the waybill alone, or nothing."""

    ITEMS = "items"
    QUICK = "quick"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CheckRules:
    """The check between pick and pack."""

    mode: CheckMode = choice(CheckMode.NONE, "every item, the waybill only (quick), or no check")
    by_warehouse: Mapping[str, CheckMode] = choice({}, 'by warehouse code where it differs, as HZ = "items"')
    batches: bool = choice(True, "parcels with goods of a batch are checked item by item everywhere")
    material: str = choice("", "the sku of the usual packing material, taken unless another is scanned; empty = none")
    material_required: bool = choice(False, "nothing is packed before it is known what it is packed into")
    serial: str = choice(
        r"(?=.*\d)[A-Z0-9][A-Z0-9./:_-]{3,39}",
        "what a serial number looks like, as a regular expression; never a bare retail barcode",
    )
    serials: Mapping[str, str] = choice({}, 'by sku where it differs, as PHONE-1 = "[0-9]{15}"')
    remarks: tuple[str, ...] = choice(
        ("不要发票", "不放发票", "不要小票", "不放小票", "贺卡", "no invoice", "no receipt", "gift card"),
        "a note with one of these words is read and confirmed before the box is packed",
    )

    def faults(self) -> Iterator[Told]:
        """A pattern must be one."""
        patterns = {"serial": self.serial} | {f"serials.{sku}": text for sku, text in self.serials.items()}
        for name, text in patterns.items():
            try:
                re.compile(text)
            except re.error:
                yield name, "value", {"told": text[:40], "choices": "[0-9]{15}, SN[0-9]+"}


@dataclass(frozen=True, slots=True)
class ProofRules:
    """Which boxes leave only when a photo or a film of their packing is kept. Nothing chosen = none."""

    worth: Mapping[str, int] = choice(
        {}, "boxes with goods worth this or more, minor units, as {CNY = 50_000, '*' = 8_000}", low=1
    )
    skus: tuple[str, ...] = choice((), "and boxes with one of these products")
    shops: tuple[str, ...] = choice((), "and all boxes of these shops (their names)")


@dataclass(frozen=True, slots=True)
class Weighing:
    """Bands and doubts of the scales. Up to `heavy_over_g` the band is `weight_tolerance_g` or _percent, above it the
    heavy one."""

    heavy_over_g: int = choice(3000, "from this expected weight on the second band counts", low=1)
    heavy_g: int = choice(100, "grams a heavy parcel may be off", low=0)
    heavy_percent: int = choice(3, "or percent", low=0, high=100)
    stop_percent: int = choice(200, "beyond this percentage of the band it is counted again", low=100, high=1000)
    stale_seconds: int = choice(
        1, "the same reading on another parcel within this time is the scale's last one; 0 = off", low=0, high=60
    )
    wait_platforms: tuple[Platform, ...] = choice(
        (), "platforms whose order leaves only when all its parcels are weighed, as taobao"
    )
    learn_samples: int = choice(20, "parcels of one product before a weight is proposed", low=5, high=1000)
    learn_percent: int = choice(5, "and how far off the known weight must be", low=1, high=100)
