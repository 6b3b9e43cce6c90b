"""Columns with a promise that Django's own do not make on every database."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class ByteOrderedCharField(models.CharField[str, str]):
    """Text that sorts by byte everywhere, as the OCI specification orders tags and names.

    SQLite compares bytes by default; PostgreSQL does so under the collation "C".
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters
