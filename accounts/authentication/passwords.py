"""Names and passwords: the same cost for everybody, and guessing is slowed.

A verified password is remembered for a minute under a key of this process, by the hash it was
verified against: a changed password is forgotten at once, and the user's row is read every time.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from threading import BoundedSemaphore
from time import monotonic
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.audit import services as audit
from accounts.audit.models import Trace
from accounts.authentication import rules, throttle
from accounts.authentication.throttle import Attempt
from accounts.identity.models import User
from swr.errors import SystemBusy, WrongCredentials
from swr.memory import Memory

_REMEMBERED_FOR = 60  # seconds
_PATIENCE = 10  # seconds in the queue before somebody is sent away

_process_key = secrets.token_bytes(32)
_remembered: Memory[bytes, UUID] = Memory(4096)
# A password costs memory and a processor: what comes at once queues here.
_slots = BoundedSemaphore(2)


def verify(account: str, name: str, password: str, *, door: Door, address: str) -> User:
    """Return the user with his account; raise WrongCredentials or TooManyAttempts."""
    login, now = f"{account}/{name}", timezone.now()
    attempt, user = Attempt.of(login, address), _able_user(account, name)
    possible = rules.is_possible_password(password)
    if user and possible and _is_remembered(user, password):
        return user
    throttle.check(attempt, now=now)
    with _slot():
        if user and possible and _is_remembered(user, password):
            return user  # a twin of this request was here first
        throttle.check(attempt, now=now)  # and so were others
        if possible and _is_right(user, password) and user:
            throttle.succeeded(attempt, now=now)
            _remembered.put(_mark(user, password), user.pk, until=monotonic() + _REMEMBERED_FOR)
            return user
        raise refuse(attempt, login, user, door=door, address=address, now=now)


def refuse(
    attempt: Attempt, login: str, user: User | None, *, door: Door, address: str, now: datetime
) -> WrongCredentials:
    """Count the failure and leave its trace; the caller raises what comes back."""
    failures, asker = throttle.failed(attempt, now=now), _asker(user, door, address)
    audit.record(asker, "loginFailed", resource_name=login, rating=Trace.Rating.WARNING)
    if failures == rules.FREE:
        audit.record(asker, "loginThrottled", resource_name=login, rating=Trace.Rating.WARNING)
    return WrongCredentials()


def _able_user(account: str, name: str) -> User | None:
    if not (rules.is_possible_name(account) and rules.is_possible_name(name)):
        return None
    users = User.objects.select_related("account").filter(account__name=account, name=name)
    return users.filter(enabled=True, account__enabled=True).first()


def _is_right(user: User | None, password: str) -> bool:
    """For nobody, and for users without a password, it takes as long and the answer is no."""
    nobody = _nobodys_hash()
    held = user.password if user and user.has_usable_password() else nobody
    return check_password(password, held) and held is not nobody


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return make_password(secrets.token_urlsafe())


def _is_remembered(user: User, password: str) -> bool:
    return _remembered.get(_mark(user, password), now=monotonic()) == user.pk


def _mark(user: User, password: str) -> bytes:
    said = f"{user.pk.hex}\0{user.password}\0{password}"
    return hmac.new(_process_key, said.encode(), hashlib.sha256).digest()


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=_PATIENCE):
        raise SystemBusy(headers={"Retry-After": "1"})
    try:
        yield
    finally:
        _slots.release()


def _asker(user: User | None, door: Door, address: str) -> Actor:
    """Nobody yet; where the user exists, his account may read about it."""
    if user is None:
        return Actor.anonymous(door, address=address)
    account = user.account
    return Actor(
        name="", door=door, account_id=account.pk, account_name=account.name, address=address
    )
