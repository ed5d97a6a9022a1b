"""What the phones' scan pages were answered."""

from datetime import datetime

from sqlalchemy import Index

from storage.tables import columns as col
from storage.tables.columns import Base, table_of


class PageAnswerRow(Base, table=True):
    """One job each, under the id its page gave it."""

    __tablename__ = "page_answer"
    __table_args__ = (Index(None, "person_id", "at"),)
    person_id: int = col.ref("person.id", primary=True)
    job: str = col.text_key()
    at: datetime = col.moment()
    answer: str = col.words()


page_answer = table_of(PageAnswerRow)
