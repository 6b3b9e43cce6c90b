"""The ``docker login`` commands (swr-behaviour.md 3.1)."""

from django.conf import settings
from django.db import transaction

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.identity import policy
from accounts.identity.models import User
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from accounts.signing.login_key import login_key


def login_command(user: User, *, key: AccessKey, secret: str) -> str:
    """One line to paste; clients look for the host at its end."""
    if key.user_id != user.pk:
        raise ValueError("The access key is another user's.")
    login = f"{settings.REGION}@{key.access}"
    return f"docker login -u {login} -p {login_key(key.access, secret)} {settings.REGISTRY_HOST}"


@transaction.atomic
def create_login_command(actor: Actor, user: User) -> str:
    """Use the newest key that works, or make one."""
    policy.require_self_or_administrator(actor, user)
    key, secret = _usable_key(user) or keys.create_access_key(
        actor, user, description="login command"
    )
    audit.record(actor, "createDockerConfig", resource_id=user.pk.hex, resource_name=user.name)
    return login_command(user, key=key, secret=secret)


def _usable_key(user: User) -> tuple[AccessKey, str] | None:
    active = user.access_keys.filter(status=AccessKey.Status.ACTIVE).order_by("-created_at")
    for key in active:
        try:
            return key, keys.secret_of(key)
        except ValueError:
            continue  # sealed under a secret key that is gone
    return None
