"""Who somebody is, in one query that is written out: every request that writes asks it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from accounts.identity.choices import LEVELS

_LEVELS = " ".join(f"WHEN '{role.value}' THEN {int(held)}" for role, held in LEVELS.items())
# The best role of the user's groups, on the account or on the region's project.
_ABLE = f"""
    SELECT u.name, u.account_id, a.name, u.is_owner, COALESCE((
        SELECT MAX(CASE given.role {_LEVELS} ELSE 0 END)
        FROM accounts_usergroup_members m
        JOIN accounts_roleassignment given ON given.group_id = m.usergroup_id
        LEFT JOIN accounts_project p ON p.id = given.project_id
        WHERE m.user_id = u.id AND (given.project_id IS NULL OR p.name = %s)
    ), 0)
    FROM accounts_user u JOIN accounts_account a ON a.id = u.account_id
    WHERE u.id = %s AND u.enabled AND a.enabled
"""  # noqa: S608  # our own roles


def able(user_id: UUID) -> tuple[str, UUID, str, bool, int] | None:
    """Name, account's id and name, owner or not, level of the roles; None for who may nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_ABLE, [settings.REGION, user_id.hex])
        found: tuple[Any, ...] | None = cursor.fetchone()
    if found is None:
        return None
    name, account_id, account_name, is_owner, level = found
    known = account_id if isinstance(account_id, UUID) else UUID(account_id)
    return name, known, account_name, bool(is_owner), level
