"""What goods are called beside their code.

Surprising: many shops write the code where the title belongs. Then the catalogue's own name is shown, and a code is
never said twice.
"""

from domain.desk import Desk
from domain.orders import kits
from handlers.wording.terms import N_
from handlers.words import Words


def beside(code: str, title: str) -> str:
    """The title that stands beside a code: nothing where it only says the code again."""
    return "" if title.strip().casefold() == code.casefold() else title


def title_of(desk: Desk, sku: str, title: str, limit: int = 60) -> str:
    """How they were sold, else what the catalogue calls them; '' when all of it is the code."""
    known = desk.catalog.skus.get(sku) or desk.catalog.bundles.get(sku)
    names = (beside(sku, name).strip() for name in (title, known.title if known else ""))
    return next((name[:limit] for name in names if name), "")


def name_of(desk: Desk, sku: str, title: str, limit: int = 60) -> str:
    """Title and code in one."""
    return " · ".join(part for part in (title_of(desk, sku, title, limit), sku) if part)


def built_text(desk: Desk, one: kits.InBox, words: Words) -> str:
    """What a box builds: `Tea set ×2`, or a part of it where the rest travels in another box."""
    name = title_of(desk, one.code, one.title) or one.code
    return words.label(N_("part of {name}"), name=name) if one.parted else f"{name} ×{one.count}"
