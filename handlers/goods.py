"""What goods are called beside their code.

Surprising: many shops write the code where the title belongs. Then the catalogue's own name is shown, and a code is
never said twice.
"""

from domain.desk import Desk


def title_of(desk: Desk, sku: str, title: str, limit: int = 60) -> str:
    """How they were sold, else what the catalogue calls them; '' when all of it is the code."""
    known = desk.catalog.skus.get(sku)
    for name in (title.strip(), known.title.strip() if known else ""):
        if name.casefold() not in ("", sku.casefold()):
            return name[:limit]
    return ""


def name_of(desk: Desk, sku: str, title: str, limit: int = 60) -> str:
    """Title and code in one."""
    return " · ".join(part for part in (title_of(desk, sku, title, limit), sku) if part)
