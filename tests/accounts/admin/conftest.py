import pytest
from django.test import Client

from accounts.identity import services as identity
from accounts.identity.models import User
from tests.accounts.people import OPERATOR


@pytest.fixture
def site(owner: User) -> Client:
    """Acme's owner, who is an operator, at the admin site."""
    identity.set_operator(OPERATOR, owner, operator=True)
    client = Client()
    client.force_login(owner, backend="accounts.authentication.backends.PasswordBackend")
    return client
