"""What the phones' scan pages were answered, by person and the page's own job id."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import IntegrityError

from domain.errors import LostRace
from domain.floor.scan_page import PageAnswer
from storage.sql import Shape, Sql
from storage.tables.scan_page import page_answer

PAGE_ANSWER = Shape(PageAnswer, page_answer)
_GET = select(*PAGE_ANSWER.columns).where(
    page_answer.c.person_id == bindparam("person"), page_answer.c.job == bindparam("told")
)


class PageAnswers:
    """Implements domain.floor.scan_page.PageAnswers."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, person_id: int, job: str) -> PageAnswer | None:
        """None when this job is new."""
        row = self._sql.row(_GET, person=person_id, told=job)
        return None if row is None else PAGE_ANSWER.thing(row)

    def add(self, answer: PageAnswer) -> None:
        """Raises LostRace when another transaction answered it meanwhile."""
        try:
            self._sql.insert(page_answer, [PAGE_ANSWER.row(answer)])
        except IntegrityError as error:
            raise LostRace("page_answer") from error

    def forget(self, person_id: int, before: datetime) -> None:
        """Those of the person told before."""
        old = (page_answer.c.person_id == person_id) & (page_answer.c.at < before)
        self._sql.change(delete(page_answer).where(old))
