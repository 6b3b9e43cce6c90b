"""Fifty clients push to one repository at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.clients import layouts

pytestmark = pytest.mark.clients

CLIENTS = 50


def test_fifty_pushes_to_one_new_repository_all_arrive(crane, image, tmp_path) -> None:
    (tmp_path / "shared.tar").write_bytes(layouts.tar({"shared": layouts.noise(10**6, seed="all")}))
    names = [f"{number:02}" for number in range(CLIENTS)]
    for name in names:
        (tmp_path / f"{name}.tar").write_bytes(layouts.tar({name: layouts.noise(10**4, seed=name)}))

    def push(name: str) -> None:
        layers = f"shared.tar,{name}.tar"
        crane("append", "--new_layer", layers, "--new_tag", f"{image}:{name}")

    with ThreadPoolExecutor(CLIENTS) as everybody:
        list(everybody.map(push, names))

    assert crane("ls", image).split() == names
    crane("pull", "--format=oci", *(f"{image}:{name}" for name in names), tmp_path / "all")
    # A manifest, a config and a layer of each one's own, and the one that all share.
    assert len(layouts.blobs(tmp_path / "all")) == 3 * CLIENTS + 1


def test_fifty_pushes_of_one_tag_leave_one_of_them(crane, image, tmp_path) -> None:
    layouts.write(tmp_path / "before", b"before")
    crane("push", tmp_path / "before", f"{image}:1")
    for number in range(CLIENTS):
        layouts.write(tmp_path / f"layout-{number}", f"{number}".encode())

    with ThreadPoolExecutor(CLIENTS) as everybody:
        pushed = list(
            everybody.map(
                lambda number: crane("push", tmp_path / f"layout-{number}", f"{image}:1"),
                range(CLIENTS),
            )
        )

    assert f"{image}@{crane('digest', f'{image}:1').strip()}" in {said.strip() for said in pushed}
    assert "PASS" in crane("validate", "--remote", f"{image}:1")
