"""The house every test of a parcel's way starts from."""

from collections.abc import Iterator

import pytest

from storage.store import Store
from tests import factory
from tests.domain.house import House
from tests.filled import filled


@pytest.fixture
def house() -> Iterator[House]:
    clock = [factory.NOW]
    store = Store("sqlite:///:memory:", now=lambda: clock[0], pause=lambda _attempt: None)
    yield House(store, filled(store, factory.seed), clock)
    store.close()
