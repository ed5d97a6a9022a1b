"""Receivers as exports write them, made what the desk and the label use."""

import pytest

from channels.people import phone
from domain.review.screening import address_faults
from tests.channels.making import read
from tests.channels.test_lazada import ROW as LAZADA
from tests.channels.test_lazada import workbook as lazada
from tests.channels.test_shopee import HEADER
from tests.channels.test_shopee import ROW as SHOPEE
from tests.channels.test_shopee import workbook as shopee


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("'13800001234", "13800001234"),
        ("+86 138 0000 1234", "13800001234"),
        ("138 0000 1234-3456", "13800001234-3456"),
        ("0571-87654321", "0571-87654321"),
        ("座机 0512-57550000 转 8001", "051257550000-8001"),
        ("13800001234.0", "13800001234"),
        ("(+1)2125550100", "+12125550100"),
        ("０３−１２３４−５６７８", "03-1234-5678"),
        ("＋８１ ９０ １２３４ ５６７８", "+819012345678"),
        ("13800001234/13900005678", "13800001234/13900005678"),
        ("13800001234 13900005678", "13800001234/13900005678"),
        ("138 0000 1234 或 139 0000 5678", "13800001234/13900005678"),
        ("'13800001234；0571-87654321", "13800001234/057187654321"),
        ("18877771111转123、13900005678", "18877771111-123/13900005678"),
        ("13800001234/张三", "13800001234/张三"),
        ("", ""),
    ],
)
def test_a_phone(cell: str, kept: str) -> None:
    assert phone(cell) == kept


@pytest.mark.parametrize(
    ("country", "zip_code", "faults"),
    [
        *(("Malaysia", "50000", ""), ("Malaysia", "", "zip"), ("Thailand", "", "zip"), ("Singapore", "", "zip")),
        *(("Philippines", "", ""), ("Viet Nam", "", ""), ("Indonesia", "", "")),
    ],
)
def test_as_lazada_and_shopee_tell_it(country: str, zip_code: str, faults: str) -> None:
    place = {"shippingCountry": country, "shippingPostCode": zip_code}
    person = {"Country": country, "Zip Code": zip_code, "Receiver Name": "Ann Lee", "Phone Number": "6591234567"}
    files = (lazada(LAZADA | place), shopee(HEADER, SHOPEE | person))
    for file, currency in zip(files, ("MYR", "SGD"), strict=True):
        (order,), rejected = read(file, currency=currency)
        assert rejected == []
        assert [fault.field for fault in address_faults(order.receiver)] == faults.split()
