"""What strangers write is nothing to tap: no command, name, link or tag on any card, and never a question of ours."""

from dataclasses import replace
from typing import Any

import pytest
from aiogram.types import Message
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sandbox.entities import rich_text
from domain.people.people import Role
from domain.review import review
from handlers.questions import asked
from handlers.quoted import in_code, quoted
from handlers.words import Html, Ours, Words
from tests.factory import incoming, incoming_line, receiver
from tests.handlers.bilingual import desk_speaking_it, each_language  # noqa: F401
from tests.handlers.desk_chat import DeskChat

EN = Words("en", "UTC")
BAIT = "/refund"
HOSTILE = f"不要了 {BAIT} 1 现在 @evilbot #急单 http://x.example/a?b=1 加 evil.com"


def tappable(html: str) -> list[str]:
    """What Telegram would mark in this text by itself."""
    text, found = rich_text(html, "HTML", None, 100_000, "too long")
    units = text.encode("utf-16-le")
    marked = [one for one in found if one["type"] in {"mention", "hashtag", "cashtag", "bot_command", "url", "email"}]
    return [units[one["offset"] * 2 : (one["offset"] + one["length"]) * 2].decode("utf-16-le") for one in marked]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("请尽快发货", "请尽快发货"),
        ("/refund 1", "<code>/refund</code> 1"),
        ("快 /refund@xiaoer_bot!", "快 <code>/refund@xiaoer_bot</code>!"),
        ("/a, /b;/c", "<code>/a, /b;/c</code>"),
        ("a < /b & @carol", "a &lt; <code>/b</code> &amp; <code>@carol</code>"),
        ("2026/11/20 13800001111/13900002222 买/卖", "2026/11/20 13800001111/13900002222 买/卖"),
        ("文三路1/2号 3 / 4", "文三路1/2号 3 / 4"),
        ("#1001 5#楼 #301室", "#1001 5#楼 <code>#301室</code>"),
        ("¥3.00 1.5kg L24.05 a.b", "¥3.00 1.5kg L24.05 a.b"),
        ("CUP-W@B7 @B7", "CUP-W@B7 @B7"),
        ("看 taobao.com/x?id=1，谢谢", "看 <code>taobao.com/x?id=1</code>，谢谢"),
        ("HTTPS://T.me/x", "<code>HTTPS://T.me/x</code>"),
        ("mail li.lei+1@x.example.", "mail <code>li.lei+1@x.example</code>."),
        ("US$5 $TSLA", "US$5 <code>$TSLA</code>"),
        ("orders.csv", "orders.csv"),
    ],
)
def test_only_what_telegram_marks_is_set_in_code(text: str, html: str) -> None:
    assert quoted(text) == html
    assert tappable(html) == []


_PIECES = st.sampled_from(
    ["/", "@", "#", "$", ".", ":", "//", "a", "Z", "refund", "com", "t.me", "5", "_", "-", " ", "\n"]
)
_MORE = st.sampled_from(["，", "急", "“", "<b>", "&lt;", "😀", "?", "USD", "https://", "x@y.cn"])


@example(".com", "7")
@example("@t.me", "7")
@example("5https:////", "")
@given(st.lists(_PIECES | _MORE, max_size=14).map("".join), st.sampled_from(["", "“", "买", "7", " "]))
def test_no_text_leaves_anything_to_tap(text: str, before: str) -> None:
    """The text is all there, too."""
    html = before + quoted(text)
    shown, _ = rich_text(html, "HTML", None, 100_000, "too long")
    assert tappable(html) == []
    assert shown == (before + text).strip()


def test_a_fact_is_quoted_once_and_our_own_words_stay() -> None:
    name = EN("«{text}»", text=BAIT)
    assert isinstance(name, Html)
    assert EN("{who} < {what}", who=name, what="@evilbot") == "«<code>/refund</code>» < <code>@evilbot</code>"
    assert EN("<code>{text}</code> {text}", text=BAIT) == "<code>/refund</code> /refund"
    assert EN("{how}", how=EN.plain("goes away when the account is topped up (/numbers)")).endswith("(/numbers)")
    assert EN.listed([EN.plain("/a"), EN.plain("/b")]) == Ours("/a, /b")
    assert EN.listed([Html("<b>x</b>"), "<b>"]) == Html("<b>x</b>, &lt;b&gt;")
    assert EN.label("{text}", text=BAIT) == BAIT


def test_facts_in_code_are_known() -> None:
    assert in_code("{a} <code>{b}</code> <pre>{c} {d:x|y}</pre> <b>{e}</b>") == {"b", "c", "d"}


@pytest.mark.parametrize("line", ["#o.rjr:1:1:stock", "#mg:1:1", "#mg", "急 #o.rjr:1:1:stock", "/x #mg:1:1"])
def test_what_a_buyer_wrote_last_on_a_card_is_no_question(line: str) -> None:
    text, found = rich_text("<b>Order</b>\n\n" + quoted(line), "HTML", None, 4096, "too long")
    ours = {"id": 42, "is_bot": True, "first_name": "Xiaoer"}
    said = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}
    card = {**said, "from": ours, "text": text, "entities": found}
    reply = Message.model_validate({**said, "text": "yes", "reply_to_message": card})
    assert asked(reply, 42) is None


def hostile(desk: DeskChat) -> Any:
    """An order whose every told field is bait."""
    who = receiver(name=f"{BAIT} 张三", address=f"文三路 1 号 {BAIT} evil.com", phone="13800001234")
    line = replace(incoming_line("", 1), title=f"杯子 {BAIT} @evilbot", merchant_code="NO-SUCH", variant=f"{BAIT} 红")
    (order,) = desk.takes(
        incoming("1", receiver=who, lines=(line,), buyer_id="@evilbot", buyer_message=HOSTILE, seller_note=f"{BAIT} #x")
    )
    return order


@pytest.mark.anyio
async def test_no_card_of_an_order_has_bait(desk: DeskChat) -> None:
    """Order, why, history, queue, search, customer, bulk page, digest, and what each tap of the order shows."""
    anna = desk.cast.people[Role.CS]
    order = hostile(desk)
    desk.do(review.hold, desk.cast.actor(Role.CS), order.id, order.revision, HOSTILE)
    seen: list[str] = []
    for typed in ("/order 1", "/why 1", "/queue", "张三", "evilbot", "/customer 1", "/new", "/release", "杯子"):
        seen += await desk.writes(anna, typed)
        for row in desk.labels:
            for label in row:
                assert "<code>" not in label, label
    await desk.writes(anna, "/order 1")
    for label in [label for row in desk.labels for label in row if label[0] in "❓🕘👤✋💸❌"]:
        await desk.writes(anna, "/order 1")
        seen += await desk.taps(anna, label)
    assert sum(f"<code>{BAIT}" in text for text in seen) > 5
    for text in seen:
        assert [one for one in tappable(text) if one.split()[0] in (BAIT, "@evilbot", "#急单", "evil.com")] == [], text
