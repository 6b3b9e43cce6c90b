"""podman: login, push, pull and run, with a storage of its own."""

import json

import pytest

from tests.clients.engine import busybox
from tests.clients.need import need, need_root
from tests.clients.programs import Program

pytestmark = pytest.mark.clients


@pytest.fixture
def podman(program, server, owner) -> Program:
    need_root()
    need("busybox")
    podman = program("podman")
    owner.log_in(podman, server.host, "login", "--tls-verify=false")
    podman("import", "-", "localhost/base", stdin=busybox())
    return podman


def test_an_image_is_pushed_removed_pulled_and_run(podman, image) -> None:
    podman("push", "--tls-verify=false", "localhost/base", f"{image}:1")
    podman("rmi", "localhost/base")
    podman("pull", "--tls-verify=false", f"{image}:1")

    assert podman("run", "--rm", f"{image}:1", "/bin/echo", "ahoy") == "ahoy\n"


def test_layers_are_pushed_as_zstd(podman, image) -> None:
    podman(
        "push",
        "--tls-verify=false",
        "--format=oci",
        "--compression-format=zstd",
        "localhost/base",
        f"{image}:1",
    )
    podman("rmi", "localhost/base")

    podman("pull", "--tls-verify=false", f"{image}:1")

    podman("inspect", f"{image}:1")


def test_a_manifest_list_is_pushed_with_all_its_images(podman, crane, image, tmp_path) -> None:
    podman("manifest", "create", "both")
    for architecture in ("amd64", "arm64"):
        (tmp_path / "Containerfile").write_text(f"FROM scratch\nLABEL for={architecture}")
        podman("build", "--arch", architecture, "--manifest", "both", ".")

    podman("manifest", "push", "--all", "--tls-verify=false", "both", f"docker://{image}:1")

    found = json.loads(crane("manifest", f"{image}:1"))
    assert [one["platform"]["architecture"] for one in found["manifests"]] == ["amd64", "arm64"]


def test_after_logout_nothing_is_pulled(podman, server, image) -> None:
    podman("push", "--tls-verify=false", "localhost/base", f"{image}:1")
    podman("logout", server.host)

    said = podman.refused("pull", "--tls-verify=false", f"{image}:1")

    assert "authentication is required" in said.lower()


def test_a_wrong_password_is_refused(podman, server, owner) -> None:
    said = podman.refused(
        *("login", "--tls-verify=false", "--username", owner.name, "--password-stdin"),
        server.host,
        stdin="wrong",
    )

    assert "invalid username/password" in said
