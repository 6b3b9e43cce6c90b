import pytest
from django.conf import LazySettings

from accounts.identity import rules
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from swr.errors import NameTaken, WeakPassword

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_given(settings: LazySettings) -> None:
    settings.ADMIN_ACCOUNT, settings.ADMIN_PASSWORD = "admin", ""


def test_it_makes_a_password_and_an_operator() -> None:
    created = identity.first_account()
    assert created is not None
    account, password = created
    owner = account.users.get()
    assert (account.name, owner.is_superuser) == ("admin", True)
    assert password is not None
    assert owner.check_password(password)
    rules.check_password(password, name="admin")


def test_a_given_password_is_taken_and_not_returned(settings: LazySettings) -> None:
    settings.ADMIN_ACCOUNT, settings.ADMIN_PASSWORD = "root", "given by hand 1"
    created = identity.first_account()
    assert created is not None
    assert (created[0].name, created[1]) == ("root", None)
    assert User.objects.get().check_password("given by hand 1")


def test_the_second_time_nothing_happens() -> None:
    identity.first_account()
    before = User.objects.get().password
    assert identity.first_account() is None
    assert User.objects.get().password == before


def test_it_leaves_an_installation_with_accounts_alone(acme: Account) -> None:
    assert identity.first_account() is None
    assert not User.objects.filter(is_superuser=True).exists()


def test_a_weak_password_is_said_and_nothing_is_made(settings: LazySettings) -> None:
    settings.ADMIN_PASSWORD = "short"
    with pytest.raises(WeakPassword):
        identity.first_account()
    assert not Account.objects.exists()


def test_losing_the_race_to_another_process_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object, **__: object) -> None:
        raise NameTaken

    monkeypatch.setattr(identity, "create_account", late)
    assert identity.first_account() is None
