"""1688's list of sold goods: merged cells, a column name that stands twice."""

import io

import openpyxl
import pytest

import channels
from channels.reasons import Reason, Unreadable
from domain.intake.incoming import IncomingLine, PlatformState
from tests.channels.making import SHANGHAI, csv_bytes, only, read, table

HEADER = [
    "订单号",
    "买家公司名称",
    "货品总价",
    "实付款（元）",
    "运单号",
    "订单创建时间",
    "订单付款时间",
    "订单号",
    "数量",
    "货号",
    "Offer_ID",
]
FIRST = ["2300000000000001", "小二商行", "50.00", "56.00", "", "2026-06-01 10:00:00", "2026-06-01 10:02:00"]
SECOND = ["2300000000000002", "大二商行", "9.00", "9.00", "YT1234567890123", "2026-06-02 10:00:00", ""]


def workbook(*, merge: bool = True) -> bytes:
    """An order of two goods whose own cells are merged, and one of a single article; the table begins at B2."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    rows = [HEADER, [*FIRST, "A", "2", "TEA-001", "77001"], [*[""] * 7, "B", "1", "POT-1", "77002"]]
    rows.append([*SECOND, "C", "3", "CUP-1", "77003"])
    for down, row in enumerate(rows):
        for right, cell in enumerate(row):
            sheet.cell(down + 2, right + 2, cell or None)
    if merge:
        for column in range(2, 9):
            sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_merged_cells_belong_to_all_goods_below() -> None:
    orders, rejected = read(workbook())
    assert rejected == []
    assert [(one.number, one.state, one.total, one.goods) for one in orders] == [
        ("2300000000000001", PlatformState.PAID, 5600, 5000),
        ("2300000000000002", PlatformState.SHIPPED, 900, 900),
    ]
    assert orders[0].lines == (
        IncomingLine("2300000000000001:77001", "TEA-001", 2, "TEA-001", "", 0, 2800),
        IncomingLine("2300000000000001:77002", "POT-1", 1, "POT-1", "", 0, 2800),
    )
    assert (orders[0].buyer_id, orders[1].waybill) == ("小二商行", "YT1234567890123")


def test_an_empty_cell_that_is_not_merged_stays_empty() -> None:
    """So the order above has a line too few, and is not taken short."""
    orders, rejected = read(workbook(merge=False))
    assert [one.number for one in orders] == ["2300000000000002"]
    assert [one.reason for one in rejected] == ["part_of_refused", "missing"]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("等待买家付款", PlatformState.UNPAID),
        ("等待卖家发货", PlatformState.PAID),
        ("退款中", PlatformState.PAID),
        ("等待买家收货", PlatformState.SHIPPED),
        ("交易成功", PlatformState.DONE),
        ("交易关闭", PlatformState.CLOSED),
    ],
)
def test_full_export_tells_the_state(told: str, state: PlatformState) -> None:
    header = ["订单编号", "买家公司名", "买家会员名", "货品总价(元)", "运费(元)", "实付款(元)", "订单状态"]
    header += ["收货人姓名", "收货地址", "联系手机", "货品标题", "单价(元)", "数量", "单品货号", "订单创建时间"]
    row = {
        "订单编号": "2300000000000003",
        "买家公司名": "小二商行",
        "买家会员名": "xiaoer88",
        "货品总价(元)": "20.00",
        "运费(元)": "5.00",
        "实付款(元)": "24.00",
        "订单状态": told,
        "收货人姓名": "王小二",
        "收货地址": "浙江省 杭州市 西湖区 文三路 1 号",
        "联系手机": "13800001111",
        "货品标题": "绿茶",
        "单价(元)": "10.00",
        "数量": "2",
        "单品货号": "TEA-001",
        "订单创建时间": "2026-06-01 10:00:00",
    }
    order = only(csv_bytes(table(header, row)))
    assert (order.state, order.buyer_id, order.discount, order.receiver.city) == (state, "xiaoer88", 100, "杭州市")
    assert order.lines == (IncomingLine("2300000000000003:TEA-001", "绿茶", 2, "TEA-001", "", 1000, 1900),)
    assert len(order.refunds) == (told == "退款中")


FULL = ["订单编号", "买家公司名", "买家会员名", "卖家公司名", "卖家会员名", "货品总价(元)", "实付款(元)", "订单状态"]
FULL += ["货品标题", "单价(元)", "数量", "订单创建时间"]


def deals(*parties: tuple[str, str, str], header: list[str] = FULL) -> bytes:
    """An order each of (buying company, buying member, selling company)."""
    rows = [
        {
            "订单编号": f"23000000000000{number:02}",
            "买家公司名": company,
            "买家会员名": member,
            "卖家公司名": seller,
            "货品总价(元)": "20.00",
            "实付款(元)": "20.00",
            "订单状态": "等待卖家发货",
            "货品标题": "绿茶",
            "单价(元)": "10.00",
            "数量": "2",
            "订单创建时间": "2026-06-01 10:00:00",
        }
        for number, (company, member, seller) in enumerate(parties)
    ]
    return csv_bytes(table(header, *({name: row[name] for name in header if name in row} for row in rows)))


@pytest.mark.parametrize(
    ("parties", "ours", "buyer"),
    [
        ([("小满商贸", "xm", "甲厂"), ("小满商贸", "xm", "乙厂")], (), "小满商贸"),
        ([("小满商贸", "xm", "甲厂")], ("小满 商贸",), "小满商贸"),
        ([("", "xiaoman88", "甲厂"), ("", "xiaoman88", "甲厂")], ("Xiaoman88",), "xiaoman88"),
        ([("小满商贸", "xm1", "甲厂"), ("小满商贸", "xm2", "甲厂")], ("小满商贸",), "小满商贸"),
    ],
)
def test_what_we_bought_is_not_taken_for_what_we_sold(
    parties: list[tuple[str, str, str]], ours: tuple[str, ...], buyer: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        channels.read("orders.csv", deals(*parties), zone=SHANGHAI, ours=ours)
    assert (caught.value.code, caught.value.facts) == (Reason.BOUGHT, {"buyer": buyer})


@pytest.mark.parametrize(
    "parties",
    [
        [("甲行", "a", "小满商贸"), ("乙行", "b", "小满商贸")],
        [("甲行", "a", "小满商贸"), ("小满商贸", "xm", "小满商贸")],  # an order of our own to try it
        [("甲行", "a", "")],
        [("", "", "小满商贸")],
    ],
)
def test_what_we_sold_is_taken(parties: list[tuple[str, str, str]]) -> None:
    found = channels.read("orders.csv", deals(*parties), zone=SHANGHAI, ours=("小满商贸", "")).items
    assert [type(item).__name__ for item in found] == ["IncomingOrder"] * len(parties)


def test_without_a_sellers_column_our_own_name_tells() -> None:
    header = [name for name in FULL if not name.startswith("卖家")]
    data = deals(("小满商贸", "xm", ""), header=header)
    with pytest.raises(Unreadable):
        channels.read("orders.csv", data, zone=SHANGHAI, ours=("小满商贸",))
    assert len(list(channels.read("orders.csv", data, zone=SHANGHAI).items)) == 1
