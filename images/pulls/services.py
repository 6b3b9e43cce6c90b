"""What a puller asks of a repository that a token has opened for him.

Plain values in, plain values out, one indexed query each and no row written (design D11).  The
queries are written out: on the hottest path a model instance costs more than its row.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class FoundManifest:
    digest: str
    media_type: str
    size: int
    payload: bytes  # empty when only the head was asked for


@dataclass(frozen=True, slots=True)
class FoundBlob:
    storage_key: str
    size: int


@dataclass(frozen=True, slots=True)
class Referrer:
    """A descriptor of the referrers API (spec: Listing Referrers)."""

    media_type: str
    digest: str
    size: int
    artifact_type: str
    annotations: dict[str, str]


_BY_TAG = """
    SELECT m.digest, m.media_type, m.size, {payload}
    FROM images_tag t JOIN images_manifest m ON m.id = t.manifest_id
    WHERE t.repository_id = %s AND t.name = %s
"""
_BY_DIGEST = """
    SELECT m.digest, m.media_type, m.size, {payload}
    FROM images_manifest m WHERE m.repository_id = %s AND m.digest = %s
"""
_MANIFEST = {
    (by_digest, with_payload): query.format(payload="m.payload" if with_payload else "''")
    for by_digest, query in ((False, _BY_TAG), (True, _BY_DIGEST))
    for with_payload in (False, True)
}
_BLOB = """
    SELECT b.storage_key, b.size
    FROM images_blob b JOIN images_repositoryblob r ON r.blob_id = b.id
    WHERE b.digest = %s AND r.repository_id = %s
"""
_TAGS = """
    SELECT name FROM images_tag WHERE repository_id = %s AND name > %s ORDER BY name LIMIT %s
"""
# The condition of the index is repeated to the letter: SQLite takes it for no other.
_REFERRERS = """
    SELECT {columns} FROM images_manifest
    WHERE repository_id = %s AND subject_digest = %s AND NOT (subject_digest = '') AND digest > %s
"""
_EXISTS = "SELECT 1 FROM images_repository WHERE id = %s"


def manifest(
    repository_id: int, reference: str, *, by_digest: bool, with_payload: bool
) -> FoundManifest | None:
    row = _one(_MANIFEST[by_digest, with_payload], [repository_id, reference])
    if row is None:
        return None
    digest, media_type, size, payload = row
    return FoundManifest(digest, media_type, size, bytes(payload) if with_payload else b"")


def blob(repository_id: int, digest: str) -> FoundBlob | None:
    row = _one(_BLOB, [digest, repository_id])
    return None if row is None else FoundBlob(*row)


def tags(repository_id: int, *, last: str, limit: int) -> list[str]:
    """At most ``limit`` tag names in byte order, beginning after ``last``."""
    return [name for (name,) in _all(_TAGS, [repository_id, last, limit])]


def referrers(
    repository_id: int, subject: str, *, artifact_type: str, last: str, limit: int, room: int
) -> tuple[list[Referrer], bool]:
    """Manifests that name ``subject``, by digest after ``last``, and whether more follow.

    At most ``limit`` of them, and no more than have ``room`` bytes of annotations together, but
    one: each may have megabytes, which are not fetched before they are known to fit.
    """
    where = _REFERRERS
    values: list[str | int] = [repository_id, subject, last]
    if artifact_type:
        where, values = f"{where} AND artifact_type = %s", [*values, artifact_type]
    where += " ORDER BY digest LIMIT %s"
    sized = where.format(columns="LENGTH(CAST(annotations AS TEXT))")
    sizes = [size for (size,) in _all(sized, [*values, limit + 1])]
    count = _fitting(sizes[:limit], room)
    rows = _all(
        where.format(columns="media_type, digest, size, artifact_type, annotations"),
        [*values, count],
    )
    found = [
        Referrer(media_type, digest, size, kind, _json(annotations))
        for media_type, digest, size, kind, annotations in rows
    ]
    return found, len(sizes) > count


def exists(repository_id: int) -> bool:
    """Whether an empty page is one of a repository, and not of one that has gone since."""
    return _one(_EXISTS, [repository_id]) is not None


def _fitting(sizes: Sequence[int], room: int) -> int:
    count, used = 0, 0
    for size in sizes:
        used += size + 1024  # for the rest of the descriptor
        if count and used > room:
            break
        count += 1
    return count


def _one(query: str, values: Sequence[str | int]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _all(query: str, values: Sequence[str | int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _json(value: Any) -> dict[str, str]:
    """JSON columns come as text from a plain cursor, on SQLite and PostgreSQL alike."""
    found: dict[str, str] = json.loads(value) if isinstance(value, str) else value
    return found
