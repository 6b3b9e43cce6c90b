import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.audit.models import Trace
from accounts.identity.models import User
from accounts.keyring import services as keyring
from accounts.keyring.models import SigningKey
from swr.errors import NotAllowed
from tests.accounts.people import OPERATOR, actor_of

pytestmark = pytest.mark.django_db

LIFETIME = timedelta(minutes=15)


class Clock:
    """What time.monotonic says, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(keyring, "time", clock)
    return clock


def in_another_process() -> keyring._Ring:
    return keyring._Ring()


def test_the_first_key_is_made_once() -> None:
    kid = keyring.ensure_signing_key()
    assert keyring.ensure_signing_key() == kid
    assert SigningKey.objects.get().kid == kid
    assert keyring.signer()[0] == kid


def test_whoever_signs_first_makes_it() -> None:
    kid, _ = keyring.signer()
    assert keyring.ensure_signing_key() == kid


def test_who_loses_the_race_takes_the_key_of_who_won() -> None:
    won = keyring._create_key(1)
    lost = keyring._create_key(1)
    assert lost.kid == won.kid
    assert SigningKey.objects.count() == 1


def test_the_private_half_is_sealed() -> None:
    _, private = keyring.signer()
    raw = private.private_bytes_raw()
    row = SigningKey.objects.get()
    assert raw.hex() not in row.sealed_private
    assert str(raw) not in row.sealed_private


def test_the_public_half_verifies() -> None:
    kid, private = keyring.signer()
    public = keyring.verifier(kid, now=time.time())
    assert public is not None
    public.verify(private.sign(b"said"), b"said")
    with pytest.raises(InvalidSignature):
        public.verify(private.sign(b"said"), b"heard")


def test_signing_and_verifying_ask_the_database_once_in_a_while(
    clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kid, _ = keyring.signer()
    with django_assert_num_queries(0):
        keyring.signer()
        keyring.verifier(kid, now=time.time())
    clock.now += 301
    with django_assert_num_queries(2):
        keyring.verifier(kid, now=time.time())
        keyring.signer()


def test_a_new_key_signs_and_the_old_one_verifies_for_a_while() -> None:
    old, _ = keyring.signer()
    new = keyring.rotate_signing_key(OPERATOR, lifetime=LIFETIME)
    assert keyring.signer()[0] == new != old
    assert keyring.verifier(old, now=time.time()) is not None
    retired = SigningKey.objects.get(kid=old).retired_at
    assert retired is not None
    assert keyring.verifier(old, now=retired.timestamp() - 1) is not None
    assert keyring.verifier(old, now=retired.timestamp()) is None
    assert keyring.verifier(new, now=retired.timestamp()) is not None


def test_the_old_key_lives_as_long_as_a_process_that_noticed_late_needs() -> None:
    old, _ = keyring.signer()
    before = timezone.now()
    keyring.rotate_signing_key(OPERATOR, lifetime=LIFETIME)
    retired = SigningKey.objects.get(kid=old).retired_at
    assert retired is not None
    assert retired - before >= LIFETIME + timedelta(seconds=keyring._LOOK_TO_VERIFY)


def test_rotating_before_there_is_a_key_makes_one() -> None:
    kid = keyring.rotate_signing_key(OPERATOR, lifetime=LIFETIME)
    assert keyring.signer()[0] == kid
    assert Trace.objects.get(name="rotateSigningKey").resource_name == kid


def test_a_key_that_another_process_made_is_found(clock: Clock) -> None:
    other = in_another_process()
    other.signer()
    clock.now += 2
    new = keyring.rotate_signing_key(OPERATOR, lifetime=LIFETIME)
    assert other.verifier(new, now=time.time()) is not None
    clock.now += 301
    assert other.signer()[0] == new


def test_unknown_kids_do_not_make_a_query_each(
    clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keyring.signer()
    with django_assert_num_queries(0):
        for number in range(100):
            assert keyring.verifier(f"unknown {number}", now=time.time()) is None
    clock.now += 1.5
    with django_assert_num_queries(2):
        for number in range(100):
            assert keyring.verifier(f"unknown {number}", now=time.time()) is None


def test_a_key_retired_elsewhere_stops_here_too(clock: Clock) -> None:
    kid, _ = keyring.signer()
    SigningKey.objects.update(retired_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert keyring.verifier(kid, now=time.time()) is not None
    clock.now += 301
    assert keyring.verifier(kid, now=time.time()) is None


def test_a_key_that_is_gone_stops_here_too(clock: Clock) -> None:
    kid, _ = keyring.signer()
    SigningKey.objects.all().delete()
    clock.now += 301
    assert keyring.verifier(kid, now=time.time()) is None


def test_what_was_signed_is_never_checked_against_news(clock: Clock) -> None:
    keyring.signer()
    SigningKey.objects.all().delete()
    clock.now += 241
    kid, _ = keyring.signer()
    clock.now += 299
    assert keyring.verifier(kid, now=time.time()) is not None


def test_keys_whose_time_is_over_are_swept() -> None:
    old, _ = keyring.signer()
    new = keyring.rotate_signing_key(OPERATOR, lifetime=LIFETIME)
    keyring.sweep()
    assert SigningKey.objects.count() == 2
    SigningKey.objects.filter(kid=old).update(retired_at=timezone.now() - timedelta(seconds=1))
    keyring.sweep()
    assert SigningKey.objects.get().kid == new


def test_another_secret_key_is_said_in_a_sentence_and_rotating_heals(
    settings: LazySettings,
) -> None:
    keyring.ensure_signing_key()
    settings.SECRET_KEY = "another"
    with pytest.raises(ImproperlyConfigured, match="SWR_SECRET_KEY"):
        keyring.ensure_signing_key()
    kid = keyring.rotate_signing_key(OPERATOR, lifetime=LIFETIME)
    assert keyring.ensure_signing_key() == kid
    assert keyring.signer()[0] == kid


def test_only_operators_rotate(owner: User) -> None:
    with pytest.raises(NotAllowed):
        keyring.rotate_signing_key(actor_of(owner, door="admin"), lifetime=LIFETIME)
