"""What scan pages were answered: once per person and job, and not for ever."""

from datetime import timedelta

import pytest

from domain.errors import LostRace
from domain.floor.scan_page import PageAnswer
from tests.factory import NOW
from tests.storage.conftest import Each

JOB = "0b5e6f0a-job"


def test_an_answer_is_kept_per_person_and_job(each: Each) -> None:
    mine, other = (person.id for person in list(each.cast.people.values())[:2])
    answer = PageAnswer(mine, JOB, NOW, '{"id": "扫"}')
    each.store.run_now(lambda unit: unit.page_answers.add(answer))
    assert each.store.read_now(lambda unit: unit.page_answers.get(mine, JOB)) == answer
    assert each.store.read_now(lambda unit: unit.page_answers.get(other, JOB)) is None


def test_the_second_answer_to_a_job_has_lost_the_race(each: Each) -> None:
    person = next(iter(each.cast.people.values())).id
    each.store.run_now(lambda unit: unit.page_answers.add(PageAnswer(person, JOB, NOW, "first")))
    with pytest.raises(LostRace):
        each.store.run_now(lambda unit: unit.page_answers.add(PageAnswer(person, JOB, NOW, "second")))
    kept = each.store.read_now(lambda unit: unit.page_answers.get(person, JOB))
    assert kept is not None
    assert kept.answer == "first"


def test_old_answers_of_a_person_are_forgotten(each: Each) -> None:
    mine, other = (person.id for person in list(each.cast.people.values())[:2])
    old, new = NOW - timedelta(days=8), NOW
    for person, job, at in ((mine, "old-job", old), (mine, "new-job", new), (other, "old-job", old)):
        each.store.run_now(lambda unit, told: unit.page_answers.add(told), PageAnswer(person, job, at, ""))
    each.store.run_now(lambda unit: unit.page_answers.forget(mine, NOW - timedelta(days=7)))
    found = [(person, job) for person in (mine, other) for job in ("old-job", "new-job")]
    left = [key for key in found if each.store.read_now(lambda unit, key: unit.page_answers.get(*key), key)]
    assert left == [(mine, "new-job"), (other, "old-job")]
