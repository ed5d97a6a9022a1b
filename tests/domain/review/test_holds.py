"""Holds open, change and go away with what screening finds; a person's release is remembered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.review.holds import UNSEEN, Finding, Hold, HoldCode, Source, open_codes, reconcile

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
MESSAGE = Finding(HoldCode.MESSAGE, {"text": "快点发"})


def test_a_finding_opens_a_hold_with_its_evidence() -> None:
    assert reconcile((), [MESSAGE], NOW) == (Hold(HoldCode.MESSAGE, Source.SCREENING, NOW, {"text": "快点发"}),)


def test_a_hold_goes_by_itself_when_its_cause_does() -> None:
    (hold,) = reconcile(reconcile((), [MESSAGE], NOW), [], LATER)
    assert (hold.open, hold.resolution, hold.resolved_at, hold.resolved_by) == (False, "auto", LATER, "screening")


def test_new_evidence_updates_the_open_hold_and_keeps_its_age() -> None:
    (hold,) = reconcile(reconcile((), [MESSAGE], NOW), [Finding(HoldCode.MESSAGE, {"text": "别发了"})], LATER)
    assert (hold.opened_at, dict(hold.evidence), hold.open) == (NOW, {"text": "别发了"}, True)


def test_a_released_hold_stays_released_on_the_same_evidence_and_opens_on_new() -> None:
    released = Hold(HoldCode.MESSAGE, Source.SCREENING, NOW, {"text": "快点发"}, NOW, "anna", "released")
    assert reconcile((released,), [MESSAGE], LATER) == (released,)
    again = reconcile((released,), [Finding(HoldCode.MESSAGE, {"text": "别发了"})], LATER)
    assert open_codes(again) == (HoldCode.MESSAGE,)


def test_what_screening_released_itself_can_come_back() -> None:
    gone = reconcile(reconcile((), [MESSAGE], NOW), [], NOW)
    assert open_codes(reconcile(gone, [MESSAGE], LATER)) == (HoldCode.MESSAGE,)


def test_holds_of_people_and_platforms_are_not_screenings_to_release() -> None:
    frozen = Hold(HoldCode.FREEZE, Source.PERSON, NOW, {"reason": "call the buyer"})
    moved = Hold(HoldCode.ADDR_CHANGED, Source.PLATFORM, NOW, {"at": "released"})
    assert reconcile((frozen, moved), [], LATER) == (frozen, moved)


def test_open_codes_come_once_each_in_the_catalogues_order() -> None:
    holds = reconcile((), [MESSAGE, Finding(HoldCode.REFUND_REQ, {}), Finding(HoldCode.NO_ITEMS, {})], NOW)
    assert open_codes(holds) == (HoldCode.REFUND_REQ, HoldCode.NO_ITEMS, HoldCode.MESSAGE)


@pytest.mark.parametrize("code", sorted(set(HoldCode) - UNSEEN))
def test_a_release_is_over_when_its_cause_has_gone(code: HoldCode) -> None:
    finding = Finding(code, {"seen": "this"})
    (hold,) = reconcile((), [finding], NOW)
    released = (replace(hold, resolved_at=NOW, resolved_by="Li Lei", resolution="released"),)
    assert reconcile(released, [finding], LATER) == released
    gone = reconcile(released, [], LATER)
    assert gone == (replace(released[0], resolution="ended"),)
    again = reconcile(gone, [finding], LATER)
    assert again == (*gone, Hold(code, Source.SCREENING, LATER, {"seen": "this"}))


@pytest.mark.parametrize("code", sorted(UNSEEN))
def test_what_is_not_always_looked_for_stays_released(code: HoldCode) -> None:
    finding = Finding(code, {"seen": "this"})
    (hold,) = reconcile((), [finding], NOW)
    released = (replace(hold, resolved_at=NOW, resolved_by="Li Lei", resolution="released"),)
    assert reconcile(reconcile(released, [], LATER), [finding], LATER) == released


def test_a_timed_hold_is_waited_for_from_its_moment_and_follows_it() -> None:
    presale = Finding(HoldCode.PRESALE_WAIT, {"until": "then"}, LATER)
    (hold,) = reconcile((), [presale], NOW)
    assert (hold.until, hold.due_from) == (LATER, LATER)
    (moved,) = reconcile((hold,), [replace(presale, until=NOW - timedelta(days=1))], LATER)
    assert (moved.opened_at, moved.due_from) == (NOW, NOW)
    (listed,) = reconcile((), [Finding(HoldCode.BLACKLIST, {}, LATER)], NOW)
    assert (listed.until, listed.due_from) == (None, NOW)
