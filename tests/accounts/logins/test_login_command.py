import re

import pytest
from django.conf import LazySettings

from accounts.audit.models import Trace
from accounts.authentication import basic
from accounts.identity.models import User
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from accounts.logins import services as logins
from swr.errors import NotAllowed, TooManyAccessKeys
from tests.accounts.people import OPERATOR, actor_of

pytestmark = pytest.mark.django_db

COMMAND = re.compile(r"docker login -u (\S+)\s+-p (\S+)\s+(\S+)")  # as a known client parses it


@pytest.fixture(autouse=True)
def region(settings: LazySettings) -> None:
    settings.REGISTRY_HOST = "swr.example.com"


def test_it_names_project_key_and_host(bob: User, settings: LazySettings) -> None:
    key, secret = keys.create_access_key(OPERATOR, bob)
    found = COMMAND.fullmatch(logins.login_command(bob, key=key, secret=secret))
    assert found is not None
    user, password, host = found.groups()
    assert user == f"{settings.REGION}@{key.access}"
    assert re.fullmatch(r"[0-9a-f]{64}", password)
    assert host == "swr.example.com"


def test_what_it_says_lets_the_user_in(bob: User) -> None:
    found = COMMAND.fullmatch(logins.create_login_command(actor_of(bob), bob))
    assert found is not None
    actor = basic.authenticate(found[1], found[2], door="registry", address="192.0.2.1")
    assert actor.user_id == bob.pk


def test_a_key_that_works_is_used_again(bob: User) -> None:
    first = logins.create_login_command(OPERATOR, bob)
    assert logins.create_login_command(OPERATOR, bob) == first
    assert bob.access_keys.count() == 1
    assert Trace.objects.filter(name="createDockerConfig").count() == 2


def test_an_inactive_key_is_not(bob: User) -> None:
    first = logins.create_login_command(OPERATOR, bob)
    keys.set_key_status(OPERATOR, bob.access_keys.get(), AccessKey.Status.INACTIVE)
    assert logins.create_login_command(OPERATOR, bob) != first


def test_a_key_of_another_secret_key_is_not(bob: User, settings: LazySettings) -> None:
    first = logins.create_login_command(OPERATOR, bob)
    settings.SECRET_KEY = "another"
    assert logins.create_login_command(OPERATOR, bob) != first


def test_two_keys_that_do_not_work_leave_no_room(bob: User) -> None:
    for _ in range(2):
        key, _ = keys.create_access_key(OPERATOR, bob)
        keys.set_key_status(OPERATOR, key, AccessKey.Status.INACTIVE)
    with pytest.raises(TooManyAccessKeys):
        logins.create_login_command(OPERATOR, bob)


def test_a_key_of_somebody_else_makes_no_command(bob: User, owner: User) -> None:
    key, secret = keys.create_access_key(OPERATOR, owner)
    with pytest.raises(ValueError, match="another user"):
        logins.login_command(bob, key=key, secret=secret)


def test_nobody_makes_login_commands_of_others(bob: User, owner: User, mallory: User) -> None:
    for actor in (actor_of(bob), actor_of(mallory)):
        with pytest.raises(NotAllowed):
            logins.create_login_command(actor, owner)
