"""Our children and theirs, as Linux shows them under /proc; nothing here is done by name."""

import contextlib
import os
import signal
import time
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"


def family(pid: int) -> list[int]:
    """The process and all that descend from it, parents first."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (parent := _parent(folder)):
            children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def stop(pid: int, *, grace: float) -> None:
    """Ask the process to stop its family; after ``grace`` seconds end whoever is left."""
    members = family(pid)
    _send(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(map(_alive, members)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for member in filter(_alive, members):
        _send(member, signal.SIGKILL)


def listeners(pid: int, port: int) -> list[int]:
    """Those of the family that hold a socket listening on the port: the web workers."""
    sockets = _listening(port)
    return [member for member in family(pid) if sockets & _sockets(member)]


def peak(pid: int) -> int:
    """The most memory, in bytes, that the process has ever held."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _parent(folder: Path) -> int:
    try:
        after_name = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(after_name[1])


def _alive(pid: int) -> bool:
    """Whether it runs; what has ended and waits for its parent does not."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _listening(port: int) -> set[str]:
    found = set()
    for line in (PROC / "net" / "tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == LISTENING and int(fields[1].partition(":")[2], 16) == port:
            found.add(f"socket:[{fields[9]}]")
    return found


def _sockets(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for handle in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(handle.readlink()))
    return found
