"""The cast at the wire: everybody logs in with a password, as an engine does."""

import pytest

from tests.wire import Wire


@pytest.fixture
def alice(cast: object) -> Wire:
    """Manages the organization acme-apps."""
    return Wire("acme/alice")


@pytest.fixture
def bob(cast: object) -> Wire:
    """Reads acme-apps."""
    return Wire("acme/bob")


@pytest.fixture
def carol(cast: object) -> Wire:
    """Writes acme-apps."""
    return Wire("acme/carol")


@pytest.fixture
def mallory(cast: object) -> Wire:
    """Owns another account, globex; nobody of acme has shared anything with it."""
    return Wire("globex")


@pytest.fixture
def anonymous(cast: object) -> Wire:
    return Wire()
