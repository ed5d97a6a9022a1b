"""A mapping's card: old taps, foreign hands, a restart, and eyes that should not see people."""

import pytest

from domain.people.people import Role
from tests.channels.making import csv_bytes
from tests.handlers.desk.mapping_chat import (
    HEADER,
    ROWS,
    SAID,
    SHOP,
    TABLE,
    anna,
    begun,
    only,
    orders,
    saved,
    taught,
    to_group,
)
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio


async def test_what_is_lacking_is_named_and_nothing_is_saved(desk: DeskChat) -> None:
    await begun(desk)
    for label in ("✅ Remember and read", "🔎 Try it on this file"):
        [card] = await desk.taps(anna(desk), label)
        assert desk.toasts == [
            "The mapping: please say which. Expected: a column each for order number, goods and quantity."
        ]
        assert "❗ quantity: no column yet" in card
    assert (orders(desk), saved(desk)) == ([], [])


async def test_an_old_tap_is_refused_in_words_and_the_card_is_drawn_anew(desk: DeskChat) -> None:
    await begun(desk)
    old, shown = desk.button(anna(desk).telegram_id, "✅ Remember and read")
    await taught(desk)
    before = saved(desk)
    lead = desk.cast.people[Role.CS_LEAD]
    for verb in (old, old.replace("m.y", "m.k"), old.replace("m.y", "m.g") + ":0"):
        await desk.presses(anna(desk), verb, shown)
        [told] = desk.toasts
        assert told.startswith(f"The mapping: remembered by {anna(desk).name} at ")
        assert told.endswith("Nothing was changed; the card is up to date now.")
    assert (saved(desk), len(orders(desk))) == (before, 1)
    now = f"m.c:{before[0].id}:{before[0].revision}:paid:0"
    await desk.presses(lead, now, shown)
    assert desk.toasts == ["erp.csv is remembered; this step needs not remembered yet."]
    assert saved(desk) == before


async def test_the_draft_goes_on_after_a_restart(desk: DeskChat, sqlite_url: str) -> None:
    await begun(desk)
    await desk.taps(anna(desk), "🛒 Order, goods")
    again = DeskChat(desk.store, desk.clock, desk.cast, desk.wire, desk.update_id)
    for label in ("quantity ← –", "几个 · 2", "◀ Back", *SAID):
        await again.taps(anna(desk), label)
    [done] = await again.taps(anna(desk), "✅ Remember and read")
    assert done.split("\n")[0] == "<b>📥 2 orders</b> · 小满旗舰店 · erp.csv"


async def test_nobody_acts_outside_role_and_shop(desk: DeskChat) -> None:
    await taught(desk)
    [mapping] = saved(desk)
    _, shown = desk.button(anna(desk).telegram_id, "✅ Remember and read")
    chen, bella = desk.cast.people[Role.FINANCE], desk.do(only, desk.cast.anna2, desk.cast.shops[1].id)
    assert await desk.writes(chen, "/mapping") == ["Your role does not allow this (import)."]
    assert (await desk.writes(bella, "/mapping"))[0].startswith("I have learned no table yet.")
    file, shop = mapping.file_id, mapping.shop_id
    for data in (
        f"m.x:{mapping.id}:{mapping.revision}",
        f"m.o:{mapping.id}",
        f"m.r:{mapping.id}",
        f"m.s:{file}:{shop}",
    ):
        await desk.presses(chen, data, shown)
        assert desk.toasts == ["Your role does not allow this (import)."]
        await desk.presses(bella, data, shown)
        assert desk.toasts == ["This shop is not yours to work on."]
    assert saved(desk) == [mapping]
    _, offered = await desk.sends(bella, "erp.csv", TABLE)
    assert offered.startswith("<b>❌ Not taken in.</b>")
    assert desk.labels == [["小满拼多多店"]]


async def test_a_card_of_a_shop_no_longer_ones_own_is_not_drawn_anew(desk: DeskChat) -> None:
    await begun(desk)
    old, shown = desk.button(anna(desk).telegram_id, "🔎 Try it on this file")
    desk.do(only, anna(desk), desk.cast.shops[1].id)
    assert await desk.presses(anna(desk), old, shown) == []
    assert desk.toasts == ["This shop is not yours to work on."]


async def test_a_group_sees_no_person(desk: DeskChat) -> None:
    """Not in the card, a field's columns, the trial, nor a status column that was mistaken."""
    header = [*HEADER, "备用机"]
    await to_group(desk, csv_bytes([header, *([*row, "+86 139 0000 5678"] for row in ROWS)]))
    seen = await desk.taps(anna(desk), SHOP, group=True)
    assert "• receiver's name ← <b>收货人</b> «张**»" in seen[0].split("\n")
    assert "• phone ← <b>电话</b> «*******1234»" in seen[0].split("\n")
    for label in ("🛒 Order, goods", "quantity ← –"):
        seen += await desk.taps(anna(desk), label, group=True)
    seen.append(str(desk.labels))
    words = [SAID[0], SAID[1], "❓«新*» = not said, rejected", SAID[3]]
    for label in ("几个 · 2", "◀ Back", *words, "🔎 Try it on this file"):
        seen += await desk.taps(anna(desk), label, group=True)
    assert "→ 张** *******1234 浙江省 杭州市" in seen[-1].split("\n")
    for label in ("◀ Back", "🕑 Status, times", "order status ← 状态", "收货人 · 张**"):
        seen += await desk.taps(anna(desk), label, group=True)
    seen += await desk.taps(anna(desk), "What the status words mean", group=True)
    seen.append(str(desk.labels))
    for label in ("◀ Back", "🔎 Try it on this file"):
        seen += await desk.taps(anna(desk), label, group=True)
    assert "• row 2: unknown order status; column 收货人; found «张**»" in seen[-1].split("\n")
    told = "\n".join(seen)
    assert [
        secret for secret in ("三丰", "李四", "1380000", "1390000", "139 0000", "文三路", "小明") if secret in told
    ] == []


@pytest.mark.parametrize("rows", [[row[:1] + row[6:9] for row in ROWS], [["张三丰", "13800001234"], ["李四", "1"]]])
async def test_a_group_is_not_shown_the_first_row_of_a_table_without_a_header(
    desk: DeskChat, rows: list[list[str]]
) -> None:
    """In private it may be learned, and is told."""
    _, text = await to_group(desk, csv_bytes(rows))
    assert text.split("\n") == [
        "<b>❌ Not taken in.</b> Nothing was changed.",
        "I don't know this table. Send it to me in private to see why.",
    ]
    assert desk.labels == []
    _, text = await desk.sends(anna(desk), "erp.csv", csv_bytes(rows))
    assert "张三丰" in text
