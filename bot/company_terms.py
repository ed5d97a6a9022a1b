"""The invented company's contracts: couriers, tariffs, e-waybill accounts, and what is large or delicate of its goods.

Surprising: the shapes are the real ones (中通 per province with two pairs, 圆通 and 顺丰 in weight bands); the prices
are made up. Money in fen, weights in grams, sides in mm.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from domain.intake.incoming import Platform
from domain.orders.catalog import Account, Courier
from domain.planning.tariffs import Rate, Surcharge, SurchargeKind, Tariff, Tier

_ABROAD = (
    "AE AR AT AU BE BG BR CA CH CL CO CY CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP KE KR KW LT LU "
    "LV MA MO MT MX MY NG NL NO NZ OM PE PH PK PL PT QA RO RS SA SE SG SI SK TH TR TW UA US VN ZA"
)
ABROAD = frozenset(_ABROAD.split())
_NO_YTO = frozenset({"西藏", "新疆"})
_LIQUID = frozenset({"liquid"})

COURIERS = (
    Courier(
        0, "YTO", "圆通", "YT", 13, 1, 1000, 380, 1000, 150, 30_000, excluded=frozenset({"西藏", "新疆"}), service=3
    ),
    Courier(0, "SF", "顺丰", "SF", 13, 2, 1000, 1200, 500, 300, 50_000, cod=True, service=1),
    Courier(0, "DHL", "DHL", "JD0146", 12, 3, 500, 9800, 500, 3200, 30_000, countries=ABROAD, service=1),
    Courier(0, "ZTO", "中通", "78", 12, 4, 1000, 400, 1000, 160, 30_000, refuses=_LIQUID, max_side_mm=1500, service=2),
)

_NEAR = ["浙江", "江苏", "上海", "安徽"]
_MIDDLE = ["福建", "江西", "湖北", "湖南", "河南", "山东", "河北", "北京", "天津", "广东"]
_FAR = ["广西", "海南", "四川", "重庆", "贵州", "云南", "陕西", "山西", "辽宁", "吉林", "黑龙江"]
_REMOTE = ["甘肃", "青海", "宁夏", "内蒙古", "新疆", "西藏"]
_AROUND_WUHAN = ["湖北", "湖南", "河南", "江西"]
_START = date(2026, 1, 1)
_MAIN_TAX = Surcharge("season", amount=50, starts=date(2026, 11, 1), ends=date(2026, 11, 20))


def _pairs(places: Sequence[str], first: int, step: int, more: int) -> list[Rate]:
    """中通: up to 3 kg one price per started kilo, above it another; the first weight is the same."""
    tiers = (Tier(1000, first, 1000, step, up_to_g=3000), Tier(1000, first, 1000, more))
    return [Rate(tiers, place) for place in places]


def _bands(places: Sequence[str], prices: Sequence[tuple[int, int]], step_g: int, step_price: int) -> list[Rate]:
    """Prices up to each weight, then started steps from the last on."""
    bands = [Tier(grams, price, up_to_g=grams) for grams, price in prices]
    last_g, last_price = prices[-1]
    return [Rate((*bands, Tier(last_g, last_price, step_g, step_price)), place) for place in places]


def _zto(warehouse: int | None, near: Sequence[str], cheap: int) -> Tariff:
    others = [place for place in (*_NEAR, *_MIDDLE) if place not in near]
    rates = (
        *_pairs(near, cheap, 100, 120),
        *_pairs(others, 420, 180, 220),
        *_pairs(_FAR, 500, 320, 360),
        *_pairs(_REMOTE, 1200, 900, 1000),
    )
    return Tariff(
        0, 0, 0, rates, warehouse_id=warehouse, starts=_START, drop_g=100, divisor=8000, surcharges=(_MAIN_TAX,)
    )


def _yto() -> Tariff:
    weights = (500, 1000, 2000, 3000)

    def prices(*fen: int) -> list[tuple[int, int]]:
        return list(zip(weights, fen, strict=True))

    rates = (
        *_bands(_NEAR, prices(280, 340, 440, 560), 1000, 130),
        *_bands(_MIDDLE, prices(320, 430, 620, 820), 1000, 210),
        *_bands(_FAR, prices(380, 520, 860, 1200), 1000, 350),
        *_bands([place for place in _REMOTE if place not in _NO_YTO], prices(900, 1300, 2200, 3100), 1000, 950),
    )
    return Tariff(0, 0, 0, rates, starts=_START, divisor=8000)


def _sf() -> Tariff:
    rates = (
        *_bands(_NEAR, [(1000, 1200), (2000, 1500), (3000, 1700)], 500, 100),
        *_bands([*_MIDDLE, *_FAR], [(1000, 1800), (2000, 2300), (3000, 2800)], 500, 300),
        *_bands(_REMOTE, [(1000, 2300), (2000, 3300), (3000, 4300)], 500, 600),
    )
    extras = (
        Surcharge("fuel", SurchargeKind.FREIGHT, basis_points=150),
        Surcharge("cod", SurchargeKind.COD, amount=500, basis_points=100),
        Surcharge("remote", amount=1000, areas=("西藏/阿里", "西藏/那曲")),
    )
    return Tariff(0, 0, 0, rates, starts=_START, unit_g=500, divisor=6000, surcharges=extras)


def tariffs(couriers: Sequence[int], places: Sequence[int]) -> list[Tariff]:
    """Every contract, for couriers and warehouses with these ids (in the order of COURIERS and WAREHOUSES)."""
    yto, sf, _, zto = couriers
    zto_hangzhou, zto_wuhan = _zto(None, _NEAR, 320), _zto(places[1], _AROUND_WUHAN, 340)
    return [
        replace(_yto(), courier_id=yto),
        replace(_sf(), courier_id=sf),
        replace(zto_hangzhou, courier_id=zto),
        replace(zto_wuhan, courier_id=zto),
    ]


def accounts(couriers: Sequence[int], shops: Sequence[int]) -> list[tuple[Account, int, int | None]]:
    """(account, first number, numbers left or None): 中通 sells its numbers through the platforms."""
    yto, sf, dhl, zto = couriers
    return [
        (Account(0, yto, "YTO-HZ"), 10_000_001, None),
        (Account(0, sf, "SF-0571"), 20_000_001, None),
        (Account(0, dhl, "DHL-CN"), 30_000_001, None),
        (Account(0, zto, "菜鸟-ZTO", platforms=frozenset({Platform.TAOBAO})), 40_000_001, 50_000),
        (Account(0, zto, "拼多多-ZTO", shop_id=shops[1]), 50_000_001, 30_000),
    ]


# code -> length, width, height
SIZES = {
    "TEA-SET": (380, 300, 160),
    "LAMP-D": (420, 200, 180),
    "LAMP-F": (1250, 300, 300),
    "PILLOW": (450, 300, 150),
    "QUILT-S": (500, 400, 200),
    "CUSH-R": (400, 400, 100),
    "CUSH-B": (400, 400, 100),
    "RUG-S": (600, 150, 150),
    "RUG-L": (1650, 250, 250),
    "BOX-S": (300, 200, 150),
    "BOX-M": (400, 300, 200),
    "BOX-L": (500, 400, 250),
}
TRAITS = {
    "HONEY": frozenset({"liquid"}),
    "LAMP-N": frozenset({"battery"}),
    "TEA-SET": frozenset({"fragile"}),
}
