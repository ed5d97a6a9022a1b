"""The usual life of Pinduoduo's files through the real intake: clear while it waits to ship, masked ever after."""

from dataclasses import dataclass

import pytest

from bot.imports import Importer
from domain.orders.orders import Order, OrderStatus
from domain.people.people import OPERATOR, Role
from domain.review import review
from domain.review.holds import HoldCode, open_codes
from storage.store import Store
from tests.channels.making import PDD_ROW, PINDUODUO, csv_bytes
from tests.factory import Cast, seed
from tests.filled import filled

pytestmark = pytest.mark.anyio
PEOPLE = ["收货人", "手机", "省", "市", "区", "详细地址"]
CLEAR = ("王小明", "13812345678", "浙江省", "杭州市", "西湖区", "文三路 1 号")
MASKED = ("王**", "138****5678", "浙江省", "杭州市", "西湖区", "****")
ELSEWHERE = ("王**", "139****9999", "浙江省", "宁波市", "海曙区", "****")
NUMBER = PDD_ROW["订单号"]


@dataclass
class Files:
    """One order of a Pinduoduo shop, told by files."""

    store: Store
    cast: Cast

    async def take(self, to: tuple[str, ...], **changes: str) -> None:
        told = PDD_ROW | changes | {"商家编码-规格维度": "CUP-01"}
        cells = [told.get(column, "") for column in PINDUODUO]
        data = csv_bytes([[*PINDUODUO, *PEOPLE], [*cells, *to]])
        file_id = self.store.run_now(lambda desk: desk.files.put("订单.csv", data, desk.now).id)
        run = await Importer(self.store)(file_id, self.cast.shops[1].id, OPERATOR)
        assert (run.done, run.rejected) == (True, 0)

    @property
    def order(self) -> Order:
        shop = self.cast.shops[1].id
        return self.store.read_now(lambda desk: desk.orders.by_number(shop, [NUMBER])[NUMBER])

    def approve(self) -> None:
        order = self.order
        self.store.run_now(review.approve, self.cast.actor(Role.OWNER), order.id, order.revision, sure=True)


@pytest.fixture
def files(store: Store) -> Files:
    return Files(store, filled(store, seed))


def told(order: Order) -> tuple[str, ...]:
    to = order.receiver
    return to.name, to.phone, to.province, to.city, to.district, to.address


async def test_clear_then_masked_keeps_the_address_and_goes_on(files: Files) -> None:
    await files.take(CLEAR)
    files.approve()
    await files.take(MASKED, 商家备注="尽快")
    assert (told(files.order), files.order.receiver.masked) == (CLEAR, False)
    assert open_codes(files.order.holds) == (HoldCode.NOTE_CHANGED, HoldCode.SELLER_NOTE)


async def test_masked_then_clear_takes_the_address_without_alarm(files: Files) -> None:
    await files.take(MASKED)
    files.approve()
    await files.take(CLEAR)
    assert (told(files.order), files.order.status, files.order.holds) == (CLEAR, OrderStatus.APPROVED, ())


async def test_a_mask_of_somebody_else_is_held_and_the_old_address_kept(files: Files) -> None:
    await files.take(CLEAR)
    files.approve()
    await files.take(ELSEWHERE)
    assert (told(files.order), files.order.status) == (CLEAR, OrderStatus.REVIEW)
    (hold,) = files.order.holds
    assert (hold.code, hold.evidence["fields"]) == (HoldCode.ADDR_CHANGED, "city,district,phone")
