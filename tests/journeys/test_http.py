"""The whole desk as its people use it: `python run.py` as a process, everything through the sandbox's control API.

Surprising: all tests share one process, as in life; each brings orders of its own and looks only at those.
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.channels import making
from tests.journeys.live import (
    ANNA,
    BELLA,
    BORIS,
    FINANCE,
    OWNER,
    PACKER,
    PICKER,
    RECEIVER,
    ROOT,
    Live,
    Message,
    buttons,
    running,
    shopify,
    shopify_file,
    wait_for,
    words_of,
)

SAMPLE = ROOT.parent / "shared/samples/shopify/orders_export.csv"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One process for the module."""
    with running(tmp_path_factory.mktemp("live")) as desk:
        yield desk


def released(live: Live, *numbers: int, sku: str = "CUP-W") -> list[str]:
    """Take orders in and approve them, then wait until the warehouse has them. Returns their waybills."""
    data = shopify_file(*(shopify(number, sku, 1, "12.00") for number in numbers))
    live.upload(BELLA, "orders_export.csv", data, f"新增：{len(numbers)} ")
    live.tap(BELLA, live.ask(BELLA, "/new", "可审核"), "d.ac:")
    return [waybill(live, number) for number in numbers]


def waybill(live: Live, number: int) -> str:
    """Of the order's parcel, once it is in a wave."""

    def look() -> str | None:
        card = words_of(live.ask(ANNA, f"/order #{number}", f"#{number}"))
        found = re.search(r"(JD\d{16}).*W\d{4}", card)
        return found[1] if found else None

    return str(wait_for(f"a wave with #{number}", look))


def becomes(live: Live, number: int, state: str) -> None:
    """Wait until the order's card says so: people in different chats are not served in the order they wrote."""
    wait_for(f"{state} of #{number}", lambda: state in words_of(live.ask(BELLA, f"/order #{number}", f"#{number}")))


def wave_of(live: Live, number: int) -> str:
    """The wave's number of an order that is in one."""
    card = words_of(live.ask(ANNA, f"/order #{number}", f"#{number}.*(?s:.*)W\\d{{4}}"))
    return str(re.findall(r"W\d{4}", card)[0])


def free_in_hangzhou(live: Live, sku: str) -> tuple[int, int, int]:
    """(free, on the shelf, reserved)"""
    card = words_of(live.ask(ANNA, f"/stock {sku}", f"^📦 .*· {sku}\n"))
    line = next(line for line in card.splitlines() if line.startswith("杭州仓"))
    free, shelf, reserved, *_ = (int(number) for number in re.findall(r"\d+", line))
    return free, shelf, reserved


def test_files_are_counted_and_the_same_file_again_changes_nothing(live: Live) -> None:
    data = shopify_file(shopify(2001, "CUP-B", 1, "12.00"), shopify(2002, "BOWL-S", 2, "9.00"))
    first = live.upload(BELLA, "orders_export.csv", data, "新增")
    assert "新增：2 · 变更：0 · 未变：0" in words_of(first)
    again = live.upload(BELLA, "orders_export.csv", data, "orders_export.csv(?s:.*)未变")
    assert "2 单均已存在，未变" in words_of(again)


def test_taobaos_two_files_make_one_order(live: Live) -> None:
    number = "3345678901234567801"
    order = {**making.TAOBAO_ROW, "订单编号": number, "买家会员名": "li", "店铺名称": "小满旗舰店"}
    line = {**making.DETAIL_ROW, "订单编号": number, "商家编码": "TOWEL-F", "标题": "纯棉面巾"}
    orders = making.csv_bytes(making.table(making.TAOBAO, order), "gb18030")
    details = making.csv_bytes(making.table(making.DETAILS, line), "gb18030")
    card = live.upload(BELLA, "ExportOrderList202611230001.csv", orders, "ExportOrderList(?s:.*)未变")
    assert "新增：1 · 变更：0 · 未变：0" in words_of(card)
    card = live.upload(BELLA, "ExportOrderDetailList202611230001.csv", details, "ExportOrderDetailList(?s:.*)未变")
    assert "新增：0 · 变更：1 · 未变：0" in words_of(card)
    shown = words_of(live.ask(BELLA, f"/order {number}", number))
    assert "2 × TOWEL-F" in shown
    assert "¥94.50" in shown


def test_undo_after_its_time_is_refused_in_words(live: Live) -> None:
    data = shopify_file(shopify(2101, "CUP-W", 1, "12.00"))
    live.upload(BELLA, "orders_export.csv", data, "新增：1 ")
    digest = live.ask(BELLA, "/new", "可审核")
    assert "已通过" in live.tap(BELLA, digest, "d.ac:")

    def undoable() -> Message | None:
        now = next(one for one in live.messages(BELLA) if one["message_id"] == digest["message_id"])
        return now if any(b["callback_data"].startswith("d.un:") for b in buttons(now)) else None

    card = wait_for("the undo button", undoable)
    with live.slow_edits(BELLA):
        number = waybill(live, 2101)
        assert "撤回" in live.tap(BELLA, card, "d.un:")
    assert waybill(live, 2101) == number


def test_a_parcel_from_wave_to_van_and_the_days_workbook(live: Live) -> None:
    first, second = released(live, 2201, 2202)
    wave = wave_of(live, 2201)
    card = live.said(PICKER, wave)
    assert live.document(PICKER, f"{wave}-pick.pdf").startswith(b"%PDF-")
    for paper in ("labels", "slips"):
        assert live.tap(PICKER, card, f"wp:{int(wave[1:])}:{paper[0]}") == "已私信发给你：2 张。"
        assert live.document(PICKER, f"{wave}-{paper}.pdf").startswith(b"%PDF-")
    assert wave in live.tap(PICKER, card, "wt:")
    live.say(PICKER, f"/pick {first}\n{second}")
    becomes(live, 2202, "已拣货")
    live.say(PACKER, f"/pack {first}\n{second}")
    becomes(live, 2202, "已打包")
    live.ask(BORIS, f"/weigh {first} 0", "0 g is not a possible weight")
    live.ask(BORIS, f"/weigh {first} 100kg", "over the courier's maximum of 30 kg")
    live.ask(BORIS, "/weigh JD0146999999999999 400", "not a waybill of ours")
    live.ask(BORIS, f"/ship {first}", first)
    assert "已打包" in words_of(live.ask(BELLA, "/order #2201", "#2201"))
    live.say(BORIS, f"/weigh {first} 400")
    live.say(BORIS, f"/ship {first}")
    becomes(live, 2201, "已交接")
    assert "已打包" in words_of(live.ask(BELLA, "/order #2202", "#2202"))
    live.tap(BORIS, live.ask(BORIS, "/manifest", "on no list yet"), "mf:")
    assert live.document(BORIS, r"M\d{4}\.pdf").startswith(b"%PDF-")
    check_workbook(live, "#2201", first)


def check_workbook(live: Live, order: str, shipped: str) -> None:
    """Finance asks for today: the order and its parcel are in, both readers open it, the tie-out passes.

    By its day: yesterday's comes by itself, on a slow machine after this was asked."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    asked = live.say(FINANCE, "/report")
    data = live.document(FINANCE, rf"_{today}_.*\.xlsx$", asked)
    names = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert names == book.sheet_names
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in names}
    tie_out = next(rows for name, rows in sheets.items() if name.startswith("99"))
    assert len(tie_out) > 10
    assert {row[-1] for row in tie_out[1:]} == {"PASS"}
    for number, value in (("3", order), ("7", shipped)):
        rows = next(rows for name, rows in sheets.items() if name.startswith(f"{number} "))
        assert sum(value in row for row in rows) == 1


def test_a_refund_in_mid_pick_stops_the_parcel(live: Live) -> None:
    before = free_in_hangzhou(live, "TEA-OOL")
    kept, stopped = released(live, 2301, 2302, sku="TEA-OOL")
    live.tap(PICKER, live.said(PICKER, wave_of(live, 2302)), "wt:")
    live.say(PICKER, f"/pick {kept}")
    assert "已退款" in words_of(live.ask(BELLA, "/refund #2302 changed my mind", "#2302"))
    card = live.said(PICKER, f"拦截 {stopped}")
    assert "changed my mind" in words_of(card)
    asked = live.say(PICKER, stopped)
    live.said(PICKER, f"⛔ .*{stopped}", asked)
    assert "待拣货" in words_of(live.ask(BELLA, "/order #2302", "#2302"))
    assert "由你处理" in live.tap(PICKER, card, "sa:")
    assert free_in_hangzhou(live, "TEA-OOL") == (before[0] - 2, before[1], before[2] + 2)
    live.say(PICKER, f"/putback {stopped}")
    freed = (before[0] - 1, before[1], before[2] + 1)
    wait_for("the stock freed", lambda: free_in_hangzhou(live, "TEA-OOL") == freed)


def test_a_return_is_linked_received_and_back_in_stock(live: Live) -> None:
    (parcel,) = released(live, 2401, sku="HONEY")
    live.say(PICKER, f"/pick {parcel}")
    becomes(live, 2401, "已拣货")
    live.say(PACKER, f"/pack {parcel}")
    becomes(live, 2401, "已打包")
    live.say(BORIS, f"/weigh {parcel} 820")
    live.say(BORIS, f"/ship {parcel}")
    becomes(live, 2401, "已交接")
    shelf = free_in_hangzhou(live, "HONEY")[1]
    live.ask(BELLA, "/return #2401 SF9990000002401 leaks", "SF9990000002401 在途")
    place = live.ask(RECEIVER, "/receive SF9990000002401", "哪个仓库")
    live.tap(RECEIVER, place, "at:1:")
    arrived = live.said(RECEIVER, "SF9990000002401 已到仓")
    assert "良品" in live.tap(RECEIVER, arrived, "ra:")
    assert free_in_hangzhou(live, "HONEY")[1] == shelf + 1


def test_a_stranger_gets_one_polite_no_and_the_owner_is_told(live: Live) -> None:
    answer = live.http.post("/sandbox/people", json={"name": "Mallory"})
    stranger = int(answer.json()["id"])
    for text in ("hello", "/new", "/order 2001"):
        live.say(stranger, text)
    live.said(OWNER, f"Mallory.*{stranger}")
    (no,) = live.messages(stranger)
    assert "抱歉" in words_of(no)


def test_customer_service_cannot_invite(live: Live) -> None:
    refusal = words_of(live.ask(BELLA, "/invite owner", "角色|权限"))
    assert "没有此权限" in refusal
    assert "/start" not in refusal
    invitation = words_of(live.ask(OWNER, "/invite picker", "邀请"))
    assert "限定：不限" in invitation
    assert "/start" in invitation


def test_a_stale_tap_is_answered_with_who_was_first(live: Live) -> None:
    live.upload(BELLA, "orders_export.csv", shopify_file(shopify(2501, "CUP-B", 1, "12.00")), "新增：1 ")
    hers = live.ask(BELLA, "/order #2501", "#2501")
    other = live.ask(ANNA, "/order #2501", "#2501")
    with live.slow_edits(ANNA):
        live.tap(BELLA, hers, "o.ok")
        toast = live.tap(ANNA, other, "o.ok")
    assert "贝拉 Bella" in toast
    assert "Nothing was changed" in toast


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared samples are not beside this checkout")
def test_the_real_shopify_export_goes_in(live: Live) -> None:
    card = words_of(live.upload(BELLA, "sample.csv", SAMPLE.read_bytes(), "sample.csv(?s:.*)未变"))
    counts = [int(number) for number in re.findall(r"新增：(\d+) · 变更：(\d+)", card)[0]]
    assert counts[0] > 0
    assert counts[1] == 0
