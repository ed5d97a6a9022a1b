"""Taking a file in, for the chat and the command line alike: read, in batches, each batch one transaction.

Surprising: an import that was cut short is simply done again; what is there already counts as unchanged. The file
itself is in the store before this is called. An ERP's file (JST) holds several shops: its orders go each to the shop
they name, and the run stands under the first of them.
"""

import asyncio
import csv
import io
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from zoneinfo import ZoneInfo

import channels
from channels.formats import Format
from channels.mapping import format_of
from domain.desk import Desk
from domain.errors import BadValue, Unknown
from domain.intake import intake, mappings
from domain.intake.incoming import IncomingOrder, Platform, RejectedRow
from domain.intake.table_mapping import TableMapping
from domain.orders.catalog import Catalog, Shop
from domain.people.people import Actor, Right, may, require
from domain.records import ImportRun, StoredFile
from handlers.services import Progress
from storage.store import Store

BATCH = 500
_SHOWN_REJECTS = 200
_KEPT_REJECTS = 50_000
_OF_SEVERAL_SHOPS = frozenset({Platform.JST})
_ANY = "CNY"  # the glance looks at shop names, not at money
_RISKY = ("=", "+", "-", "@", "\t", "\r")
Report = Callable[[Progress], Awaitable[None]]


def shop_named(catalog: Catalog, name: str) -> int:
    """A shop's id by its name, or by the number itself. Raises Unknown."""
    wanted = name.strip().casefold()
    for shop in catalog.shops.values():
        if wanted in (shop.name.casefold(), str(shop.id)):
            return shop.id
    raise Unknown("shop", name)


def shop_for(catalog: Catalog, platform: Platform, first: Sequence[IncomingOrder], asked: int | None) -> Shop:
    """The shop a file belongs to: as asked, as its rows say, or the only one there is on its platform.

    An ERP's file that names one of ours is begun under it, see `by_shop`. Raises Unknown, or BadValue with the choices
    when a person must say: also when the rows name a shop not of ours.
    """
    if asked is not None:
        shop = catalog.shops.get(asked)
        if shop is None:
            raise Unknown("shop", str(asked))
        if shop.platform is not platform:
            raise BadValue("shop", shop.name, _names(catalog, platform))
        return shop
    on_platform = [shop for shop in catalog.shops.values() if shop.platform is platform]
    if not on_platform:
        raise Unknown("shop", platform)
    told = {order.shop_name.casefold() for order in first}
    named = [shop for shop in on_platform if shop.name.casefold() in told]
    if platform in _OF_SEVERAL_SHOPS and named:
        return named[0]
    return _told(on_platform, first)


def _told(shops: Sequence[Shop], first: Sequence[IncomingOrder]) -> Shop:
    """Of these shops the one the rows name, or the only one. Raises BadValue."""
    told = {order.shop_name.casefold(): order.shop_name for order in first if order.shop_name}
    strange = told.keys() - {shop.name.casefold() for shop in shops}
    fitting = [shop for shop in shops if shop.name.casefold() in told] or shops
    if strange or len(fitting) > 1:
        choices = "|".join(shop.name for shop in shops)
        raise BadValue("shop", ", ".join(told[name] for name in sorted(strange)), choices)
    return fitting[0]


def by_shop(
    catalog: Catalog, shop: Shop, actor: Actor, orders: Sequence[IncomingOrder]
) -> tuple[dict[int, list[IncomingOrder]], list[RejectedRow]]:
    """The orders by the id of the shop each belongs to. All are `shop`'s, but in an ERP's file each is that of the
    shop it names, and one that names a shop not of ours, or not the actor's to import for, is refused."""
    if shop.platform not in _OF_SEVERAL_SHOPS:
        return {shop.id: list(orders)}, []
    same = (one for one in catalog.shops.values() if one.platform is shop.platform)
    ids = {one.name.casefold(): one.id for one in same if may(actor, Right.IMPORT, shop=one.id)}
    found: dict[int, list[IncomingOrder]] = {}
    strange: list[RejectedRow] = []
    for order in orders:
        name = order.shop_name
        shop_id = ids.get(name.casefold()) if name else shop.id
        if shop_id is None:
            facts = {"column": "店铺名称", "value": name[:80]}
            strange.append(RejectedRow(order.row, channels.Reason.OTHER_SHOP, facts, tuple(order.raw.split("\t"))))
        else:
            found.setdefault(shop_id, []).append(order)
    return found, strange


def _names(catalog: Catalog, platform: Platform) -> str:
    return "|".join(shop.name for shop in catalog.shops.values() if shop.platform is platform)


@dataclass(slots=True)
class _Tally:
    """What became of the file so far: of each order once, by shop and number, in however many sheets it stands."""

    header: tuple[str, ...]
    rows: int = 0
    became: dict[int, dict[str, intake.Outcome]] = field(default_factory=dict)
    rejected: list[RejectedRow] = field(default_factory=list)
    refused: int = 0

    def refuse(self, rows: Sequence[RejectedRow]) -> None:
        """Count them all, keep as many as a person could ever look at."""
        self.refused += len(rows)
        self.rejected += rows[: _KEPT_REJECTS - len(self.rejected)]

    @property
    def orders(self) -> int:
        """Orders that went in, or were there."""
        return sum(map(len, self.became.values()))

    def take(self, shop_id: int, done: Mapping[str, intake.Outcome]) -> None:
        """A batch went in."""
        theirs = self.became.setdefault(shop_id, {})
        theirs.update({number: now for number, now in done.items() if intake.outweighs(now, theirs.get(number))})

    def on(self, run: ImportRun) -> ImportRun:
        """The run with these counts."""
        shown = tuple({**one.facts, "row": one.row, "reason": one.reason} for one in self.rejected[:_SHOWN_REJECTS])
        counts = Counter(now for theirs in self.became.values() for now in theirs.values())
        return replace(
            run,
            new=counts[intake.Outcome.NEW],
            changed=counts[intake.Outcome.CHANGED],
            unchanged=counts[intake.Outcome.UNCHANGED],
            waiting=counts[intake.Outcome.WAITING],
            rejected=self.refused,
            rejects=shown,
        )


class Importer:
    """Implements handlers.services.ImportFile."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(
        self, file_id: int, shop_id: int | None, actor: Actor, progress: Report | None = None
    ) -> ImportRun:
        """Raises channels.Unreadable for the whole file, domain refusals (NotAllowed, Unknown, BadValue)."""
        stored, data = await self._store.read(_file, file_id)
        catalog, saved = await self._store.read(_known, actor)
        shop, parsed = await asyncio.to_thread(_open, catalog, saved, stored.name, data, shop_id)
        run = await self._store.run(_begin, stored, shop, parsed.format, actor)
        tally = _Tally(parsed.header)
        while batch := await asyncio.to_thread(_next_batch, parsed.items):
            orders = [item for item in batch if isinstance(item, IncomingOrder)]
            tally.refuse([item for item in batch if isinstance(item, RejectedRow)])
            shops, strange = by_shop(catalog, shop, actor, orders)
            tally.refuse(strange)
            for shop_id, theirs in shops.items():
                done = await self._store.run(intake.receive, actor, shop_id, theirs, tells_refunds=parsed.tells_refunds)
                tally.take(shop_id, done)
            tally.rows += len(batch)
            if progress is not None:
                await progress(Progress(tally.rows, tally.orders, tally.refused))
        return await self._store.run(_end, tally.on(run), tally)


def _file(desk: Desk, file_id: int) -> tuple[StoredFile, bytes]:
    return desk.files.get(file_id)


def _known(desk: Desk, actor: Actor) -> tuple[Catalog, list[TableMapping]]:
    return desk.catalog, mappings.in_force(desk, actor)


def _open(
    catalog: Catalog, saved: Sequence[TableMapping], name: str, data: bytes, asked: int | None
) -> tuple[Shop, channels.ParsedFile]:
    """Looked at once to learn whose it is, then read in that shop's zone, by its mapping where no format fits."""
    usable = [one for one in saved if asked in (None, one.shop_id)]
    ours = [catalog.company.name, *(shop.name for shop in catalog.shops.values())]
    glance = channels.read(
        name, data, zone=ZoneInfo(catalog.company.zone), currency=_ANY, mapped=_formats(catalog, usable), ours=ours
    )
    first = [item for item in islice(glance.items, 20) if isinstance(item, IncomingOrder)]
    mine = {one.shop_id: one for one in usable if one.signature == glance.signature}
    if not mine:
        shop = shop_for(catalog, glance.platform, first, asked)
    elif asked is not None:
        shop = catalog.shops[asked]
    else:
        shop = _told([catalog.shops[shop_id] for shop_id in mine], first)
    by_mapping = _formats(catalog, [mine[shop.id]]) if mine else None
    return shop, channels.read(name, data, zone=ZoneInfo(shop.zone), currency=shop.currency, mapped=by_mapping)


def _formats(catalog: Catalog, saved: Sequence[TableMapping]) -> dict[str, Format]:
    return {one.signature: format_of(one.reading, catalog.shops[one.shop_id]) for one in saved}


def _next_batch(items: Iterator[IncomingOrder | RejectedRow]) -> list[IncomingOrder | RejectedRow]:
    return list(islice(items, BATCH))


def _begin(desk: Desk, stored: StoredFile, shop: Shop, format_name: str, actor: Actor) -> ImportRun:
    """A new run, or the one of these bytes that was cut short."""
    require(actor, Right.IMPORT, shop=shop.id)
    before = desk.imports.find(stored.sha256, shop.id)
    if before is not None and not before.done:
        return before
    run = ImportRun(0, stored.id, stored.name, stored.sha256, shop.id, desk.now, actor.name, format_name)
    return desk.imports.add(run)


def _end(desk: Desk, run: ImportRun, tally: _Tally) -> ImportRun:
    if tally.rejected:
        name = f"rejected_{run.id}.csv"
        run = replace(run, reject_file_id=desk.files.put(name, _reject_file(tally), desk.now).id)
    run = replace(run, done=True)
    desk.imports.save(run)
    return run


def _reject_file(tally: _Tally) -> bytes:
    """The rows as they stood with row number and reason in front, to mend and send again (UTF-8 with a mark)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["row", "reason", "facts", *map(_harmless, tally.header)])
    for one in tally.rejected:
        facts = json.dumps({name: value for name, value in one.facts.items() if value}, ensure_ascii=False)
        writer.writerow([one.row, one.reason, facts, *map(_harmless, one.cells)])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A cell a spreadsheet would take for a formula gets an apostrophe; numbers stay as they are."""
    if not cell.startswith(_RISKY) or cell.lstrip("+-").replace(".", "", 1).isdecimal():
        return cell
    return f"'{cell}"
