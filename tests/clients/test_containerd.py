"""containerd, as Kubernetes nodes pull with it: the engine's own, through ctr."""

import pytest

from tests.clients import layouts
from tests.clients.people import Place
from tests.clients.programs import Program

pytestmark = pytest.mark.clients

PULL = ("images", "pull", "--plain-http", "--snapshotter", "native", "--all-platforms")
PUSH = ("images", "push", "--plain-http")


@pytest.fixture
def ctr(program, engine) -> Program:
    """Nobody is logged in: credentials come with every command."""
    socket = f"{engine.folder}/exec/containerd/containerd.sock"
    return program("ctr", "--address", socket, "--namespace", "tests")


@pytest.fixture
def pushed(crane, image, tmp_path) -> Place:
    """An image of two platforms, tagged 1."""
    digest = layouts.write_index(tmp_path / "both", "amd64", "arm64")
    crane("push", "--index", tmp_path / "both", f"{image}:outer")
    crane("tag", f"{image}@{digest}", "1")
    return image


def test_an_image_of_all_platforms_is_pulled_and_pushed_elsewhere(
    ctr, owner, crane, pushed
) -> None:
    user = ("--user", f"{owner.name}:{owner.password}")

    ctr(*PULL, *user, f"{pushed}:1")
    ctr(*PUSH, *user, f"{pushed.other}:1", f"{pushed}:1")

    assert crane("digest", f"{pushed.other}:1") == crane("digest", f"{pushed}:1")
    assert "PASS" in crane("validate", "--remote", f"{pushed.other}:1")
    ctr("images", "rm", "--sync", f"{pushed}:1")


def test_without_credentials_nothing_is_pulled(ctr, pushed) -> None:
    said = ctr.refused(*PULL, f"{pushed}:1")

    assert "401 Unauthorized" in said


def test_a_stranger_finds_nothing(ctr, pushed, stranger) -> None:
    said = ctr.refused(*PULL, "--user", f"{stranger.name}:{stranger.password}", f"{pushed}:1")

    assert "not found" in said
