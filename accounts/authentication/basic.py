"""HTTP Basic as container clients send it (swr-behaviour.md 3.1).

``{project}@{access key}`` with the login key; ``{account}`` (its owner) or ``{account}/{user}``
with the password.
"""

import re
from dataclasses import replace
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.actors import Actor, Door
from accounts.authentication import passwords, rules, throttle
from accounts.authentication.throttle import Attempt
from accounts.identity import rules as names
from accounts.identity import services as identity
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from accounts.signing.login_key import login_key
from swr.errors import WrongCredentials

_ACCESS = re.compile(r"[A-Za-z0-9]{1,40}")


def authenticate(username: str, password: str, *, door: Door, address: str) -> Actor:
    """Raise WrongCredentials, or TooManyAttempts with the seconds to wait in Retry-After."""
    if "@" in username:
        return _by_key(username, password, door=door, address=address)
    account, name = names.split(username)
    user = passwords.verify(account, name, password, door=door, address=address)
    return _actor(user.pk, door, address)


def _by_key(username: str, password: str, *, door: Door, address: str) -> Actor:
    """A right key never waits: it cannot be guessed, so nobody's failures slow its owner."""
    project, _, access = username.partition("@")
    now = timezone.now()
    key = keys.active_key(access) if _ACCESS.fullmatch(access) else None
    if key and _is_right(key, project, password):
        keys.note_use(key, now=now)
        return replace(_actor(key.user_id, door, address), access_key_id=key.pk)
    attempt = Attempt.of(f"@{access}", address)
    throttle.check(attempt, now=now)
    owner = key.user if key else None
    raise passwords.refuse(attempt, username, owner, door=door, address=address, now=now)


def _is_right(key: AccessKey, project: str, password: str) -> bool:
    if not rules.is_possible_password(password):
        return False
    try:
        expected = login_key(key.access, keys.secret_of(key))
    except ValueError:  # sealed under a secret key that is gone
        return False
    if not constant_time_compare(expected, password):
        return False
    return project in key.user.account.projects.values_list("name", flat=True)


def _actor(user_id: UUID, door: Door, address: str) -> Actor:
    actor = identity.actor_of(user_id, door=door, address=address)
    if actor is None:  # gone or disabled since a moment ago
        raise WrongCredentials
    return actor
