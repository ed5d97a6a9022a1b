"""Shopee: the order workbooks (toship, completed, all); a row per item, the order's cells on each.

Surprising: the whole header and the states are in the market's language, and the currency is told nowhere: it is the
shop's. `Order Received …` in many words is a delivered order, and what Shopee ships itself counts as shipped. Vietnam
tells the line's amount and the order's under one name, Brazil a town and a city: the second counts. Taiwan's 商品總價
is the order's, not the line's. Localised names: formats.md 1.11, general knowledge where it gives only the first
column; a name that is not listed leaves its field empty or, for a needed one, refuses the file by name.
"""

from collections.abc import Sequence
from dataclasses import replace

from channels.after_sales import line_refunds, refund_state, whole_refund
from channels.formats import Amounts, Format, Row, normal, words
from channels.goods import own_ids, was_paid
from channels.orders import ours_or_sent
from channels.people import abroad
from domain.intake.incoming import IncomingLine, IncomingRefund, Platform, PlatformState, Receiver, RefundState

_STATES = words(
    unpaid="Unpaid|To pay|ยังไม่ชำระ|ที่ต้องชำระ|รอการชำระเงิน|Belum Bayar"
    "|Chưa thanh toán|Chờ thanh toán|尚未付款|待付款|Não pago|Aguardando pagamento",
    paid="To ship|Ready to ship|Processed|Processing|To process|Retry ship|In cancel|To cancel|Pending"
    "|ที่ต้องจัดส่ง|รอการจัดส่ง|Perlu Dikirim|Siap Dikirim"
    "|รอการยืนยันการยกเลิก|Chờ xác nhận|Chờ lấy hàng|Chờ giao hàng|Đã xử lý|Đã chuẩn bị hàng|Giao lại|Chờ xác nhận hủy"
    "|待出貨|待出货|A Enviar|Pronto para envio|Pronto para enviar|Processado|Invoice pending",
    shipped="Shipping|Shipped|To receive|To return|Return/Refund|Failed delivery|To confirm receive"
    "|การจัดส่ง|กำลังจัดส่ง|จัดส่งแล้ว|ที่ต้องได้รับ|การจัดส่งไม่สำเร็จ|การคืนเงิน/คืนสินค้า"
    "|Sedang Dikirim|Dikirim|Telah Dikirim|Sudah Dikirim|Pengiriman Gagal|Pengembalian Barang/Dana"
    "|Đang giao|Đã giao|Đang trả hàng|運送中|运送中|待收貨"
    "|Enviado|Em trânsito|A receber|Aguardando confirmação",
    done="Completed|Delivered|สำเร็จแล้ว|จัดส่งสำเร็จแล้ว|สำเร็จ|Selesai|Hoàn thành|Đã nhận hàng|Đã nhận được hàng"
    "|已完成|完成|Concluído|Entregue",
    closed="Cancelled|Canceled|ยกเลิกแล้ว|ที่ยกเลิก|Batal|Dibatalkan|Đã hủy|Đã huỷ|不成立|已取消|取消|Cancelado",
)
_MARKETS = {
    "BRL": "BR",
    "IDR": "ID",
    "MYR": "MY",
    "PHP": "PH",
    "SGD": "SG",
    "THB": "TH",
    "TWD": "TW",
    "VND": "VN",
}
_ASKED = {
    normal(word)
    for word in (
        *("In cancel", "To cancel", "To return", "Return/Refund", "Chờ xác nhận hủy", "Đang trả hàng"),
        *("รอการยืนยันการยกเลิก", "การคืนเงิน/คืนสินค้า", "Pengembalian Barang/Dana"),
    )
}
_YES = {"y", "yes", "sim", "ya", "true", "1"}
_RECEIVED = (normal("Order Received"), normal("ผู้ซื้อได้รับ"), normal("Người mua xác nhận"), normal("Pesanan diterima"))


def _state(row: Row) -> PlatformState:
    if normal(row.text("state")).startswith(_RECEIVED):
        return PlatformState.DONE
    state = row.word("state", _STATES)
    by_shopee = normal(row.text("fulfilment")) in _YES
    return ours_or_sent(state, by_shopee)


def _total(row: Row, shipping: int) -> int:
    """What the buyer pays in all. Where `Grand Total` is `Total Amount` and the shipping, the latter is the goods'
    alone; the Philippines tell only what is paid for the goods."""
    told, grand = row.amount("total"), row.amount("grand")
    if told and grand != told + shipping:
        return told
    return grand or row.amount("goods") + (shipping if row.text("goods") else 0)


def _amounts(row: Row, state: PlatformState) -> Amounts:
    shipping = row.amount("shipping")
    total = _total(row, shipping)
    return Amounts(
        goods=max(total - shipping, 0), shipping=shipping, total=total, paid=total if was_paid(row, state) else 0
    )


def _lines(rows: Sequence[Row]) -> tuple[IncomingLine, ...]:
    return own_ids([_line(row) for row in rows])


def _line(row: Row) -> IncomingLine:
    quantity = row.quantity("quantity")
    price = row.amount("deal_price") or row.amount("unit_price")
    amount = row.amount("line_amount") or price * quantity
    code = row.code("merchant_code") or row.code("goods_code")
    refund = refund_state(row.text("refund_state"))
    back = 0 if row.is_zero("returned") or not row.text("returned") else min(row.quantity("returned"), quantity)
    return IncomingLine(
        external_id=f"{row.number}:{code or normal(row.text('title') + row.text('variant'))}",
        title=row.text("title"),
        quantity=quantity,
        merchant_code=code,
        variant=row.text("variant"),
        unit_price=price,
        amount=amount,
        refund=refund,
        refunded=amount * (back or quantity) // quantity if refund is RefundState.SUCCESS else 0,
    )


def _refunds(rows: Sequence[Row]) -> tuple[IncomingRefund, ...]:
    told = line_refunds(rows[0].number, _lines(rows))
    asked = normal(rows[0].text("state")) in _ASKED
    return told or whole_refund(rows[0].number, RefundState.REQUESTED if asked else RefundState.NONE, 0)


def _receiver(row: Row) -> Receiver:
    """As told. Where a market's export has no country, its currency names the market."""
    to = abroad(row)
    return replace(to, country=to.country or _MARKETS.get(row.currency, "")) if to.address else to


ORDERS = Format(
    name="shopee-orders",
    platform=Platform.SHOPEE,
    must=frozenset({"number", "state", "title", "quantity", "merchant_code"}),
    columns={
        "number": "Order ID|หมายเลขคำสั่งซื้อ|No. Pesanan|Mã đơn hàng|訂單編號|ID do pedido",
        "state": "Order Status|สถานะการสั่งซื้อ|Status Pesanan|Trạng Thái Đơn Hàng|訂單狀態|Status do pedido",
        "refund_state": "Return / Refund Status|สถานะการคืนเงินหรือคืนสินค้า|Status Pembatalan/ Pengembalian"
        "|Trạng thái Trả hàng/Hoàn tiền|退貨 / 退款狀態|退貨/退款狀態|Status da Devolução / Reembolso",
        "fulfilment": "Pedido FBS|FBS Order|Fulfilled by Shopee|Shipped by Advance Fulfilment",
        "waybill": "Tracking Number|หมายเลขติดตามพัสดุ|No. Resi|Mã vận đơn|包裹查詢號碼|Número de rastreamento",
        "courier_hint": "Shipping Option|ตัวเลือกการจัดส่ง|Opsi Pengiriman|Đơn Vị Vận Chuyển|寄送方式|Opção de envio",
        "promised_ship_at": "Estimated Ship Out Date|วันที่คาดว่าจะทำการจัดส่งสินค้า"
        "|Pesanan Harus Dikirimkan Sebelum (Menghindari keterlambatan)"
        "|Ngày giao hàng dự kiến|最晚出貨日期|Data prevista de envio",
        "placed_at": "Order Creation Date|วันที่ทำการสั่งซื้อ|Waktu Pesanan Dibuat"
        "|Ngày đặt hàng|訂單成立日期|Data de criação do pedido",
        "paid_at": "Order Paid Time|เวลาการชำระสินค้า|Waktu Pembayaran Dilakukan"
        "|Thời gian đơn hàng được thanh toán|買家付款時間|Hora do pagamento do pedido",
        "payment": "Payment Method|ช่องทางการชำระเงิน|Metode Pembayaran"
        "|Phương thức thanh toán|付款方式|Método de pagamento",
        "goods_code": "Parent SKU Reference No.|เลขอ้างอิง Parent SKU|SKU Induk"
        "|SKU sản phẩm|主商品貨號|Nº de referência do SKU principal",
        "merchant_code": "SKU Reference No.|เลขอ้างอิง SKU (SKU Reference No.)|Nomor Referensi SKU"
        "|SKU phân loại hàng|商品選項貨號|Número de referência SKU",
        "title": "Product Name|ชื่อสินค้า|Nama Produk|Tên sản phẩm|商品名稱|Nome do Produto",
        "variant": "Variation Name|ชื่อตัวเลือก|Nama Variasi|Tên phân loại hàng|商品選項名稱|Nome da variação",
        "unit_price": "Original Price|ราคาตั้งต้น|Harga Awal|Giá gốc|商品原價|Preço original",
        "deal_price": "Deal Price|ราคาขาย|Harga Setelah Diskon|Giá ưu đãi|商品活動價格|Preço acordado",
        "quantity": "Quantity|จำนวน|Jumlah|Số lượng|數量|Quantidade",
        "returned": "Returned quantity|จำนวนที่ส่งคืน|Số lượng sản phẩm được hoàn trả|退貨數量",
        "line_amount": "Product Subtotal|ราคาขายสุทธิ|Total Harga Produk"
        "|Dibayar Pembeli|Subtotal Pesanan|Tổng giá bán (sản phẩm)|Subtotal do produto",
        "total": "Total Amount|จำนวนเงินทั้งหมด|Total Pembayaran"
        "|Tổng số tiền người mua thanh toán 2|Tổng số tiền người mua thanh toán|買家總支付金額|Valor Total",
        "grand": "Grand Total|Total global",
        "goods": "|".join(f"Products' Price Paid by Buyer ({code})" for code in _MARKETS),
        "shipping": "Buyer Paid Shipping Fee|ค่าจัดส่งที่ชำระโดยผู้ซื้อ|Ongkos Kirim Dibayar oleh Pembeli"
        "|Phí vận chuyển mà người mua trả|買家支付運費|Taxa de envio pagas pelo comprador",
        "buyer_id": "Username (Buyer)|ชื่อผู้ใช้ (ผู้ซื้อ)|Username (Pembeli)|Người Mua|買家帳號|Nome de usuário (comprador)",
        "receiver_name": "Receiver Name|ชื่อผู้รับ|Nama Penerima|Tên Người nhận|收件者姓名|Nome do destinatário",
        "phone": "Phone Number|หมายเลขโทรศัพท์|No. Telepon|Số điện thoại|收件者電話"
        "|收件者電話(若您是自行配送請使用後方蝦皮專線和包裹查詢碼聯繫買家)|Telefone",
        "address": "Delivery Address|ที่อยู่ในการจัดส่ง|Alamat Pengiriman|Địa chỉ nhận hàng|收件地址|Endereço de entrega",
        "district": "District|เขต/อำเภอ|Quận|行政區|Bairro",
        "city": "City|Kota/Kabupaten|TP / Quận / Huyện|城市|Cidade 2|Cidade",
        "province": "Province|จังหวัด|Provinsi|Tỉnh/Thành phố|UF",
        "country": "Country|ประเทศ|Quốc gia|國家|País",
        "zip": "Zip Code|รหัสไปรษณีย์|郵遞區號|CEP",
        "buyer_message": "Remark from buyer|หมายเหตุจากผู้ซื้อ|Catatan dari Pembeli"
        "|Nhận xét từ Người mua|買家備註|Observação do comprador",
        "seller_note": "Note|หมายเหตุ|Catatan|บันทึก|Ghi chú|備註|Nota",
    },
    many_rows=True,
    scattered=True,
    state=_state,
    amounts=_amounts,
    receiver=_receiver,
    lines=_lines,
    refunds=_refunds,
    refund_columns=frozenset({"refund_state", "state"}),
)
