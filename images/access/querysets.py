"""The facts that decide a level, fetched in one query that is written out.

Every request that writes asks it, and Django's own way to it costs more than its rows.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

_BITS = """
    COALESCE((
        SELECT SUM(CASE p.codename WHEN 'read' THEN 1 WHEN 'write' THEN 2 WHEN 'manage' THEN 4 END)
        FROM {grants} g JOIN auth_permission p ON p.id = g.permission_id
        WHERE g.content_object_id = {thing} AND g.user_id = %(user)s
    ), 0)
"""
_FACTS = """
    SELECT o.name, o.id, o.account_id = %(account)s, {on_organization},
        r.path, r.id, r.is_public, {on_repository},
        EXISTS (
            SELECT 1 FROM images_share s
            WHERE s.repository_id = r.id AND s.account_id = %(account)s
            AND (s.deadline IS NULL OR s.deadline > %(now)s)
        )
    FROM organizations_organization o
    LEFT JOIN images_repository r ON r.organization_id = o.id AND r.path IN ({paths})
    WHERE o.name IN ({organizations})
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """An organization with one of its repositories, or with none, and what somebody has there."""

    organization: str
    organization_id: int
    own: bool | None  # None: nobody has an account
    organization_bits: int
    path: str | None
    repository_id: int | None
    public: bool | None
    repository_bits: int
    shared: bool


def facts(
    *,
    user_id: UUID | None,
    account_id: UUID | None,
    organizations: Collection[str],
    paths: Collection[str],
) -> list[Facts]:
    """Each organization that exists, once with each repository that exists, or else with none."""
    given = {
        "user": _key(user_id),
        "account": _key(account_id),
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
        **{f"o{n}": name for n, name in enumerate(organizations)},
        **{f"p{n}": path for n, path in enumerate(paths)},
    }
    with connection.cursor() as cursor:
        cursor.execute(_query(len(organizations), len(paths)), given)
        return [Facts(*row) for row in cursor.fetchall()]


@lru_cache(maxsize=64)
def _query(organizations: int, paths: int) -> str:
    return _FACTS.format(
        on_organization=_BITS.format(
            grants="organizations_organizationuserobjectpermission", thing="o.id"
        ),
        on_repository=_BITS.format(grants="images_repositoryuserobjectpermission", thing="r.id"),
        organizations=", ".join(f"%(o{n})s" for n in range(organizations)),
        paths=", ".join(f"%(p{n})s" for n in range(paths)),
    )


def _key(value: UUID | None) -> Any:
    """As the column holds it."""
    return value if value is None or connection.features.has_native_uuid_field else value.hex
