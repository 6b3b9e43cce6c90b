"""The two registries, started as their users start them, each in a folder that goes away."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import client, processes
from bench.connection import Connection, Refused

ROOT = Path(__file__).resolve().parent.parent
THEIRS = shutil.which("docker-registry") or ""
PATIENCE = 90  # seconds until a registry must answer
ACCEPT = {"Accept": client.MANIFEST}

# What Debian ships in /etc/docker/registry/config.yml, without the password file and the health
# probe, and with a log of errors only.
CONFIG = """\
version: 0.1
log: {{level: error}}
storage:
  cache: {{blobdescriptor: inmemory}}
  filesystem: {{rootdirectory: "{folder}"}}
  delete: {{enabled: true}}
http:
  addr: 127.0.0.1:{port}
  headers: {{X-Content-Type-Options: [nosniff]}}
"""


@dataclass(frozen=True, slots=True)
class Registry:
    """A running registry; without a password it asks nobody who he is."""

    name: str
    port: int
    pid: int
    folder: Path
    password: str = ""

    def headers(self, *repositories: str) -> dict[str, str]:
        """Make the headers of a client that has just logged in to push to these repositories."""
        if not self.password:
            return dict(ACCEPT)
        scopes = [f"repository:{name}:pull,push" for name in repositories]
        token = client.token(self.port, "admin", self.password, scopes)
        return {"Authorization": f"Bearer {token}", **ACCEPT}

    def connect(self, *repositories: str) -> Connection:
        return Connection(self.port, self.headers(*repositories))


@contextlib.contextmanager
def ours(port: int) -> Iterator[Registry]:
    password = secrets.token_urlsafe(16)
    with _folder() as folder:
        environment = our_environment(folder, port) | {"SWR_ADMIN_PASSWORD": password}
        command = [sys.executable, "manage.py", "serve"]
        with _running(command, folder, port, environment) as pid:
            yield Registry("ours", port, pid, folder, password)


@contextlib.contextmanager
def theirs(port: int) -> Iterator[Registry]:
    with _folder() as folder:
        config = folder / "config.yml"
        config.write_text(CONFIG.format(folder=folder / "store", port=port))
        command = [THEIRS, "serve", str(config)]
        with _running(command, folder, port, dict(os.environ)) as pid:
            yield Registry("theirs", port, pid, folder)


def our_environment(folder: Path, port: int) -> dict[str, str]:
    """The settings of a first start with nothing configured but where it lives."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWR_")}
    for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"):
        kept.pop(name, None)
    return kept | {"SWR_DATA_DIR": str(folder / "data"), "SWR_LISTEN": f"127.0.0.1:{port}"}


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="swr-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def _running(
    command: list[str], folder: Path, port: int, environment: dict[str, str]
) -> Iterator[int]:
    """Start, wait for the first answer, hand out the pid; stop the whole family in any case."""
    _require_free(port)
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own arguments
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the benchmark, which stops it
        )
    try:
        _wait(process, port, log)
        yield process.pid
    finally:
        processes.stop(process.pid, grace=15)
        process.wait()


def _require_free(port: int) -> None:
    """Refuse to measure whoever else answers on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refused(f"Port {port} is taken, choose another with --port: {error}") from None


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(errors="replace")[-2000:]
            raise Refused(f"no answer on port {port}; the log's last lines:\n{last}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    """GET /v2/ is 200 where nobody is asked who he is, else 401."""
    for expected in (200, 401):
        with contextlib.suppress(OSError, Refused), Connection(port, {}) as connection:
            connection.request("GET", "/v2/", expect=expected)
            return True
    return False
