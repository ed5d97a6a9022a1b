"""The sandbox's invented company, as data: Xiaoman Home (小满家居), what it sells, and who works there.

Surprising: product codes, barcodes and people are made up; only the check digits are real, so scanners accept them.
"""

from bot.company_terms import SIZES, TRAITS
from domain.intake.incoming import Platform
from domain.orders.catalog import Company, Shop, Sku, Warehouse
from domain.people.people import Role

COMPANY = Company("小满家居 Xiaoman Home", "Asia/Shanghai", "CNY")

SHOPS = (
    Shop(0, "小满旗舰店", Platform.TAOBAO, "CNY", "Asia/Shanghai"),
    Shop(0, "小满拼多多店", Platform.PINDUODUO, "CNY", "Asia/Shanghai"),
    Shop(0, "Xiaoman Global", Platform.SHOPIFY, "USD", "America/New_York", secret="sandbox-shopify"),  # noqa: S106
    Shop(0, "Xiaoman Woo", Platform.WOOCOMMERCE, "EUR", "Europe/Berlin", secret="sandbox-woo"),  # noqa: S106
)

WAREHOUSES = (
    Warehouse(0, "HZ", "杭州仓", "浙江省", 1, city="杭州市", cutoff="18:00"),
    Warehouse(0, "WH", "武汉仓", "湖北省", 2, city="武汉市", cutoff="17:00"),
)

# code, title, grams, cost and price in fen, bin; units in Hangzhou and Wuhan
GOODS = (
    ("CUP-W", "陶瓷马克杯 白 Mug white", 340, 1150, 3900, "A-01-1", 180, 90),
    ("CUP-B", "陶瓷马克杯 蓝 Mug blue", 345, 1180, 3900, "A-01-2", 150, 80),
    ("CUP-G", "陶瓷马克杯 绿 Mug green", 345, 1180, 3900, "A-01-3", 60, 0),
    ("BOWL-S", "釉下彩饭碗 Rice bowl", 260, 780, 2600, "A-02-1", 220, 120),
    ("BOWL-L", "汤碗 Soup bowl", 610, 1650, 4900, "A-02-2", 90, 40),
    ("PLATE-8", "8 英寸平盘 Plate 8 in", 480, 1320, 4200, "A-03-1", 130, 70),
    ("PLATE-10", "10 英寸深盘 Plate 10 in", 720, 1980, 5900, "A-03-2", 75, 30),
    ("TEA-SET", "功夫茶具六件套 Tea set", 2150, 8600, 25900, "A-04-1", 24, 10),
    ("TEA-JAS", "茉莉花茶 100 克 Jasmine tea", 135, 1750, 5900, "B-01-1", 200, 100),
    ("TEA-OOL", "乌龙茶 100 克 Oolong tea", 140, 2350, 7900, "B-01-2", 160, 60),
    ("TEA-PUE", "普洱茶饼 357 克 Pu'er cake", 420, 6800, 19800, "B-01-3", 40, 20),
    ("HONEY", "枣花蜜 500 克 Date honey", 760, 2200, 6900, "B-02-1", 70, 30),
    ("LAMP-D", "护眼台灯 Desk lamp", 1480, 6900, 18900, "C-01-1", 45, 20),
    ("LAMP-N", "小夜灯 Night light", 180, 1350, 4500, "C-01-2", 140, 80),
    ("LAMP-F", "落地灯 Floor lamp", 4200, 12800, 36900, "C-01-3", 12, 0),
    ("BULB-E27", "E27 暖光灯泡 Bulb E27", 70, 420, 1500, "C-02-1", 400, 200),
    ("TOWEL-F", "纯棉面巾 Face towel", 110, 620, 1900, "D-01-1", 300, 150),
    ("TOWEL-B", "纯棉浴巾 Bath towel", 480, 2100, 6900, "D-01-2", 110, 60),
    ("ROBE-M", "浴袍 M Bathrobe M", 980, 5600, 15900, "D-01-3", 30, 15),
    ("ROBE-L", "浴袍 L Bathrobe L", 1040, 5800, 15900, "D-01-4", 28, 12),
    ("SHEET-15", "床单 1.5 米 Bed sheet 1.5 m", 920, 4300, 12900, "D-02-1", 50, 25),
    ("SHEET-18", "床单 1.8 米 Bed sheet 1.8 m", 1080, 4900, 14900, "D-02-2", 55, 25),
    ("PILLOW", "荞麦枕 Buckwheat pillow", 1650, 3800, 9900, "D-03-1", 60, 30),
    ("QUILT-S", "夏凉被 Summer quilt", 1350, 7200, 19900, "D-03-2", 35, 15),
    ("CUSH-R", "靠垫 红 Cushion red", 520, 1900, 5900, "D-04-1", 65, 30),
    ("CUSH-B", "靠垫 蓝 Cushion blue", 520, 1900, 5900, "D-04-2", 70, 30),
    ("RUG-S", "门垫 Door mat", 860, 1700, 4900, "E-01-1", 80, 40),
    ("RUG-L", "地毯 160×230 Rug", 6900, 18800, 52900, "E-01-2", 9, 0),
    ("BOX-S", "收纳盒 小 Storage box S", 310, 890, 2900, "E-02-1", 170, 90),
    ("BOX-M", "收纳盒 中 Storage box M", 560, 1290, 3900, "E-02-2", 150, 80),
    ("BOX-L", "收纳盒 大 Storage box L", 890, 1790, 5500, "E-02-3", 90, 45),
    ("HOOK-6", "挂钩六只 Hooks, 6", 120, 380, 1290, "E-03-1", 350, 180),
    ("KNIFE", "三德刀 Santoku knife", 260, 4200, 12900, "F-01-1", 40, 20),
    ("BOARD", "竹砧板 Bamboo board", 1250, 2300, 6900, "F-01-2", 60, 30),
    ("PAN-26", "不粘煎锅 26 厘米 Pan 26 cm", 1120, 5400, 15900, "F-02-1", 38, 18),
    ("POT-22", "汤锅 22 厘米 Pot 22 cm", 1780, 7600, 21900, "F-02-2", 26, 12),
    ("KETTLE", "不锈钢水壶 Kettle", 960, 4800, 13900, "F-02-3", 33, 15),
    ("FLASK", "保温杯 500 毫升 Flask 500 ml", 290, 2600, 8900, "F-03-1", 125, 70),
    ("CHOP-10", "筷子十双 Chopsticks, 10 pairs", 240, 680, 2290, "F-04-1", 260, 130),
    ("APRON", "亚麻围裙 Linen apron", 210, 1500, 4900, "F-04-2", 95, 0),
)

# what some shops call them: (shop's place in SHOPS, its code) -> ours
ALIASES = {
    (0, "XM-MKB-BAI"): "CUP-W",
    (0, "XM-MKB-LAN"): "CUP-B",
    (1, "PDD-MJ-1"): "TOWEL-F",
    (2, "MUG-WHITE"): "CUP-W",
    (2, "MUG-BLUE"): "CUP-B",
    (3, "woo-jasmine"): "TEA-JAS",
    # the Shopify shop keeps no codes for its bundles: their titles are the names
    (2, "Blue Widget"): "CUP-B",
    (2, "Green Doohickey"): "CUP-G",
    (2, "Red Gadget"): "CUSH-R",
    (2, "Deluxe Bundle"): "TEA-SET",
    (2, "Starter Kit"): "BOWL-S",
    (2, "Refill Pack"): "TEA-JAS",
}

# Telegram id, name, language, roles, warehouse's place in WAREHOUSES (None = everywhere)
CAST: tuple[tuple[int, str, str, frozenset[Role], int | None], ...] = (
    (1001, "小满 Xiaoman", "zh", frozenset({Role.OWNER}), None),
    (1002, "安娜 Anna", "en", frozenset({Role.CS}), None),
    (1003, "贝拉 Bella", "zh", frozenset({Role.CS}), None),
    (1004, "李雷 Li Lei", "zh", frozenset({Role.CS_LEAD}), None),
    (1005, "王强 Wang Qiang", "zh", frozenset({Role.PICKER}), 0),
    (1006, "刘洋 Liu Yang", "zh", frozenset({Role.PICKER}), 1),
    (1007, "赵敏 Zhao Min", "zh", frozenset({Role.PACKER}), None),
    (1008, "鲍里斯 Boris", "en", frozenset({Role.DISPATCHER}), None),
    (1009, "何静 He Jing", "zh", frozenset({Role.RECEIVER}), None),
    (1010, "陈晨 Chen Chen", "zh", frozenset({Role.FINANCE}), None),
    (1011, "孙丽 Sun Li", "zh", frozenset({Role.BUYER}), None),
)

# Telegram id, title, role, members
GROUPS: tuple[tuple[int, str, Role, tuple[int, ...]], ...] = (
    (-2001, "客服群 Customer service", Role.CS, (1001, 1002, 1003, 1004)),
    (-2002, "仓库群 Warehouse", Role.PICKER, (1001, 1005, 1006, 1007, 1008, 1009)),
)


def ean13(number: int) -> str:
    """A barcode of twelve digits and its check digit (GS1's weights 1 and 3)."""
    digits = f"690{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def skus() -> list[Sku]:
    """Everything the company sells."""
    return [_sku(number, *row[:6]) for number, row in enumerate(GOODS)]


def _sku(number: int, code: str, title: str, grams: int, cost: int, price: int, shelf: str) -> Sku:
    length, width, height = SIZES.get(code, (0, 0, 0))
    return Sku(
        code,
        ean13(880_000_100 + number),
        title,
        grams,
        cost,
        price,
        bin=shelf,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        traits=TRAITS.get(code, frozenset()),
    )
