"""skopeo: copy, sync, inspect, list-tags and delete."""

import json

import pytest

from tests.clients import layouts
from tests.clients.programs import Program

pytestmark = pytest.mark.clients


@pytest.fixture
def skopeo(program, server, owner) -> Program:
    skopeo = program("skopeo")
    owner.log_in(skopeo, server.host, "login", "--tls-verify=false")
    return skopeo


@pytest.fixture
def layout(tmp_path) -> str:
    """An image of two layers in a folder."""
    layouts.write(tmp_path / "layout", b"one", layouts.noise(100_000, seed="two"))
    return f"oci:{tmp_path}/layout:latest"


def test_an_image_goes_there_and_comes_back_the_same(skopeo, layout, image, tmp_path) -> None:
    skopeo("copy", "--dest-tls-verify=false", layout, f"docker://{image}:1")

    skopeo("copy", "--src-tls-verify=false", f"docker://{image}:1", f"oci:{tmp_path}/back:latest")

    assert layouts.blobs(tmp_path / "back") == layouts.blobs(tmp_path / "layout")


@pytest.mark.parametrize("kind", ["oci", "v2s2"])
def test_an_image_is_pushed_as_either_kind(skopeo, layout, image, kind) -> None:
    skopeo("copy", "--dest-tls-verify=false", "--format", kind, layout, f"docker://{image}:1")

    raw = json.loads(skopeo("inspect", "--tls-verify=false", "--raw", f"docker://{image}:1"))
    assert ("docker" in raw["mediaType"]) == (kind == "v2s2")


def test_an_old_schema_1_manifest_is_refused_with_a_sentence(skopeo, layout, image) -> None:
    said = skopeo.refused(
        "copy", "--dest-tls-verify=false", "--format", "v2s1", layout, f"docker://{image}:1"
    )

    assert "schema 1" in said


def test_tags_are_listed_and_described(skopeo, layout, image) -> None:
    for tag in ("b", "a"):
        skopeo("copy", "--dest-tls-verify=false", layout, f"docker://{image}:{tag}")

    listed = json.loads(skopeo("list-tags", "--tls-verify=false", f"docker://{image}"))
    described = json.loads(skopeo("inspect", "--tls-verify=false", f"docker://{image}:a"))

    assert listed["Tags"] == described["RepoTags"] == ["a", "b"]
    assert len(described["Layers"]) == 2


def test_a_deleted_image_is_gone(skopeo, layout, image) -> None:
    skopeo("copy", "--dest-tls-verify=false", layout, f"docker://{image}:1")

    skopeo("delete", "--tls-verify=false", f"docker://{image}:1")

    assert "manifest unknown" in skopeo.refused(
        "inspect", "--tls-verify=false", f"docker://{image}:1"
    )


def test_a_repository_is_synchronized_to_a_folder_and_to_another(
    skopeo, layout, image, tmp_path
) -> None:
    for tag in ("1", "2"):
        skopeo("copy", "--dest-tls-verify=false", layout, f"docker://{image}:{tag}")

    skopeo("sync", "--src-tls-verify=false", "--src=docker", "--dest=dir", image, tmp_path / "sync")
    skopeo(
        *("sync", "--src-tls-verify=false", "--dest-tls-verify=false"),
        *("--src=docker", "--dest=docker", image, image.other),
    )

    name = image.repository.partition("/")[2]
    assert {folder.name for folder in (tmp_path / "sync").iterdir()} == {f"{name}:1", f"{name}:2"}
    copies = f"docker://{image.other}/{name}"
    assert json.loads(skopeo("list-tags", "--tls-verify=false", copies))["Tags"] == ["1", "2"]


def test_every_platform_of_an_index_is_copied(skopeo, image, tmp_path) -> None:
    layouts.write_index(tmp_path / "index", "amd64", "arm64")

    skopeo(
        "copy",
        "--all",
        "--dest-tls-verify=false",
        f"oci:{tmp_path}/index:latest",
        f"docker://{image}:1",
    )
    skopeo(
        *("copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false"),
        *(f"docker://{image}:1", f"docker://{image.other}:1"),
    )

    copy = f"docker://{image.other}:1"
    raw = json.loads(skopeo("inspect", "--tls-verify=false", "--raw", copy))
    assert [one["platform"]["architecture"] for one in raw["manifests"]] == ["amd64", "arm64"]


def test_a_stranger_is_told_nothing(skopeo, layout, image, stranger) -> None:
    skopeo("copy", "--dest-tls-verify=false", layout, f"docker://{image}:1")
    credentials = f"--creds={stranger.name}:{stranger.password}"

    said = skopeo.refused("inspect", "--tls-verify=false", credentials, f"docker://{image}:1")

    assert "There is no such repository" in said


def test_who_is_not_logged_in_is_told_to(skopeo, layout, image) -> None:
    skopeo("copy", "--dest-tls-verify=false", layout, f"docker://{image}:1")

    said = skopeo.refused("inspect", "--tls-verify=false", "--no-creds", f"docker://{image}:1")

    assert "authentication is required" in said.lower()
