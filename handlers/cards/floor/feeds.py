"""When each shop was last heard, by which way, and what the gate does with its parcels while it is silent."""

from domain.desk import Desk
from domain.people.people import Actor, Right, may
from domain.policy.policy_stops import FeedSource
from domain.stops import feeds
from handlers.card import Button, Card
from handlers.taps import pack
from handlers.wording.terms import N_
from handlers.words import Words

SOURCES = {
    FeedSource.PUSH: N_("told by the platform"),
    FeedSource.FILE: N_("by file"),
}


def feeds_list(desk: Desk, actor: Actor, words: Words) -> Card:
    """Every shop of this person's."""
    late = {one.shop.id for one in feeds.stale(desk)}
    known = desk.feeds.all()
    lines, rows = [words("📡 When the shops were last heard"), ""], []
    for shop in desk.catalog.shops.values():
        if not may(actor, Right.OVERRIDE, shop=shop.id):
            continue
        mine = [feed for feed in known if feed.shop_id == shop.id and feed.source in SOURCES]
        heard = [f"{words.plain(SOURCES[feed.source])} {words.when(feed.heard_at)}" for feed in mine]
        mark = "🔴" if shop.id in late else "🟢" if heard else "⚪"
        gate = words.plain("parcels pass") if shop.fail_open else words.plain("parcels are held back")
        told = " · ".join(heard) or words.plain("never heard")
        facts = {"mark": mark, "shop": shop.name, "told": told, "gate": gate}
        lines.append(words("{mark} {shop}: {told} · while silent: {gate}", **facts))
        if may(actor, Right.POLICY, shop=shop.id):
            hold, let = words.plain("🔒 {shop}: hold back"), words.plain("🔓 {shop}: let pass")
            label = (hold if shop.fail_open else let).format(shop=shop.name)
            rows.append((Button(label, pack("fd", shop.id, int(not shop.fail_open))),))
    lines += ["", words("How long is too long is for /policy: the section «gate».")]
    return Card("\n".join(lines), tuple(rows))
