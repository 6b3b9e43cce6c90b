"""buildah: an image from nothing, committed, pushed and pulled."""

import json

import pytest

from tests.clients.need import need_root
from tests.clients.programs import Program

pytestmark = pytest.mark.clients


@pytest.fixture
def buildah(program, server, owner) -> Program:
    need_root()
    buildah = program("buildah")
    owner.log_in(buildah, server.host, "login", "--tls-verify=false")
    return buildah


@pytest.fixture
def built(buildah, tmp_path) -> str:
    (tmp_path / "file").write_text("content")
    container = buildah("from", "scratch").strip()
    buildah("copy", container, tmp_path / "file", "/file")
    buildah("commit", container, "localhost/built")
    return "localhost/built"


@pytest.mark.parametrize("kind", ["oci", "docker"])
def test_what_is_built_from_nothing_is_pushed_and_pulled(buildah, built, image, kind) -> None:
    buildah("push", "--tls-verify=false", "--format", kind, built, f"docker://{image}:1")
    buildah("rmi", "--force", built)

    buildah("pull", "--tls-verify=false", f"{image}:1")

    container = buildah("from", "--pull-never", f"{image}:1").strip()
    mounted = buildah("mount", container).strip()
    assert (buildah.folder / mounted / "file").read_text() == "content"


def test_a_manifest_list_is_pushed_with_all_its_images(buildah, crane, built, image) -> None:
    buildah("manifest", "create", "all")
    buildah("manifest", "add", "all", built)

    buildah("manifest", "push", "--all", "--tls-verify=false", "all", f"docker://{image}:1")

    (found,) = json.loads(crane("manifest", f"{image}:1"))["manifests"]
    assert "PASS" in crane("validate", "--remote", f"{image}@{found['digest']}")
