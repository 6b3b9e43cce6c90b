"""Clients as people start them: in a folder and a home of their own, with a time limit."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.clients.need import SYSTEM_FOLDERS

PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Program:
    """Call it with arguments: its standard output, or the test fails showing everything."""

    path: str
    folder: Path
    environment: Mapping[str, str]
    flags: tuple[str, ...] = field(default=())

    def __call__(
        self, *arguments: object, stdin: str | bytes = b"", patience: float = PATIENCE
    ) -> str:
        code, out, err = self._run(arguments, stdin, patience)
        if code != 0:
            pytest.fail(f"{self._line(arguments)}\nended with {code}\n{out}{err}")
        return out

    def refused(self, *arguments: object, stdin: str | bytes = b"") -> str:
        """What it says, on either stream, on the way to failing; the test fails if it does not."""
        code, out, err = self._run(arguments, stdin, PATIENCE)
        if code == 0:
            pytest.fail(f"{self._line(arguments)}\nwas not refused\n{out}{err}")
        return out + err

    def attempt(self, *arguments: object) -> str | None:
        """Its standard output; None where it fails, as it may."""
        code, out, _ = self._run(arguments, b"", PATIENCE)
        return out if code == 0 else None

    @contextmanager
    def running(self, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
        """The started program, which is killed with its children at the end."""
        with self._start(arguments) as process:
            try:
                yield process
            finally:
                _kill(process)

    def says(self, *arguments: object) -> str:
        """What it says on either stream on the way to success."""
        code, out, err = self._run(arguments, b"", PATIENCE)
        if code != 0:
            pytest.fail(f"{self._line(arguments)}\nended with {code}\n{out}{err}")
        return out + err

    def with_environment(self, **variables: str) -> "Program":
        return replace(self, environment={**self.environment, **variables})

    def _run(
        self, arguments: tuple[object, ...], stdin: str | bytes, patience: float
    ) -> tuple[int, str, str]:
        process = self._start(arguments)
        given = stdin.encode() if isinstance(stdin, str) else stdin
        try:
            out, err = process.communicate(given, timeout=patience)
        except subprocess.TimeoutExpired:
            _kill(process)
            out, err = process.communicate()
            pytest.fail(f"{self._line(arguments)}\ntook over {patience} s\n{_text(out, err)}")
        return process.returncode, out.decode(errors="replace"), err.decode(errors="replace")

    def _start(self, arguments: tuple[object, ...]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self.path, *map(str, (*self.flags, *arguments))],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def _line(self, arguments: tuple[object, ...]) -> str:
        return " ".join(["$", Path(self.path).name, *map(str, (*self.flags, *arguments))])


def home(folder: Path) -> dict[str, str]:
    """The environment in which every client keeps what it keeps under ``folder``."""
    for name in ("home", "docker", "run"):
        (folder / name).mkdir(parents=True)
    (folder / "auth.json").write_text("{}")
    (folder / "storage.conf").write_text(
        f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/graph"\nrunroot = "{folder}/run"\n'
    )
    (folder / "containers.conf").write_text(CONTAINERS_CONF.format(folder=folder))
    return {
        "PATH": SYSTEM_FOLDERS,
        "HOME": f"{folder}/home",
        "TMPDIR": str(folder),
        "XDG_RUNTIME_DIR": f"{folder}/run",
        "DOCKER_CONFIG": f"{folder}/docker",
        "DOCKER_BUILDKIT": "0",
        "REGISTRY_AUTH_FILE": f"{folder}/auth.json",
        "CONTAINERS_STORAGE_CONF": f"{folder}/storage.conf",
        "CONTAINERS_CONF": f"{folder}/containers.conf",
        # Root's cache of blob locations is /var/lib/containers/cache and has no other switch.
        "_CONTAINERS_ROOTLESS_UID": "1",
        "REGCTL_CONFIG": f"{folder}/regctl.json",
        "HELM_CONFIG_HOME": f"{folder}/helm/config",
        "HELM_CACHE_HOME": f"{folder}/helm/cache",
        "HELM_DATA_HOME": f"{folder}/helm/data",
        "COSIGN_PASSWORD": "",
    }


# A container runs where cgroups and limits above our own are not to be had.
CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=256:256", "nproc=256:256"]
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
tmp_dir = "{folder}/run/libpod"
"""


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _text(*streams: bytes) -> str:
    return b"".join(streams).decode(errors="replace")
