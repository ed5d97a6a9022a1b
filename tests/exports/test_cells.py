"""One cell's XML: what goes in from strangers stays text."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from exports.book import register_styles
from exports.cells import Formula, Kind, Look, Style, Value, put

ZONE = ZoneInfo("Asia/Shanghai")
STYLES = register_styles(Workbook())
TEXT = Look(Style.DATA, Kind.TEXT)
QUOTED = Look(Style.DATA, Kind.TEXT, quoted=True)


def cell(value: Value, look: Look = TEXT) -> str:
    return put(2, 28, value, look, ZONE, STYLES)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_what_looks_like_a_formula_is_quoted_text(text: str) -> None:
    kept = text.replace("\r", "_x000D_")
    assert cell(text) == (
        f'<c r="AB2" s="{STYLES[QUOTED]}" t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>'
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a<b>&c", "a&lt;b&gt;&amp;c"),
        ("a\x00\x0b\x1f\ufffe\ud800b", "ab"),
        ("_x0041_", "_x005F_x0041_"),
        ("x" * 40_000, "x" * 32_766 + "…"),
    ],
)
def test_text_is_escaped_and_made_legal(text: str, kept: str) -> None:
    assert cell(text) == (
        f'<c r="AB2" s="{STYLES[TEXT]}" t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>'
    )


def test_a_time_is_shown_in_the_zone() -> None:
    look = Look(Style.DATA, Kind.DATETIME)
    noon = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert cell(noon, look) == f'<c r="AB2" s="{STYLES[look]}"><v>46349.0000000000</v></c>'
    assert "<v>46349</v>" in cell(date(2026, 11, 23), Look(Style.DATA, Kind.DATE))


def test_a_naive_time_and_an_endless_number_are_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        cell(datetime(2026, 11, 22, 16, 0))  # noqa: DTZ001 - the naive time is the point
    with pytest.raises(ValueError, match="not a number"):
        cell(Decimal("NaN"))


def test_a_formula_carries_its_result() -> None:
    assert cell(Formula("A1&B1", "<x>")).endswith(' t="str"><f>A1&amp;B1</f><v>&lt;x&gt;</v></c>')
    assert cell(Formula("A1*B1", Decimal("1E+3"))).endswith("><f>A1*B1</f><v>1000</v></c>")
    assert cell(None) == f'<c r="AB2" s="{STYLES[TEXT]}"/>'
