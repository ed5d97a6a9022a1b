"""A text with its facts put in, and its nouns in number: `{n} {n:order|orders}`.

Surprising: this is no gettext plural. A sentence counts up to three things, which `ngettext` cannot; of our two
languages only English has numbers, and Chinese texts just leave the second braces out.
"""


class Fact(str):
    """A fact that also answers `{fact:one|more}` with the word that goes with it."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        one, bar, more = spec.partition("|")
        if not bar:
            return format(str(self), spec)
        return one if str(self) == "1" else more


def told(text: str, /, **facts: object) -> str:
    """The text with the facts as they are."""
    if "|" not in text:
        return text.format(**facts)
    return text.format(**{name: Fact(fact) for name, fact in facts.items()})
