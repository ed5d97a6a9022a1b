"""The house rules in chat: shown, tried, put in force, refused when they came too late or from somebody else."""

import re
from dataclasses import replace

import pytest

from domain.people.people import Role
from domain.policy import policies
from domain.policy.policy import Policy, document_of, policy_of
from domain.records import NoticeKind
from domain.review import looking, review
from handlers.cards.office.policy import fault_text, faults_card
from handlers.draw import draw
from handlers.words import Words
from tests.factory import incoming, receiver
from tests.handlers.desk_chat import DeskChat

pytestmark = pytest.mark.anyio


def version(desk: DeskChat) -> int:
    found: int = desk.look(lambda d: d.policy.version)
    return found


async def test_a_file_is_tried_then_put_in_force_by_a_tap(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    desk.takes(incoming("1"), incoming("2", lines=()))
    said = await desk.sends(owner, "rules.toml", b"wave_size = 7\n[screening]\nmost_units = 1\n")
    card = said[-1]
    assert card.startswith("<b>📜 rules.toml: tried on 2 orders in review</b>")
    assert "Newly held: <b>1</b> · freed: <b>0</b> · shipped differently: <b>0</b>" in card
    assert "✋ many units: +1 (1)" in card
    assert "<code>wave_size: 40 → 7</code>" in card
    assert version(desk) == 1
    await desk.taps(owner, "✅ Put in force")
    assert version(desk) == 2
    assert desk.look(lambda d: (d.policy.wave_size, d.policy.screening.most_units)) == (7, 1)
    assert len(desk.look(lambda d: d.orders.to_look_at(d.now, 2, 9))) == 2


async def test_every_fault_is_named_with_its_line(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    said = await desk.sends(owner, "rules.toml", b"wave_siz = 7\n\n[merge]\nmost_orders = 100\n")
    assert said[-1].split("\n") == [
        "<b>❌ rules.toml has mistakes.</b> Nothing was changed. Correct these lines and send it again:",
        "Line 1: <code>wave_siz</code>: there is no such setting; did you mean wave_size?",
        "Line 4: <code>merge.most_orders</code>: 100 is above 50",
    ]
    assert version(desk) == 1


async def test_changed_amounts_are_told_in_money_too(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    text = (
        b"amount_range = {CNY = [100, 200000], '*' = [1, 50000]}\n[limits]\ncs_approve = {CNY = 5000, '*' = 100000}\n"
    )
    said = await desk.sends(owner, "rules.toml", text)
    lines = said[-1].split("\n")
    assert "<code>limits.cs_approve.CNY: 500000 → 5000</code> (¥5,000.00 → ¥50.00)" in lines
    assert (
        "<code>amount_range.CNY: [100, 300000] → [100, 200000]</code> ([¥1.00, ¥3,000.00] → [¥1.00, ¥2,000.00])"
        in lines
    )
    assert "<code>limits.cs_approve.IDR: 16000000 → 100000 (*)</code> (IDR 16,000,000 → IDR 100,000 (*))" in lines


async def test_of_many_choices_only_what_is_like_the_word_is_told(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    said = await desk.sends(owner, "rules.toml", b"[holds]\nOUT_OF_STOK = {on = false}\nXX = {on = false}\n")
    lines = said[-1].split("\n")
    assert lines[1] == "Line 2: <code>holds.OUT_OF_STOK</code>: OUT_OF_STOK is not valid; did you mean OUT_OF_STOCK?"
    assert lines[2].startswith("Line 3: <code>holds.XX</code>: XX is not valid; choose from: REFUNDED, REFUND_REQ, ")
    assert lines[2].endswith(" …")
    assert lines[2].count(", ") == 11


async def test_a_card_tried_against_an_older_version_is_refused(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    await desk.sends(owner, "rules.toml", b"wave_size = 7\n")
    desk.do(lambda unit: unit.keep_policy(Policy(), "somebody", document_of(Policy())))
    now = version(desk)
    said = await desk.taps(owner, "✅ Put in force")
    assert version(desk) == now
    assert desk.look(lambda d: d.policies.look(now)) is None
    (toast,) = [call.said["text"] for call in desk.wire.calls if call.name == "answerCallbackQuery"]
    assert toast.startswith("house rules: another version put in force by somebody at 10:00. Nothing was changed")
    assert said[-1].startswith("<b>📜 rules.toml: tried on 0 orders in review</b>")
    assert {call.name for call in desk.last if "Message" in call.name} == {"editMessageText"}
    assert desk.look(lambda d: d.policy.wave_size) == Policy().wave_size
    await desk.taps(owner, "✅ Put in force")
    assert desk.look(lambda d: d.policy.wave_size) == 7


def card(desk: DeskChat, number: int) -> str:
    """The card of a version that was put in force, as the messenger draws it."""
    owner = desk.cast.people[Role.OWNER]
    drawn = desk.look(lambda d: draw(d, NoticeKind.POLICY, number, d.people.chat(owner.chat_id), {}))
    return str(drawn.text)


def redraws(desk: DeskChat) -> list[tuple[NoticeKind, int]]:
    """What waits to be drawn again in the owner's chat."""
    owner = desk.cast.people[Role.OWNER]
    waiting = desk.look(lambda d: d.outbox.waiting(owner.chat_id))
    return [(notice.kind, notice.subject_id) for notice in waiting if notice.redraw]


async def test_the_card_goes_on_telling_how_far_looking_again_is(desk: DeskChat) -> None:
    """On the message the owner tapped, a redraw every few seconds and one at the end; nothing of it is in memory."""
    owner = desk.cast.people[Role.OWNER]
    desk.takes(*(incoming(str(number)) for number in range(looking.BATCH + 20)))
    await desk.sends(owner, "rules.toml", b"[screening]\nmost_units = 1\n")
    _, shown = desk.button(owner.telegram_id, "✅ Put in force")
    said = await desk.taps(owner, "✅ Put in force")
    begun = "<b>📜 Version 2 is in force.</b>\n⏳ Checked again: 0 of 120 orders, newly held 0, freed 0."
    assert said == [begun]
    where = desk.look(lambda d: [(c.chat_id, c.message_id) for c in d.cards.of(NoticeKind.POLICY, 2)])
    assert where == [(owner.chat_id, shown.message_id)]
    desk.do(looking.look_again)
    assert redraws(desk) == []
    desk.clock.forward(looking.TELL_SECONDS)
    desk.do(looking.look_again)
    assert redraws(desk) == [(NoticeKind.POLICY, 2)]
    done = "<b>📜 Version 2 is in force.</b>\n✅ Checked all 120 orders in review again: newly held 120, freed 0."
    assert card(desk, 2) == done
    await desk.sends(owner, "more.toml", b"wave_size = 7\n")
    await desk.taps(owner, "✅ Put in force")
    replaced = "<b>📜 Version 2 was in force until 3 replaced it.</b>\n"
    assert card(desk, 2) == replaced + "Orders checked again under it: 120, newly held 120, freed 0."


async def test_nothing_in_review_is_said_so(desk: DeskChat) -> None:
    await desk.sends(desk.cast.people[Role.OWNER], "rules.toml", b"wave_size = 7\n")
    said = await desk.taps(desk.cast.people[Role.OWNER], "✅ Put in force")
    nothing = "No order was in review, so none had to be checked again."
    assert said == [f"<b>📜 Version 2 is in force.</b>\n{nothing}"]


async def test_history_tells_who_when_and_what_and_goes_back(desk: DeskChat) -> None:
    """Going back is trying the old document; it becomes a new version."""
    owner = desk.cast.people[Role.OWNER]
    for text in (b"wave_size = 7\n", b"wave_size = 7\nkeywords = []\n[merge]\nauto = false\n"):
        await desk.sends(owner, "rules.toml", text)
        await desk.taps(owner, "✅ Put in force")
    (said,) = await desk.writes(owner, "/policy history")
    assert said.split("\n") == [
        "<b>🕘 House rules, version by version</b>",
        "",
        "<b>Version 3</b> · 11-23 10:00 · 小满 Xiaoman · in force",
        '<code>keywords: −"发票" −"加急" −"改地址" −"送人" −"不要发" −"invoice" −"urgent" −"gift"</code>',
        "<code>merge.auto: true → false</code>",
        "",
        "<b>Version 2</b> · 11-23 10:00 · 小满 Xiaoman",
        "<code>wave_size: 40 → 7</code>",
        "",
        "<b>Version 1</b> · 11-23 10:00 · Xiaoer",
        "All settings are at their defaults.",
    ]
    assert desk.labels == [
        ["📄 Version 3"],
        ["📄 Version 2", "↩️ Back to 2"],
        ["📄 Version 1", "↩️ Back to 1"],
    ]
    await desk.taps(owner, "📄 Version 2")
    (sent,) = [call.said["document"] for call in desk.last if call.name == "sendDocument"]
    second = document_of(replace(Policy(), wave_size=7))
    assert (sent.filename, sent.data.decode()) == ("policy_v2.toml", second)
    tried = (await desk.taps(owner, "↩️ Back to 2"))[-1]
    assert tried.startswith("<b>📜 policy_v2.toml: tried on 0 orders in review</b>")
    assert "<code>merge.auto: false → true</code>" in tried
    await desk.taps(owner, "✅ Put in force")
    assert version(desk) == 4
    assert desk.look(lambda d: replace(d.policy, version=2)) == desk.look(lambda d: d.policies.get(2).policy)


async def test_history_pages(desk: DeskChat) -> None:
    """Five a page; older ones by a button that changes the card."""
    owner = desk.cast.people[Role.OWNER]
    for size in range(1, 8):
        desk.do(policies.apply, owner.acting(), f"wave_size = {size}\n", version(desk))
    await desk.writes(owner, "/policy")
    (first,) = await desk.taps(owner, "🕘 Earlier versions")
    assert [line[:16] for line in first.split("\n") if "Version" in line] == [
        f"<b>Version {n}</b>" for n in (8, 7, 6, 5, 4)
    ]
    (second,) = await desk.taps(owner, "⬅️ Older")
    assert re.findall(r"Version (\d+)", second) == ["3", "2", "1"]
    assert [call.name for call in desk.last if "Message" in call.name] == ["editMessageText"]


async def test_others_see_no_history_and_go_nowhere(desk: DeskChat) -> None:
    owner, bella = desk.cast.people[Role.OWNER], desk.cast.people[Role.CS]
    desk.do(policies.apply, owner.acting(), "wave_size = 7\n", 1)
    await desk.writes(owner, "/policy history")
    data, shown = desk.button(owner.telegram_id, "↩️ Back to 1")
    assert "Version" not in (await desk.writes(bella, "/policy history"))[0]
    for tapped in (data, "p.fl:2", "p.hi:0"):
        said = await desk.presses(bella, tapped, shown)
        assert not any("olicy_v" in text or "Version" in text for text in said)
        assert [call.name for call in desk.last if call.name.startswith("send")] == []
    assert version(desk) == 2


async def test_others_neither_see_nor_try_nor_apply(desk: DeskChat) -> None:
    bella = desk.cast.people[Role.CS]
    for said in (await desk.writes(bella, "/policy"), await desk.sends(bella, "rules.toml", b"wave_size = 7\n")):
        assert len(said) == 1
        assert "📜" not in said[0]
    assert version(desk) == 1


async def test_policy_shows_what_differs(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    assert (await desk.writes(owner, "/policy"))[0].split("\n")[1] == "All settings are at their defaults."
    await desk.sends(owner, "rules.toml", b"wave_size = 7\n")
    await desk.taps(owner, "✅ Put in force")
    assert (await desk.writes(owner, "/policy"))[0].split("\n")[:2] == [
        "<b>📜 House rules, version 2</b>",
        "<code>wave_size: 40 → 7</code>",
    ]


async def test_faults_speak_chinese_and_a_fault_without_a_place_has_no_dash() -> None:
    faults = policy_of('amount_range = {CNY = [100], "*" = [1, 2]}\nundo_seconds = true\n', 1).faults
    assert [fault_text(fault, Words("zh", "UTC")) for fault in faults] == [
        "需要一个有 2 项的列表，这里是 [100]",
        "需要整数，这里是 True",
    ]
    (broken,) = policy_of("hello [[ =", 1).faults
    assert faults_card("x.toml", [broken], Words("en", "UTC")).text.split("\n")[1].startswith("Line 1: not valid TOML")


SLIPS = {
    "en": [
        "Line 2: <code>limits.cs_approve.RMB</code>: RMB is no currency; did you mean CNY?",
        "Line 3: <code>limits.two_people.元</code>: 元 is no currency: use a code like CNY or USD, or *",
    ],
    "zh": [
        "第 2 行：<code>limits.cs_approve.RMB</code>：RMB 不是币种代码，是否想写 CNY？",
        "第 3 行：<code>limits.two_people.元</code>：元 不是币种代码：应为 CNY、USD 这样的代码，或 *",
    ],
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_amount_in_no_currency_is_a_fault_and_not_a_limit_that_never_counts(
    desk: DeskChat, language: str
) -> None:
    owner = desk.speaks(Role.OWNER, language)
    text = '[limits]\ncs_approve = {RMB = 1, KWD = 2, "*" = 3}\ntwo_people = {"元" = 1, "*" = 3}\n'
    [card] = await desk.sends(owner, "rules.toml", text.encode())
    assert card.split("\n")[1:] == SLIPS[language]
    assert version(desk) == 1


MOVED = {
    "en": [
        "Newly held: <b>0</b> · freed: <b>0</b> · shipped differently: <b>4</b>",
        "🚚 杭州仓 圆通 → 杭州仓 顺丰: 4 (1, 2, 3 …)",
    ],
    "zh": [
        "新增挂起 <b>0</b> 单 · 解除挂起 <b>0</b> 单 · 发货方式变化 <b>4</b> 单",
        "🚚 杭州仓 圆通 → 杭州仓 顺丰：4 单（1、2、3 …）",
    ],
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_another_courier_is_told_with_the_old_and_the_first_orders(desk: DeskChat, language: str) -> None:
    owner = desk.speaks(Role.OWNER, language)
    desk.takes(*(incoming(str(number), buyer_id=str(number)) for number in range(1, 5)))
    rule = '[[matching.courier_rules]]\nname = "sf"\nfield = "paid"\nop = ">"\nvalue = "1"\nto = ["SF"]\n'
    *_, card = await desk.sends(owner, "rules.toml", rule.encode())
    assert card.split("\n")[1:3] == MOVED[language]


APPROVED = {
    "en": [
        "🕑 New dispatch deadline: 4",
        "<b>Approved, in no wave yet: 3</b>",
        "🚚 Another courier once their wave is made: 1 (3)",
        "↩️ No courier takes them then, so back to review: 1 (4)",
        "➖ Would get another courier now, but keep theirs: 1 (2)",
        "➖ Would be held if they came in now, but stay approved: 3 (2, 3, 4)",
    ],
    "zh": [
        "🕑 发货时限变化：4 单",
        "<b>已审核、未组波次：3 单</b>",
        "🚚 组波次时改配快递：1 单（3）",
        "↩️ 届时无快递可发，退回审单：1 单（4）",
        "➖ 现在会改配其他快递，但仍用原快递：1 单（2）",
        "➖ 现在进单会挂起，但仍维持已审核：3 单（2、3、4）",
    ],
}
UNTOUCHED = {
    "en": "Approved, in no wave yet: 3; nothing changes for them.",
    "zh": "已审核、未组波次：3 单，不受影响。",
}
RULES = """dispatch_hours = 24
amount_range = {"*" = [1, 7000]}
[[suspensions]]
courier = "YTO"
province = "广东省"
[[suspensions]]
province = "四川省"
[[matching.courier_rules]]
name = "near"
field = "receiver.province"
op = "="
value = "浙江省"
to = ["SF"]
"""


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_approved_orders_are_told_apart_from_those_in_review(desk: DeskChat, language: str) -> None:
    owner = desk.speaks(Role.OWNER, language)
    south = receiver(province="广东省", city="深圳市", district="南山区")
    west = receiver(province="四川省", city="成都市", district="武侯区")
    told = [incoming("1"), incoming("2"), incoming("3", receiver=south), incoming("4", receiver=west)]
    orders = desk.takes(*(replace(one, buyer_id=one.number) for one in told))
    for order in orders[1:]:
        desk.do(review.approve, owner.acting(), order.id, order.revision)
    *_, card = await desk.sends(owner, "rules.toml", RULES.encode())
    lines = card.split("\n")
    at = lines.index(APPROVED[language][0])
    assert lines[at : at + 7] == [*APPROVED[language], ""]
    *_, card = await desk.sends(owner, "rules.toml", b"wave_size = 7\n")
    assert UNTOUCHED[language] in card.split("\n")
