"""Names of platforms, and of what stands in an entry of the blacklist, in the reader's language.

Surprising: like all names they fall back to the code, so a platform added tomorrow is readable today.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.wording.terms import N_
from handlers.words import Words

PLATFORMS = {
    "taobao": N_("Taobao"),
    "pinduoduo": N_("Pinduoduo"),
    "shopify": N_("Shopify"),
    "woocommerce": N_("WooCommerce"),
    "jd": N_("JD"),
    "douyin": N_("Douyin"),
    "alibaba_1688": N_("1688"),
    "jst": N_("JST"),
    "amazon": N_("Amazon"),
    "ebay": N_("eBay"),
    "shopee": N_("Shopee"),
    "tiktok": N_("TikTok Shop"),
    "lazada": N_("Lazada"),
    "other": N_("another place"),
}
LEVELS = {"warn": N_("warn"), "hold": N_("hold orders"), "refuse": N_("refuse orders")}
REASONS = {
    "malicious_refund": N_("malicious refunds"),
    "empty_parcel": N_("empty or short returns"),
    "professional_claim": N_("professional claims"),
    "refused_parcels": N_("refused parcels"),
    "other": N_("other"),
}
KEYS = {"buyer": N_("account"), "phone": N_("phone"), "address": N_("address")}
STATES = {
    "proposed": N_("❔ Proposed for the blacklist"),
    "active": N_("⛔ On the blacklist"),
    "dismissed": N_("Not put on the blacklist"),
    "lifted": N_("✅ Taken off the blacklist"),
    "expired": N_("✅ Off the blacklist, the time is over"),
}
MARKS = {"warn": "⚠️", "hold": "✋", "refuse": "⛔"}


def platform_name(code: str, words: Words) -> str:
    """A sales platform's name."""
    return words.plain(PLATFORMS.get(code, code))


def level_name(code: str, words: Words) -> str:
    """What an entry does."""
    return words.plain(LEVELS.get(code, code))


def reason_name(code: str, words: Words) -> str:
    """Why somebody is listed."""
    return words.plain(REASONS.get(code, code))


def key_name(code: str, words: Words) -> str:
    """What an order is recognised by."""
    return words.plain(KEYS.get(code, code))


def day(moment: datetime | None, words: Words) -> str:
    """2026-11-23 in the reader's zone; a dash for never."""
    return f"{moment.astimezone(ZoneInfo(words.zone)):%Y-%m-%d}" if moment else "-"


def term(days: int, words: Words) -> str:
    """How long an entry lasts."""
    return words.label("{days} {days:day|days}", days=days) if days else words.plain("until lifted")
