"""Traditional characters read as simplified ones: 廣東省深圳市龍崗區 is 广东省深圳市龙岗区 (traditional.txt).

Surprising: only for comparing and looking up, character for character, so that what was found in the folded text stands
at the same place in the text as it was told; what people wrote is never rewritten. Docs/decisions/0008.
"""

from importlib.resources import files


def _table() -> dict[str, str]:
    text = files("domain.addresses").joinpath("traditional.txt").read_text("utf-8")
    groups = [group for line in text.splitlines() if not line.startswith("#") for group in line.split()]
    return {written: group[0] for group in groups for written in group[1:]}


_SIMPLIFIED = _table()
_TRADITIONAL = frozenset(_SIMPLIFIED)
_FOLD = str.maketrans(_SIMPLIFIED)


def simplified(text: str) -> str:
    """The text in simplified characters, each in its place."""
    return text if _TRADITIONAL.isdisjoint(text) else text.translate(_FOLD)


def either(word: str) -> str:
    """A regular expression for the word in both kinds of characters; Latin letters as they are."""
    return "".join(f"[{one}{forms}]" if (forms := _FORMS.get(one, "")) else one for one in word)


_FORMS: dict[str, str] = {}
for _written, _meant in _SIMPLIFIED.items():
    _FORMS[_meant] = _FORMS.get(_meant, "") + _written
