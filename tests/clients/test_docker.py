"""The Docker engine: login, push, pull, rmi and run; logins of every kind."""

import json
from base64 import b64decode

import pytest

from tests.clients import layouts
from tests.clients.programs import Program

pytestmark = pytest.mark.clients


@pytest.fixture
def ours(docker, server, owner) -> Program:
    """The owner's docker."""
    owner.log_in(docker, server.host, "login")
    return docker


def test_an_image_is_pushed_removed_pulled_and_run(ours, image) -> None:
    ours("tag", "base", f"{image}:1")

    ours("push", f"{image}:1")
    ours("rmi", f"{image}:1")
    ours("pull", f"{image}:1")

    said = ours("run", "--rm", "--network", "host", f"{image}:1", "/bin/echo", "ahoy")
    assert said == "ahoy\n"
    ours("rmi", f"{image}:1")


def test_the_digest_that_a_push_names_can_be_pulled(ours, image) -> None:
    ours("tag", "base", f"{image}:1")
    pushed = ours("push", f"{image}:1")
    digest = pushed.split("digest: ")[1].split()[0]
    ours("rmi", f"{image}:1")

    assert digest in ours("pull", f"{image}@{digest}")
    ours("rmi", f"{image}@{digest}")


def test_an_image_of_thirty_layers(ours, image) -> None:
    contents = [layouts.noise(10_000, seed=f"{image} {number}") for number in range(30)]
    ours("load", stdin=layouts.archive(f"{image}:30", *contents))

    ours("push", f"{image}:30")
    ours("rmi", f"{image}:30")
    ours("pull", f"{image}:30")

    (found,) = json.loads(ours("inspect", f"{image}:30"))
    assert len(found["RootFS"]["Layers"]) == 30
    ours("rmi", f"{image}:30")


def test_an_index_of_two_platforms_is_pulled_for_ours(ours, image) -> None:
    for architecture in ("amd64", "arm64"):
        _build(ours, f"{image}:{architecture}", architecture)
        ours("push", f"{image}:{architecture}")
    ours("manifest", "create", "--insecure", f"{image}:all", f"{image}:amd64", f"{image}:arm64")
    ours("manifest", "annotate", f"{image}:all", f"{image}:arm64", "--arch", "arm64")

    ours("manifest", "push", "--insecure", f"{image}:all")
    ours("rmi", f"{image}:amd64", f"{image}:arm64")
    ours("pull", f"{image}:all")

    (found,) = json.loads(ours("inspect", f"{image}:all"))
    assert found["Config"]["Labels"] == {"for": "amd64"}
    ours("rmi", f"{image}:all")


def test_all_tags_of_a_repository_are_pushed_and_pulled_at_once(ours, image) -> None:
    tags = [f"{image}:{name}" for name in ("1", "2", "3")]
    for tag in tags:
        _build(ours, tag, tag)

    ours("push", "--all-tags", image)
    ours("rmi", *tags)
    ours("pull", "--all-tags", image)

    ours("rmi", *tags)


# --- who may log in ----------------------------------------------------------------------------


def test_a_user_logs_in_by_account_and_user_name(docker, server, colleague) -> None:
    assert "Login Succeeded" in colleague.log_in(docker, server.host, "login")


def test_the_printed_login_command_works_as_it_is(docker, server, owner, image) -> None:
    command = server.run_command("login_command", owner.name).split()
    assert command[:2] == ["docker", "login"]
    assert command[-1] == server.host

    assert "Login Succeeded" in docker(*command[1:])

    docker("tag", "base", f"{image}:1")
    docker("push", f"{image}:1")
    docker("rmi", f"{image}:1")


@pytest.mark.parametrize("name", ["acme", "acme/bob", "nobody", "local-1@AKNOTTHERE0000000000"])
def test_a_wrong_password_is_refused(docker, server, owner, colleague, name) -> None:
    said = docker.refused(
        "login", "--username", name, "--password-stdin", server.host, stdin="wrong"
    )

    assert "unauthorized: The user name, password or key is wrong" in said


def test_docker_keeps_a_token_and_forgets_the_password(ours, server, owner) -> None:
    kept = (ours.folder / "machine/docker/config.json").read_text()

    stored = json.loads(kept)["auths"][server.host]
    assert stored["identitytoken"]
    assert b64decode(stored["auth"]).decode() == f"{owner.name}:"


def test_after_logout_one_is_asked_to_log_in(ours, server, image) -> None:
    ours("tag", "base", f"{image}:1")
    ours("push", f"{image}:1")

    ours("logout", server.host)

    assert "unauthorized: Authentication is required" in ours.refused("push", f"{image}:1")
    assert "unauthorized: Authentication is required" in ours.refused("pull", f"{image}:1")
    ours("rmi", f"{image}:1")


def _build(docker: Program, tag: str, label: str) -> None:
    docker("build", "--tag", tag, "-", stdin=f"FROM base\nLABEL for={label}")
