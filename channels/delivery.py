"""Deliveries that are no courier's: the buyer fetches it, somebody drives it over, or nothing is to be sent.

Surprising: most words with "pick-up" in them are a courier's all the same. 自提点 and a pick-up point get a parcel, and
Lazada's `Pickup: LEX MY` is who fetches it here. So phrases are looked for, and a bare word counts alone only.
"""

import re

from channels.formats import normal

_PHRASES = re.compile(
    r"自提(?!点|柜|站|箱|網|网)|自提货|(?:到店|门店|門市|店面|上门)自取|自行取货|面交|无需(?:物流|发货|快递|配送|运输|寄送)"
    r"|不(?:需|用)(?:物流|发货|快递)|同城(?:配|自)?送|(?:商家|卖家|自行|门店)(?:自送|自配送|自己送)"
    r"|local[ _-]?pick[ _-]?up|pickup_location|(?:in[ -]?)?store[ _-]?pick[ _-]?up|curb ?side"
    r"|pick[ -]?up (?:in|at|from) (?:the |our )?(?:store|shop|warehouse)"
    r"|collect(?:ion)? (?:in|at|from) (?:the |our )?(?:store|shop|warehouse)"
    r"|click (?:and|&|n|\+) collect|local[ _-]?delivery|no shipping (?:required|needed)"
    r"|selbstabholung|abholung (?:im|in der) (?:laden|geschäft|filiale)|retrait en (?:magasin|boutique)"
    r"|recogida en tienda|ritiro in negozio|retirada na loja|odbiór osobisty|店舗受取|รับที่ร้าน|ambil (?:sendiri|di toko)"
)
_ALONE = frozenset(
    normal(word) for word in ("pickup", "collection", "abholung", "retrait", "recogida", "ritiro", "自取", "自提")
)
_NO = frozenset({"", "no", "n", "false", "0", "否", "不", "nein", "none", "na"})


def not_by_courier(*told: str) -> str:
    """The first of these texts that says so; '' when none does."""
    return next((text for text in told if text and _says(text)), "")


def _says(text: str) -> bool:
    return normal(text) in _ALONE or _PHRASES.search(text.casefold()) is not None


def is_yes(told: str) -> bool:
    """Whether a column that asks just this (eBay's Click And Collect) says anything but no."""
    return normal(told) not in _NO
