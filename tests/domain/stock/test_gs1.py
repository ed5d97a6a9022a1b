"""Element strings as labels and scanners write them, and what only looks like one."""

from datetime import date

import pytest

from domain.stock import gs1
from domain.stock.gs1 import GS, Elements

CUP = "6900000000014"
ALL = Elements(CUP, "B7", "SN1", date(2027, 3, 1))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"(01)0{CUP}(17)270301(10)B7(21)SN1", ALL),
        (f"（01）0{CUP}（17）270301（10）B7（21）SN1", ALL),
        (f"010{CUP}1727030110B7{GS}21SN1", ALL),
        (f"]d2010{CUP}10B7{GS}1727030121SN1", ALL),
        (f"]C1010{CUP}21SN1<GS>10B7{{GS}}17270301", ALL),
        (f"{GS}010{CUP}1727030110B7␝21SN1{GS}", ALL),
        (f"010{CUP}10L24/05", Elements(CUP, "L24/05")),
        (f"(01)0{CUP}(10)24,05;A", Elements(CUP, "24,05;A")),
        (f"(01)0{CUP}(17)280200", Elements(CUP, expires=date(2028, 2, 29))),
        (f"(01)0{CUP}(15)271200", Elements(CUP, expires=date(2027, 12, 31))),
        (f"(01)0{CUP}(30)12(3103)000500", Elements(CUP, units=12)),
        ("(01)00000096385074", Elements("96385074")),
        ("(01)16900000000011", Elements("16900000000011")),
        ("(01)06900000000019(10)B7", Elements("6900000000019", "B7")),
        ("(10)B7(17)270301", Elements(batch="B7", expires=date(2027, 3, 1))),
        (f"21SN1{GS}10B7", Elements(batch="B7", serial="SN1")),
    ],
)
def test_element_strings(text: str, told: Elements) -> None:
    assert gs1.read(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(",
        "(2)",
        CUP,
        f"0{CUP}",
        "10B7",
        "SF1234567890123",
        "0106900000000019",
        "010690000000001410",
        f"010{CUP}9",
        f"(01)0{CUP}(17)270231",
        f"(01)0{CUP}(30)0",
        f"(01)0{CUP}(10)",
        f"(01){CUP}",
        f"(01)0{CUP}(10)B7 rest",
        "(240)X",
        "(thanks)",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert gs1.read(text) is None
