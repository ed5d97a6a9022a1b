"""What the columns of order tables are called, in Chinese and English: the platforms' and the ERPs' own names first
(formats.md 1), then what people write.

Surprising: the order counts twice. Of two names for one field the earlier is taken; of two fields that would take one
column the earlier field gets it.
"""

from domain.intake.table_mapping import Field

SYNONYMS: dict[Field, str] = {
    Field.NUMBER: (
        "主订单编号 订单编号 订单号 线上订单号 原始线上订单号 平台订单号 平台单号 交易编号 交易号 订单ID 单号 订单 "
        "order-number order-id order-no amazon-order-id order ordernum orderName sales-record-number reference"
    ),
    Field.LINE_ID: ("子订单编号 子订单号 线上子订单编号 明细编号 order-item-id orderItemId line-id lineitem-id"),
    Field.QUANTITY: (
        "购买数量 商品数量 订购数量 宝贝数量 下单数量 成交数量 sku件数 数量 件数 个数 quantity-purchased "
        "lineitem-quantity qty quantity pcs pieces units count"
    ),
    Field.SKU_CODE: (
        "商家编码-规格维度 规格商家编码 规格编码 商家编码 SKU编码 商品编码 商家SKU 货号 外部系统编号 条码 sku编号 "
        "sku lineitem-sku seller-sku sku-code sku-reference-no custom-label item-code product-code article barcode"
    ),
    Field.TITLE: (
        "商品标题 宝贝标题 商品名称 货品名称 产品名称 选购商品 宝贝名称 品名 货品 商品 产品 宝贝 标题 名称 "
        "product-name lineitem-name item-title item-name product title item goods description"
    ),
    Field.VARIANT: (
        "商品规格 商品属性 规格型号 规格 颜色尺码 属性 款式 型号 variation-name variation variant option spec size"
    ),
    Field.PAID: (
        "买家实际支付金额 买家实付金额 用户实付金额 实付金额 实付款 实付 实收金额 实收款 实收 付款金额 支付金额 "
        "订单金额 应付金额 订单应付金额 应收金额 成交金额 总金额 订单总额 总价 合计 金额 amount-paid paid-amount "
        "total-paid order-total grand-total order-amount total-amount total-price total paid amount"
    ),
    Field.UNIT_PRICE: (
        "商品单价 销售单价 货品成交价 成交价 单价 商品价格 价格 售价 unit-price lineitem-price item-price "
        "price-each item-cost price"
    ),
    Field.SHIPPING: (
        "买家应付邮费 order-shipping 邮费 运费 运费金额 快递费 配送费 shipping-and-handling shipping-price "
        "shipping-fee shipping-cost shipping postage delivery-fee freight"
    ),
    Field.DISCOUNT: "优惠总金额 优惠金额 折扣金额 商家优惠 优惠 折扣 discount-amount discount",
    Field.CURRENCY: "币种 货币 结算币种 currency-code currency",
    Field.REFUND_STATE: "退款状态 售后状态 是否退款 refund-status return-refund-status return-status",
    Field.REFUNDED: "退款金额 已退金额 已退款金额 refunded-amount refund-amount refunded",
    Field.STATE: ("订单状态 交易状态 发货状态 状态 order-status fulfillment-status financial-status status state"),
    Field.PLACED_AT: (
        "订单创建时间 订单提交时间 订单成交时间 交易时间 拍单时间 下单时间 下单日期 创建时间 订单时间 订单日期 "
        "成交时间 日期 时间 order-creation-date purchase-date created-at created-time sale-date order-date "
        "order-time ordered-at created date"
    ),
    Field.PAID_AT: (
        "订单付款时间 支付完成时间 付款时间 支付时间 付款确认时间 付款日期 paid-on-date payments-date "
        "order-paid-time paid-at paid-time date-paid payment-date payment-time"
    ),
    Field.WAYBILL: (
        "快递单号 物流单号 运单号 运单号码 快递号 tracking-number tracking-no tracking-id tracking waybill awb"
    ),
    Field.COURIER_HINT: (
        "订单快递公司 快递公司 物流公司 指定快递 快递 物流 物流方式 配送方式 承运商 courier-name courier "
        "shipping-carrier carrier shipping-method shipping-provider delivery-method"
    ),
    Field.WAREHOUSE_HINT: "发货仓库 发货仓 仓库名称 仓库 warehouse-name warehouse ship-from-warehouse",
    Field.SHOP_NAME: "店铺名称 店铺 shop-name store-name shop store",
    Field.BUYER_ID: (
        "买家会员名 客户网名 买家昵称 买家账号 下单帐号 买家ID 客户昵称 会员名 买家 昵称 微信号 buyer-username "
        "buyer-user-name buyer-id buyer-email customer-email username email buyer customer"
    ),
    Field.BUYER_MESSAGE: (
        "买家留言 客户留言 买家备注 用户备注 留言 buyer-message buyer-note remark-from-buyer customer-note"
    ),
    Field.SELLER_NOTE: (
        "商家备注 卖家备注 订单备注 商家备忘 客服备注 包裹备注信息 备注 seller-note order-note internal-note notes "
        "note remark comment"
    ),
    Field.RECEIVER_NAME: (
        "收货人姓名 收件人姓名 收货人/提货人 收货人 收件人 客户姓名 姓名 联系人 shipping-name ship-to-name "
        "ship-name recipient-name receiver-name recipient receiver consignee full-name customer-name name"
    ),
    Field.PHONE: (
        "收货人手机号/提货人手机号 收货人手机号 收件人手机号 收货人手机 收件人手机 收件人电话 收货人电话 联系手机 "
        "联系电话 手机号码 手机号 手机 电话 shipping-phone ship-to-phone ship-phone-number recipient-phone "
        "phone-number mobile telephone phone tel"
    ),
    Field.PROVINCE: (
        "收货省份 收件省份 收货人省份 收货地址-省 省份 省 shipping-province ship-to-state ship-state province "
        "state-province"
    ),
    Field.CITY: "收货城市 收件城市 收货人城市 收货地址-市 城市 市 shipping-city ship-to-city ship-city city town",
    Field.DISTRICT: "区县 收货区县 收货人地区 收货地址-区 区/县 区 district county",
    Field.WHOLE_ADDRESS: (
        "修改后的收货地址 详细收货地址/提货地址 收货地址 收件地址 收件人地址 收货人地址 客户地址 省市区地址 "
        "完整地址 送货地址 配送地址 地址 delivery-address shipping-address ship-to-address full-address address"
    ),
    Field.ADDRESS: (
        "详细地址 街道地址 shipping-address1 shipping-street ship-to-address-1 ship-address-1 address-line-1 "
        "address1 street"
    ),
    Field.ZIP: ("邮编 邮政编码 shipping-zip ship-to-zip ship-postal-code postal-code zip-code zipcode postcode zip"),
    Field.COUNTRY: "国家 国家地区 shipping-country ship-to-country ship-country country-code country",
}
"""Names of each field, best first, separated by spaces (a hyphen stands for a space, names are compared as
normal)."""

_GENERAL = (
    "名称 标题 商品 产品 单号 订单 日期 时间 状态 地址 合计 金额 价格 电话 手机 城市 条码 买家 商家编码 "
    "name date time total state status order reference count item goods title price paid amount created units "
    "快递 物流 courier carrier warehouse email address street city town note notes comment option size"
)
GENERAL = frozenset(_GENERAL.split())
"""Names that say enough alone, and too little inside a longer one: 发货时间 is not the time of the order."""
