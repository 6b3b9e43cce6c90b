import pytest

from accounts.authentication import passwords
from accounts.identity import services as identity
from accounts.identity.models import Account, User
from accounts.keyring import services as keyring
from accounts.tokens import services as tokens
from tests.accounts.people import OPERATOR, PASSWORD


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test remembers nothing of the one before."""
    passwords._remembered.clear()
    tokens._verified.clear()
    monkeypatch.setattr(keyring, "_ring", keyring._Ring())


@pytest.fixture
def acme(db: None) -> Account:
    return identity.create_account(OPERATOR, "acme", password=PASSWORD)


@pytest.fixture
def globex(db: None) -> Account:
    return identity.create_account(OPERATOR, "globex", password=PASSWORD)


@pytest.fixture
def owner(acme: Account) -> User:
    return acme.users.select_related("account").get(is_owner=True)


@pytest.fixture
def bob(acme: Account) -> User:
    return identity.create_user(OPERATOR, acme, "bob", password=PASSWORD)


@pytest.fixture
def mallory(globex: Account) -> User:
    return identity.create_user(OPERATOR, globex, "mallory", password=PASSWORD)
