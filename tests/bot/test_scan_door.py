"""The scan page's door: signed by Telegram or nothing, one transaction per job, the same job once."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from aiogram.utils.web_app import safe_parse_webapp_init_data

from bot.mini_app import Unsigned, opened_by, signature
from bot.sandbox import Sandbox
from bot.sandbox.launch import init_data
from bot.scan_door import ScanDoor
from bot.seed import seed_store
from bot.web import Web
from domain.people import staff
from domain.people.people import OPERATOR
from storage.store import Store

pytestmark = pytest.mark.anyio
TOKEN = "123456:AAsandbox-test-token-000000000000000"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOURS = timedelta(hours=12)
PICKER = 1005


def launch(at: datetime = NOW, token: str = TOKEN, user: int = PICKER, **more: str) -> str:
    """Launch data as Telegram makes it."""
    person = json.dumps({"id": user, "first_name": "王强", "language_code": "zh"}, ensure_ascii=False)
    fields = {"query_id": "AAH", "user": person, "auth_date": str(int(at.timestamp())), "signature": "x-y", **more}
    return urlencode({**fields, "hash": signature(fields, token)})


def test_the_sandbox_signs_as_aiogram_and_we_read_it(tmp_path: Path) -> None:
    sandbox = Sandbox(token=TOKEN, now=lambda: NOW)
    person = sandbox.seed_person("王强 & Söhne", "picker")
    told = init_data(sandbox._world, person["id"], TOKEN)
    parsed = safe_parse_webapp_init_data(TOKEN, told)
    assert parsed.user is not None
    assert (parsed.user.id, parsed.user.first_name) == (person["id"], "王强 & Söhne")
    assert opened_by(told, TOKEN, NOW, HOURS) == person["id"]


def test_what_aiogram_accepts_is_accepted() -> None:
    assert safe_parse_webapp_init_data(TOKEN, launch()).user is not None
    assert opened_by(launch(), TOKEN, NOW, HOURS) == PICKER


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("", "missing"),
        ("x" * 5000, "missing"),
        ("nonsense", "forged"),
        (launch(token="123456:another"), "forged"),
        (launch().replace("1005", "1001"), "forged"),
        (launch() + "&extra=1", "forged"),
        (launch() + "&auth_date=1", "forged"),
        (launch().partition("&hash=")[0], "forged"),
        (launch(user=PICKER, auth_date="soon"), "forged"),
        (launch(user=PICKER, auth_date="9" * 30), "forged"),
        (launch(NOW - HOURS - timedelta(seconds=1)), "expired"),
        (launch(NOW + timedelta(minutes=6)), "expired"),
    ],
)
def test_anything_else_is_refused(told: str, why: str) -> None:
    with pytest.raises(Unsigned) as refusal:
        opened_by(told, TOKEN, NOW, HOURS)
    assert refusal.value.why == why


def test_a_user_that_is_no_user_is_forged() -> None:
    fields = {"user": "[]", "auth_date": str(int(NOW.timestamp()))}
    with pytest.raises(Unsigned, match="forged"):
        opened_by(urlencode({**fields, "hash": signature(fields, TOKEN)}), TOKEN, NOW, HOURS)


def test_every_field_is_signed() -> None:
    pairs = dict(parse_qsl(launch()))
    for name in pairs:
        changed = urlencode({**pairs, name: pairs[name] + "0"})
        with pytest.raises(Unsigned, match="forged"):
            opened_by(changed, TOKEN, NOW, HOURS)


class Door:
    """A running web with the scan page."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.woken = 0
        self.web = Web(store, self._wake, scan=ScanDoor(store, TOKEN, self._wake, lambda: NOW))

    def _wake(self) -> None:
        self.woken += 1

    async def call(self, path: str, body: object, told: str | None = None) -> httpx.Response:
        headers = {} if told == "" else {"Authorization": f"tma {told or launch()}"}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with httpx.AsyncClient(base_url=self.web.base_url, trust_env=False, verify=False) as http:
            return await http.post(f"/scan/{path}", content=raw, headers=headers)

    def logged(self) -> list[str]:
        """The codes the picker scanned, newest first."""
        person = self.store.read_now(lambda desk: desk.people.by_telegram(PICKER))
        assert person is not None
        number = person.id
        return [event.data["code"] for event in self.store.read_now(lambda desk: desk.history("shift", number))]


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    store = Store(f"sqlite:///{tmp_path / 'xiaoer.db'}")
    store.run_now(seed_store)
    made = Door(store)
    await made.web.start(0)
    yield made
    await made.web.stop()
    store.close()


def job(number: int, text: str) -> dict[str, Any]:
    return {"id": f"job-{number:05d}", "do": "scan", "text": text, "station": "pick", "place": None}


async def test_jobs_are_done_in_order_and_once(door: Door) -> None:
    jobs = [job(1, "SF00000001"), job(2, "SF00000002")]
    first = await door.call("jobs", {"jobs": jobs, "language": "en"})
    assert first.status_code == 200
    assert [answer["id"] for answer in first.json()["answers"]] == ["job-00001", "job-00002"]
    assert [answer["results"][0]["verdict"] for answer in first.json()["answers"]] == ["unknown", "unknown"]
    assert (await door.call("jobs", {"jobs": jobs, "language": "en"})).json() == first.json()
    assert door.logged() == ["SF00000002", "SF00000001"]
    assert door.woken == 2


async def test_a_refused_job_does_not_hold_up_the_next(door: Door) -> None:
    undo = {"id": "job-undo", "do": "undo", "text": "SF1"}
    answers = (await door.call("jobs", {"jobs": [undo, job(1, "SF00000001")], "language": "zh"})).json()["answers"]
    assert [answer["results"][0]["head"] for answer in answers] == ["未执行", "未知单号"]
    assert answers[0]["results"][0]["text"] == "没有可撤回的扫描。"
    assert door.logged() == ["SF00000001"]


@pytest.mark.parametrize("told", ["", launch(token="123456:other"), launch(NOW - timedelta(hours=13))])
async def test_wrong_launch_data_is_401_and_does_nothing(door: Door, told: str) -> None:
    assert (await door.call("open", {}, told)).status_code == 401
    assert (await door.call("jobs", {"jobs": [job(1, "SF00000001")]}, told)).status_code == 401
    assert door.logged() == []
    assert door.woken == 0


async def test_a_stranger_and_a_suspended_picker_are_403(door: Door) -> None:
    assert (await door.call("open", {}, launch(user=77))).status_code == 403
    picker = door.store.read_now(lambda desk: desk.people.by_telegram(PICKER))
    assert picker is not None
    door.store.run_now(staff.suspend, OPERATOR, picker.id, active=False)
    assert (await door.call("jobs", {"jobs": [job(1, "SF00000001")]})).status_code == 403
    assert door.logged() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"nonsense", 400),
        (b"[]", 400),
        ({"jobs": []}, 400),
        ({"jobs": [job(n, "SF00000001") for n in range(21)]}, 400),
        ({"jobs": [job(1, "SF00000001"), {"id": "bad"}]}, 400),
        (b"[" + b" " * 70_000 + b"]", 413),
    ],
)
async def test_what_is_no_call_of_our_page_does_nothing(door: Door, body: object, status: int) -> None:
    assert (await door.call("jobs", body)).status_code == status
    assert door.logged() == []


async def test_the_page_brings_its_own_scripts_and_no_others(door: Door) -> None:
    async with httpx.AsyncClient(base_url=door.web.base_url, trust_env=False, verify=False) as http:
        page = await http.get("/scan/")
        script = await http.get("/scan/app.js")
        missing = [(await http.get(f"/scan/{name}")).status_code for name in ("no.js", "..%2fweb.py", "index.html")]
    assert page.status_code == script.status_code == 200
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "https://" not in page.text
    assert missing == [404, 404, 404]


async def test_a_web_without_the_page_has_no_such_door(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'xiaoer.db'}")
    web = Web(store, lambda: None)
    await web.start(0)
    async with httpx.AsyncClient(base_url=web.base_url, trust_env=False, verify=False) as http:
        assert (await http.get("/scan/")).status_code == 404
    await web.stop()
    store.close()
