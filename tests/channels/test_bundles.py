"""Files of recipes: known by their columns in any spelling, read row by row, every fault with its row and column."""

import io

import openpyxl
import pytest

from channels.bundles import read
from channels.douyin import ORDERS
from domain.orders.bundles import NO_PARTS, Fault, RecipeRow, Why

HEAD = "组合编码,组合名称,组件编码,数量,独立套件\n"


def csv(*lines: str, head: str = HEAD) -> bytes:
    return (head + "\n".join(lines) + "\n").encode()


def test_a_row_for_each_part() -> None:
    found = read(csv("TEASET,茶具套装,CUP-W,2,是", "TEASET,茶具套装,POT-L,1,是", "DUO,,CUP-W,2,"))
    assert found is not None
    assert found.faults == ()
    assert found.rows == (
        RecipeRow(2, "TEASET", "茶具套装", "CUP-W", 2, True),
        RecipeRow(3, "TEASET", "茶具套装", "POT-L", 1, True),
        RecipeRow(4, "DUO", "", "CUP-W", 2, None),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_in_any_encoding(encoding: str) -> None:
    found = read(csv("TEASET,茶具套装,CUP-W,2,否").decode().encode(encoding))
    assert found is not None
    assert found.rows == (RecipeRow(2, "TEASET", "茶具套装", "CUP-W", 2, False),)


@pytest.mark.parametrize(
    "head",
    [
        "Bundle SKU,Bundle Name,Component SKU,Qty,Independent kit\n",
        "组合商品编码,组合商品名称,子商品编码,数量,是否独立套件\n",
        "套件编码,套件名称,单品编码,单品数量,不拆分\n",
    ],
)
def test_by_the_names_other_systems_give_the_columns(head: str) -> None:
    found = read(csv("TEASET,Tea set,CUP-W,2,yes", head=head))
    assert found is not None
    assert found.rows == (RecipeRow(2, "TEASET", "Tea set", "CUP-W", 2, True),)


def test_a_workbook_with_a_title_above_and_merged_cells() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["组合装清单"],
        ["组合编码", "组合名称", "组件编码", "数量", "独立套件"],
        ["TEASET", "茶具套装", "CUP-W", 2, "是"],
        [None, None, "POT-L", 1, None],
    ):
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue())
    assert found is not None
    assert found.rows == (
        RecipeRow(3, "TEASET", "茶具套装", "CUP-W", 2, True),
        RecipeRow(4, "TEASET", "", "POT-L", 1, None),
    )


def test_every_fault_names_its_row_and_column() -> None:
    found = read(
        csv(
            ",,CUP-W,1,",
            "A,,,1,",
            "A,,CUP-W,两个,",
            "A,,CUP-W,0,",
            "A,,CUP-W,100000,",
            "A,,CUP-W,1,也许",
            "A,,CUP-W,,",
            "",
            "B,,CUP-W,1,",
        )
    )
    assert found is not None
    assert found.rows == (RecipeRow(10, "B", "", "CUP-W", 1, None),)
    assert found.faults == (
        Fault(2, Why.MISSING, {"column": "组合编码"}, ""),
        Fault(3, Why.MISSING, {"column": "组件编码"}, "A"),
        Fault(4, Why.NOT_A_NUMBER, {"column": "数量", "value": "两个"}, "A"),
        Fault(5, Why.OUT_OF_RANGE, {"column": "数量", "value": "0"}, "A"),
        Fault(6, Why.OUT_OF_RANGE, {"column": "数量", "value": "100000"}, "A"),
        Fault(7, Why.NOT_YES_OR_NO, {"column": "独立套件", "value": "也许"}, "A"),
        Fault(8, Why.MISSING, {"column": "数量"}, "A"),
    )


def test_a_set_with_a_dash_for_a_part_has_none() -> None:
    found = read(csv("TEASET,茶具套装,-,,"))
    assert found is not None
    assert (found.rows, found.faults) == ((RecipeRow(2, "TEASET", "茶具套装", NO_PARTS, 0, None),), ())


@pytest.mark.parametrize(
    "data",
    [
        ",".join(name.split("|")[0] for name in ORDERS.columns.values()).encode(),
        b"order,sku,quantity\n1,2,3\n",
        b'{"orders": []}',
        b"\x89PNG\r\n",
        b"",
    ],
)
def test_what_is_no_file_of_recipes_is_left_to_others(data: bytes) -> None:
    assert read(data) is None
