"""Shopee's order workbooks."""

from datetime import UTC, datetime

import pytest

from domain.intake.incoming import IncomingLine, IncomingRefund, PlatformState, RefundState
from tests.channels.making import columns, only, read, table, xlsx_bytes

HEADER = columns(
    "Order ID,Order Status,Cancel reason,Return / Refund Status,Tracking Number*,Shipping Option,Shipment Method,"
    "Estimated Ship Out Date,Ship Time,Order Creation Date,Order Paid Time,Parent SKU Reference No.,Product Name,"
    "SKU Reference No.,Variation Name,Original Price,Deal Price,Quantity,Returned quantity,Product Subtotal,"
    "Total Amount,Buyer Paid Shipping Fee,Grand Total,Username (Buyer),Receiver Name,Phone Number,Delivery Address,"
    "Town,District,City,Province,Country,Zip Code,Remark from buyer,Order Complete Time,Note"
)
ROW = {
    "Order ID": "260501ABCD1234",
    "Order Status": "To ship",
    "Tracking Number*": "SPXSG0123456789",
    "Shipping Option": "Standard Delivery",
    "Estimated Ship Out Date": "2026-05-03 23:59",
    "Order Creation Date": "2026-05-01 10:00",
    "Order Paid Time": "2026-05-01 10:01",
    "Product Name": "Green tea",
    "SKU Reference No.": "TEA-001",
    "Variation Name": "100 g",
    "Original Price": "12.00",
    "Deal Price": "10.00",
    "Quantity": "2",
    "Returned quantity": "0",
    "Product Subtotal": "20.00",
    "Total Amount": "31.00",
    "Buyer Paid Shipping Fee": "2.00",
    "Username (Buyer)": "tea_lover",
    "Receiver Name": "A****e",
    "Phone Number": "******12",
    "Delivery Address": "36 Main St",
    "City": "Singapore",
    "Country": "Singapore",
    "Zip Code": "018956",
    "Remark from buyer": "ring twice",
}
SECOND = ROW | {"Product Name": "Teapot", "SKU Reference No.": "POT-1", "Quantity": "1", "Product Subtotal": "9.00"}


def workbook(header: list[str], *rows: dict[str, str]) -> bytes:
    return xlsx_bytes({"orders": table(header, *rows)})


def test_order_of_two_items_counts_its_amount_once() -> None:
    order = only(workbook(HEADER, ROW, SECOND), currency="SGD")
    assert (order.number, order.state, order.currency) == ("260501ABCD1234", PlatformState.PAID, "SGD")
    assert (order.goods, order.shipping, order.total, order.paid) == (2900, 200, 3100, 3100)
    assert order.lines == (
        IncomingLine("260501ABCD1234:TEA-001", "Green tea", 2, "TEA-001", "100 g", 1000, 2000),
        IncomingLine("260501ABCD1234:POT-1", "Teapot", 1, "POT-1", "100 g", 1000, 900),
    )
    assert order.promised_ship_at == datetime(2026, 5, 3, 15, 59, tzinfo=UTC)
    assert (order.waybill, order.courier_hint) == ("SPXSG0123456789", "Standard Delivery")
    assert (order.receiver.country, order.receiver.masked, order.buyer_id) == ("SG", True, "tea_lover")


def test_no_currency_at_all_is_refused() -> None:
    told = [(one.reason, one.facts) for one in read(workbook(HEADER, ROW))[1]]
    assert told == [("unknown_currency", {"column": "Total Amount", "value": "31.00"})]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("Unpaid", PlatformState.UNPAID),
        ("ที่ต้องจัดส่ง", PlatformState.PAID),
        ("Perlu Dikirim", PlatformState.PAID),
        ("待出貨", PlatformState.PAID),
        ("Shipping", PlatformState.SHIPPED),
        ("Đang giao", PlatformState.SHIPPED),
        ("Selesai", PlatformState.DONE),
        ("Order Received, but buyer can still raise a Return/Refund request until 2026-05-20", PlatformState.DONE),
        ("Cancelled", PlatformState.CLOSED),
        ("ยกเลิกแล้ว", PlatformState.CLOSED),
    ],
)
def test_states(told: str, state: PlatformState) -> None:
    assert only(workbook(HEADER, ROW | {"Order Status": told}), currency="SGD").state is state


THAI = "หมายเลขคำสั่งซื้อ,สถานะการสั่งซื้อ,ชื่อสินค้า,เลขอ้างอิง SKU (SKU Reference No.),จำนวน,ราคาขาย,จำนวนเงินทั้งหมด,วันที่ทำการสั่งซื้อ"
INDONESIAN = (
    "No. Pesanan,Status Pesanan,Nama Produk,Nomor Referensi SKU,Jumlah,Harga Setelah Diskon,Total Pembayaran,"
    "Waktu Pesanan Dibuat"
)
VIETNAMESE = (
    "Mã đơn hàng,Trạng Thái Đơn Hàng,Tên sản phẩm,SKU phân loại hàng,Số lượng,Giá ưu đãi,"
    "Tổng số tiền người mua thanh toán,Ngày đặt hàng"
)
TAIWANESE = "訂單編號,訂單狀態,商品名稱,商品選項貨號,數量,商品活動價格,買家總支付金額,訂單成立日期"


@pytest.mark.parametrize(
    ("header", "currency", "state", "price", "paid"),
    [
        (THAI, "THB", "ที่ต้องจัดส่ง", "฿1,250.00", 250000),
        (INDONESIAN, "IDR", "Perlu Dikirim", "25.000", 50000),
        (VIETNAMESE, "VND", "Chờ lấy hàng", "25.000", 50000),
        (TAIWANESE, "TWD", "待出貨", "125", 25000),
    ],
)
def test_localised_headers(header: str, currency: str, state: str, price: str, paid: int) -> None:
    total = {"฿1,250.00": "฿2,500.00", "25.000": "50.000", "125": "250"}[price]
    cells = ["260501ABCD1234", state, "Tea", "TEA-001", "2", price, total, "2026-05-01 10:00"]
    order = only(xlsx_bytes({"orders": [header.split(","), cells]}), currency=currency)
    assert (order.state, order.paid, order.lines[0].amount) == (PlatformState.PAID, paid, paid)
    assert (order.lines[0].quantity, order.lines[0].merchant_code) == (2, "TEA-001")


def test_a_return_tells_what_came_back() -> None:
    row = ROW | {"Return / Refund Status": "Request Completed", "Returned quantity": "1"}
    assert only(workbook(HEADER, row), currency="SGD").refunds == (
        IncomingRefund("260501ABCD1234:file", RefundState.SUCCESS, 1000, ("260501ABCD1234:TEA-001",)),
    )
    asked = only(workbook(HEADER, ROW | {"Return / Refund Status": "To process"}), currency="SGD")
    assert [(one.state, one.external_id) for one in asked.refunds] == [
        (RefundState.REQUESTED, "260501ABCD1234:file:open")
    ]


def test_brazil() -> None:
    names = {
        "Order ID": "ID do pedido",
        "Order Status": "Status do pedido",
        "Product Name": "Nome do Produto",
        "SKU Reference No.": "Número de referência SKU",
        "Quantity": "Quantidade",
        "Product Subtotal": "Subtotal do produto",
        "Total Amount": "Valor Total",
        "Order Creation Date": "Data de criação do pedido",
        "Zip Code": "CEP",
    }
    row = {pt: ROW[en] for en, pt in names.items()} | {"Status do pedido": "A Enviar", "CEP": "01310-100"}
    order = only(xlsx_bytes({"orders": table(list(names.values()), row)}), currency="BRL")
    assert (order.number, order.state, order.total, order.receiver.zip) == (
        "260501ABCD1234",
        PlatformState.PAID,
        3100,
        "01310-100",
    )
    assert [(line.quantity, line.amount) for line in order.lines] == [(2, 2000)]


@pytest.mark.parametrize(
    ("told", "state", "asked"),
    [
        ("Retry ship", PlatformState.PAID, 0),
        ("In cancel", PlatformState.PAID, 1),
        ("To return", PlatformState.SHIPPED, 1),
        ("Failed delivery", PlatformState.SHIPPED, 0),
        ("รอการยืนยันการยกเลิก", PlatformState.PAID, 1),
        ("การจัดส่งไม่สำเร็จ", PlatformState.SHIPPED, 0),
        ("Pengembalian Barang/Dana", PlatformState.SHIPPED, 1),
        ("Pengiriman Gagal", PlatformState.SHIPPED, 0),
        ("Sudah Dikirim", PlatformState.SHIPPED, 0),
    ],
)
def test_states_on_the_way_back(told: str, state: PlatformState, asked: int) -> None:
    order = only(workbook(HEADER, ROW | {"Order Status": told}), currency="SGD")
    assert (order.state, [one.state for one in order.refunds]) == (state, [RefundState.REQUESTED] * asked)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("Reembolso Concluído", RefundState.SUCCESS),
        ("Solicitação em análise", RefundState.REQUESTED),
        ("Solicitação cancelada", RefundState.CANCELLED),
        ("Permintaan Dibatalkan", RefundState.CANCELLED),
        ("Permintaan Ditolak", RefundState.CANCELLED),
        ("Pembatalan Diajukan", RefundState.REQUESTED),
        ("คืนเงินสำเร็จ", RefundState.SUCCESS),
        ("ยกเลิกคำขอแล้ว", RefundState.CANCELLED),
        ("รอการยืนยันการยกเลิก", RefundState.REQUESTED),
        ("Đã hoàn tiền", RefundState.SUCCESS),
        ("Đã hủy yêu cầu", RefundState.CANCELLED),
        ("已拒絕退款", RefundState.CANCELLED),
    ],
)
def test_what_a_return_comes_to_in_the_languages_of_the_markets(told: str, state: RefundState) -> None:
    order = only(workbook(HEADER, ROW | {"Return / Refund Status": told}), currency="SGD")
    assert [line.refund for line in order.lines] == [state]


VIETNAM = columns(
    "Mã đơn hàng,Mã Kiện Hàng,Ngày đặt hàng,Trạng Thái Đơn Hàng,Sản Phẩm Bán Chạy,Lý do hủy,Nhận xét từ Người mua,"
    "Mã vận đơn,Đơn Vị Vận Chuyển,Ngày giao hàng dự kiến,Trạng thái Trả hàng/Hoàn tiền,SKU sản phẩm,Tên sản phẩm,"
    "SKU phân loại hàng,Tên phân loại hàng,Giá gốc,Giá ưu đãi,Số lượng,Số lượng sản phẩm được hoàn trả,"
    "Tổng số tiền Người mua thanh toán,Tổng giá trị đơn hàng (VND),Phí vận chuyển mà người mua trả,"
    "Tổng số tiền người mua thanh toán,Thời gian đơn hàng được thanh toán,Người Mua,Tên Người nhận,Số điện thoại,"
    "Tỉnh/Thành phố,TP / Quận / Huyện,Quận,Địa chỉ nhận hàng,Quốc gia,Ghi chú"
)
CUPS = (
    "2511254ABCD123,,2025-11-25 07:30,{state},N,,giao giờ hành chính,SPXVN051234567890,SPX Express,2025-11-27 23:59,,"
    "CUP,Cốc sứ,CUP-W,Trắng,60000,45000,2,0,90000,130000,15000,145000,2025-11-25 07:31,lan.nguyen,N******n,******12,"
    "TP. Hồ Chí Minh,Quận 1,,Phường Bến Nghé,VN,"
)
BOWL = (
    "2511254ABCD123,,2025-11-25 07:30,{state},N,,giao giờ hành chính,SPXVN051234567890,SPX Express,2025-11-27 23:59,,"
    "BOWL,Bát,BOWL-L,,45000,40000,1,0,40000,130000,15000,145000,2025-11-25 07:31,lan.nguyen,N******n,******12,"
    "TP. Hồ Chí Minh,Quận 1,,Phường Bến Nghé,VN,"
)


def vietnamese(state: str) -> bytes:
    rows = [row.format(state=state).split(",") for row in (CUPS, BOWL)]
    return xlsx_bytes({"orders": [VIETNAM, *rows]})


def test_vietnam_tells_the_line_and_the_order_under_one_name() -> None:
    order = only(vietnamese("Chờ lấy hàng"), currency="VND")
    assert (order.total, order.shipping, order.paid) == (145000, 15000, 145000)
    assert [(line.merchant_code, line.amount) for line in order.lines] == [("CUP-W", 90000), ("BOWL-L", 40000)]


@pytest.mark.parametrize(
    ("told", "state", "refunds"),
    [
        ("Đã nhận được hàng", PlatformState.DONE, 0),
        ("Đã chuẩn bị hàng", PlatformState.PAID, 0),
        ("Chờ xác nhận hủy", PlatformState.PAID, 1),
        ("Đang trả hàng", PlatformState.SHIPPED, 1),
    ],
)
def test_vietnamese_states(told: str, state: PlatformState, refunds: int) -> None:
    order = only(vietnamese(told), currency="VND")
    assert (order.state, len(order.refunds)) == (state, refunds)


def test_brazil_has_two_columns_of_one_name_and_the_second_is_the_city() -> None:
    header = columns(
        "ID do pedido,Status do pedido,Nome do Produto,Número de referência SKU,Quantidade,Subtotal do produto,"
        "Desconto do vendedor,Desconto do vendedor,Valor Total,Taxa de envio pagas pelo comprador,Nome do destinatário,"
        "Endereço de entrega,Cidade,Bairro,Cidade,UF,País,CEP"
    )
    cells = (
        "2511254ABCD123,A Enviar,Caneca,CUP-W,2,90.00,15.00,0.00,99.90,9.90,João,Rua A,,Centro,São Paulo,SP,BR,01001000"
    )
    order = only(xlsx_bytes({"orders": [header, cells.split(",")]}), currency="BRL")
    to = order.receiver
    assert (to.province, to.city, to.district) == ("SP", "São Paulo", "Centro")
    assert (order.total, order.shipping) == (9990, 990)


def test_taiwan_pays_at_the_shop_and_tells_the_goods_of_the_whole_order() -> None:
    header = [
        *columns(
            "訂單編號,訂單狀態,訂單成立日期,商品總價,買家支付運費,買家總支付金額,商品名稱,商品活動價格,商品選項貨號,數量,收件地址"
        ),
        "收件者電話\n(若您是自行配送請使用後方蝦皮專線和包裹查詢碼聯繫買家)",
        "蝦皮專線和包裹查詢碼 \n(請複製下方完整編號提供給您配合的物流商當做聯絡電話)",
        *columns("收件者姓名,付款方式"),
    ]
    cup = "2511254ABCD123,待出貨,2025-11-25 07:30,420,60,480,馬克杯,180,CUP-W,2,松高路1號,886912345678,,王小明,貨到付款"
    bowl = "2511254ABCD123,待出貨,2025-11-25 07:30,420,60,480,大碗,60,BOWL-L,1,松高路1號,886912345678,,王小明,貨到付款"
    order = only(xlsx_bytes({"orders": [header, cup.split(","), bowl.split(",")]}), currency="TWD")
    assert [line.amount for line in order.lines] == [36000, 6000]
    assert (order.total, order.cod, order.receiver.phone) == (48000, True, "886912345678")


@pytest.mark.parametrize("name", ["Dibayar Pembeli", "Subtotal Pesanan"])
def test_indonesias_lists_call_the_lines_amount_differently(name: str) -> None:
    header = columns(f"No. Pesanan,Status Pesanan,Nama Produk,Nomor Referensi SKU,Jumlah,{name},Total Pembayaran")
    cells = "2511254ABCD123,Batal,Gelas,CUP-W,2,90.000,99.000"
    order = only(xlsx_bytes({"orders": [header, cells.split(",")]}), currency="IDR")
    assert (order.state, order.lines[0].amount) == (PlatformState.CLOSED, 90000)


@pytest.mark.parametrize(
    ("name", "told", "state"),
    [
        ("Pedido FBS", "Sim", PlatformState.SHIPPED),
        ("Pedido FBS", "Não", PlatformState.PAID),
        ("Shipped by Advance Fulfilment", "Y", PlatformState.SHIPPED),
        ("Shipped by Advance Fulfilment", "", PlatformState.PAID),
    ],
)
def test_what_shopee_ships_itself_is_shipped_by_nobody_here(name: str, told: str, state: PlatformState) -> None:
    order = only(workbook([*HEADER, name], ROW | {name: told}), currency="BRL")
    assert order.state is state


@pytest.mark.parametrize(
    ("told", "total", "goods"),
    [
        ({"Total Amount": "29.00", "Grand Total": "31.00"}, 3100, 2900),
        ({"Total Amount": "31.00", "Grand Total": "31.00"}, 3100, 2900),
        ({"Total Amount": "31.00", "Grand Total": ""}, 3100, 2900),
        ({"Total Amount": "", "Grand Total": "31.00"}, 3100, 2900),
        ({"Total Amount": "31.00", "Grand Total": "27.50"}, 3100, 2900),
    ],
)
def test_the_total_is_with_the_shipping(told: dict[str, str], total: int, goods: int) -> None:
    order = only(workbook(HEADER, ROW | told, SECOND | told), currency="SGD")
    assert (order.total, order.goods, order.shipping, order.paid) == (total, goods, 200, total)


def test_the_philippines_tell_what_is_paid_for_the_goods() -> None:
    products = "Products' Price Paid by Buyer (PHP)"
    header = [products if name == "Total Amount" else name for name in HEADER if name != "Grand Total"]
    row = {name: value for name, value in ROW.items() if name in header} | {products: "1,029.00"}
    order = only(workbook(header, row | {"Buyer Paid Shipping Fee": "49.00"}), currency="PHP")
    assert (order.total, order.goods, order.shipping) == (107800, 102900, 4900)
