"""Guessing is slowed by name and address; nobody is locked out by what others do elsewhere.

The clock is an argument everywhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.crypto import salted_hmac

from accounts.authentication import rules
from accounts.authentication.models import LoginFailure
from accounts.authentication.rules import Standing
from swr.errors import TooManyAttempts

_WHOLE = ""  # the name of the row that counts for the address as a whole
_SUCCESS_IS_NOTED_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who wants in from where: the name as a keyed digest, people type passwords there."""

    name: str
    place: str

    @classmethod
    def of(cls, name: str, address: str) -> Self:
        digest = salted_hmac("login failure", name.encode(errors="replace"), algorithm="sha256")
        return cls(name=digest.hexdigest(), place=rules.place(address))


def check(attempt: Attempt, *, now: datetime) -> None:
    """Raise TooManyAttempts, with the seconds in Retry-After, while the attempt must wait."""
    rows = LoginFailure.objects.filter(address=attempt.place, name__in=[attempt.name, _WHOLE])
    found = {row.name: Standing(row.failures, row.last_at, row.succeeded_at) for row in rows}
    seconds = rules.wait(found.get(attempt.name), found.get(_WHOLE), now=now)
    if seconds:
        raise TooManyAttempts(headers={"Retry-After": str(seconds)})


def failed(attempt: Attempt, *, now: datetime) -> int:
    """Count it; return how many failures the name has had at the address."""
    _count(_WHOLE, attempt.place, now)
    return _count(attempt.name, attempt.place, now)


def succeeded(attempt: Attempt, *, now: datetime) -> None:
    """Forget this name's failures at this address, and nobody else's."""
    rows = LoginFailure.objects.filter(name=attempt.name, address=attempt.place)
    row = rows.first()
    if row is None:
        fresh = LoginFailure(
            name=attempt.name, address=attempt.place, last_at=now, succeeded_at=now
        )
        LoginFailure.objects.bulk_create([fresh], ignore_conflicts=True)
    elif row.failures or not row.succeeded_at or row.succeeded_at < now - _SUCCESS_IS_NOTED_EVERY:
        rows.update(failures=0, succeeded_at=now)


def sweep(*, now: datetime) -> None:
    """Forget what counts no more."""
    unknown = Q(succeeded_at=None) | Q(succeeded_at__lt=now - rules.KNOWN_FOR)
    LoginFailure.objects.filter(unknown, last_at__lt=now - rules.FORGOTTEN_AFTER).delete()


def _count(name: str, place: str, now: datetime) -> int:
    rows = LoginFailure.objects.filter(name=name, address=place)
    stale = When(last_at__lt=now - rules.FORGOTTEN_AFTER, then=Value(1))
    more = Case(stale, default=F("failures") + 1)
    if not rows.update(failures=more, last_at=now):
        try:
            with transaction.atomic():
                LoginFailure.objects.create(name=name, address=place, failures=1, last_at=now)
        except IntegrityError:  # another request was first
            rows.update(failures=more, last_at=now)
    return rows.values_list("failures", flat=True).first() or 0
