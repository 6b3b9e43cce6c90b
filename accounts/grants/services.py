"""Writing a level down as object permissions, all of it or nothing.

The things that grants are on ask their own policy, lock their row, call these and leave the trace.
"""

from uuid import UUID

from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.db.models import Model

from accounts.actors import Actor
from accounts.grants.querysets import Grants
from accounts.identity.models import User
from accounts.levels import BITS, Level, level_of_bits
from swr.errors import InvalidLevel, NotAllowed, UserNotFound


def check(actor: Actor, user: User, level: Level, *, account_id: UUID) -> None:
    """Refuse what no level allows: oneself, a stranger to the account, a grant of nothing."""
    if user.pk == actor.user_id:
        raise NotAllowed(
            "Nobody grants a permission to himself.", advice="Ask somebody else who may manage it."
        )
    if level is Level.NONE:
        raise InvalidLevel
    known = User.objects.select_for_update(no_key=True).filter(pk=user.pk, account_id=account_id)
    if not known.exists():
        raise UserNotFound


def give(grants: Grants, thing: Model, user_id: UUID, level: Level) -> bool:
    """Return False when the user has a grant on the thing already."""
    meta = thing._meta  # noqa: SLF001  # public, says Django's reference
    permissions = dict(
        Permission.objects.filter(
            content_type__app_label=meta.app_label, content_type__model=meta.model_name
        ).values_list("codename", "pk")
    )
    rows = [
        grants(user_id=user_id, permission_id=permissions[name], content_object=thing)  # type: ignore[misc]
        for name in level.permissions
    ]
    try:
        with transaction.atomic():
            grants.objects.bulk_create(rows)
    except IntegrityError:
        return False
    return True


def change(grants: Grants, thing: Model, user_id: UUID, level: Level) -> bool:
    """Return False when there is no grant to change."""
    with transaction.atomic():
        return take(grants, thing, user_id) and give(grants, thing, user_id, level)


def take(grants: Grants, thing: Model, user_id: UUID) -> bool:
    """Return False when there is no grant to take."""
    deleted, _ = grants.objects.filter(content_object=thing, user_id=user_id).delete()
    return deleted > 0


def holders(grants: Grants, thing: Model) -> dict[User, Level]:
    """Who holds which level on the thing, by name."""
    rows = grants.objects.filter(content_object=thing).select_related("user", "permission")
    held: dict[User, int] = {}
    for row in rows.order_by("user__name"):
        held[row.user] = held.get(row.user, 0) | BITS[row.permission.codename]
    return {user: level_of_bits(bits) for user, bits in held.items()}
