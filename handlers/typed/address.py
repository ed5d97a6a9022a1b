"""An address as a form in a message: written out to copy, and read back with only the lines that changed; or a
whole receiver as the customer sent it (`张三 13800001234 浙江省杭州市…`), pasted as it is.

Surprising: labels are understood in every language we speak, whatever language the form was in. A pasted address
replaces the old one whole, name and phone only when they are in it.
"""

from dataclasses import fields, replace
from html import escape

from domain.addresses import phones
from domain.addresses.addresses import CHINA
from domain.errors import BadValue
from domain.intake import pasted
from domain.intake.incoming import Receiver
from handlers.cards.desk.evidence import FIELDS
from handlers.words import LANGUAGES, Words


def form(receiver: Receiver, words: Words, *, whole: bool) -> str:
    """HTML lines `label: value`; without the values where not everybody may see them."""
    lines = []
    for field, label in FIELDS.items():
        value = getattr(receiver, field) if whole else ""
        lines.append(escape(f"{words.plain(label)}: {value}", quote=False))
    return "\n".join(lines)


def changed(receiver: Receiver, answer: str) -> Receiver:
    """The receiver with what the answer tells taken over: lines of the form, or else a receiver pasted whole. Raises
    BadValue for a line that is neither."""
    try:
        news = _lines(answer)
    except BadValue:
        found = pasted.read(answer)
        if found is None:
            raise
        news = pasted.told_fields(found)
        receiver = replace(receiver, country=CHINA)
    if "phone" in news:
        news["phone"] = phones.kept(news["phone"])
    return replace(receiver, **news, masked=False)


def _lines(answer: str) -> dict[str, str]:
    """field -> value of `label: value` lines. Raises BadValue for the first line that is none of the form."""
    labels = {Words(language, "UTC").plain(label): field for language in LANGUAGES for field, label in FIELDS.items()}
    known = {field.name for field in fields(Receiver)}
    news: dict[str, str] = {}
    for line in answer.splitlines():
        label, colon, value = line.replace("：", ":", 1).partition(":")
        if not line.strip():
            continue
        field = labels.get(label.strip().casefold(), "")
        if not colon or field not in known:
            raise BadValue("address", line[:60], "label_and_value")
        if value.strip():
            news[field] = value.strip()[:200]
    if not news:
        raise BadValue("address", answer[:60], "label_and_value")
    return news
