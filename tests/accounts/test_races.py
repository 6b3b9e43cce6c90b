"""What several requests or processes do at once, each with its own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import TypeVar

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.utils import timezone

from accounts.audit.models import Trace
from accounts.authentication import basic, throttle
from accounts.authentication.models import LoginFailure
from accounts.authentication.throttle import Attempt
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from accounts.keyring import services as keyring
from accounts.keyring.models import SigningKey
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from accounts.quotas import services as quotas
from accounts.tokens import services as tokens
from swr.errors import NameTaken, TooManyAccessKeys, TooManyAttempts, WrongCredentials
from tests.accounts.people import OPERATOR, PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 8
Result = TypeVar("Result")


def together(verb: Callable[[], Result]) -> list[Result]:
    """Call it ``MANY`` times at once."""
    start = Barrier(MANY)

    def one(_: int) -> Result:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return verb()
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_one_of_many_starts_makes_the_first_account(settings: LazySettings) -> None:
    settings.ADMIN_ACCOUNT, settings.ADMIN_PASSWORD = "admin", ""
    made = [created for created in together(identity.first_account) if created]
    assert len(made) == 1
    assert User.objects.get().check_password(made[0][1] or "")
    assert Trace.objects.count() == 1


def test_one_of_many_gets_the_name() -> None:
    def create() -> Account | None:
        with suppress(NameTaken):
            return identity.create_account(OPERATOR, "acme", password=None)
        return None

    assert len([account for account in together(create) if account]) == 1
    assert (Account.objects.count(), User.objects.count()) == (1, 1)


def test_processes_that_start_at_once_agree_on_one_signing_key() -> None:
    kids = together(keyring.ensure_signing_key)
    assert len(set(kids)) == SigningKey.objects.count() == 1


def test_processes_that_sign_first_at_once_agree_too() -> None:
    kids = together(lambda: keyring._Ring().signer()[0])
    assert len(set(kids)) == SigningKey.objects.count() == 1


def test_rotating_at_once_leaves_one_key_that_signs() -> None:
    tokens.ensure_signing_key()
    together(lambda: tokens.rotate_signing_key(OPERATOR))
    alive = SigningKey.objects.filter(retired_at=None)
    assert [key.kid for key in alive] == [keyring._Ring().signer()[0]]


def test_no_user_gets_a_third_key(bob: User) -> None:
    def create() -> None:
        with suppress(TooManyAccessKeys):
            keys.create_access_key(OPERATOR, bob)

    together(create)
    assert AccessKey.objects.count() == 2


def test_who_holds_the_account_counts_alone(acme: Account) -> None:
    def create() -> bool:
        with transaction.atomic():
            quotas.hold(acme.pk)
            if acme.user_groups.count() >= 7:
                return False
            identity.create_group(OPERATOR, acme, f"g{acme.user_groups.count()}")
            return True

    assert sum(together(create)) == 2
    assert acme.user_groups.count() == 7


def test_every_failure_is_counted() -> None:
    attempt, now = Attempt.of("acme/bob", "192.0.2.1"), timezone.now()
    together(lambda: throttle.failed(attempt, now=now))
    assert list(LoginFailure.objects.values_list("failures", flat=True)) == [MANY, MANY]


def test_guesses_at_once_are_few_more_than_guesses_in_turn(bob: User) -> None:
    def guess() -> str:
        try:
            basic.authenticate("acme/bob", "wrong horse 1", door="api", address="192.0.2.1")
        except (WrongCredentials, TooManyAttempts) as refused:
            return type(refused).__name__
        return "in"

    said = together(guess) + together(guess)
    assert said.count("WrongCredentials") <= 7  # five, and what is in the two slots
    assert said.count("TooManyAttempts") >= 9


def test_many_right_logins_at_once_all_come_in(bob: User) -> None:
    def enter() -> object:
        return basic.authenticate(
            "acme/bob", PASSWORD, door="registry", address="192.0.2.1"
        ).user_id

    assert together(enter) == [bob.pk] * MANY
    assert LoginFailure.objects.get().failures == 0
