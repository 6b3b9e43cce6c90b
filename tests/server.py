"""The product as its users run it: ``manage.py serve`` in a folder and a database of its own."""

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from swr.health import REMEMBERED

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, str(ROOT / "manage.py")]
PATIENCE = 90  # seconds; two cores are shared by many tests
FOREIGN = ("SWR_", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")


class Server:
    """A running installation.  ``host`` is what stands in image names; admin is its operator."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.log = folder / "log"
        self.admin_password = secrets.token_urlsafe(18)
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self.environment = kept | {
            "SWR_DATA_DIR": str(self.data_dir),
            "SWR_LISTEN": self.host,
            "SWR_ADMIN_PASSWORD": self.admin_password,
            "SWR_LOG_FORMAT": "json",
            "SWR_LOG_LEVEL": "debug",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process, "the server is not running"
        return self.process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until everything is ready."""
        deadline = time.monotonic() + PATIENCE
        while self.ask("/readyz")[0] != 200:
            assert self.process, "the server is not running"
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The server is not ready; its log:\n{self.read_log()[-5000:]}")
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop everything; the exit code."""
        assert self.process, "the server is not running"
        self.process.send_signal(number)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def ask(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """GET, without any client's own ideas; (0, b"") while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def checks(self) -> dict[str, str]:
        """What is said to be ready; every worker process remembers its answer for a second."""
        time.sleep(REMEMBERED)
        return json.loads(self.ask("/readyz")[1])["checks"]

    def run_command(self, *words: str, stdin: str = "") -> str:
        """What ``manage.py words`` prints."""
        done = subprocess.run(
            [*COMMAND, *words],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def read_log(self) -> str:
        return self.log.read_text(errors="replace")

    def family(self) -> list[int]:
        """The process ids of the supervisor and of everything below it."""
        found = [self.pid]
        for pid in found:
            found += children(pid)
        return found


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Server]:
    with database() as url:
        server = Server(folder, **({"SWR_DATABASE_URL": url} if url else {}), **settings)
        server.start()
        try:
            server.wait()
            yield server
        finally:
            if server.process and server.process.poll() is None:
                server.stop()


@contextmanager
def database() -> Iterator[str]:
    """The address of a new PostgreSQL database; empty where the tests run on SQLite."""
    url = os.environ.get("SWR_DATABASE_URL", "")
    if not url:
        yield ""
        return
    name = f"swr_server_{secrets.token_hex(6)}"
    parts = urlsplit(url)
    with psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
        try:
            yield parts._replace(path=f"/{name}").geturl()
        finally:
            link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


def gone(pids: list[int], *, within: float) -> bool:
    deadline = time.monotonic() + within
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running installation for all tests that need one."""
    with running(tmp_path_factory.mktemp("server")) as started:
        yield started
