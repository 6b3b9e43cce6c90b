"""Private and public images, as the Docker engines of other people find them."""

from collections.abc import Callable

import pytest

from accounts.levels import Level
from tests.clients.people import Person, Place

pytestmark = pytest.mark.clients

GRANT = """
from accounts.actors import Actor
from accounts.identity.models import User
from accounts.levels import Level
from images.access.services import grant
from images.repositories.models import Repository

organization, name = "{repository}".split("/", 1)
repository = Repository.objects.get(organization__name=organization, name=name)
user = User.objects.get(account__name="{account}", name="{user}")
grant(Actor.system("tests"), repository, user, Level.{level})
"""
PUBLISH = """
from images.repositories.models import Repository

organization, name = "{repository}".split("/", 1)
Repository.objects.filter(organization__name=organization, name=name).update(is_public=True)
"""


@pytest.fixture
def private(docker, server, owner, image) -> str:
    """A private image of the owner's; this engine has forgotten both."""
    owner.log_in(docker, server.host, "login")
    docker("tag", "base", f"{image}:1")
    docker("push", f"{image}:1")
    docker("rmi", f"{image}:1")
    docker("logout", server.host)
    return f"{image}:1"


@pytest.fixture
def grant(server, image: Place) -> Callable[[Person, Level], None]:
    def do(person: Person, level: Level) -> None:
        account, _, user = person.name.partition("/")
        names = {"repository": image.repository, "account": account, "user": user or account}
        server.run_command("shell", "--command", GRANT.format(level=level.name, **names))

    return do


@pytest.fixture
def change(docker, private) -> Callable[[], None]:
    """Gives another image the name of the private one."""
    return lambda: docker("build", "--tag", private, "-", stdin="FROM base\nLABEL by=another")


def test_a_stranger_neither_sees_nor_changes_a_private_image(
    docker, stranger, private, change
) -> None:
    stranger.log_in(docker, host_of(private), "login")

    assert "name unknown: There is no such repository" in docker.refused("pull", private)
    change()
    assert "denied: This organization cannot be used" in docker.refused("push", private)
    docker("rmi", private)


def test_a_colleague_without_a_grant_is_a_stranger(docker, colleague, private, change) -> None:
    colleague.log_in(docker, host_of(private), "login")

    assert "name unknown: There is no such repository" in docker.refused("pull", private)
    change()
    assert "denied: " in docker.refused("push", private)
    docker("rmi", private)


def test_who_is_not_logged_in_neither_sees_nor_changes_it(docker, private, change) -> None:
    assert "unauthorized: Authentication is required" in docker.refused("pull", private)
    change()
    assert "unauthorized: Authentication is required" in docker.refused("push", private)
    docker("rmi", private)


def test_a_colleague_who_may_read_pulls_and_does_not_push(
    docker, colleague, private, grant, change
) -> None:
    grant(colleague, Level.READ)
    colleague.log_in(docker, host_of(private), "login")

    docker("pull", private)

    change()
    assert "denied: You do not have the permission" in docker.refused("push", private)
    docker("rmi", private)


def test_a_colleague_who_may_write_pushes(docker, colleague, private, grant, change) -> None:
    grant(colleague, Level.WRITE)
    colleague.log_in(docker, host_of(private), "login")
    change()

    docker("push", private)

    docker("rmi", private)


def test_a_public_image_is_pulled_and_not_pushed_by_anybody(
    docker, server, image, private, change
) -> None:
    server.run_command("shell", "--command", PUBLISH.format(repository=image.repository))

    docker("pull", private)

    change()
    assert "unauthorized: Authentication is required" in docker.refused("push", private)
    docker("rmi", private)


def host_of(address: str) -> str:
    return address.partition("/")[0]
