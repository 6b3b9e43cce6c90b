"""crane: append, copy, validate, list, delete, index; mounts between repositories."""

import json

import pytest

from tests.clients import layouts

pytestmark = pytest.mark.clients


@pytest.fixture
def layout(tmp_path):
    """An image of three layers in a folder."""
    contents = [layouts.noise(50_000, seed=number) for number in range(3)]
    layouts.write(tmp_path / "layout", *contents)
    return tmp_path / "layout"


def test_what_is_pushed_is_valid(crane, layout, image) -> None:
    crane("push", layout, f"{image}:1")

    assert "PASS" in crane("validate", "--remote", f"{image}:1")


def test_a_layer_is_appended_to_what_is_there(crane, layout, image, tmp_path) -> None:
    crane("push", layout, f"{image}:1")
    (tmp_path / "more.tar").write_bytes(layouts.tar({"more": b"more"}))

    crane("append", "--base", f"{image}:1", "--new_layer", "more.tar", "--new_tag", f"{image}:2")

    before, after = (
        json.loads(crane("manifest", f"{image}:{tag}"))["layers"] for tag in ("1", "2")
    )
    assert after[:-1] == before
    assert "PASS" in crane("validate", "--remote", f"{image}:2")


def test_a_copy_in_the_registry_mounts_every_blob(crane, layout, image) -> None:
    crane("push", layout, f"{image}:1")
    crane("copy", f"{image}:1", f"{image.other}:1")

    assert crane("digest", f"{image.other}:1") == crane("digest", f"{image}:1")
    assert "PASS" in crane("validate", "--remote", f"{image.other}:1")
    said = crane.says("--verbose", "copy", f"{image}:1", f"{image.other.other}:1")
    assert said.count("mounted blob: ") == 4
    assert "pushed blob: " not in said


def test_a_tag_is_set_listed_and_deleted(crane, layout, image) -> None:
    crane("push", layout, f"{image}:b")
    crane("tag", f"{image}:b", "a")
    assert crane("ls", image).split() == ["a", "b"]

    crane("delete", f"{image}:a")

    assert crane("ls", image).split() == ["b"]
    assert "PASS" in crane("validate", "--remote", f"{image}:b")


def test_an_image_deleted_by_digest_takes_its_tags_with_it(crane, layout, image) -> None:
    crane("push", layout, f"{image}:1")
    digest = crane("digest", f"{image}:1").strip()

    crane("delete", f"{image}@{digest}")

    assert crane("ls", image) == ""
    assert "MANIFEST_UNKNOWN" in crane.refused("manifest", f"{image}:1")


def test_an_index_is_made_of_images_that_are_there(crane, image, tmp_path) -> None:
    digest = layouts.write_index(tmp_path / "both", "amd64", "arm64")
    crane("push", "--index", tmp_path / "both", f"{image}:pushed")  # an index of that index
    (first, second) = json.loads(crane("manifest", f"{image}@{digest}"))["manifests"]

    crane(
        *("index", "append", "--tag", f"{image}:made"),
        *("--manifest", f"{image}@{first['digest']}", "--manifest", f"{image}@{second['digest']}"),
    )

    assert "PASS" in crane("validate", "--remote", f"{image}:made")
    config = json.loads(crane("config", "--platform", "linux/arm64", f"{image}:made"))
    assert config["architecture"] == "arm64"


def test_the_catalog_shows_what_one_may_see(crane, layout, image, stranger) -> None:
    crane("push", layout, f"{image}:1")
    assert image.repository in crane("catalog", image.host).split()

    stranger.log_in(crane, image.host, "auth", "login")

    assert image.repository not in crane("catalog", image.host).split()


def test_a_stranger_is_refused_with_a_sentence(crane, layout, image, stranger) -> None:
    crane("push", layout, f"{image}:1")
    stranger.log_in(crane, image.host, "auth", "login")

    assert "There is no such repository" in crane.refused("pull", f"{image}:1", "out.tar")
    assert "This organization cannot be used" in crane.refused("push", layout, f"{image}:2")


def test_the_server_is_found_under_every_name_it_has(crane, layout, owner, server, image) -> None:
    elsewhere = image.over(f"localhost:{server.port}")
    owner.log_in(crane, elsewhere.host, "auth", "login")

    crane("push", layout, f"{elsewhere}:1")  # it refuses a realm at another private address

    assert "PASS" in crane("validate", "--remote", f"{image}:1")
