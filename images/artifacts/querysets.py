"""What a push looks up, each written out once: these run while others wait to write.

The rows are locked where the database locks rows: what is being deleted is gone already or stays.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

_AT_ONCE = 500  # values in one statement
_HELD_BLOBS = """
    SELECT b.digest, b.id, b.size
    FROM images_repositoryblob held JOIN images_blob b ON b.id = held.blob_id
    WHERE held.repository_id = %s AND b.digest IN ({places}) ORDER BY b.digest {lock}
"""
_POINTED_AT = """
    SELECT held.name, m.digest
    FROM images_tag held JOIN images_manifest m ON m.id = held.manifest_id
    WHERE held.repository_id = %s AND held.name IN ({places}) ORDER BY held.name {lock}
"""


def held_blobs(repository_id: int, digests: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The id and the size of each of these blobs that the repository holds."""
    found = _rows(_HELD_BLOBS, repository_id, digests)
    return {digest: (blob_id, size) for digest, blob_id, size in found}


def pointed_at(repository_id: int, names: Sequence[str]) -> dict[str, str]:
    """The digest that each of these tags points at, as far as it exists."""
    return dict(_rows(_POINTED_AT, repository_id, names))


def _rows(query: str, repository_id: int, values: Sequence[str]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(values), _AT_ONCE):
        some = values[start : start + _AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(_written(query, len(some), connection.vendor), [repository_id, *some])
            found += cursor.fetchall()
    return found


@lru_cache(maxsize=256)
def _written(query: str, count: int, vendor: str) -> str:
    lock = "FOR UPDATE OF held" if vendor == "postgresql" else ""
    return query.format(places=", ".join(["%s"] * count), lock=lock)
