import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from django.conf import LazySettings
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.identity.models import Account, User
from accounts.tokens import rules
from accounts.tokens import services as tokens
from accounts.tokens.rules import Access
from swr.errors import InvalidTokenRequest, NotAuthenticated
from tests.accounts.people import OPERATOR, actor_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PULL = Access("repository", "acme-apps/web", frozenset({"pull"}), 7)
PUSH = Access("repository", "acme-apps/web", frozenset({"push"}), 7)
NEW = Access("repository", "acme-apps/new", frozenset({"pull", "push"}), None)
CATALOG = Access("registry", "catalog", frozenset({"*"}), None)


def later(**passed: float) -> float:
    return (NOON + timedelta(**passed)).timestamp()


def issued(actor: Actor, *access: Access) -> str:
    return tokens.issue(actor, access, now=NOON)[0]


def test_a_token_says_who_and_what(acme: Account, bob: User) -> None:
    token, expires_in = tokens.issue(actor_of(bob), [PULL, NEW, CATALOG], now=NOON)
    assert expires_in == 900
    claims = tokens.verify(token, now=later(seconds=1))
    assert (claims.user_id, claims.user_name) == (bob.pk, "bob")
    assert (claims.account_id, claims.account_name) == (acme.pk, "acme")
    assert claims.access == (PULL, NEW, CATALOG)
    assert claims.expires_at == later(seconds=900)


def test_only_repositories_are_repositories(bob: User) -> None:
    token = issued(actor_of(bob), PULL, CATALOG, Access("registry", "x", frozenset("*"), None))
    claims = tokens.verify(token, now=later())
    assert claims.access_to("acme-apps/web") == PULL
    for name in ("acme-apps/other", "catalog", "x", "", "acme-apps/web/"):
        assert claims.access_to(name) is None


def test_a_token_of_nobody_has_no_ids() -> None:
    claims = tokens.verify(issued(Actor.anonymous("registry"), PULL), now=later())
    assert (claims.user_id, claims.account_id, claims.user_name) == (None, None, "")
    assert claims.access == (PULL,)


def test_it_is_a_docker_token_with_our_repository_id(bob: User, settings: LazySettings) -> None:
    token = issued(actor_of(bob), PULL, PUSH)
    header = jwt.get_unverified_header(token)
    assert set(header) == {"alg", "typ", "kid"}
    assert header["alg"] == "EdDSA"
    payload = jwt.decode(token, options={"verify_signature": False})
    assert payload["iss"] == settings.EXTERNAL_URL
    assert payload["aud"] == "dockyard"
    assert payload["sub"] == "bob"
    assert payload["iat"] == payload["nbf"] == payload["exp"] - 900 == later()
    assert payload["access"] == [
        {"type": "repository", "name": "acme-apps/web", "actions": ["pull", "push"], "rid": 7}
    ]


def test_no_two_tokens_are_alike(bob: User) -> None:
    assert issued(actor_of(bob), PULL) != issued(actor_of(bob), PULL)


def test_it_holds_from_the_first_second_to_the_last(bob: User) -> None:
    token = issued(actor_of(bob), PULL)
    for seconds in (-rules.SKEW, 0, 899.9):
        tokens.verify(token, now=later(seconds=seconds))
    for seconds in (900, 901, 10**9):
        with pytest.raises(NotAuthenticated):
            tokens.verify(token, now=later(seconds=seconds))


def test_it_does_not_hold_before_its_time(bob: User) -> None:
    with pytest.raises(NotAuthenticated):
        tokens.verify(issued(actor_of(bob)), now=later(seconds=-rules.SKEW - 1))


def test_a_remembered_token_expires_too(bob: User) -> None:
    token = issued(actor_of(bob), PULL)
    assert tokens.verify(token, now=later()) is tokens.verify(token, now=later(seconds=1))
    with pytest.raises(NotAuthenticated):
        tokens.verify(token, now=later(seconds=900))


def test_a_remembered_token_costs_no_query_and_next_to_no_time(
    bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token, now = issued(actor_of(bob), PULL), later()
    tokens.verify(token, now=now)
    with django_assert_num_queries(0):
        rounds = [_seconds(token, now) for _ in range(5)]
    assert min(rounds) < 50e-6


def _seconds(token: str, now: float) -> float:
    began = time.perf_counter()
    for _ in range(1000):
        tokens.verify(token, now=now)
    return (time.perf_counter() - began) / 1000


def test_a_fresh_token_costs_no_query_where_the_keys_are_known(
    bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actor = actor_of(bob)
    issued(actor)
    with django_assert_num_queries(0):
        tokens.verify(issued(actor, PULL), now=later())


def test_tokens_survive_a_rotation(bob: User) -> None:
    old = issued(actor_of(bob), PULL)
    tokens.rotate_signing_key(OPERATOR)
    new = issued(actor_of(bob), PULL)
    kids = {jwt.get_unverified_header(token)["kid"] for token in (old, new)}
    assert len(kids) == 2
    tokens.verify(old, now=later())
    tokens.verify(new, now=later())


def test_what_fits_into_no_token_is_refused(bob: User) -> None:
    many = [Access("repository", f"acme-apps/{'x' * 100}{n}", PULL.actions, n) for n in range(99)]
    with pytest.raises(InvalidTokenRequest):
        issued(actor_of(bob), *many)


def test_a_new_repository_of_the_name_is_another_entry() -> None:
    old, new = PULL, Access("repository", "acme-apps/web", frozenset({"*"}), 8)
    assert rules.merged([old, new]) == [old]


def test_ensuring_a_signing_key_twice_makes_one() -> None:
    assert tokens.ensure_signing_key() == tokens.ensure_signing_key()
