"""One installation on one data folder: a file that is locked for as long as any process runs."""

import fcntl
import os
import time
from pathlib import Path

from swr.env import WrongSetting

_PATIENCE = 15.0  # seconds that the children of a killed supervisor may take to end


def hold(folder: Path) -> int:
    """Lock ``folder`` and return the handle, which children inherit; refuse if somebody runs."""
    try:
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise WrongSetting("SWR_DATA_DIR", f"cannot be written: {error}.") from None
    deadline = time.monotonic() + _PATIENCE
    while not _locked(handle):
        holder = _holder(handle)
        if time.monotonic() > deadline or _runs(holder):
            raise WrongSetting("SWR_DATA_DIR", f"{folder} is in use by process {holder}.")
        time.sleep(0.1)
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return handle


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: int) -> int:
    found = os.pread(handle, 16, 0)
    return int(found) if found.isdigit() else 0


def _runs(process: int) -> bool:
    return process > 0 and Path(f"/proc/{process}").exists()
