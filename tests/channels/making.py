"""Small invented files, built in code, and reading them whole."""

import csv
import html
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl

import channels
from domain.intake.incoming import IncomingOrder, RejectedRow

SHANGHAI = ZoneInfo("Asia/Shanghai")
Rows = Sequence[Mapping[str, object]]

TAOBAO = [
    "订单编号",
    "买家会员名",
    "买家应付货款",
    "买家应付邮费",
    "总金额",
    "买家实际支付金额",
    "订单状态",
    "买家留言",
    "收货人姓名",
    "收货地址 ",
    "联系电话 ",
    "联系手机",
    "订单创建时间",
    "订单付款时间 ",
    "宝贝标题 ",
    "物流单号 ",
    "订单备注",
    "宝贝总数量",
    "店铺名称",
    "修改后的收货地址",
    "退款金额",
]
DETAILS = [
    "订单编号",
    "标题",
    "价格",
    "购买数量",
    "外部系统编号",
    "商品属性",
    "套餐信息",
    "备注",
    "订单状态",
    "商家编码",
]
ITEMS = [
    "子订单编号",
    "主订单编号",
    "商品标题",
    "商品价格",
    "购买数量",
    "订单状态",
    "商家编码",
    "买家应付货款",
    "买家实付金额",
    "退款状态",
    "退款金额",
]
PINDUODUO = [
    "商品",
    "订单号",
    "订单状态",
    "商品总价(元)",
    "邮费(元)",
    "店铺优惠折扣(元)",
    "平台优惠折扣(元)",
    "多多支付立减金额(元)",
    "用户实付金额(元)",
    "商家实收金额(元)",
    "商品数量(件)",
    "商品规格",
    "商家编码-规格维度",
    "商家编码-商品维度",
    "商家备注",
    "售后状态",
    "快递单号",
    "订单成交时间",
]
SHOPIFY = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Amount",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem sku",
    "Shipping Name",
    "Shipping Address1",
    "Shipping Address2",
    "Shipping City",
    "Shipping Zip",
    "Shipping Province",
    "Shipping Country",
    "Shipping Phone",
    "Notes",
    "Cancelled at",
    "Refunded Amount",
    "Id",
    "Lineitem discount",
]

TAOBAO_ROW = {
    "订单编号": "2345678901234567891",
    "买家会员名": "anna",
    "买家应付货款": "88.00",
    "买家应付邮费": "6.50",
    "总金额": "94.50",
    "买家实际支付金额": "94.50",
    "订单状态": "买家已付款，等待卖家发货",
    "收货人姓名": "王小二",
    "收货地址 ": "浙江省 杭州市 西湖区 文三路 1 号(310012)",
    "联系手机": "'13800001111",
    "订单创建时间": "2026-05-01 10:00:00",
    "订单付款时间 ": "2026-05-01 10:01:30",
    "店铺名称": "小二茶铺",
}
DETAIL_ROW = {
    "订单编号": "2345678901234567891",
    "标题": "绿茶 100 克",
    "价格": "44.00",
    "购买数量": "2",
    "订单状态": "买家已付款，等待卖家发货",
    "商家编码": "TEA-001",
}
PDD_ROW = {
    "商品": "绿茶 100 克",
    "订单号": "260531-662941284701219",
    "订单状态": "待发货",
    "商品总价(元)": "30.00",
    "邮费(元)": "4.00",
    "店铺优惠折扣(元)": "2.00",
    "平台优惠折扣(元)": "1.00",
    "用户实付金额(元)": "31.00",
    "商品数量(件)": "3",
    "商品规格": "罐装",
    "商家编码-规格维度": "TEA-001",
    "售后状态": "无售后或售后取消",
    "订单成交时间": "2026-05-31 23:10:05",
}
SHOPIFY_ROW = {
    "Name": "#1001",
    "Email": "ann@example.com",
    "Financial Status": "paid",
    "Paid at": "2026-04-05 21:07:00 +0400",
    "Fulfillment Status": "unfulfilled",
    "Currency": "USD",
    "Subtotal": "27.00",
    "Shipping": "5.00",
    "Taxes": "0.00",
    "Total": "32.00",
    "Discount Amount": "3.00",
    "Created at": "2026-04-05 21:06:21 +0400",
    "Lineitem quantity": "2",
    "Lineitem name": "Green tea",
    "Lineitem price": "10.00",
    "Lineitem sku": "TEA-001",
    "Shipping Name": "Ann Lee",
    "Shipping Address1": "1 Main St",
    "Shipping City": "Boston",
    "Shipping Zip": "'02108",
    "Shipping Province": "MA",
    "Shipping Country": "US",
    "Shipping Phone": "+1 555 0100",
    "Id": "5500000000001",
    "Lineitem discount": "1.00",
}


def columns(names: str) -> list[str]:
    """A header as its names joined by commas."""
    return names.split(",")


def table(header: Sequence[str], *rows: Mapping[str, object]) -> list[list[object]]:
    """Header and rows as lists; a key that is no column fails loudly."""
    for row in rows:
        assert set(row) <= set(header), set(row) - set(header)
    return [list(header), *([row.get(name, "") for name in header] for row in rows)]


def csv_bytes(lines: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(lines)
    return text.getvalue().encode(encoding)


def xlsx_bytes(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def html_bytes(lines: Sequence[Sequence[object]], encoding: str = "utf-8") -> bytes:
    """A page as old systems call .xls."""
    rows = ("".join(f"<td>{html.escape(str(cell))}</td>" for cell in line) for line in lines)
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    return f"<html><head><meta charset={encoding}></head><table border=1>{body}</table></html>".encode(encoding)


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return data.getvalue()


def read(data: bytes | Path, name: str = "file", currency: str = "") -> tuple[list[IncomingOrder], list[RejectedRow]]:
    """Orders and refused rows."""
    items = list(channels.read(name, data, zone=SHANGHAI, currency=currency).items)
    orders = [item for item in items if isinstance(item, IncomingOrder)]
    return orders, [item for item in items if isinstance(item, RejectedRow)]


def only(data: bytes, currency: str = "") -> IncomingOrder:
    """The one order of a file without refused rows."""
    orders, rejected = read(data, currency=currency)
    assert rejected == []
    (order,) = orders
    return order


def refused(data: bytes) -> list[tuple[int, str, dict[str, str]]]:
    """(row, reason, facts) of a file that gives no order at all."""
    orders, rejected = read(data)
    assert orders == []
    return [(one.row, one.reason, one.facts) for one in rejected]
