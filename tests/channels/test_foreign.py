"""Other platforms' and other lists' headers are not taken for a platform's orders."""

import pytest

from channels.reasons import Unreadable
from channels.registry import matching
from tests.channels.making import columns, csv_bytes, read

FOREIGN = {
    "wechat shop": (
        "订单号,订单下单时间,订单发货时间,订单状态,发货方式,收件人姓名,收件人地址,省,市,区,收件人手机,"
        "买家备注,商家备注,商品总价,订单实际支付金额,订单运费,支付方式,物流公司,快递单号,商品名称,"
        "商品编码(平台),商品编码(自定义),SKU编码(自定义),商品属性,商品价格(单件),是否预售,商品数量,商品发货,"
        "商品售后,商品已退款金额"
    ),
    "kuaishou": (
        "订单编号,订单状态,订单创建时间,订单支付时间,实付款,快递费,商品名称,商品ID,SKU编码,成交数量,"
        "收货人姓名,收货人电话,收货地址"
    ),
    "jst after-sale list": (
        "售后单号,内部订单号,线上订单号,店铺名称,线上状态,货物状态,商品编码,线上子订单编号,数量,退款金额"
    ),
    "jst sales report": (
        "内部订单号,标记多标签,售后单号,订单类型,线上订单号,订单状态,发货仓,店铺,订单日期,付款日期,"
        "售后登记日期,商品编码,原始线上订单号,颜色规格,销售数量,实发数量,销售金额,已付金额,应付金额,售价,"
        "退货数量,实退数量"
    ),
    "shopee returns": (
        "ID da Devolução,ID do pedido,Data de criação do pedido,Nome de usuário (Comprador),Nome do Produto,"
        "SKU da Variação,Status da Devolução / Reembolso,Quantidade de Devoluções,"
        "Quantia total de reembolsos,Telefone"
    ),
    "shopee wallet": (
        "Data,Tipo de transação,Descrição,ID do pedido,Direção do dinheiro,Valor,Status,Balança após as transações"
    ),
    "shopee income": (
        "No.,No. Pesanan,No. Pengajuan,Username (Pembeli),Waktu Pesanan Dibuat,Metode pembayaran pembeli,"
        "Tanggal Dana Dilepaskan,Harga Asli Produk,Total Diskon Produk,Total Penghasilan"
    ),
    "tokopedia": (
        "Nomor,Nomor Invoice,Tanggal Pembayaran,Status Terakhir,Nama Produk,Nomor SKU,Jumlah Produk Dibeli,"
        "Harga Jual (IDR),Total Penjualan (IDR),Nama Penerima,Alamat Pengiriman"
    ),
    "tiktok income": (
        "Order/adjustment ID,Type,Order created time,Order settled time,Currency,Total settlement amount"
    ),
    "lazada income": (
        "Periode Laporan,Nomor Laporan,Tanggal Transaksi,Nama Biaya,Jumlah (Termasuk Pajak),Nomor Pesanan,"
        "ID Pesanan,SKU Penjual,Lazada SKU,Status Pesanan,Nama Produk"
    ),
    "ebay transactions": (
        "Datum der Transaktionserstellung,Typ,Bestellnummer,Nutzername des Käufers,Artikelnr.,Angebotstitel,"
        "Bestandseinheit,Stückzahl,Zwischensumme Artikel,Verpackung und Versand,"
        "Transaktionsbetrag (inkl. Kosten)"
    ),
    "etsy sold items": (
        "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Order Shipping,Order Sales Tax,Item Total,"
        "Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,Ship Address1,Ship City,"
        "Order ID,Variations,SKU"
    ),
    "etsy sold orders": (
        "Sale Date,Order ID,Buyer User ID,Full Name,Number of Items,Payment Method,Date Shipped,Ship Name,"
        "Ship City,Ship Country,Currency,Order Value,Shipping,Sales Tax,Order Total,Status,SKU"
    ),
    "a shop's own": "Order ID,Order Status,Product Name,Quantity,Order Amount",
    "woocommerce analytics": ("Date,Order #,Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue"),
    "shopify line report": "Day,Order,Product title,Variant SKU,Net quantity,Gross sales,Total sales",
    "amazon fba shipments": (
        "amazon-order-id,merchant-order-id,shipment-id,shipment-item-id,amazon-order-item-id,purchase-date,"
        "payments-date,shipment-date,sku,product-name,quantity-shipped,currency,item-price,recipient-name"
    ),
    "amazon returns": ("return-date,order-id,sku,asin,fnsku,product-name,quantity,fulfillment-center-id,reason,status"),
    "bank statement": "交易日期,交易时间,收入金额,支出金额,账户余额,对方户名,对方账号,摘要",
    "camt export": "Buchungstag;Valutadatum;Auftraggeber;Verwendungszweck;Betrag;Währung",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_header(name: str) -> None:
    header = columns(FOREIGN[name])
    assert matching(header) is None
    with pytest.raises(Unreadable) as refusal:
        read(csv_bytes([header, ["1"] * len(header)]))
    assert (refusal.value.code, refusal.value.facts["columns"] != "") == ("unknown_header", True)


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("订单号,订单状态,商品,商品总价(元),商品数量(件)", "pinduoduo-orders"),
        ("售后编号,订单编号,商品名称,售后类型,售后状态,退款金额,申请时间", "pinduoduo-refunds"),
        ("订单编号,订单状态,订单创建时间,宝贝标题", "taobao-orders"),
        ("Order ID,Order Status,Seller SKU,Product Name,Quantity,Order Amount", "tiktok-orders"),
        ("内部订单号,线上订单号,店铺,商品编码,数量,发货仓,订单快递单号", "jst-orders"),
    ],
)
def test_a_platforms_file_cut_down_to_a_few_columns_is_still_its_own(header: str, known: str) -> None:
    found = matching(columns(header))
    assert found is not None
    assert found.name == known
