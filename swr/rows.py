"""Rows of plain values for the verbs of a push, where Django's way to a statement costs more.

Django writes a statement anew for every ``create``, which takes it several times as long as the
database takes to run it.  Here each is written once in a process.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

_AT_ONCE = 500  # rows in one statement: databases bound how many values it may have
Row = Mapping[str, Any]
Fields = list["Field[Any, Any]"]
Made = TypeVar("Made", bound=Model)


def insert(model: type[Model], rows: Sequence[Row], *, ending: str = "") -> list[tuple[Any, ...]]:
    """Insert rows that all have the same columns, named by attribute (``repository_id``).

    Columns that are not named take the field's default.  ``ending`` is more SQL (ON CONFLICT,
    RETURNING); what it returns is returned.
    """
    returned: list[tuple[Any, ...]] = []
    for start in range(0, len(rows), _AT_ONCE):
        returned += _insert(model, rows[start : start + _AT_ONCE], ending)
    return returned


def _insert(model: type[Model], rows: Sequence[Row], ending: str) -> list[tuple[Any, ...]]:
    names = tuple(rows[0])
    statement, fields, defaults = _prepared(model, names, len(rows), ending)
    values: list[Any] = []
    for row in rows:
        given = [row[name] for name in names] + [field.get_default() for field in defaults]
        values += [
            field.get_db_prep_save(value, connection)
            for field, value in zip(fields, given, strict=True)
        ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if "RETURNING" in ending else []


@lru_cache(maxsize=256)
def _prepared(
    model: type[Model], names: tuple[str, ...], count: int, ending: str
) -> tuple[str, Fields, Fields]:
    meta = model._meta  # noqa: SLF001  # its documented name
    by_name = {field.attname: field for field in meta.concrete_fields}
    given = [by_name.pop(name) for name in names]
    defaults = [field for field in by_name.values() if not field.primary_key]
    fields = given + defaults
    columns = ", ".join(f'"{field.column}"' for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    rows = ", ".join([row] * count)
    statement = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES {rows} {ending}'  # noqa: S608  # names of our models
    return statement, fields, defaults


def partly(model: type[Made], **columns: Any) -> Made:
    """A row of which only these columns are known; any other is fetched when it is asked for."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in columns]  # noqa: SLF001
    return model.from_db(connection.alias, names, [columns[name] for name in names])
