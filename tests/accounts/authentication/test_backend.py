import pytest
from django.contrib.auth import authenticate, get_user
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from accounts.audit.models import Trace
from accounts.authentication.backends import PasswordBackend
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from swr.errors import TooManyAttempts
from tests.accounts.people import OPERATOR, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_() -> HttpRequest:
    return RequestFactory(REMOTE_ADDR="192.0.2.1").post("/admin/login/")


def test_both_forms_of_a_name_let_in(owner: User, bob: User, request_: HttpRequest) -> None:
    assert authenticate(request_, username="acme", password=PASSWORD) == owner
    assert authenticate(request_, username="acme/bob", password=PASSWORD) == bob
    assert authenticate(username="acme/bob", password=PASSWORD) == bob


def test_wrong_ones_do_not(bob: User, request_: HttpRequest) -> None:
    assert authenticate(request_, username="acme/bob", password="wrong horse 1") is None
    assert authenticate(request_, username="bob", password=PASSWORD) is None
    assert authenticate(request_, username=None, password=None) is None
    assert Trace.objects.filter(name="loginFailed", door="admin").count() == 2


def test_guessing_is_slowed_here_too(bob: User, request_: HttpRequest) -> None:
    for _ in range(5):
        authenticate(request_, username="acme/bob", password="wrong horse 1")
    with pytest.raises(TooManyAttempts):
        authenticate(request_, username="acme/bob", password=PASSWORD)
    elsewhere = RequestFactory(REMOTE_ADDR="198.51.100.1").post("/")
    assert authenticate(elsewhere, username="acme/bob", password=PASSWORD) == bob


def test_a_session_ends_with_its_user_his_account_and_his_password(
    acme: Account, bob: User
) -> None:
    client = Client()
    assert client.login(username="acme/bob", password=PASSWORD)

    def is_in() -> bool:
        request = HttpRequest()
        request.session = client.session
        return get_user(request).is_authenticated

    assert is_in()
    identity.set_user_enabled(OPERATOR, bob, enabled=False)
    assert not is_in()
    identity.set_user_enabled(OPERATOR, bob, enabled=True)
    assert is_in()
    identity.set_account_enabled(OPERATOR, acme, enabled=False)
    assert not is_in()
    identity.set_account_enabled(OPERATOR, acme, enabled=True)
    identity.set_password(OPERATOR, bob, "another horse 1")
    assert not is_in()


def test_a_session_costs_one_query(
    bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = PasswordBackend().get_user(bob.pk)
        assert found is not None
        assert found.account.name == "acme"
