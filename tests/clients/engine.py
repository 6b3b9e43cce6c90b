"""A Docker engine of the tests' own, as root, that touches nothing of the machine's."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients import layouts
from tests.clients.need import SYSTEM_FOLDERS, need
from tests.clients.programs import Program, home

PATIENCE = 60  # seconds
APPLETS = ("sh", "cat", "echo")


@dataclass(frozen=True)
class Engine:
    folder: Path

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["Engine"]:
        # Not in pytest's folders: those are kept, and vfs copies every layer in full.
        folder = Path(tempfile.mkdtemp(prefix="engine-"))
        engine = cls(folder)
        process = engine._start()
        try:
            engine._wait(process)
            engine._import_base()
            yield engine
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)
            subprocess.run(["umount", "--quiet", folder / "exec/netns/default"], check=False)
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def socket(self) -> str:
        return f"unix://{self.folder}/socket"

    def _start(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [
                    need("dockerd"),
                    *("--data-root", self.folder / "data"),
                    *("--exec-root", self.folder / "exec"),
                    *("--host", self.socket, "--pidfile", self.folder / "pid"),
                    *("--iptables=false", "--ip6tables=false", "--bridge=none"),
                    "--storage-driver=vfs",
                ],
                env={"PATH": SYSTEM_FOLDERS, "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (self.folder / "socket").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"dockerd did not start\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def _import_base(self) -> None:
        docker = Program(
            need("docker"), self.folder, home(self.folder / "machine"), ("--host", self.socket)
        )
        docker("import", "-", "base", stdin=busybox())


def busybox() -> bytes:
    """The tar of a root file system in which a container can say something."""
    return layouts.tar(
        {"bin/busybox": Path(need("busybox")).read_bytes()}
        | {f"bin/{name}": "busybox" for name in APPLETS}
    )
