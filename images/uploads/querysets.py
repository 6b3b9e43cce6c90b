"""What every chunk asks of its upload's row, written out once."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

_WHOSE = """
    SELECT repository_id, user_id, storage_key, algorithm FROM images_upload
    WHERE id = %s AND expires_at > %s
"""
_PROGRESS = """
    SELECT "offset", storage_state, running_digest, expires_at, repository_id
    FROM images_upload WHERE id = %s
"""
_ACKNOWLEDGE = """
    UPDATE images_upload SET "offset" = %s, storage_state = %s, running_digest = %s, expires_at = %s
    WHERE id = %s AND repository_id = %s
"""


def whose(upload_id: UUID, *, now: datetime) -> dict[str, Any] | None:
    """Whose it is, and where its bytes lie; None when there is none, or it has expired."""
    row = _one(_WHOSE, [upload_id.hex, connection.ops.adapt_datetimefield_value(now)])
    if row is None:
        return None
    repository_id, user_id, storage_key, algorithm = row
    known = UUID(user_id) if isinstance(user_id, str) else user_id
    return {
        "id": upload_id,
        "repository_id": repository_id,
        "user_id": known,
        "storage_key": storage_key,
        "algorithm": algorithm,
    }


def progress(upload_id: UUID) -> dict[str, Any] | None:
    """How far it is; None when there is none."""
    row = _one(_PROGRESS, [upload_id.hex])
    if row is None:
        return None
    offset, state, running_digest, expires_at, repository_id = row
    return {
        "offset": offset,
        "storage_state": json.loads(state) if isinstance(state, str) else state,
        "running_digest": running_digest,
        # SQLite gives a plain cursor times without their zone.
        "expires_at": expires_at if expires_at.tzinfo else expires_at.replace(tzinfo=UTC),
        "repository_id": repository_id,
    }


def acknowledge(
    upload_id: UUID,
    repository_id: int,
    *,
    offset: int,
    state: Any,
    digest: str,
    expires_at: datetime,
) -> bool:
    """Tell how far it is; False when it has gone meanwhile, or its repository."""
    values: list[Any] = [
        offset,
        json.dumps(state),
        digest,
        connection.ops.adapt_datetimefield_value(expires_at),
        upload_id.hex,
        repository_id,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ACKNOWLEDGE, values)
        return bool(cursor.rowcount == 1)


def _one(query: str, values: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
