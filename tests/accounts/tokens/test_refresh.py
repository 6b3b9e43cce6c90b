from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.audit.models import Trace
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from accounts.levels import Level
from accounts.tokens import services as tokens
from accounts.tokens import tasks
from accounts.tokens.models import RefreshToken
from swr.errors import NotAllowed, WrongCredentials
from tests.accounts.people import ADDRESS, OPERATOR, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(bob: User) -> str:
    return tokens.issue_refresh(actor_of(bob), client_id="docker")


@pytest.fixture
def key(bob: User) -> AccessKey:
    return keys.create_access_key(OPERATOR, bob)[0]


def refused(token: str) -> None:
    with pytest.raises(WrongCredentials):
        tokens.redeem_refresh(token, address=ADDRESS)


def test_it_brings_back_the_user_again_and_again(bob: User, token: str) -> None:
    for _ in range(2):
        actor = tokens.redeem_refresh(token, address="192.0.2.9")
        assert (actor.user_id, actor.name, actor.account_name) == (bob.pk, "bob", "acme")
        assert (actor.door, actor.address) == ("registry", "192.0.2.9")


def test_he_comes_back_as_he_is_now(acme: Account, bob: User, token: str) -> None:
    readers = acme.user_groups.get(name="SWR ReadOnlyAccess")
    identity.add_member(OPERATOR, readers, bob)
    assert tokens.redeem_refresh(token, address=ADDRESS).role is Level.READ
    identity.remove_member(OPERATOR, readers, bob)
    assert tokens.redeem_refresh(token, address=ADDRESS).role is Level.NONE


def test_only_its_digest_is_stored(token: str) -> None:
    row = RefreshToken.objects.get()
    assert token not in str(vars(row))
    assert len(token) >= 43
    assert row.client_id == "docker"
    assert timedelta(days=29) < row.expires_at - timezone.now() <= timedelta(days=30)


def test_redeeming_costs_two_queries(
    token: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        tokens.redeem_refresh(token, address=ADDRESS)


@pytest.mark.parametrize("text", ["", "x", "a" * 43, "\0", "é", "\ud800", "x" * 10**5])
def test_what_is_no_token_is_refused(token: str, text: str) -> None:
    refused(text)


def test_it_dies_with_its_password(bob: User, token: str) -> None:
    identity.set_password(OPERATOR, bob, "another horse 1")
    refused(token)
    tokens.redeem_refresh(tokens.issue_refresh(actor_of(bob), client_id="docker"), address=ADDRESS)


def test_it_sleeps_while_the_user_or_the_account_is_disabled(
    acme: Account, bob: User, token: str
) -> None:
    identity.set_user_enabled(OPERATOR, bob, enabled=False)
    refused(token)
    identity.set_user_enabled(OPERATOR, bob, enabled=True)
    identity.set_account_enabled(OPERATOR, acme, enabled=False)
    refused(token)
    identity.set_account_enabled(OPERATOR, acme, enabled=True)
    tokens.redeem_refresh(token, address=ADDRESS)


def test_it_goes_with_the_user(bob: User, token: str) -> None:
    identity.delete_user(OPERATOR, bob)
    refused(token)


def test_it_dies_after_thirty_days(token: str) -> None:
    RefreshToken.objects.update(expires_at=timezone.now())
    refused(token)
    tasks.sweep()
    assert not RefreshToken.objects.exists()


def test_sweeping_leaves_the_living(token: str) -> None:
    tasks.sweep()
    tokens.redeem_refresh(token, address=ADDRESS)


def test_one_of_an_access_key_lives_and_dies_with_it(bob: User, key: AccessKey) -> None:
    token = tokens.issue_refresh(actor_of(bob), client_id="docker", access_key_id=key.pk)
    assert tokens.redeem_refresh(token, address=ADDRESS).access_key_id == key.pk
    keys.set_key_status(OPERATOR, key, AccessKey.Status.INACTIVE)
    refused(token)
    keys.set_key_status(OPERATOR, key, AccessKey.Status.ACTIVE)
    tokens.redeem_refresh(token, address=ADDRESS)
    keys.delete_access_key(OPERATOR, key)
    refused(token)


def test_an_actor_who_came_with_a_key_binds_it_by_himself(bob: User, key: AccessKey) -> None:
    first = tokens.issue_refresh(actor_of(bob), client_id="docker", access_key_id=key.pk)
    again = tokens.redeem_refresh(first, address=ADDRESS)
    assert RefreshToken.objects.get().access_key_id == key.pk
    tokens.issue_refresh(again, client_id="docker")
    assert {row.access_key_id for row in RefreshToken.objects.all()} == {key.pk}


def test_nobody_gets_none(bob: User) -> None:
    actor = actor_of(bob)
    identity.delete_user(OPERATOR, bob)
    for asker in (Actor.anonymous("registry"), Actor.system("job"), actor):
        with pytest.raises(WrongCredentials):
            tokens.issue_refresh(asker, client_id="docker")


def test_one_can_be_given_back(bob: User, token: str) -> None:
    other = tokens.issue_refresh(actor_of(bob), client_id="podman")
    tokens.revoke_refresh(token)
    tokens.revoke_refresh("never was")
    refused(token)
    tokens.redeem_refresh(other, address=ADDRESS)


def test_all_of_a_user_can_be_ended(owner: User, bob: User, token: str) -> None:
    assert tokens.revoke_refresh_of(actor_of(owner), bob) == 1
    refused(token)
    assert Trace.objects.get(name="revokeRefreshTokens").resource_name == "bob"


def test_but_not_by_others(bob: User, mallory: User, token: str) -> None:
    with pytest.raises(NotAllowed):
        tokens.revoke_refresh_of(actor_of(mallory), bob)
    tokens.redeem_refresh(token, address=ADDRESS)


def test_a_long_client_name_is_cut(bob: User) -> None:
    tokens.issue_refresh(actor_of(bob), client_id="x" * 999)
    assert len(RefreshToken.objects.get().client_id) == 128
