"""Whose a wave is, in the order's life: given back, handed on and dissolved at any moment."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.errors import Refusal
from domain.floor import release, wave_hands
from domain.floor.parcels import TAKES_OUT, ParcelState, Wave
from tests.journeys.check_life import CheckLife
from tests.journeys.life_shop import HAND
from tests.journeys.stop_life import BOSS

PICKS = st.integers(0, 20)


class WaveLife(CheckLife):
    """Somebody who takes waves and thinks better of it."""

    def waves(self) -> list[Wave]:
        return self.store.read_now(lambda desk: desk.waves.open_of(None))

    @precondition(lambda self: self.waves())
    @rule(pick=PICKS, command=st.sampled_from([release.take_wave, wave_hands.give_back]))
    def somebody_takes_it_or_gives_it_back(self, pick: int, command: Callable[..., Wave]) -> None:
        wave = self.waves()[pick % len(self.waves())]
        self.refusable(command, HAND, wave.id, wave.revision)

    @precondition(lambda self: self.waves())
    @rule(pick=PICKS)
    def it_is_dissolved(self, pick: int) -> None:
        """All of it waits again, with nothing in it that was picked or must be put back; or nothing has changed."""
        wave = self.waves()[pick % len(self.waves())]
        before = self.store.read_now(lambda desk: desk.parcels.of_wave(wave.id))
        picked = any(box.state not in (ParcelState.IN_WAVE, ParcelState.CANCELLED) for box in before)
        stops = self.store.read_now(lambda desk: desk.stops.of_parcels([box.id for box in before]))
        to_put_back = any(stop.open and stop.kind in TAKES_OUT for found in stops.values() for stop in found)
        try:
            back = self.store.run_now(wave_hands.dissolve, BOSS, wave.id, wave.revision)
        except Refusal:
            assert picked or to_put_back
            assert self.store.read_now(lambda desk: desk.parcels.of_wave(wave.id)) == before
            return
        assert not picked
        assert not to_put_back
        assert [box.id for box in back] == [box.id for box in before if box.state is ParcelState.IN_WAVE]
        now = self.store.read_now(lambda desk: desk.parcels.many([box.id for box in back]))
        assert all((box.state, box.wave_id, box.waybill) == (ParcelState.READY, None, "") for box in now.values())
