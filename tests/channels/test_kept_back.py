"""What files kept back from us held that our readers got wrong: one small file for each."""

import pytest

from domain.intake.incoming import PlatformState, RefundState
from tests.channels.making import columns, csv_bytes, only, read, refused, table, xlsx_bytes

SOLD = columns(
    "订单编号,买家公司名,买家会员名,货品总价(元),运费(元),涨价或折扣(元),实付款(元),订单状态,订单创建时间,订单付款时间,收货人姓名,"
    "收货地址,邮编,联系手机,货品标题,单价(元),数量,货号"
)
BULK = {
    "订单编号": "2861203944170012345",
    "买家会员名": "ywshangmao",
    "货品总价(元)": "1,170.00",
    "运费(元)": "12.00",
    "涨价或折扣(元)": "-20.00",
    "实付款(元)": "1,162.00",
    "订单状态": "等待卖家发货",
    "订单创建时间": "2026-11-25 09:12:33",
    "订单付款时间": "2026-11-25 09:15:02",
    "收货人姓名": "林小雨",
    "收货地址": "浙江省 金华市 义乌市 稠城街道 工人西路88号3栋",
    "邮编": "322000",
    "联系手机": "13858900123",
    "货品标题": "陶瓷马克杯 白",
    "单价(元)": "39.00",
    "数量": "20",
    "货号": "CUP-W",
}
MORE = {"货品标题": "陶瓷马克杯 蓝", "单价(元)": "39.00", "数量": "10", "货号": "CUP-B"}


def test_1688_saved_as_csv_keeps_goods_that_come_to_the_orders_price() -> None:
    order = only(csv_bytes(table(SOLD, BULK, MORE), "gb18030"))
    assert [(line.merchant_code, line.quantity) for line in order.lines] == [("CUP-W", 20), ("CUP-B", 10)]
    assert (order.goods, order.shipping, order.total) == (117000, 1200, 116200)
    assert sum(line.amount for line in order.lines) == 115000  # all that was paid but the freight
    assert order.receiver.zip == "322000"


def test_1688_goods_that_do_not_come_to_it_are_put_to_nobody() -> None:
    data = csv_bytes(table(SOLD, BULK, MORE | {"数量": "11"}))
    assert refused(data) == [
        (2, "part_of_refused", {"value": "2861203944170012345", "other_row": "3"}),
        (3, "missing", {"column": "订单编号"}),
    ]


def test_1688_row_that_only_lost_its_number_is_put_to_nobody() -> None:
    torn = BULK | MORE | {"订单编号": "", "订单创建时间": ""}
    rows = refused(csv_bytes(table(SOLD, BULK, torn)))
    assert [(row, code) for row, code, _ in rows] == [(2, "part_of_refused"), (3, "missing")]


@pytest.mark.parametrize(
    ("told", "state", "refunds"),
    [
        ("买家已付款，等待卖家发货", PlatformState.PAID, []),
        ("等待确认收货", PlatformState.SHIPPED, []),
        ("交易终止", PlatformState.CLOSED, []),
        ("退款成功", PlatformState.CLOSED, [(RefundState.SUCCESS, 116200)]),
        ("退款中", PlatformState.PAID, [(RefundState.REQUESTED, 0)]),
        ("待付尾款", PlatformState.UNPAID, []),
    ],
)
def test_1688_states(told: str, state: PlatformState, refunds: list[tuple[RefundState, int]]) -> None:
    order = only(csv_bytes(table(SOLD, BULK | {"订单状态": told})))
    assert (order.state, [(one.state, one.amount) for one in order.refunds]) == (state, refunds)


INDONESIA = columns(
    "No. Pesanan,Status Pesanan,Waktu Pesanan Dibuat,Waktu Pembayaran Dilakukan,Nama Produk,Nomor Referensi SKU,"
    "Harga Setelah Diskon,Jumlah,Total Harga Produk,Ongkos Kirim Dibayar oleh Pembeli,Total Pembayaran,"
    "Nama Penerima,No. Telepon,Alamat Pengiriman,Kota/Kabupaten,Provinsi"
)


def test_shopee_without_a_country_is_in_the_market_of_its_currency() -> None:
    row = {
        "No. Pesanan": "261125ABCD1234",
        "Status Pesanan": "Perlu Dikirim",
        "Waktu Pesanan Dibuat": "2026-11-25 07:30",
        "Waktu Pembayaran Dilakukan": "2026-11-25 07:31",
        "Nama Produk": "Gelas",
        "Nomor Referensi SKU": "CUP-W",
        "Harga Setelah Diskon": "45.000",
        "Jumlah": "2",
        "Total Harga Produk": "90.000",
        "Ongkos Kirim Dibayar oleh Pembeli": "9.000",
        "Total Pembayaran": "99.000",
        "Nama Penerima": "Budi Santoso",
        "No. Telepon": "6281234567890",
        "Alamat Pengiriman": "Jl. Sudirman No. 5",
        "Kota/Kabupaten": "KOTA JAKARTA SELATAN",
        "Provinsi": "DKI JAKARTA",
    }
    order = only(xlsx_bytes({"orders": table(INDONESIA, row)}), currency="IDR")
    assert (order.receiver.country, order.receiver.city) == ("ID", "KOTA JAKARTA SELATAN")
    assert (order.total, order.shipping, order.lines[0].amount) == (99000, 9000, 90000)


def test_thailand_delivers_to_a_district_of_a_province() -> None:
    header = columns(
        "หมายเลขคำสั่งซื้อ,สถานะการสั่งซื้อ,ชื่อสินค้า,เลขอ้างอิง SKU (SKU Reference No.),จำนวน,ราคาขายสุทธิ,จำนวนเงินทั้งหมด,"
        "ชื่อผู้รับ,ที่อยู่ในการจัดส่ง,ประเทศ,จังหวัด,เขต/อำเภอ,รหัสไปรษณีย์,บันทึก"
    )
    cells = "261125TH000001,ที่ต้องจัดส่ง,แก้ว,CUP-W,2,358.00,388.00,สมชาย,1/2 ถนนสุขุมวิท,TH,กรุงเทพมหานคร,เขตวัฒนา,10110,ด่วน"
    order = only(xlsx_bytes({"orders": [list(header), cells.split(",")]}), currency="THB")
    to = order.receiver
    assert (to.country, to.province, to.city, to.district) == ("TH", "กรุงเทพมหานคร", "เขตวัฒนา", "")
    assert order.seller_note == "ด่วน"


def test_tiktoks_country_code_in_brackets_is_a_country_code() -> None:
    header = columns("Order ID,Order Status,Seller SKU,Product Name,Quantity,Order Amount,Recipient,Phone #,Country")
    order = only(
        csv_bytes(
            [
                list(header),
                [
                    "577000000000000001\t",
                    "To ship",
                    "CUP-W",
                    "Mug",
                    "1",
                    "USD 68.19",
                    "Amy Lee",
                    "(+1)2125550100",
                    "United States",
                ],
            ]
        ),
        currency="USD",
    )
    assert order.receiver.phone == "+12125550100"


def test_jst_words_for_an_order_that_is_off_and_one_that_a_supplier_sends() -> None:
    header = columns("内部订单号,线上订单号,状态,商品编码,数量,店铺名称")
    off = ["880003", "4123456789012345690", "被取消", "CUP-B", "1", "甲店"]
    away = ["880004", "4123456789012345691", "等供销商|外仓发货", "CUP-B", "1", "甲店"]
    orders, rejected = read(xlsx_bytes({"s": [list(header), off, away]}))
    assert rejected == []
    assert [order.state for order in orders] == [PlatformState.CLOSED, PlatformState.PAID]
