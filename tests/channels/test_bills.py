"""Money's papers are told from order tables."""

import pytest

from channels.bills import is_bill, is_of_returns
from channels.formats import Format
from channels.registry import FORMATS
from tests.channels.making import columns

BILLS = {
    "alipay": "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,"
    "支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注",
    "wechat": "交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易类型,交易状态,应结订单金额,退款金额,"
    "商品名称,手续费,费率,订单金额",
    "wechat funds": "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),备注",
    "pinduoduo": "商户订单号,发生时间,收入金额（+元）,支出金额（-元）,账务类型,备注",
    "jd": "订单编号,父单号,订单状态,商品编号,商品名称,商品数量,扣点类型,佣金比例,费用名称,应结金额,"
    "币种,收支方向,结算状态",
    "douyin": "结算时间,订单号,子订单号,结算金额,结算账户,结算单类型,下单时间,商品ID,商品数量,订单总价,"
    "收入合计,支出合计,备注",
    "amazon": "settlement-id,settlement-start-date,deposit-date,total-amount,transaction-type,order-id,amount-type,sku",
    "shopify": "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,"
    "Available On,Amount,Fee,Net",
    "yunda": "单号,账单日期,韵达运费,应收金额,结算重量,商家名称,目的地省",
    "sf": "日期,运单号码,到件地区,计费重量,费用(元),折扣/促销,应付金额,服务",
}


@pytest.mark.parametrize("name", BILLS)
def test_a_bill_is_one(name: str) -> None:
    assert is_bill(columns(BILLS[name]))


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_no_order_export_is(format_: Format) -> None:
    assert not is_bill(name for names in format_.columns.values() for name in names.split("|"))


def test_one_telling_name_is_not_enough() -> None:
    assert not is_bill(["订单号", "商品", "数量", "收件人", "结算时间"])


@pytest.mark.parametrize("case", ["服务单号", "退款单号", "Return ID", "ID da Devolução", "return-date"])
def test_a_number_of_a_return_on_every_row_is_no_order_list(case: str) -> None:
    header = ["订单号", case, "商品", "数量"]
    assert is_of_returns(header, [["1", "R-1", "茶", "1"], ["2", "R-2", "茶", "1"]])
    assert not is_of_returns(header, [["1", "", "茶", "1"], ["2", "R-2", "茶", "1"]])
    assert not is_of_returns(["订单号", "商品", "数量"], [["1", "茶", "1"]])
