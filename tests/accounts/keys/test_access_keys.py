from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.audit.models import Trace
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from swr.errors import NotAllowed, TooManyAccessKeys
from tests.accounts.people import OPERATOR, actor_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_everybody_creates_his_own_and_sees_the_secret_once(bob: User) -> None:
    key, secret = keys.create_access_key(actor_of(bob), bob, description="laptop")
    assert (len(key.access), len(secret)) == (20, 40)
    assert (key.user, key.description, key.status) == (bob, "laptop", "active")
    assert secret not in key.sealed_secret
    assert keys.secret_of(AccessKey.objects.get()) == secret
    trace = Trace.objects.get(name="createAccessKey")
    assert trace.resource_name == key.access
    assert secret not in str(trace.detail)


def test_no_two_keys_are_alike(bob: User, owner: User) -> None:
    made = [keys.create_access_key(OPERATOR, user) for user in (bob, bob, owner, owner)]
    assert len({key.access for key, _ in made}) == len({secret for _, secret in made}) == 4


def test_a_sealed_secret_opens_in_its_own_row_only(bob: User) -> None:
    (one, _), (two, _) = (keys.create_access_key(OPERATOR, bob) for _ in range(2))
    one.sealed_secret = two.sealed_secret
    with pytest.raises(ValueError, match="SWR_SECRET_KEY"):
        keys.secret_of(one)


def test_the_third_key_of_a_user_is_refused(bob: User, owner: User) -> None:
    for _ in range(2):
        keys.create_access_key(OPERATOR, bob)
    with pytest.raises(TooManyAccessKeys):
        keys.create_access_key(OPERATOR, bob)
    keys.create_access_key(OPERATOR, owner)
    assert bob.access_keys.count() == 2


def test_the_owner_manages_keys_of_his_users(owner: User, bob: User) -> None:
    key, _ = keys.create_access_key(actor_of(owner), bob)
    keys.describe_key(actor_of(owner), key, description="ci")
    keys.set_key_status(actor_of(owner), key, AccessKey.Status.INACTIVE)
    key.refresh_from_db()
    assert (key.description, key.status) == ("ci", "inactive")
    keys.delete_access_key(actor_of(owner), key)
    assert not AccessKey.objects.exists()


def test_nobody_touches_keys_of_others(bob: User, owner: User, mallory: User) -> None:
    key, _ = keys.create_access_key(OPERATOR, owner)
    for actor in (actor_of(bob), actor_of(mallory)):
        with pytest.raises(NotAllowed):
            keys.create_access_key(actor, owner)
        with pytest.raises(NotAllowed):
            keys.set_key_status(actor, key, AccessKey.Status.INACTIVE)
        with pytest.raises(NotAllowed):
            keys.delete_access_key(actor, key)
    assert keys.active_key(key.access) is not None


def test_an_active_key_is_found_with_its_user_and_account_in_one_query(
    bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key, _ = keys.create_access_key(OPERATOR, bob)
    with django_assert_num_queries(1):
        found = keys.active_key(key.access)
        assert found is not None
        assert found.user.account.name == "acme"


def test_a_key_that_does_not_work_is_not_found(acme: Account, bob: User) -> None:
    key, _ = keys.create_access_key(OPERATOR, bob)
    assert keys.active_key("NOSUCHKEY") is None
    assert keys.active_key(key.access.lower()) is None

    keys.set_key_status(OPERATOR, key, AccessKey.Status.INACTIVE)
    assert keys.active_key(key.access) is None
    keys.set_key_status(OPERATOR, key, AccessKey.Status.ACTIVE)

    identity.set_user_enabled(OPERATOR, bob, enabled=False)
    assert keys.active_key(key.access) is None
    identity.set_user_enabled(OPERATOR, bob, enabled=True)

    identity.set_account_enabled(OPERATOR, acme, enabled=False)
    assert keys.active_key(key.access) is None
    identity.set_account_enabled(OPERATOR, acme, enabled=True)

    assert keys.active_key(key.access) is not None
    keys.delete_access_key(OPERATOR, key)
    assert keys.active_key(key.access) is None


def test_its_use_is_written_down_at_most_once_an_hour(
    bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys.create_access_key(OPERATOR, bob)
    for minutes, queries, written in [(0, 1, 0), (59, 0, 0), (61, 1, 61), (62, 0, 61)]:
        key = AccessKey.objects.get()
        with django_assert_num_queries(queries):
            keys.note_use(key, now=NOON + timedelta(minutes=minutes))
        key.refresh_from_db()
        assert key.last_used_at == NOON + timedelta(minutes=written)
