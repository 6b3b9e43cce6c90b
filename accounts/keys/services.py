"""The verbs of access keys (AK/SK)."""

import secrets
import string
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.identity import policy
from accounts.identity.models import User
from accounts.keys.models import AccessKey
from accounts.sealing.services import seal, unseal
from swr.errors import TooManyAccessKeys

LIMIT = 2  # keys of one user, as IAM has it
_ACCESS_LETTERS = string.ascii_uppercase + string.digits
_SECRET_LETTERS = string.ascii_letters + string.digits
_USE_IS_NOTED_EVERY = timedelta(hours=1)


@transaction.atomic
def create_access_key(actor: Actor, user: User, *, description: str = "") -> tuple[AccessKey, str]:
    """Return the key and its secret, which nobody is shown again."""
    policy.require_self_or_administrator(actor, user)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # counting and creating are one
    if user.access_keys.count() >= LIMIT:
        raise TooManyAccessKeys
    access, secret = _random(20, _ACCESS_LETTERS), _random(40, _SECRET_LETTERS)
    key = AccessKey.objects.create(
        access=access,
        sealed_secret=seal(secret, purpose=_purpose(access)),
        user=user,
        description=description,
    )
    _record(actor, "createAccessKey", key)
    return key, secret


@transaction.atomic
def set_key_status(actor: Actor, key: AccessKey, status: AccessKey.Status) -> None:
    policy.require_self_or_administrator(actor, key.user)
    key.status = status
    key.save(update_fields=["status"])
    _record(actor, "updateAccessKey", key, status=status)


@transaction.atomic
def describe_key(actor: Actor, key: AccessKey, *, description: str) -> None:
    policy.require_self_or_administrator(actor, key.user)
    key.description = description
    key.save(update_fields=["description"])
    _record(actor, "updateAccessKey", key)


@transaction.atomic
def delete_access_key(actor: Actor, key: AccessKey) -> None:
    """End what logs in with it, also what logged in with it and keeps a refresh token."""
    policy.require_self_or_administrator(actor, key.user)
    _record(actor, "deleteAccessKey", key)
    key.delete()


def active_key(access: str) -> AccessKey | None:
    """Find a key that works now, with its user and account, in one query."""
    return (
        AccessKey.objects.select_related("user__account")
        .filter(access=access, status=AccessKey.Status.ACTIVE)
        .filter(user__enabled=True, user__account__enabled=True)
        .first()
    )


def secret_of(key: AccessKey) -> str:
    """Raise ValueError when it was sealed under another secret key than today's."""
    return unseal(key.sealed_secret, purpose=_purpose(key.access))


def note_use(key: AccessKey, *, now: datetime) -> None:
    """Write down that the key was used, at most once an hour."""
    horizon = now - _USE_IS_NOTED_EVERY
    if key.last_used_at is not None and key.last_used_at >= horizon:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lt=horizon)
    AccessKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _purpose(access: str) -> str:
    """Bind a sealed secret to its row: moved to another one it does not open."""
    return f"access key {access}"


def _random(length: int, letters: str) -> str:
    return "".join(secrets.choice(letters) for _ in range(length))


def _record(actor: Actor, name: str, key: AccessKey, **detail: str) -> None:
    audit.record(
        actor,
        name,
        resource_id=key.pk.hex,
        resource_name=key.access,
        detail={"user": key.user.name, **detail},
    )
