"""``{project}@{access key}`` with the login key."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings, settings
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.audit.models import Trace
from accounts.authentication import basic
from accounts.authentication.models import LoginFailure
from accounts.identity import services as identity
from accounts.identity.models import Account, Project, User
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from accounts.signing.login_key import login_key
from swr.errors import TooManyAttempts, WrongCredentials
from tests.accounts.people import ADDRESS, OPERATOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(bob: User) -> tuple[AccessKey, str]:
    return keys.create_access_key(OPERATOR, bob)


@pytest.fixture
def key(made: tuple[AccessKey, str]) -> AccessKey:
    return made[0]


@pytest.fixture
def password(made: tuple[AccessKey, str]) -> str:
    return login_key(made[0].access, made[1])


def enter(username: str, password: str, *, address: str = ADDRESS) -> Actor:
    return basic.authenticate(username, password, door="registry", address=address)


def username(key: AccessKey, project: str = "") -> str:
    return f"{project or settings.REGION}@{key.access}"


def test_the_login_key_lets_in(bob: User, key: AccessKey, password: str) -> None:
    actor = enter(username(key), password)
    assert (actor.user_id, actor.name, actor.account_name) == (bob.pk, "bob", "acme")
    assert (actor.door, actor.address) == ("registry", ADDRESS)
    assert actor.access_key_id == key.pk


def test_it_notes_the_use(key: AccessKey, password: str) -> None:
    enter(username(key), password)
    first = AccessKey.objects.get().last_used_at
    enter(username(key), password)
    assert first is not None
    assert AccessKey.objects.get().last_used_at == first


def test_it_costs_three_queries(
    key: AccessKey, password: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enter(username(key), password)
    with django_assert_num_queries(3):  # the key, the projects, the actor
        enter(username(key), password)


def test_every_project_of_the_account_will_do(acme: Account, key: AccessKey, password: str) -> None:
    Project.objects.create(account=acme, name=f"{settings.REGION}_team")
    enter(username(key, f"{settings.REGION}_team"), password)


@pytest.mark.parametrize("project", ["local-2", "LOCAL-1", "x_team", " ", "\0", "local-1_"])
def test_a_project_of_nobody_will_not(key: AccessKey, password: str, project: str) -> None:
    with pytest.raises(WrongCredentials):
        enter(username(key, project), password)


def test_no_project_will_not(key: AccessKey, password: str) -> None:
    with pytest.raises(WrongCredentials):
        enter(f"@{key.access}", password)


def test_a_project_of_another_account_will_not(
    globex: Account, key: AccessKey, password: str
) -> None:
    Project.objects.create(account=globex, name="elsewhere")
    with pytest.raises(WrongCredentials):
        enter(username(key, "elsewhere"), password)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _, __: "",
        lambda _, secret: secret,
        lambda key, _: key.access,
        lambda key, secret: login_key(key.access, secret).upper(),
        lambda key, secret: login_key(key.access, secret)[:-1],
        lambda key, secret: login_key(key.access, secret) + "0",
        lambda key, secret: login_key(key.access, secret) + "\n",
        lambda key, secret: login_key(secret, key.access),
        lambda _, __: "é" * 64,
        lambda _, __: "x" * 10**6,
        lambda _, __: "\0",
        lambda _, __: "\ud800",
    ],
)
def test_anything_else_does_not(
    made: tuple[AccessKey, str], wrong: Callable[[AccessKey, str], str]
) -> None:
    with pytest.raises(WrongCredentials):
        enter(username(made[0]), wrong(*made))


@pytest.mark.parametrize("access", ["", "NOSUCH", "\0", "a'--", "é", "x" * 10**5, "A@B"])
def test_a_key_that_is_none(acme: Account, password: str, access: str) -> None:
    with pytest.raises(WrongCredentials):
        enter(f"{settings.REGION}@{access}", password)


def test_a_key_that_works_no_more(acme: Account, bob: User, key: AccessKey, password: str) -> None:
    def refused() -> None:
        with pytest.raises(WrongCredentials):
            enter(username(key), password, address="198.51.100.1")
        LoginFailure.objects.all().delete()

    keys.set_key_status(OPERATOR, key, AccessKey.Status.INACTIVE)
    refused()
    keys.set_key_status(OPERATOR, key, AccessKey.Status.ACTIVE)
    identity.set_user_enabled(OPERATOR, bob, enabled=False)
    refused()
    identity.set_user_enabled(OPERATOR, bob, enabled=True)
    identity.set_account_enabled(OPERATOR, acme, enabled=False)
    refused()
    identity.set_account_enabled(OPERATOR, acme, enabled=True)
    enter(username(key), password)
    keys.delete_access_key(OPERATOR, key)
    refused()


def test_a_key_sealed_under_another_secret_key_is_wrong(
    key: AccessKey, password: str, settings: LazySettings
) -> None:
    settings.SECRET_KEY = "another"
    with pytest.raises(WrongCredentials):
        enter(username(key), password)


def test_guessing_is_slowed(key: AccessKey) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            enter(username(key), "0" * 64)
    with pytest.raises(TooManyAttempts) as refused:
        enter(username(key), "0" * 64)
    assert int(refused.value.headers["Retry-After"]) == 1


def test_other_projects_do_not_buy_more_guesses(key: AccessKey) -> None:
    for number in range(5):
        with pytest.raises(WrongCredentials):
            enter(username(key, f"p{number}"), "0" * 64)
    with pytest.raises(TooManyAttempts):
        enter(username(key, "p6"), "0" * 64)


def test_a_right_key_never_waits(key: AccessKey, password: str) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            enter(username(key), "0" * 64)
    enter(username(key), password)


def test_a_failure_leaves_a_trace_that_the_account_may_read(acme: Account, key: AccessKey) -> None:
    with pytest.raises(WrongCredentials):
        enter(username(key), "not the key")
    trace = Trace.objects.get(name="loginFailed")
    assert (trace.rating, trace.account_id, trace.user_id) == ("warning", acme.pk, None)
    assert (trace.resource_name, trace.address) == (username(key), ADDRESS)
    assert "not the key" not in str(vars(trace))


def test_a_success_writes_no_failures(key: AccessKey, password: str) -> None:
    enter(username(key), password)
    assert not LoginFailure.objects.exists()
