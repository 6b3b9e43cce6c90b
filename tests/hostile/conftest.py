"""Who attacks whom: in process with the cast, on sockets with a running server."""

from collections.abc import Iterator

import pytest

from tests.at_the_wire import alice, anonymous, bob, carol, mallory
from tests.hostile.town import Town
from tests.server import running

__all__ = ["alice", "anonymous", "bob", "carol", "mallory"]


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
