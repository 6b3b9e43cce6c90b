"""Who attacks whom: in process with the cast, on sockets with a running server."""

from collections.abc import Iterator

import pytest

from tests.hostile.town import Town
from tests.server import running
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


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """On a server of its own: who attacks from our address slows down all logins from there."""
    with running(tmp_path_factory.mktemp("town")) as server:
        yield Town(server)


@pytest.fixture
def town(settled: Town) -> Iterator[Town]:
    """A running server, which has to be unharmed after the test."""
    logged = len(settled.server.read_log())
    yield settled
    settled.check(logged=logged)
