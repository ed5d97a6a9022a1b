"""Column makers: each table says what a column *is* (money, moment, choice), here stands how it is stored.

Surprising: the table classes are never instantiated. They declare; rows travel as plain mappings through Core.
"""

from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, LargeBinary, MetaData, Table, Text
from sqlmodel import Field, SQLModel

from storage.types import Choice, Code, Deadline, Document, Moment, Words

BigKey = BigInteger().with_variant(Integer, "sqlite")


class Base(SQLModel):
    """Base of all tables, with names for every constraint so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(model: type[SQLModel]) -> Table:
    """The Core table behind a model."""
    return Base.metadata.tables[str(model.__tablename__)]


def key() -> Any:
    """A surrogate key the database numbers."""
    return Field(sa_column=Column(BigKey, primary_key=True, autoincrement=True))


def own_key() -> Any:
    """A numeric key we choose ourselves."""
    return Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


def text_key() -> Any:
    """A textual key, or part of one."""
    return Field(sa_column=Column(Text, primary_key=True))


def ref(target: str, *, primary: bool = False, optional: bool = False) -> Any:
    """A reference to `table.column`."""
    return Field(
        sa_column=Column(
            BigInteger, ForeignKey(target), primary_key=primary, autoincrement=False, nullable=optional and not primary
        )
    )


def code_ref(target: str) -> Any:
    """A part of the key that refers to `table.column` by code."""
    return Field(sa_column=Column(Text, ForeignKey(target), primary_key=True))


def text(*, optional: bool = False) -> Any:
    """Short text of our own making."""
    return Field(sa_column=Column(Text, nullable=optional))


def words() -> Any:
    """Text from buyers, files and strangers."""
    return Field(sa_column=Column(Words, nullable=False))


def number(*, optional: bool = False) -> Any:
    """Any whole number: counts, ids without a reference, grams, money in minor units."""
    return Field(sa_column=Column(BigInteger, nullable=optional))


def flag(*, optional: bool = False) -> Any:
    """Yes or no."""
    return Field(sa_column=Column(Boolean, nullable=optional))


def moment(*, optional: bool = False) -> Any:
    """An aware UTC time."""
    return Field(sa_column=Column(Moment, nullable=optional))


def deadline() -> Any:
    """An aware UTC time that may be missing and then sorts last."""
    return Field(sa_column=Column(Deadline, nullable=False))


def day(*, optional: bool = False) -> Any:
    """A calendar day."""
    return Field(sa_column=Column(Date, nullable=optional))


def choice(kind: type[StrEnum], *, optional: bool = False) -> Any:
    """An enum by value."""
    return Field(sa_column=Column(Choice(kind), nullable=optional))


def code(kind: type[IntEnum]) -> Any:
    """An enum by number."""
    return Field(sa_column=Column(Code(kind), nullable=False))


def document(shape: Callable[[Any], Any] = dict, *, optional: bool = False) -> Any:
    """A small JSON document."""
    return Field(sa_column=Column(Document(shape), nullable=optional))


def blob() -> Any:
    """Bytes."""
    return Field(sa_column=Column(LargeBinary, nullable=False))
