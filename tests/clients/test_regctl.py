"""regctl: artifacts and their referrers, blobs in chunks, tags, copies with everything."""

import json

import pytest

from tests.clients import layouts
from tests.clients.programs import Program

pytestmark = pytest.mark.clients

SBOM = "application/spdx+json"


@pytest.fixture
def regctl(program, server, owner) -> Program:
    regctl = program("regctl")
    # Small chunks, so that even a test's blobs need several.
    regctl(
        "registry", "set", "--tls", "disabled", "--blob-chunk", 65_536, "--blob-max", 1, server.host
    )
    regctl(
        *("registry", "login", "--user", owner.name, "--pass-stdin", server.host),
        stdin=owner.password,
    )
    return regctl


@pytest.fixture
def layout(tmp_path) -> str:
    layouts.write(tmp_path / "layout", b"one", layouts.noise(300_000, seed="chunks"))
    return "ocidir://layout:latest"


def test_an_image_goes_there_and_comes_back_the_same(regctl, layout, image, tmp_path) -> None:
    regctl("image", "copy", layout, f"{image}:1")

    regctl("image", "copy", f"{image}:1", "ocidir://back:latest")

    assert layouts.blobs(tmp_path / "back") == layouts.blobs(tmp_path / "layout")


def test_a_blob_is_uploaded_in_chunks(regctl, image, tmp_path) -> None:
    content = layouts.noise(1_000_000, seed="blob").hex()

    digest = regctl("blob", "put", image, stdin=content).strip()

    assert regctl("blob", "get", image, digest) == content
    assert regctl("blob", "head", image, digest)


def test_an_artifact_is_stored_and_read(regctl, image) -> None:
    regctl(
        "artifact", "put", "--artifact-type", "application/example", f"{image}:note", stdin="ahoy"
    )

    assert regctl("artifact", "get", f"{image}:note") == "ahoy"
    assert (
        json.loads(regctl("manifest", "get", "--format", "raw-body", f"{image}:note"))[
            "artifactType"
        ]
        == "application/example"
    )


@pytest.fixture
def described(regctl, layout, image) -> str:
    """An image that two artifacts refer to."""
    regctl("image", "copy", layout, f"{image}:1")
    for kind in (SBOM, "application/example"):
        regctl("artifact", "put", "--artifact-type", kind, "--subject", f"{image}:1", stdin=kind)
    return f"{image}:1"


def test_what_refers_to_an_image_is_listed_and_filtered(regctl, described) -> None:
    listed = json.loads(regctl("artifact", "list", "--format", "{{json .}}", described))
    filtered = json.loads(
        regctl(
            "artifact", "list", "--format", "{{json .}}", "--filter-artifact-type", SBOM, described
        )
    )

    assert len(listed["descriptors"]) == 2
    assert [one["artifactType"] for one in filtered["descriptors"]] == [SBOM]
    assert "tags" not in str(regctl("tag", "ls", described)).replace("1", "")


def test_an_artifact_is_found_by_what_it_refers_to(regctl, described) -> None:
    found = regctl("artifact", "get", "--subject", described, "--filter-artifact-type", SBOM)

    assert found == SBOM
    assert regctl("artifact", "tree", described).count("sha256:") >= 3


def test_an_image_is_copied_with_everything_that_refers_to_it(regctl, described, image) -> None:
    regctl("image", "copy", "--referrers", described, f"{image.other}:1")

    listed = json.loads(regctl("artifact", "list", "--format", "{{json .}}", f"{image.other}:1"))
    assert {one["artifactType"] for one in listed["descriptors"]} == {SBOM, "application/example"}


def test_a_deleted_referrer_is_no_longer_listed(regctl, described, image) -> None:
    listed = json.loads(regctl("artifact", "list", "--format", "{{json .}}", described))
    gone = listed["descriptors"][0]

    regctl("manifest", "delete", f"{image}@{gone['digest']}")

    left = json.loads(regctl("artifact", "list", "--format", "{{json .}}", described))
    assert gone not in left["descriptors"]
    assert len(left["descriptors"]) == 1


def test_tags_are_listed_in_pages_and_deleted_alone(regctl, layout, image) -> None:
    for tag in ("c", "a", "b"):
        regctl("image", "copy", layout, f"{image}:{tag}")
    assert regctl("tag", "ls", image).split() == ["a", "b", "c"]
    assert regctl("tag", "ls", "--limit", 1, "--last", "a", image).split() == ["b"]

    regctl("tag", "delete", f"{image}:b")

    assert regctl("tag", "ls", image).split() == ["a", "c"]
    assert regctl("manifest", "head", f"{image}:c")


def test_an_index_is_made_and_grows(regctl, image, tmp_path) -> None:
    layouts.write_index(tmp_path / "both", "amd64", "arm64")
    regctl("image", "copy", "ocidir://both:latest", f"{image}:source")

    regctl(
        "index", "create", "--ref", f"{image}:source", "--platform", "linux/amd64", f"{image}:made"
    )
    regctl("index", "add", "--ref", f"{image}:source", "--platform", "linux/arm64", f"{image}:made")

    made = json.loads(regctl("manifest", "get", "--format", "raw-body", f"{image}:made"))
    assert [one["platform"]["architecture"] for one in made["manifests"]] == ["amd64", "arm64"]


def test_an_image_whose_digests_are_sha512(regctl, layout, image, tmp_path) -> None:
    regctl("image", "copy", layout, f"{image}:1")
    regctl("image", "mod", "--digest-algo", "sha512", "--create", f"{image}:2", f"{image}:1")

    regctl("image", "copy", f"{image}:2", "ocidir://back:latest")

    assert regctl("image", "digest", f"{image}:2").startswith("sha512:")
    assert len(list((tmp_path / "back/blobs/sha512").iterdir())) == 4


def test_repositories_are_listed(regctl, layout, image) -> None:
    regctl("image", "copy", layout, f"{image}:1")

    assert image.repository in regctl("repo", "ls", "--limit", 1000, image.host).split()
