"""helm: charts by oci:// addresses."""

import pytest

from tests.clients.programs import Program

pytestmark = pytest.mark.clients

CHART = """\
apiVersion: v2
name: boat
version: {version}
description: A chart that carries one map
"""
MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: cargo
data:
  weight: "12"
"""


@pytest.fixture
def helm(program, server, owner) -> Program:
    helm = program("helm")
    owner.log_in(helm, server.host, "registry", "login", "--plain-http")
    return helm


@pytest.fixture
def chart(helm, tmp_path) -> str:
    return package(helm, "1.2.3")


def package(helm: Program, version: str) -> str:
    folder = helm.folder / "boat"
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text(CHART.format(version=version))
    (folder / "templates/map.yaml").write_text(MAP)
    helm("package", folder)
    return f"boat-{version}.tgz"


def test_a_chart_is_pushed_pulled_shown_and_rendered(helm, chart, image) -> None:
    helm("push", "--plain-http", chart, f"oci://{image}")
    pushed = (helm.folder / chart).read_bytes()

    helm(
        "pull",
        "--plain-http",
        f"oci://{image}/boat",
        "--version",
        "1.2.3",
        "--destination",
        "machine",
    )

    assert (helm.folder / "machine" / chart).read_bytes() == pushed
    assert "carries one map" in helm("show", "chart", "--plain-http", f"oci://{image}/boat")
    assert 'weight: "12"' in helm("template", "--plain-http", f"oci://{image}/boat")


def test_the_latest_version_that_fits_is_found(helm, image) -> None:
    for version in ("1.2.3", "1.9.0", "2.0.0+build.5"):
        helm("push", "--plain-http", package(helm, version), f"oci://{image}")

    fits = helm("show", "chart", "--plain-http", f"oci://{image}/boat", "--version", "^1.0")
    latest = helm("show", "chart", "--plain-http", f"oci://{image}/boat")

    assert "version: 1.9.0" in fits
    assert "version: 2.0.0+build.5" in latest  # a tag has no plus: helm writes 2.0.0_build.5


def test_after_logout_nothing_is_pulled(helm, chart, server, image) -> None:
    helm("push", "--plain-http", chart, f"oci://{image}")
    helm("registry", "logout", server.host)

    assert "unauthorized" in helm.refused("pull", "--plain-http", f"oci://{image}/boat").lower()


def test_a_wrong_password_is_refused(helm, server, owner) -> None:
    said = helm.refused(
        *("registry", "login", "--plain-http", "--username", owner.name, "--password-stdin"),
        server.host,
        stdin="wrong",
    )

    assert "401" in said


def test_the_server_is_found_under_every_name_it_has(helm, server, owner) -> None:
    owner.log_in(helm, f"localhost:{server.port}", "registry", "login", "--plain-http")
