"""What a test needs of the machine: skipped with a sentence without it, except in CI."""

import os
import shutil
from typing import NoReturn

import pytest

HAD_BY = {
    "docker": "Debian's docker.io",
    "dockerd": "Debian's docker.io",
    "busybox": "Debian's busybox-static",
    "skopeo": "Debian's skopeo",
    "podman": "Debian's podman",
    "buildah": "Debian's buildah",
    "crane": "go install github.com/google/go-containerregistry/cmd/crane@v0.22.1",
    "regctl": "go install github.com/regclient/regclient/cmd/regctl@latest",
    "helm": "go install helm.sh/helm/v3/cmd/helm@latest",
    "cosign": "go install github.com/sigstore/cosign/v2/cmd/cosign@latest",
}
SYSTEM_FOLDERS = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"  # dockerd is there


def need(name: str) -> str:
    """The path of a program."""
    found = shutil.which(name, path=SYSTEM_FOLDERS)
    return found or absent(f"This test needs {name}, which is not installed ({HAD_BY[name]}).")


def need_root() -> None:
    if os.geteuid() != 0:
        absent("This test starts a container engine and needs root.")


def absent(sentence: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
