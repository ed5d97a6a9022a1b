"""Invented exports of every platform we read, in one go: a seller's day on all of them at once.

Surprising: a file is made from its format's own declaration. What `channels` says a column means is what is written
there, under the first of its names, so a new format is in the bench as soon as it is listed.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.company import GOODS
from channels import registry
from channels.formats import OTHER_NAME, Format
from domain.intake.incoming import Platform
from domain.orders.catalog import Shop

PAID = {
    "taobao-orders": "买家已付款,等待卖家发货",
    "taobao-items": "买家已付款,等待卖家发货",
    "pinduoduo-orders": "待发货",
    "jd-orders": "等待出库",
    "douyin-orders": "待发货",
    "1688-orders": "等待卖家发货",
    "jst-orders": "已付款待审核",
    "shopify-orders": "paid",
    "amazon-orders": "",
    "ebay-orders": "",
    "shopee-orders": "To ship",
    "tiktok-orders": "To ship",
    "lazada-orders": "pending",
}
"""What a paid order not yet shipped is called in each; formats not named here tell nothing new or no orders."""
PLACES = (
    ("浙江省", "杭州市", "西湖区"),
    ("广东省", "深圳市", "南山区"),
    ("四川省", "成都市", "武侯区"),
    ("湖北省", "武汉市", "洪山区"),
    ("北京市", "北京市", "朝阳区"),
    ("山东省", "青岛市", "市南区"),
)
_ABROAD = {"USD", "EUR", ""}
_NOON = datetime.fromisoformat("2026-11-22 12:00:00")  # in the shop's zone: files tell none
_EMPTY = ("", "", "")


def shops() -> list[Shop]:
    """A shop on each platform of the mix."""
    of_format = {one.platform: one for one in registry.FORMATS if one.name in PAID}
    return [
        Shop(0, f"Mix {platform}", platform, of_format[platform].currency or "USD", "Asia/Shanghai")
        for platform in of_format
    ]


def files(orders: int) -> Iterator[tuple[Platform, bytes]]:
    """Files of about that many orders in all, platforms by turns; what a platform tells in two files comes in two."""
    formats = [one for one in registry.FORMATS if one.name in PAID]
    platforms = list(dict.fromkeys(one.platform for one in formats))
    for one in formats:
        place = platforms.index(one.platform)
        yield one.platform, _file(one, range(place, orders, len(platforms)))


def _file(format_: Format, numbers: Sequence[int]) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, delimiter="\t" if format_.platform is Platform.AMAZON else ",")
    names = {field: told.split(OTHER_NAME)[0] for field, told in format_.columns.items() if field in FACTS}
    rows.writerow(names.values())
    before = 0
    for place, n in enumerate(numbers):
        buyer = before if place % 8 == 6 else n
        two = place % 2 == 1 and format_.platform is not Platform.PINDUODUO  # there an order is one line
        for line in range(2 if two and format_.many_rows else 1):
            rows.writerow([FACTS[field](Cell(format_, n, place, line, buyer, two)) for field in names])
        before = n
    return out.getvalue().encode("utf-8-sig")


@dataclass(frozen=True, slots=True)
class Cell:
    """One line (of `two` or one) of the order `n`, the file's `place`-th. Every eighth order is the `buyer`'s of the
    one before, to the same place, so that they may share a parcel."""

    format: Format
    n: int
    place: int
    line: int
    buyer: int
    two: bool

    @property
    def goods(self) -> tuple[str, str]:
        """(code, title)."""
        row = GOODS[(self.place + 7 * self.line) % len(GOODS)]
        return row[0], row[1]

    @property
    def home(self) -> tuple[str, str, str]:
        """Where the buyer lives; one in forty tells no city."""
        return _EMPTY if self.place % 40 == 11 else PLACES[self.buyer // 12 % len(PLACES)]

    @property
    def abroad(self) -> bool:
        """Whether the platform sells to the world."""
        return self.format.currency in _ABROAD

    @property
    def street(self) -> str:
        """House and street."""
        return f"{self.buyer} Main Street" if self.abroad else f"文三路{self.buyer}号2单元"

    def when(self, hours: float = 0) -> str:
        """A moment as the format writes it."""
        at = _NOON - timedelta(minutes=self.place % 600) + timedelta(hours=hours)
        style = STYLES.get(self.format.name, "%Y-%m-%d %H:%M:%S")
        return at.strftime(style)

    def total(self) -> str:
        """25 a line."""
        return f"{50 if self.two else 25}.00"


STYLES = {
    "amazon-orders": "%Y-%m-%dT%H:%M:%S+08:00",
    "ebay-orders": "%b-%d-%y",
    "lazada-orders": "%d %b %Y %H:%M",
    "tiktok-orders": "%d/%m/%Y %H:%M:%S",
    "shopee-orders": "%Y-%m-%d %H:%M",
    "shopify-orders": "%Y-%m-%d %H:%M:%S +0800",
}


def _whole(cell: Cell) -> str:
    province, city, district = cell.home
    return f"{province} {city} {district} {cell.street}"


FACTS: Mapping[str, Callable[[Cell], str]] = {
    "number": lambda c: f"{c.format.name[:2].upper()}{10**10 + c.n}",
    "external_id": lambda c: str(10**12 + c.n),
    "line_id": lambda c: f"{10**10 + c.n}{c.line}",
    "piece": lambda c: f"{10**10 + c.n}{c.line}",
    "item": lambda c: f"{10**10 + c.n}{c.line}",
    "transaction": lambda c: f"{10**10 + c.n}{c.line}",
    "article": lambda c: f"{10**6 + c.n}{c.line}",
    "title": lambda c: c.goods[1],
    "merchant_code": lambda c: c.goods[0],
    "outer_code": lambda c: c.goods[0],
    "sku_code": lambda c: c.goods[0],
    "sku": lambda c: c.goods[0],
    "quantity": lambda c: "1",
    "unit_price": lambda c: "25.00",
    "sold": lambda c: "$25.00",
    "item_price": lambda c: "25.00",
    "line_amount": lambda c: "25.00",
    "line_goods": lambda c: "25.00",
    "goods": Cell.total,
    "total": Cell.total,
    "paid": lambda c: "25.00" if c.format.name == "lazada-orders" else c.total(),  # there it is the piece's
    "payable": Cell.total,
    "shipping": lambda c: "0.00",
    "currency": lambda c: c.format.currency or "USD",
    "state": lambda c: PAID[c.format.name],
    "order_type": lambda c: "普通订单",
    "placed_at": lambda c: c.when(),
    "paid_at": lambda c: c.when(0.05),
    "buyer_id": lambda c: f"buyer{c.buyer}",
    "buyer_message": lambda c: "请尽快发货" if c.place % 33 == 5 else "",
    "seller_note": lambda c: "送小礼物" if c.place % 50 == 9 else "",
    "company": lambda c: f"公司{c.buyer}",
    "receiver_name": lambda c: f"Buyer {c.buyer}" if c.abroad else f"张三{c.buyer}",
    "mobile": lambda c: f"138{c.buyer:08d}",
    "phone": lambda c: "+1 512 555 0100" if c.abroad else f"138{c.buyer:08d}",
    "whole_address": _whole,
    "address": lambda c: c.street,
    "province": lambda c: "TX" if c.abroad else c.home[0],
    "city": lambda c: ("" if c.place % 40 == 11 else "Austin") if c.abroad else c.home[1],
    "district": lambda c: "" if c.abroad else c.home[2],
    "zip": lambda c: "78701" if c.abroad else "",
    "country": lambda c: "US" if c.abroad else "",
}
