"""Wrong numbers in the stock room's chat: set anew, lowered, taken back; and photos that count like typed codes."""

from io import BytesIO

import pytest
from PIL import Image

from domain.errors import BadValue
from domain.people.people import Role
from domain.records import NoticeKind
from domain.stock.stock_scan import How, Scan
from domain.stops import returns
from exports.barcodes import barcode_png
from handlers.floor.stock_scans import read_scans
from tests.factory import incoming
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio
CUP, TEA = "6900000000014", "6900000000038"


def lines(desk: DeskChat, doc_id: int = 1) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = desk.look(
        lambda unit: [(line.sku, line.done) for line in unit.stock_docs.get(doc_id).lines]
    )
    return found


def picture(*codes: str) -> bytes:
    """A white table with labels on it."""
    table = Image.new("L", (900, 100 + 320 * len(codes)), 255)
    for place, code in enumerate(codes):
        table.paste(Image.open(BytesIO(barcode_png(code))), (40, 40 + 320 * place))
    out = BytesIO()
    table.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("words", "scans"),
    [
        ("CUP-01 =50", [Scan("CUP-01", 50, how=How.SET)]),
        ("CUP-01 ＝50 =8.50", [Scan("CUP-01", 50, cost=850, how=How.SET)]),
        ("CUP-01 12 =8.50", [Scan("CUP-01", 12, cost=850)]),
        ("CUP-01 12 =8", [Scan("CUP-01", 12, cost=800)]),
        ("CUP-01 -450", [Scan("CUP-01", 450, how=How.LESS)]),
        ("CUP-01 －450 TEA-01 −1", [Scan("CUP-01", 450, how=How.LESS), Scan("TEA-01", 1, how=How.LESS)]),
        ("A-01 CUP-01@B7 =0", [Scan("A-01"), Scan("CUP-01", 0, "B7", how=How.SET)]),
        ("A-01 CUP-01 1 TEA-01 x3", [Scan("A-01"), Scan("CUP-01"), Scan("TEA-01", 3)]),
    ],
)
def test_what_words_mean_to_a_document(words: str, scans: list[Scan]) -> None:
    assert read_scans(words, "CNY") == scans


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("CUP-01 =8.50", ("units", "=8.50")),
        ("CUP-01 5 -3", ("units", "-3")),
        ("CUP-01 -99999999999", ("units", "-99999999999")),
        ("CUP-01 −1234567", ("units", "−1234567")),
        ("CUP-01 *99999999999", ("units", "*99999999999")),
        ("CUP-01 =99999999999", ("units", "=99999999999")),
        ("CUP-01 -1.5", ("units", "-1.5")),
        ("CUP-01 -3 =8.50", ("cost", "8.50")),
        ("CUP-01 12 =x", ("cost", "x")),
        ("CUP-01@B7@9999-99-99", ("date", "9999-99-99")),
    ],
)
def test_what_says_nothing_clear_is_refused(words: str, what: tuple[str, str]) -> None:
    with pytest.raises(BadValue) as refusal:
        read_scans(words, "CNY")
    assert (refusal.value.what, refusal.value.value) == what


FAR_TOO_MANY = {
    "en": "«-99999999999» is not valid for units. Expected: a number of units.",
    "zh": "「-99999999999」不能作为件数。应为：件数。",
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_number_far_too_large_is_refused_as_it_was_typed(desk: DeskChat, language: str) -> None:
    he = desk.speaks(Role.RECEIVER, language)
    await desk.writes(he, "/receipt HZ")
    assert await desk.writes(he, "CUP-01 -99999999999") == [FAR_TOO_MANY[language]]
    assert lines(desk) == []


async def test_a_wrong_number_is_put_right_and_the_one_card_says_so(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    await desk.writes(he, "/receipt HZ")
    assert await desk.writes(he, f"{CUP} 500") == []
    assert desk.card(he, NoticeKind.STOCK_DOC, 1).text.split("\n")[4:8] == [
        "• <code>CUP-01</code> × 500",
        "",
        "✎ 10:00 CUP-01: 0 → 500",
        "Wrong number? CODE -2 takes units off, CODE =50 sets how many there are, /undo takes the last back.",
    ]
    assert await desk.writes(he, f"{CUP} -450") == []
    assert "✎ 10:00 CUP-01: 500 → 50" in desk.card(he, NoticeKind.STOCK_DOC, 1).text
    assert await desk.writes(he, f"{CUP} -51") == [
        "«-51» is not valid for units. Expected: no more than was scanned of it."
    ]
    assert await desk.writes(he, f"{CUP} =40") == []
    assert lines(desk) == [("CUP-01", 40)]


async def test_undo_and_its_button_take_the_last_ones_back(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    await desk.writes(he, "/receipt HZ")
    await desk.writes(he, f"{CUP} 5")
    await desk.writes(he, f"{TEA} 500")
    [said] = await desk.writes(he, "/undo")
    assert said.split("\n")[4:7] == ["• <code>CUP-01</code> × 5", "", "↶ 10:00 TEA-01: 0 → 500 · taken back"]
    assert desk.labels == [["✅ All in"], [f"↶ Take back {CUP}"], ["🗑 Never mind", "📄 Goods-in note"]]
    await desk.taps(he, f"↶ Take back {CUP}")
    assert desk.toasts == [f"{CUP}: taken back"]
    assert lines(desk) == []
    assert desk.labels == [["✅ All in"], ["🗑 Never mind"]]
    assert await desk.writes(he, "/undo") == ["There is no scan of yours to take back."]


async def test_undo_takes_back_what_was_scanned_last_of_parcels_and_goods(desk: DeskChat) -> None:
    desk.orders(incoming())
    _, [box] = desk.wave()
    picker = desk.cast.people[Role.PICKER]
    await desk.writes(picker, "/count A-01 HZ")
    await desk.writes(picker, f"A-01 {CUP} 90")
    desk.clock.forward(5)
    await desk.writes(picker, box.waybill)
    assert desk.parcel(box.id).state == "picked"
    await desk.writes(picker, "/undo")
    assert (desk.parcel(box.id).state, lines(desk)) == ("in_wave", [("CUP-01", 90)])
    await desk.writes(picker, "/undo")
    assert lines(desk) == [("CUP-01", 0)]


async def test_the_button_is_only_for_who_scanned(desk: DeskChat) -> None:
    picker, lead = desk.cast.people[Role.PICKER], desk.cast.people[Role.CS_LEAD]
    await desk.writes(picker, "/count A-01 HZ")
    await desk.writes(picker, f"A-01 {CUP} 90")
    for person, seen in ((picker, True), (lead, False)):
        rows = desk.card(person, NoticeKind.STOCK_DOC, 1).rows
        assert (f"↶ Take back {CUP}" in [button.label for row in rows for button in row]) is seen


async def test_a_photo_of_goods_counts_like_the_typed_code(desk: DeskChat) -> None:
    picker = desk.cast.people[Role.PICKER]
    await desk.writes(picker, "/count A HZ")
    assert await desk.photographs(picker, picture("A-01")) == []
    assert await desk.photographs(picker, picture(CUP), caption="12") == []
    assert await desk.photographs(picker, picture(CUP)) == []
    assert dict(lines(desk))["CUP-01"] == 13
    assert await desk.photographs(picker, picture(CUP, TEA), caption="12") == [
        "«12» is not valid for units. Expected: a number with one product in the picture."
    ]
    [said] = await desk.writes(picker, "/undo")
    assert "↶ 10:00 CUP-01: 12 → 13 · taken back" in said.split("\n")


async def test_a_photo_of_a_label_is_the_floors_though_goods_are_counted(desk: DeskChat) -> None:
    desk.orders(incoming())
    _, [box] = desk.wave()
    picker = desk.cast.people[Role.PICKER]
    await desk.writes(picker, "/count A-01 HZ")
    await desk.photographs(picker, picture(CUP, box.waybill))
    assert (desk.parcel(box.id).state, lines(desk)) == ("picked", [("CUP-01", 0)])


async def test_the_label_of_a_return_is_the_floors_too(desk: DeskChat) -> None:
    he = desk.cast.people[Role.RECEIVER]
    known = desk.do(lambda unit: returns.arrive(unit, he.acting(), "RT0000000001", desk.cast.warehouses[0].id))
    await desk.writes(he, "/receipt HZ")
    await desk.writes(he, f"{CUP} 2")
    asked = "In which warehouse are you receiving? I remember it for 12 h."
    assert await desk.writes(he, known.waybill) == [asked]
    assert await desk.photographs(he, picture(known.waybill)) == [asked]
    assert lines(desk) == [("CUP-01", 2)]


async def test_a_lead_who_counts_takes_photos_too(desk: DeskChat) -> None:
    lead = desk.cast.people[Role.CS_LEAD]
    await desk.writes(lead, "/count A-01 HZ")
    assert await desk.photographs(lead, picture("A-01")) == []
    assert await desk.photographs(lead, picture(CUP)) == []
    assert lines(desk) == [("CUP-01", 1)]
