"""Settlements of platforms, statements of payment services, bills of couriers and lists of returns, known by their
columns.

Surprising: they are known here only to be told from order tables. A table of money or of returns that names orders
would be learned as one of orders otherwise, and every order would come twice. Column names: formats.md 3 and 4.
"""

from collections.abc import Iterable, Sequence

from channels import cells
from channels.proposal import bare

LEAST_MARKS = 2
_MARKS = frozenset(
    bare(name)
    for name in (
        *("账务流水号", "业务流水号", "资金流水单号", "支付流水号", "记账时间", "收支类型", "收支方向", "账务类型"),
        *("收入金额", "支出金额", "收支金额", "账户余额", "账户结余", "入账类型", "入帐类型", "入账时间", "入帐时间"),
        *("业务描述", "业务账单来源", "应结订单金额", "微信订单号", "微信退款单号", "费率"),
        *("结算时间", "结算单类型", "结算单号", "结算账户", "结算状态", "结算主体", "应结金额", "收入合计", "支出合计"),
        *(
            "账单生成时间",
            "账单编号",
            "账单类型",
            "账单日期",
            "费用名称",
            "费用项",
            "费用结算时间",
            "扣点类型",
            "佣金比例",
        ),
        *("结算重量", "计费重量", "应收金额", "中转费", "预收面单费", "折扣/促销", "面单费", "续重费", "首重费"),
        *("settlement-id", "deposit-date", "amount-type", "amount-description", "transaction-type"),
        *("selling fees", "fba fees", "other transaction fees", "payout status", "payout date", "payout id"),
        *("card brand", "available on", "final value fee", "net amount"),
    )
)


def is_bill(header: Iterable[str]) -> bool:
    """Whether at least two of the columns are ones that only money's papers have."""
    return len({bare(name) for name in header} & _MARKS) >= LEAST_MARKS


_CASES = frozenset(
    bare(name)
    for name in (
        *(
            "售后单号",
            "售后编号",
            "售后单编号",
            "售后服务单号",
            "服务单号",
            "退款编号",
            "退款单号",
            "退货单号",
            "退换货单号",
        ),
        *("return id", "return request id", "return order id", "return date", "refund id", "rma", "rma number"),
        *("ID da Devolução", "No. Pengembalian", "退貨單號", "退貨/退款單號", "Mã yêu cầu trả hàng"),
    )
)


def is_of_returns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether every row has the number of a return or refund: an order list tells one for the few that have it."""
    cases = [place for place, name in enumerate(header) if bare(name) in _CASES]
    return bool(rows) and any(all(cells.clean(row[place]) for row in rows) for place in cases)
