"""How many requests may be sending us a body at once.

A thread that waits for a slow body serves nobody else, and the server has no deadline for it.  So
only a part of the threads ever waits for bodies; the rest is there for pulls.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from swr.errors import SystemBusy


class Gate:
    """Lets ``size`` requests in at once; another one waits ``patience`` seconds for its turn."""

    def __init__(self, size: int, *, patience: float) -> None:
        self._places = BoundedSemaphore(max(size, 1))
        self._patience = patience

    @contextmanager
    def place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=self._patience):
            raise SystemBusy(headers={"Retry-After": "5"})
        try:
            yield
        finally:
            self._places.release()


def has_body(environ: dict[str, Any]) -> bool:
    """Whether a WSGI request brings a body, as far as its head says."""
    return environ.get("CONTENT_LENGTH", "0") not in {"", "0"} or (
        "HTTP_TRANSFER_ENCODING" in environ
    )
