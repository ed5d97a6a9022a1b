"""What kinds of file there are, in the reader's language.

Surprising: one file may be of several kinds, joined by a plus in its code; each is named.
"""

from handlers.wording.terms import N_, named_in
from handlers.words import Words

FORMATS = {
    "taobao-orders": N_("Taobao order list"),
    "taobao-details": N_("Taobao detail list"),
    "taobao-items": N_("Taobao item sheet"),
    "taobao-refunds": N_("Taobao refund list"),
    "taobao-orders+taobao-items": N_("Taobao orders and items"),
    "pinduoduo-orders": N_("Pinduoduo orders"),
    "pinduoduo-refunds": N_("Pinduoduo after-sale list"),
    "shopify-orders": N_("Shopify orders"),
    "shopify-json": N_("Shopify orders (JSON)"),
    "woocommerce-json": N_("WooCommerce orders (JSON)"),
    "woocommerce-report": N_("WooCommerce orders (table)"),
    "woocommerce-items": N_("WooCommerce orders (table)"),
    "woocommerce-orders": N_("WooCommerce orders (table)"),
    "jd-orders": N_("JD orders"),
    "douyin-orders": N_("Douyin orders"),
    "douyin-refunds": N_("Douyin after-sale list"),
    "1688-orders": N_("1688 orders sold"),
    "jst-orders": N_("JST orders"),
    "amazon-orders": N_("Amazon orders"),
    "amazon-all-orders": N_("Amazon orders (all)"),
    "ebay-orders": N_("eBay orders"),
    "shopee-orders": N_("Shopee orders"),
    "tiktok-orders": N_("TikTok Shop orders"),
    "lazada-orders": N_("Lazada orders"),
    "mapped": N_("learned table"),
}


def format_name(code: str, words: Words) -> str:
    """What kind of file it was; of several in one file each by its name."""
    codes = [code] if code in FORMATS else code.split("+")
    return " + ".join(named_in(FORMATS, one, words) for one in codes)
