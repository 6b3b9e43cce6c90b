"""Who logs in, where they push, and the programs they do it with."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.clients.engine import Engine
from tests.clients.need import need, need_root
from tests.clients.people import Person, Place
from tests.clients.programs import Program, home
from tests.server import Server, running

PASSWORD = "correct horse 1"


@pytest.fixture(scope="session")
def owner(server) -> Person:
    """Owns the account acme, and the organization acme-apps with the first push."""
    server.run_command("create_account", "acme", "--password-stdin", stdin=PASSWORD)
    return Person("acme", PASSWORD)


@pytest.fixture(scope="session")
def colleague(server, owner: Person) -> Person:
    """A user of acme to whom nothing is granted."""
    server.run_command("create_user", "acme/bob", "--password-stdin", stdin=PASSWORD)
    return Person("acme/bob", PASSWORD)


@pytest.fixture(scope="session")
def stranger(server) -> Person:
    """Owns another account."""
    server.run_command("create_account", "globex", "--password-stdin", stdin=PASSWORD)
    return Person("globex", PASSWORD)


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server for one test, that may fill it or kill it; nothing of it is kept."""
    with TemporaryDirectory(prefix="server-") as folder, running(Path(folder)) as started:
        yield started


@pytest.fixture
def image(server, request: pytest.FixtureRequest) -> Place:
    """A repository of acme's that nothing was pushed to yet."""
    subject = request.path.stem.removeprefix("test_").replace("_", "-")
    return Place(server.host, f"acme-apps/{subject}-{secrets.token_hex(4)}")


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Program]:
    """Finds programs: name, flags. They share a machine that nobody used before."""
    environment = home(tmp_path / "machine")

    def find(name: str, *flags: str) -> Program:
        return Program(need(name), tmp_path, environment, flags)

    return find


@pytest.fixture
def crane(program: Callable[..., Program], server, owner: Person) -> Program:
    crane = program("crane")
    owner.log_in(crane, server.host, "auth", "login")
    return crane


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A Docker engine with the image ``base``: busybox, and nothing else."""
    need_root()
    for name in ("docker", "dockerd", "busybox"):
        need(name)
    with Engine.started() as running:
        yield running


@pytest.fixture
def docker(program: Callable[..., Program], engine: Engine) -> Program:
    """The engine's client; nobody is logged in."""
    return program("docker", "--host", engine.socket)
