"""The house rules in chat: shown, tried, put in force, refused when they came too late or from somebody else."""

from collections.abc import Iterator

import pytest

from domain.people import Role
from domain.policy import Policy, document_of
from tests.factory import incoming
from tests.handlers.desk_chat import DeskChat, open_desk

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[DeskChat]:
    """A company that speaks English."""
    made = open_desk(sqlite_url)
    yield made
    made.store.close()


def version(desk: DeskChat) -> int:
    found: int = desk.look(lambda d: d.policy.version)
    return found


async def test_a_file_is_tried_then_put_in_force_by_a_tap(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    desk.takes(incoming("1"), incoming("2", lines=()))
    said = await desk.sends(owner, "rules.toml", b"wave_size = 7\n[screening]\nmost_units = 1\n")
    card = said[-1]
    assert card.startswith("<b>📜 rules.toml: tried on 2 orders in review</b>")
    assert "Newly held: <b>1</b> · freed: <b>0</b> · sent otherwise: <b>0</b>" in card
    assert "✋ many units: +1" in card
    assert "<code>wave_size: 40 → 7</code>" in card
    assert version(desk) == 1
    await desk.taps(owner, "✅ Put in force")
    assert version(desk) == 2
    assert desk.look(lambda d: (d.policy.wave_size, d.policy.screening.most_units)) == (7, 1)
    assert len(desk.look(lambda d: d.orders.to_look_at(d.now, 2, 9))) == 2


async def test_every_fault_is_named_with_its_line(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    said = await desk.sends(owner, "rules.toml", b"wave_siz = 7\n\n[merge]\nmost_orders = 100\n")
    assert said[-1].split("\n") == [
        "<b>❌ rules.toml does not do.</b> Nothing was changed.",
        "Line 1: <code>wave_siz</code> there is no such choice; did you mean wave_size?",
        "Line 4: <code>merge.most_orders</code> 100 is above 50",
    ]
    assert version(desk) == 1


async def test_a_card_tried_against_an_older_version_is_refused(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    await desk.sends(owner, "rules.toml", b"wave_size = 7\n")
    desk.do(lambda unit: unit.keep_policy(Policy(), "somebody", document_of(Policy())))
    now = version(desk)
    await desk.taps(owner, "✅ Put in force")
    assert version(desk) == now
    assert desk.look(lambda d: d.policy.wave_size) == Policy().wave_size


async def test_others_neither_see_nor_try_nor_apply(desk: DeskChat) -> None:
    bella = desk.cast.people[Role.CS]
    for said in (await desk.writes(bella, "/policy"), await desk.sends(bella, "rules.toml", b"wave_size = 7\n")):
        assert len(said) == 1
        assert "📜" not in said[0]
    assert version(desk) == 1


async def test_policy_shows_what_differs(desk: DeskChat) -> None:
    owner = desk.cast.people[Role.OWNER]
    assert (await desk.writes(owner, "/policy"))[0].split("\n")[1] == "Everything as it comes."
    await desk.sends(owner, "rules.toml", b"wave_size = 7\n")
    await desk.taps(owner, "✅ Put in force")
    assert (await desk.writes(owner, "/policy"))[0].split("\n")[:2] == [
        "<b>📜 House rules, version 2</b>",
        "<code>wave_size: 40 → 7</code>",
    ]
