"""Closing days: once per day and version, at the company's hour, and again after a failure."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.reports import DayCloser, due_day
from bot.seed import seed_store
from domain.finance.day_close import claim
from domain.people.people import CLOCK, OPERATOR
from domain.records import RunState
from storage.store import Store
from tests.bot import house

pytestmark = pytest.mark.anyio
SUNDAY = date(2026, 11, 22)


@pytest.fixture
def clock() -> house.Clock:
    return house.Clock(datetime(2026, 11, 22, 23, 59, tzinfo=UTC))  # 07:59 on Monday in Shanghai


@pytest.fixture
def company(tmp_path: Path, clock: house.Clock) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'xiaoer.db'}", now=clock)
    store.run_now(seed_store)
    return store


async def test_it_is_due_at_eight_in_the_companys_zone_and_made_once(company: Store, clock: house.Clock) -> None:
    closer = DayCloser(company)
    assert await closer.when_due() is None
    clock.tick(60)
    run = await closer.when_due()
    assert run is not None
    assert (run.day, run.version, run.state, run.attempt, run.fails) == (SUNDAY, 1, RunState.DONE, 1, 0)
    assert run.passes > 20
    assert run.file_id is not None
    assert company.read_now(lambda unit: unit.files.get(run.file_id or 0))[1].startswith(b"PK")
    assert await closer.when_due() is None
    company.close()


async def test_asked_for_again_it_is_the_next_version(company: Store) -> None:
    closer = DayCloser(company)
    first, second = await closer(SUNDAY, OPERATOR, new=True), await closer(SUNDAY, OPERATOR, new=True)
    assert first is not None
    assert second is not None
    assert (first.version, second.version) == (1, 2)
    company.close()


async def test_two_workers_make_one(company: Store, clock: house.Clock) -> None:
    clock.tick(60)
    run = company.run_now(claim, CLOCK, SUNDAY, new=False)
    assert run is not None
    assert await DayCloser(company).when_due() is None
    clock.tick(601)
    taken = await DayCloser(company).when_due()
    assert taken is not None
    assert (taken.version, taken.attempt) == (1, 2)
    company.close()


async def test_a_failure_frees_the_run_and_the_clock_waits_before_it_tries_again(
    company: Store, clock: house.Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.tick(60)
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr("bot.reports.day_workbook", lambda report, tr: 1 // 0)
        await DayCloser(company).when_due()
    assert company.read_now(due_day) is None
    clock.tick(601)
    assert company.read_now(due_day) == SUNDAY
    run = await DayCloser(company).when_due()
    assert run is not None
    assert (run.version, run.attempt, run.state) == (1, 2, RunState.DONE)
    company.close()


async def test_the_clock_runs_every_job_and_tells_of_one_that_breaks(company: Store) -> None:
    woken: list[bool] = []
    broken: list[str] = []

    async def failed(name: str, error: Exception) -> None:
        broken.append(name)

    clock = Clock(company, DayCloser(company), lambda: woken.append(True), failed)
    clock.start()
    jobs = {"release", "interception", "watch", "shift", "rhythm", "report", "customers", "waybills", "looking"}
    jobs |= {"replies", "recalls"}
    assert {job.id for job in clock.scheduler.get_jobs()} == jobs
    assert all(job.misfire_grace_time == 300 and job.coalesce for job in clock.scheduler.get_jobs())
    for job in clock.scheduler.get_jobs():
        await job.func(*job.args)
    assert broken == []
    company.close()
    await clock.scheduler.get_job("watch").func(*clock.scheduler.get_job("watch").args)
    assert broken == ["watch"]
    clock.stop()
