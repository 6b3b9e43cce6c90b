"""``{account}`` and ``{account}/{user}`` with the password."""

from unittest.mock import Mock

import pytest
from django.contrib.auth import hashers
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.authentication import basic, passwords
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from accounts.levels import Level
from swr.errors import WrongCredentials
from tests.accounts.people import ADDRESS, OPERATOR, PASSWORD

pytestmark = pytest.mark.django_db

ELSEWHERE = "198.51.100.1"


def enter(username: str, password: str = PASSWORD, *, address: str = ADDRESS) -> Actor:
    return basic.authenticate(username, password, door="registry", address=address)


def guess(username: str, times: int, *, address: str = ADDRESS) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            enter(username, "wrong horse 1", address=address)


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Counts how often a password is hashed."""
    counted = Mock(wraps=hashers.check_password)
    monkeypatch.setattr(passwords, "check_password", counted)
    return counted


def test_an_account_is_its_owner(owner: User) -> None:
    actor = enter("acme")
    assert (actor.user_id, actor.name, actor.role) == (owner.pk, "acme", Level.MANAGE)
    assert actor.access_key_id is None
    assert enter("acme/acme").user_id == owner.pk


def test_a_user_is_named_after_his_account(bob: User) -> None:
    actor = enter("acme/bob")
    assert (actor.user_id, actor.name, actor.role) == (bob.pk, "bob", Level.NONE)


@pytest.mark.parametrize(
    "username",
    [
        "",
        "/",
        "acme/",
        "/bob",
        "/acme",
        "bob",
        "ACME",
        "acme/BOB",
        "acme/bob/",
        "acme//bob",
        "acme/bob ",
        " acme",
        "acme/nobody",
        "globex/bob",
        "acme\0",
        "acme/b\0b",
        "ａｃｍｅ",  # noqa: RUF001
        "аcme",  # noqa: RUF001
        "acme/bob\n",
        "acme/\ud800",
        "x" * 10**5,
        "' OR 1=1 --",
        "%/%",
        "_/_",
    ],
)
def test_no_other_name_does(bob: User, globex: Account, username: str) -> None:
    with pytest.raises(WrongCredentials):
        enter(username)


@pytest.mark.parametrize(
    "password",
    [
        "",
        " ",
        PASSWORD + " ",
        PASSWORD.upper(),
        PASSWORD[:-1],
        PASSWORD + "\0",
        "x" * 1025,
        "\ud800",
    ],
)
def test_no_other_password_does(bob: User, password: str) -> None:
    with pytest.raises(WrongCredentials):
        enter("acme/bob", password)


def test_a_long_password_counts_to_its_last_character(bob: User) -> None:
    long = "a1" * 64
    identity.set_password(OPERATOR, bob, long)
    enter("acme/bob", long)
    for wrong in (long + "x", long[:72] + "garbage", long[:72]):
        with pytest.raises(WrongCredentials):
            enter("acme/bob", wrong)


def test_who_has_no_password_comes_in_with_none(acme: Account) -> None:
    robot = identity.create_user(OPERATOR, acme, "robot", password=None)
    for password in ("", "!", "None", robot.password):
        with pytest.raises(WrongCredentials):
            enter("acme/robot", password)


# --- remembering -------------------------------------------------------------------------------


def test_a_verified_password_is_not_hashed_again(bob: User, hashing: Mock) -> None:
    for _ in range(3):
        enter("acme/bob")
    assert hashing.call_count == 1


def test_a_remembered_one_costs_two_queries(
    bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enter("acme/bob")
    with django_assert_num_queries(2):  # the user, the actor
        enter("acme/bob")


def test_a_minute_later_it_is(bob: User, hashing: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(passwords, "monotonic", lambda: now[0])
    for seconds, hashed in [(0, 1), (59, 1), (60, 2), (119, 2)]:
        now[0] = 1000.0 + seconds
        enter("acme/bob")
        assert hashing.call_count == hashed


def test_a_wrong_one_is_not_remembered_and_the_right_one_not_for_others(
    bob: User, owner: User, hashing: Mock
) -> None:
    enter("acme/bob")
    guess("acme/bob", 1)
    guess("acme", 1)
    enter("acme")
    assert hashing.call_count == 4


def test_a_changed_password_is_forgotten_at_once(bob: User) -> None:
    enter("acme/bob")
    identity.set_password(OPERATOR, bob, "another horse 1")
    with pytest.raises(WrongCredentials):
        enter("acme/bob")
    enter("acme/bob", "another horse 1")


def test_a_disabled_user_and_account_are_out_at_once(acme: Account, bob: User) -> None:
    enter("acme/bob")
    identity.set_user_enabled(OPERATOR, bob, enabled=False)
    with pytest.raises(WrongCredentials):
        enter("acme/bob")
    identity.set_user_enabled(OPERATOR, bob, enabled=True)
    enter("acme/bob")
    identity.set_account_enabled(OPERATOR, acme, enabled=False)
    with pytest.raises(WrongCredentials):
        enter("acme/bob")


# --- the same cost for everybody ---------------------------------------------------------------


@pytest.mark.parametrize(
    "username", ["acme/bob", "acme/robot", "acme/off", "acme/nobody", "nobody", "é", "a/b/c", ""]
)
def test_a_wrong_password_is_hashed_once_whoever_it_is(
    acme: Account, bob: User, hashing: Mock, username: str
) -> None:
    identity.create_user(OPERATOR, acme, "robot", password=None)
    off = identity.create_user(OPERATOR, acme, "off", password=PASSWORD)
    identity.set_user_enabled(OPERATOR, off, enabled=False)
    with pytest.raises(WrongCredentials) as refused:
        enter(username, "wrong horse 1")
    assert hashing.call_count == 1
    assert hashers.is_password_usable(hashing.call_args.args[1])
    assert refused.value.message == WrongCredentials.message


def test_what_cannot_be_a_password_is_not_hashed(bob: User, hashing: Mock) -> None:
    for password in ("x" * 1025, "a\0"):
        with pytest.raises(WrongCredentials):
            enter("acme/bob", password)
    assert hashing.call_count == 0


# --- when the database does not answer ---------------------------------------------------------


def test_nobody_comes_in_while_the_database_does_not_answer(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter("acme/bob")

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(CursorWrapper, "execute", gone)
    for username in ("acme/bob", "acme", "local-1@AKEXAMPLE0000000001"):
        with pytest.raises(OperationalError):
            enter(username)
