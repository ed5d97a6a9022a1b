"""Telegram's HTML: what it means and the exact complaint when it means nothing."""

import pytest

from bot.sandbox.entities import rich_text
from bot.sandbox.errors import ApiError
from bot.sandbox.html import parse_html
from bot.sandbox.shapes import Entity


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("<b>hi</b>", "hi", [{"type": "bold", "offset": 0, "length": 2}]),
        ("📦<i>包裹</i>", "📦包裹", [{"type": "italic", "offset": 2, "length": 2}]),
        (
            "<b>a<i>b</i></b>",
            "ab",
            [{"type": "italic", "offset": 1, "length": 1}, {"type": "bold", "offset": 0, "length": 2}],
        ),
        (
            '<a href="https://x.cn/?a=1&amp;b=2">x</a>',
            "x",
            [{"type": "text_link", "offset": 0, "length": 1, "url": "https://x.cn/?a=1&b=2"}],
        ),
        (
            '<pre><code class="language-python">x = 1</code></pre>',
            "x = 1",
            [{"type": "pre", "offset": 0, "length": 5, "language": "python"}],
        ),
        (
            "<blockquote expandable>why</blockquote>",
            "why",
            [{"type": "expandable_blockquote", "offset": 0, "length": 3}],
        ),
        ('<span class="tg-spoiler">s</span>', "s", [{"type": "spoiler", "offset": 0, "length": 1}]),
        ("<B>x</b><u></u>", "x", [{"type": "bold", "offset": 0, "length": 1}]),
        ("&lt;&gt;&amp;&quot;&#20108;&nbsp; a > b & c", '<>&"二&nbsp; a > b & c', []),
    ],
)
def test_markup_becomes_text_and_entities(markup: str, text: str, entities: list[Entity]) -> None:
    assert parse_html(markup) == (text, entities)


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("二<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <b b", 'Unclosed start tag "b" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<i>a</i   ", "Unclosed end tag at byte offset 4"),
        ("<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href='x>y</a>", "Unclosed start tag at byte offset 0"),
        ("<张三@qq.com>", 'Unsupported start tag "张三@qq.com" at byte offset 0'),
    ],
)
def test_markup_that_does_not_parse_is_refused_in_telegrams_words(markup: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(markup)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_text_is_trimmed_and_its_entities_with_it() -> None:
    text, entities = rich_text("  <b> hi </b> \n", "HTML", None, 4096, "message is too long")
    assert (text, entities) == ("hi", [{"type": "bold", "offset": 0, "length": 2}])


def test_telegram_finds_commands_links_and_mentions_by_itself_but_not_in_code() -> None:
    markup = "/why TB-1 https://x.cn/a, @boris_w a@b.cn 1/2 <code>/no</code>"
    text, entities = rich_text(markup, "html", None, 4096, "message is too long")
    units = [(e["type"], text[e["offset"] : e["offset"] + e["length"]]) for e in entities]
    assert units == [
        ("bot_command", "/why"),
        ("url", "https://x.cn/a"),
        ("mention", "@boris_w"),
        ("email", "a@b.cn"),
        ("code", "/no"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 4097, "message is too long"),
        ("📦" * 2049, "message is too long"),
        ("x" * 32_769, "text is too long"),
    ],
)
def test_text_over_a_limit_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        rich_text(text, "", None, 4096, "message is too long")
    assert refused.value.description == f"Bad Request: {reason}"


def test_the_limit_counts_after_parsing() -> None:
    text, _ = rich_text("<b>" + "x" * 4096 + "</b>", "HTML", None, 4096, "message is too long")
    assert text == "x" * 4096


def test_given_entities_must_lie_in_the_text() -> None:
    bold = {"type": "bold", "offset": 1, "length": 2}
    assert rich_text("abc", "", [bold], 10, "") == ("abc", [bold])
    with pytest.raises(ApiError, match="entity beginning or end is out of the text"):
        rich_text("ab", "", [bold], 10, "")


def test_markdown_is_refused_rather_than_shown_raw() -> None:
    with pytest.raises(ApiError, match="the sandbox reads HTML and entities, not Markdown"):
        rich_text("*x*", "MarkdownV2", None, 10, "")
