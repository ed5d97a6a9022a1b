"""Files nobody here wrote, where they are at hand (they are not part of the repository)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import channels
from channels.registry import matching
from domain.intake.incoming import IncomingOrder, Platform, PlatformState
from tests.channels.making import SHANGHAI, read

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
SECRET = "local-webhook-secret"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not on this machine")


def responses() -> Iterator[object]:
    for path in sorted((SAMPLES / "woocommerce-live").glob("order*.json")):
        body = json.loads(path.read_text())["response"]["body"]
        if path.stem != "order_refunds_list":
            yield body


def test_shopify_export() -> None:
    orders, rejected = read(SAMPLES / "shopify" / "orders_export.csv")
    assert rejected == []
    assert (len(orders), sum(len(one.lines) for one in orders)) == (127, 249)
    assert {one.currency for one in orders} == {"USD"}
    assert orders[0].total == 18350


@pytest.mark.parametrize("name", ["order", "orders", "order_with_transaction"])
def test_shopify_json(name: str) -> None:
    orders, rejected = read(SAMPLES / "shopify" / f"go-shopify_{name}.json")
    assert rejected == []
    assert [(one.number, one.state, len(one.lines)) for one in orders] == [("#9999", PlatformState.CLOSED, 2)]


def test_woocommerce_responses() -> None:
    bodies = list(responses())
    assert len(bodies) >= 7
    for body in bodies:
        orders, rejected = read(json.dumps(body).encode())
        assert rejected == []
        assert len(orders) == (len(body) if isinstance(body, list) else 1)


def test_woocommerce_deliveries() -> None:
    deliveries = sorted((SAMPLES / "woocommerce-live" / "webhooks").glob("*.json"))
    assert len(deliveries) == 8
    for path in deliveries:
        delivery = json.loads(path.read_text())
        headers, body = delivery["headers"], delivery["body_raw"].encode()
        topic = channels.topic(Platform.WOOCOMMERCE, headers)
        ping = channels.is_ping(Platform.WOOCOMMERCE, body)
        assert ping == ("ping" in path.stem)
        assert channels.signature_ok(Platform.WOOCOMMERCE, headers, body, SECRET) is not ping
        told = channels.payload(Platform.WOOCOMMERCE, topic, body, zone=SHANGHAI)
        if topic in ("order.created", "order.updated"):
            assert isinstance(told, IncomingOrder)
            assert (told.total, told.currency, len(told.lines)) == (4680, "USD", 2)
        elif topic == "order.deleted":
            assert told == channels.IncomingDeletion(Platform.WOOCOMMERCE, "262")
        else:
            assert told is None


def test_jd_subset() -> None:
    orders, rejected = read(SAMPLES / "jd" / "orders_subset_utf8.csv")
    assert rejected == []
    assert [(one.number, one.state, one.paid, len(one.lines)) for one in orders] == [
        ("3553498017448001", PlatformState.DONE, 3680, 1)
    ]


@pytest.mark.parametrize("folder", ["shopify", "woocommerce-live", "woocommerce-live/webhooks"])
def test_every_json_file_is_read_or_refused_with_what_it_is(folder: str) -> None:
    """The order files give orders; payouts, torn JSON and lone lines are refused by their own keys."""
    for path in sorted((SAMPLES / folder).glob("*.json")):
        try:
            orders, rejected = read(path)
        except channels.Unreadable as refusal:
            assert refusal.code in ("unknown_header", "bad_json", "empty"), path.name
            assert "_order.json" not in path.name
            assert path.stem not in ("order_paid", "order_cancelled", "orders_list_page1")
        else:
            assert (len(orders) > 0, rejected) == (True, []), path.name


def test_headers_of_real_exports_are_known() -> None:
    """Column names other people's parsers look for, each as a header of its own with the columns we need beside."""
    templates = json.loads((SAMPLES / "platform-fees" / "template_columns.json").read_text())
    ids = {
        "jd_order_detail_v1": "jd-orders",
        "alibaba1688_order_detail_v1": "1688-orders",
        "jushuitan_cost_v1": "jst-orders",
    }
    for template in templates:
        if (wanted := ids.get(template["id"])) is not None:
            told = [column for binding in template["bindings"] for column in binding["columns"]]
            known = matching([*template["match_columns"], *told])
            assert (template["id"], known and known.name) == (template["id"], wanted)
