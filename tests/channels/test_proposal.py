"""What the columns of an unknown table are taken for: by name, by value, as the shop's earlier mapping said."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels import learning
from channels.formats import normal
from channels.learning import Glance
from channels.mapping import format_of, signature
from channels.proposal import Kind, kind_of, propose
from channels.reasons import Unreadable
from channels.synonyms import SYNONYMS
from domain.intake.incoming import Platform
from domain.intake.table_mapping import Field, LearnedTable, Reading, TableMapping
from domain.orders.catalog import Shop
from tests.channels.making import SHANGHAI, csv_bytes, xlsx_bytes
from tests.factory import NOW

SHOP = Shop(7, "微信小店", Platform.OTHER, "CNY", "Asia/Shanghai")
CHINESE = [
    ["名称：11 月", "", "", "路径：D:\\导出"],
    [
        "单号",
        "品名",
        "件数",
        "实付金额（元）",
        "收货人",
        "联系电话",
        "收货地址",
        "状态",
        "下单时间",
        "发货时间",
        "店长备注",
    ],
    ["A-1", "绿茶", "2", "39.00", "张三", "13800001234", "杭州文三路", "已揽收", "2026-11-20 10:00", "", "快"],
    ["A-2", "茶杯", "1", "9.00", "李四", "13800001235", "杭州文三路", "特殊", "2026-11-20 11:00", "", ""],
]
ENGLISH = [
    ["Order #", "Item", "Qty", "SKU", "Total Paid", "Customer Name", "Phone", "Ship To City", "Country", "Date"],
    ["1001", "Mug", "2", "MUG-1", "39.00", "Ann Lee", "+1 202 555 0100", "Springfield", "US", "2026-11-20"],
]


def seen(lines: list[list[str]]) -> Glance:
    found = learning.glance(csv_bytes(lines))
    assert found is not None
    return found


def proposed(lines: list[list[str]], *earlier: TableMapping) -> Reading:
    found, data = seen(lines), csv_bytes(lines)
    table = found.table
    return propose(table.header, found.rows, earlier, lambda column: learning.words(data, table.signature, column))


def saved(columns: dict[str, str], words: dict[str, str] | None = None, *, per_line: bool = False) -> TableMapping:
    header = tuple(columns.values())
    return TableMapping(
        1, 7, signature(header), 1, "old.csv", header, ("",) * len(header), columns, words or {}, per_line, "安娜", NOW
    )


def test_a_glance_finds_the_header_below_a_title() -> None:
    found = seen(CHINESE)
    assert found.table == LearnedTable(
        signature(CHINESE[1]),
        tuple(CHINESE[1]),
        ("A-1", "绿茶", "2", "39.00", "张三", "13800001234", "杭州文三路", "已揽收", "2026-11-20 10:00", "", "快"),
    )
    assert found.rows == tuple(map(tuple, CHINESE[2:]))


def test_names_in_chinese() -> None:
    assert proposed(CHINESE) == Reading(
        {
            "number": "单号",
            "title": "品名",
            "quantity": "件数",
            "paid": "实付金额（元）",
            "state": "状态",
            "placed_at": "下单时间",
            "receiver_name": "收货人",
            "phone": "联系电话",
            "whole_address": "收货地址",
            "seller_note": "店长备注",
        },
        {"已揽收": "shipped", "特殊": "unknown"},
    )


@pytest.mark.parametrize("name", ["省市区地址", "完整地址", "送货地址"])
def test_a_whole_address_by_many_names(name: str) -> None:
    lines = [[name if cell == "收货地址" else cell for cell in line] for line in CHINESE]
    assert proposed(lines).columns[Field.WHOLE_ADDRESS] == name


def test_names_in_english() -> None:
    assert proposed(ENGLISH).columns == {
        "number": "Order #",
        "title": "Item",
        "quantity": "Qty",
        "sku_code": "SKU",
        "paid": "Total Paid",
        "receiver_name": "Customer Name",
        "phone": "Phone",
        "city": "Ship To City",
        "country": "Country",
        "placed_at": "Date",
    }


def test_a_name_is_not_believed_against_its_values() -> None:
    lines = [["订单号", "品名", "数量", "金额", "下单时间"], ["A-1", "茶", "一箱", "面议", "昨天"]]
    assert proposed(lines).columns == {"number": "订单号", "title": "品名"}


def test_a_phone_and_the_only_time_are_known_by_their_values() -> None:
    lines = [["订单号", "品名", "数量", "栏一", "栏二"], ["A-1", "茶", "1", "13800001234", "2026-11-20 10:00"]]
    assert {"phone": "栏一", "placed_at": "栏二"}.items() <= proposed(lines).columns.items()


def test_a_status_with_too_many_words_is_none() -> None:
    lines = [["订单号", "品名", "数量", "状态"], *([f"A-{n}", "茶", "1", f"word {n}"] for n in range(31))]
    reading = proposed(lines)
    assert (reading.columns, reading.words) == ({"number": "订单号", "title": "品名", "quantity": "数量"}, {})
    assert "state" in proposed(lines[:-1]).columns


def test_amounts_that_differ_within_an_order_are_each_rows_own() -> None:
    head = ["订单号", "品名", "数量", "金额"]
    once = [head, ["A-1", "茶", "1", "9.00"], ["A-1", "杯", "1", "9.00"], ["A-2", "杯", "1", "5.00"]]
    assert proposed(once).per_line is False
    assert proposed([*once, ["A-2", "碗", "1", "6.00"]]).per_line is True


def test_an_earlier_mapping_is_taken_over_where_its_columns_are_still_there() -> None:
    """Also against the names; what is gone is looked for anew, words keep their meaning."""
    before = saved(
        {"number": "单号", "title": "店长备注", "quantity": "数", "paid": "实付金额(元)", "state": "状态"},
        {"特殊": "closed"},
        per_line=True,
    )
    reading = proposed(CHINESE, before)
    assert (reading.columns["title"], reading.columns["quantity"]) == ("店长备注", "件数")
    assert reading.columns["paid"] == "实付金额（元）"
    assert (reading.words, reading.per_line) == ({"已揽收": "shipped", "特殊": "closed"}, True)


def test_a_draft_of_this_very_header_says_all_there_is_to_say() -> None:
    """Otherwise spelt and placed; what a person took away is not proposed again; a likelier one does not win."""
    header = [name.replace("（元）", "(元)") for name in reversed(CHINESE[1])]
    draft = replace(
        saved({"number": "单号", "paid": "实付金额(元)"}), header=tuple(header), signature=signature(header)
    )
    likelier = saved({"number": "单号", "title": "品名", "quantity": "件数"})
    assert proposed(CHINESE, likelier, draft).columns == {"number": "单号", "paid": "实付金额（元）"}


def test_an_earlier_mapping_of_another_kind_of_table_is_no_help() -> None:
    before = saved({"number": "退款单号", "title": "原因", "quantity": "件数"})
    assert proposed(CHINESE, before) == proposed(CHINESE)


@pytest.mark.parametrize(
    "lines",
    [
        [["first", "second"], ["1", "2"]],
        [["order", "item", "quantity"]],
        [["1", "2", "3"], ["4", "5", "6"]],
    ],
)
def test_two_columns_a_bare_header_and_bare_numbers_cannot_be_learned(lines: list[list[str]]) -> None:
    assert learning.glance(csv_bytes(lines)) is None


def test_the_likeliest_sheet_and_delimiter_are_taken() -> None:
    book = xlsx_bytes({"目录": [["甲", "乙", "丙"], ["a", "b", "c"]], "订单": ENGLISH})
    found = learning.glance(book)
    assert found is not None
    assert found.table.header == tuple(ENGLISH[0])
    semicolons = learning.glance(csv_bytes(CHINESE, "gb18030", ";"))
    assert semicolons is not None
    assert semicolons.table.header == tuple(CHINESE[1])


def test_a_trial_counts_and_takes_nothing() -> None:
    lines = [CHINESE[1], *([f"A-{n}", *CHINESE[2][1:]] for n in range(5)), ["", *CHINESE[2][1:]], ["B", "茶", "x"]]
    lines[-1] += CHINESE[2][3:]
    data = csv_bytes(lines)
    found = learning.trial("f.csv", data, signature(CHINESE[1]), format_of(proposed(lines), SHOP), SHANGHAI)
    assert (found.orders, found.rejected) == (5, 2)
    assert [order.number for order in found.first] == ["A-0", "A-1", "A-2"]
    assert found.reasons == (("missing", 1), ("not_a_number", 1))
    assert [reject.row for reject in found.rejects] == [7, 8]


def test_words_are_told_once_as_first_met() -> None:
    head = ["订单号", "品名", "数量", "状态"]
    told = ["Paid ", "PAID", "待发货"]
    lines = [head, *([f"A-{n}", "茶", "1", word] for n, word in enumerate(told)), head, ["合计", "", "3", ""]]
    assert learning.words(csv_bytes(lines), signature(head), "状态") == ("Paid", "待发货")
    assert learning.words(csv_bytes([*lines, ["A-9", "茶", "1", ""]]), signature(head), "状态") == (
        "Paid",
        "待发货",
        "",
    )


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["", "-", "NULL"], Kind.NOTHING),
        (["2026-11-20 10:00", ""], Kind.TIME),
        (["13800001234", "138****1234", "+1 202 555 0100"], Kind.PHONE),
        (["1", "12"], Kind.COUNT),
        (["1", "12.50", "¥3", "0"], Kind.AMOUNT),
        (["1", "2", "3", "x"], Kind.COUNT),
        (["1", "x"], Kind.TEXT),
        (["1234567890123456789"], Kind.TEXT),
    ],
)
def test_what_values_look_like(values: list[str], kind: Kind) -> None:
    assert kind_of(values) is kind


def test_every_field_has_names_and_no_name_is_two_fields() -> None:
    """Two fields with one name would leave the second without it for good."""
    told = [(normal(name), field) for field, names in SYNONYMS.items() for name in names.split()]
    assert set(SYNONYMS) == set(Field)
    assert all(name for name, _ in told)
    owners: dict[str, set[Field]] = {}
    for name, field in told:
        owners.setdefault(name, set()).add(field)
    assert {name: fields for name, fields in owners.items() if len(fields) > 1} == {}


CELLS = st.one_of(
    st.text(max_size=8), st.sampled_from(["订单号", "品名", "数量", "=1+1", "2026-11-20", "13800001234", "状态"])
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=8))
@example([["订单号", "品名", "数量", "订单号"], ["1", "茶", "1"]])
def test_any_table_gives_a_proposal_over_its_own_columns(lines: list[list[str]]) -> None:
    data = (
        csv_bytes(lines, "utf-8-sig")
        if all(char < "\ud800" for row in lines for cell in row for char in cell)
        else b"x"
    )
    try:
        found = learning.glance(data)
    except Unreadable:
        return
    if found is None:
        return
    table = found.table
    reading = propose(table.header, found.rows, (), lambda column: learning.words(data, table.signature, column))
    assert set(reading.columns.values()) <= set(table.header)
    assert len(set(reading.columns.values())) == len(reading.columns)
    if {"number", "title", "quantity"} <= reading.columns.keys():
        learning.trial("f", data, table.signature, format_of(reading, SHOP), SHANGHAI)


@given(st.binary(max_size=400))
@example(b'[{"a": 1}]')
@example(b"PK\x03\x04 no zip")
@example(b"\xff\xfe1\x00,\x00")
def test_any_bytes_are_a_table_or_none(data: bytes) -> None:
    found = learning.can_learn(data)
    assert found is None or len(found.table.header) >= learning.LEAST_COLUMNS


def test_a_spreadsheets_numbers_are_times_when_too_fine_for_money_and_a_trial_reads_them() -> None:
    lines = [
        ["单号", "客户姓名", "手机", "收货地址", "品名", "件数", "实收", "下单日期", "尾款"],
        [
            "WD001",
            "王小二",
            "13800001111",
            "浙江省杭州市西湖区文三路90号",
            "绿茶",
            "2",
            "￥25",
            "46143.6121990741",
            "12345",
        ],
        ["WD002", "李四", "13900002222", "上海浦东新区世纪大道1号", "红茶", "1", "30", "46144.5000000001", "46143.50"],
    ]
    reading = proposed(lines)
    assert (reading.columns["placed_at"], reading.columns["paid"]) == ("下单日期", "实收")
    data = csv_bytes(lines, "gb18030")
    told = learning.trial("f", data, signature(lines[0]), format_of(reading, SHOP), SHANGHAI)
    assert (told.orders, told.rejected) == (2, 0)
    assert [(one.paid, one.placed_at.isoformat() if one.placed_at else "") for one in told.first] == [
        (2500, "2026-05-01T06:41:34+00:00"),
        (3000, "2026-05-02T04:00:00+00:00"),
    ]


@pytest.mark.parametrize("stamp", ["1777600800", "1777600800250"])
def test_seconds_since_1970_are_a_time_where_the_name_says_so(stamp: str) -> None:
    header = ["订单号", "商品", "数量", "下单时间", "批次"]
    reading = proposed([header, [stamp, "绿茶", "2", stamp, stamp]])
    told = {"number": "订单号", "title": "商品", "quantity": "数量", "placed_at": "下单时间"}
    assert dict(reading.columns) == told


def test_the_order_table_of_wangdiantong_is_understood_and_what_is_due_at_the_door_is_not_what_was_paid() -> None:
    header = "订单编号 订单状态 发货条件 交易时间 付款时间 客户网名 应收金额 货到付款金额 商家编码 货品名称 货品数量"
    header += " 货品成交价"
    cash = "JY2 待审核 货到付款 2026-11-22_10:00:00 - bob 78.00 78.00 CUP-01 陶瓷杯 2 39.00"
    paid = "JY1 待审核 款到发货 2026-11-22_10:00:00 2026-11-22_10:01:00 ann 78.00 0 CUP-01 陶瓷杯 2 39.00"
    rows = [[cell.replace("_", " ") for cell in line.split(" ")] for line in (paid, cash)]
    found = proposed([header.split(" "), *rows])
    wanted = {"paid": "应收金额", "unit_price": "货品成交价", "placed_at": "交易时间", "buyer_id": "客户网名"}
    assert {field: found.columns[field] for field in wanted} == wanted


def test_the_courier_and_the_warehouse_wished_for() -> None:
    header = ["订单号", "品名", "数量", "物流公司", "物流单号", "发货仓库"]
    lines = [header, ["A-1", "茶", "1", "顺丰速运", "", "杭州仓"]]
    told = {"number": "订单号", "title": "品名", "quantity": "数量"}
    wished = {"courier_hint": "物流公司", "waybill": "物流单号", "warehouse_hint": "发货仓库"}
    assert proposed(lines).columns == told | wished
    lines[1][3] = lines[1][5] = "7"
    assert proposed(lines).columns == told | {"waybill": "物流单号"}
