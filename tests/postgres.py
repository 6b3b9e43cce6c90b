"""``python -m tests.postgres COMMAND…``: runs the tests on a PostgreSQL that is started for them.

Debian's server runs in a temporary folder, on a socket of its own, as an unprivileged user.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

DEBIAN = Path("/usr/lib/postgresql")
PATIENCE = 60  # seconds
# Tests lose nothing when the machine fails.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


def main(command: list[str]) -> int:
    folder = programs()
    if folder is None:
        print("PostgreSQL is not installed (Debian: postgresql): nothing ran on it.", flush=True)  # noqa: T201
        return 1 if os.environ.get("CI") else 0
    with cluster(folder) as url:
        print(f"Again, on {version(folder)}:", flush=True)  # noqa: T201
        return subprocess.call(command, env={**os.environ, "SWR_TEST_DATABASE_URL": url})


def programs() -> Path | None:
    """The newest server's programs."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    anywhere = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(anywhere).resolve().parent if anywhere else None


def version(folder: Path) -> str:
    asked = [folder / "postgres", "--version"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = unprivileged()
    if user:
        shutil.chown(folder, user)
    try:
        make(programs, folder, user)
        server = start(programs, folder, user)
        try:
            wait(programs, folder, server)
            yield f"postgresql://swr@{quote(str(folder), safe='')}/swr"
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> str | None:
    """Who runs the server when we are root, whom it refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def make(programs: Path, folder: Path, user: str | None) -> None:
    command = [
        *(programs / "initdb", "--pgdata", folder / "data", "--username", "swr"),
        *("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
    ]
    done = subprocess.run(
        command, user=user, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"PostgreSQL cannot be started: {done.stdout}{done.stderr}")


def start(programs: Path, folder: Path, user: str | None) -> subprocess.Popen[bytes]:
    options = [word for option in FAST for word in ("-c", option)]
    command = [
        *(programs / "postgres", "-D", folder / "data", "-k", folder),
        *("-c", "listen_addresses=", *options),
    ]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, user=user, cwd=folder, stdout=log, stderr=log)


def wait(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    asked = [programs / "pg_isready", "--quiet", "--host", folder]
    deadline = time.monotonic() + PATIENCE
    while subprocess.run(asked, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"PostgreSQL cannot be started: {(folder / 'log').read_text()}")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
