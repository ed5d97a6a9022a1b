"""Whether a file would say so if there were a refund: what the gate may take as news (rules.md B7)."""

import pytest

from channels.formats import Format
from channels.mapping import format_of
from channels.registry import FORMATS
from domain.intake.incoming import Platform
from domain.intake.table_mapping import Reading
from domain.orders.catalog import Shop

SILENT = {"taobao-details", "ebay-orders"}


def header(format_: Format, *without: str) -> list[str]:
    return [names.split("|")[0] for field, names in format_.columns.items() if field not in without]


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_a_whole_header_tells_refunds_but_for_the_formats_that_never_do(format_: Format) -> None:
    assert format_.tells_refunds(header(format_)) is (format_.name not in SILENT)


def test_without_its_refund_columns_a_file_tells_none_where_no_status_does() -> None:
    told = {one.name for one in FORMATS if one.tells_refunds(header(one, "refund_state", "refunded", "trouble"))}
    assert told == {
        "pinduoduo-orders",
        "shopee-orders",
        "jd-orders",
        "1688-orders",
        "lazada-orders",
        "amazon-orders",
        "amazon-all-orders",
    }


def test_a_mapped_file_tells_them_by_a_column_for_them_or_by_its_status() -> None:
    shop = Shop(1, "s", Platform.OTHER, "CNY", "Asia/Shanghai")
    plain = {"number": "A", "title": "B", "quantity": "C"}
    for more, told in (({}, False), ({"state": "D"}, True), ({"refund_state": "D"}, True)):
        columns = {**plain, **more}
        assert format_of(Reading(columns), shop).tells_refunds(list(columns.values())) is told
