"""What a test needs of the machine: skipped with a sentence without it, except in CI."""

import os
import shutil
from typing import NoReturn

import pytest

HAD_BY = {
    "docker": "Debian's docker.io",
    "dockerd": "Debian's docker.io",
    "ctr": "Debian's containerd",
    "busybox": "Debian's busybox-static",
    "skopeo": "Debian's skopeo",
    "podman": "Debian's podman",
    "buildah": "Debian's buildah",
    "redis-server": "Debian's redis-server",
    "crane": "go install github.com/google/go-containerregistry/cmd/crane@v0.22.1",
    "regctl": "go install github.com/regclient/regclient/cmd/regctl@v0.11.7",
    "helm": "go install helm.sh/helm/v3/cmd/helm@v3.22.0",
    "cosign": "go install github.com/sigstore/cosign/v2/cmd/cosign@v2.6.5",
}
SYSTEM_FOLDERS = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"  # dockerd is there


def need(name: str) -> str:
    """The path of a program.  What only Go can build is not asked of a CI that has no Go."""
    found = shutil.which(name, path=SYSTEM_FOLDERS)
    if found:
        return found
    sentence = f"This test needs {name}, which is not installed ({HAD_BY[name]})."
    if HAD_BY[name].startswith("go ") and not shutil.which("go"):
        pytest.skip(sentence)
    return absent(sentence)


def need_root() -> None:
    if os.geteuid() != 0:
        absent("This test starts a container engine and needs root.")


def absent(sentence: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
