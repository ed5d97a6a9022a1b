"""Facts in a card: escaped, and what Telegram would make tappable in them set in code.

Telegram marks commands, names, links and hashtags in every text, a bot's own too. A tap on the "/refund" in a buyer's
message sends it as the reader's own command, and a link leads anywhere. Inside code it marks nothing, and a tap copies.
What a text of ours itself says (`/numbers`) stays tappable; a fact that must be (an invitation's link) is `Html`.

Surprising: only the marked pieces are set, so that a message still reads as one, and what becomes one behind our own
words (`.com` behind a 7). No piece that begins with # has a colon, as a line `#verb:12:3` in code is how
`handlers.questions` knows its own.
"""

import re
from functools import cache
from html import escape

_ENDS = "com|net|org|cn|hk|tw|mo|sg|jp|kr|io|me|co|cc|top|xyz|info|biz|vip|club|site|online|link|app|dev|ltd|shop|store"
_ENDS += "|live|pro|fun|wang|ink|work|tech|cloud|tv|ly|to|la|gg|ru|uk|us|eu|de|fr|it|es|ca|au|in|my|th|vn|id|ph|br|mx"
"""Domains that are a link without https://."""
_REST = r"""[^\s<>"'“”‘’，。；！？、（）【】《》]"""
_MARKED = "|".join(
    (
        rf"(?<![A-Za-z])[A-Za-z][A-Za-z0-9+.-]*://{_REST}+",
        r"(?:\A|[A-Za-z0-9_.+-]+)@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
        rf"(?:\A\.|(?<![A-Za-z0-9@._-])[A-Za-z0-9-]+\.)(?:[A-Za-z0-9-]+\.)*(?i:{_ENDS})(?![A-Za-z0-9_-])(?:[:/?#]{_REST}*)?",
        r"(?<![A-Za-z0-9_])@[A-Za-z][A-Za-z0-9_]{2,}",
        r"(?<![A-Za-z0-9_/<>])/[A-Za-z0-9_]+(?:@[A-Za-z0-9_]+)?",
        r"(?<![\w#])#\w*[^\W\d_]\w*",
        r"(?<![A-Za-z0-9_$])\$[A-Z]{1,8}(?![A-Za-z0-9_$])",
    )
)
_RUN = re.compile(rf"(?:{_MARKED})(?:[ ,，、;；]+(?:{_MARKED}))*")
_CODED = re.compile(r"<(code|pre|a)\b.*?</\1>", re.DOTALL)
_NAME = re.compile(r"{(\w+)")


def quoted(text: str) -> str:
    """Any text as HTML in which nothing can be tapped but to copy it."""
    parts, at = [], 0
    for run in _RUN.finditer(text):
        parts += [escaped(text[at : run.start()]), f"<code>{escaped(run[0])}</code>"]
        at = run.end()
    return "".join([*parts, escaped(text[at:])])


def escaped(text: str) -> str:
    """Any text as HTML, for where Telegram marks nothing: inside code and links."""
    return escape(text, quote=False)


@cache
def in_code(template: str) -> frozenset[str]:
    """The facts of a template that stand inside code or a link there."""
    return frozenset(name for piece in _CODED.finditer(template) for name in _NAME.findall(piece[0]))
