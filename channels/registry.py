"""All table formats, and which one a header belongs to.

Surprising: when several formats fit, the one that asks for most columns wins; list order does not matter.
"""

from collections.abc import Sequence

from channels import (
    alibaba1688,
    amazon,
    douyin,
    ebay,
    jd,
    jst,
    lazada,
    pinduoduo,
    shopee,
    shopify,
    taobao,
    tiktok,
    woocommerce_csv,
)
from channels.cells import clean
from channels.formats import Format, no_lines

FORMATS: tuple[Format, ...] = (
    taobao.ORDERS,
    taobao.DETAILS,
    taobao.ITEMS,
    taobao.REFUNDS,
    pinduoduo.ORDERS,
    pinduoduo.REFUNDS,
    jd.ORDERS,
    douyin.ORDERS,
    douyin.REFUNDS,
    alibaba1688.ORDERS,
    jst.ORDERS,
    shopify.ORDERS,
    amazon.ORDERS,
    amazon.ALL,
    ebay.ORDERS,
    shopee.ORDERS,
    tiktok.ORDERS,
    lazada.ORDERS,
    woocommerce_csv.REPORT,
    woocommerce_csv.ITEMS,
    woocommerce_csv.ORDERS,
)
RETURNS_OF = tuple(one.platform for one in FORMATS if one.fragment and one.lines is no_lines)
"""The platforms whose lists of refunds are read."""
_SHOWN = 300


def matching(header: Sequence[str]) -> Format | None:
    """The format this row is the header of."""
    fitting = [one for one in FORMATS if one.fits(header)]
    return max(fitting, key=lambda one: len(one.must - {"mark"}), default=None)


def closest(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """For a table of no known format: the columns seen, the nearest format and what it lacks."""
    lacks = [(lacking, one.name, row) for row in rows for one in FORMATS if (lacking := one.lacking(row))]
    if not lacks:
        return {"columns": "", "nearest": "", "lacking": ""}
    known = {one.name: len(one.must) for one in FORMATS}
    missing, name, row = min(lacks, key=lambda lack: len(lack[0]) / known[lack[1]])
    if len(missing) == known[name]:  # nothing in common with anything: show the fullest row
        return {
            "columns": _columns(max(rows, key=lambda cells: sum(map(bool, map(clean, cells))))),
            "nearest": "",
            "lacking": "",
        }
    return {"columns": _columns(row), "nearest": name, "lacking": ", ".join(dict.fromkeys(missing))}


def _columns(row: Sequence[str]) -> str:
    text = ", ".join(filter(None, map(clean, row)))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
