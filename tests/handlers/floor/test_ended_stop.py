"""A stop's end is said in a stop's words: an order "released" is with the warehouse, a stop "released" is withdrawn."""

import pytest

from domain.floor.parcels import StopState
from handlers.wording.terms import ended_stop_name, step_name
from handlers.words import Words


@pytest.mark.parametrize(
    ("language", "state", "said"),
    [
        ("en", StopState.RELEASED, "withdrawn, nothing to stop any more"),
        ("zh", StopState.RELEASED, "已撤销，无需再拦"),
        ("en", StopState.TOO_LATE, "too late"),
        ("en", StopState.DONE, "done"),
    ],
)
def test_how_a_stop_ended(language: str, state: StopState, said: str) -> None:
    assert ended_stop_name(state, Words(language, "Asia/Shanghai")) == said


def test_an_order_released_is_with_the_warehouse() -> None:
    assert step_name("released", Words("en", "Asia/Shanghai")) == "with the warehouse"
