"""Clients and servers that die in the middle of a push."""

from pathlib import Path

import pytest

from tests.clients import layouts
from tests.clients.line import Line
from tests.clients.programs import PATIENCE

pytestmark = pytest.mark.clients

LAYER = 20_000_000  # bytes
MIDDLE = 12_000_000


@pytest.fixture
def layout(tmp_path) -> Path:
    layouts.write(tmp_path / "layout", b"small", layouts.noise(LAYER, seed="layer"))
    return tmp_path / "layout"


def test_a_push_killed_in_the_middle_is_repeated(program, owner, image, layout) -> None:
    skopeo = program("skopeo")
    with Line(image.host, limit=MIDDLE) as line:
        for host in (image.host, line.host):
            owner.log_in(skopeo, host, "login", "--tls-verify=false")
        copy = ("copy", "--dest-tls-verify=false", f"oci:{layout}:latest")
        with skopeo.running(*copy, f"docker://{image.over(line.host)}:1"):
            assert line.stalled.wait(PATIENCE)
    assert "unknown" in skopeo.refused("inspect", "--tls-verify=false", f"docker://{image}:1")

    skopeo(*copy, f"docker://{image}:1")

    skopeo("copy", "--src-tls-verify=false", f"docker://{image}:1", f"oci:{layout}-back:latest")
    assert layouts.blobs(layout.with_name("layout-back")) == layouts.blobs(layout)


def test_a_docker_push_killed_in_the_middle_is_repeated(docker, owner, image) -> None:
    root = layouts.tar({"large": layouts.noise(LAYER, seed=image)})
    docker("import", "-", f"{image}:1", stdin=root)
    with Line(image.host, limit=MIDDLE) as line:
        stalling = f"{image.over(line.host)}:1"
        docker("tag", f"{image}:1", stalling)
        owner.log_in(docker, line.host, "login")
        with docker.running("push", stalling):
            assert line.stalled.wait(PATIENCE)
    owner.log_in(docker, image.host, "login")

    docker("push", f"{image}:1")

    docker("rmi", f"{image}:1", stalling)
    docker("pull", f"{image}:1")
    docker("rmi", f"{image}:1")
