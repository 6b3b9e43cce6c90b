"""Django's SQLite, with a queue for writers.

SQLite has one writer at a time and lets the others sleep, longer and longer, until they find it
free: under many pushes at once most of the time is slept.  Here a transaction first takes its turn
in a queue, in this process and then among the processes, and finds the database free.
"""

import fcntl
import os
import time
from threading import Lock

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_PAUSE = 0.0005  # seconds; one thread of each process at most waits in this way


class Queue:
    """The writers of one database file.  A process that dies leaves it."""

    def __init__(self, path: str) -> None:
        self._turn = Lock()
        self._handle = os.open(f"{path}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def enter(self, timeout: float) -> None:
        """Raise OperationalError when the turn does not come within ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        locked = False
        if self._turn.acquire(timeout=timeout):
            while not (locked := self._locked()) and time.monotonic() < deadline:
                time.sleep(_PAUSE)
            if not locked:
                self._turn.release()
        if not locked:
            raise OperationalError("database is locked")

    def leave(self) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        self._turn.release()

    def _locked(self) -> bool:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


_queues: dict[str, Queue] = {}
# A child shares its parent's open file and with it the place in the queue: it needs its own.
os.register_at_fork(after_in_child=_queues.clear)


class DatabaseWrapper(base.DatabaseWrapper):
    _entered: Queue | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # the stub leaves out what Django has
        finally:
            self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _enter(self) -> None:
        if self.is_in_memory_db():
            return
        path = str(self.settings_dict["NAME"])
        queue = _queues.setdefault(path, _queues.get(path) or Queue(path))
        queue.enter(float(self.settings_dict["OPTIONS"].get("timeout", 5)))
        self._entered = queue

    def _leave(self) -> None:
        entered, self._entered = self._entered, None
        if entered is not None:
            entered.leave()
