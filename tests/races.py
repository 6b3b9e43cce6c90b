"""Several verbs at once, each in a thread with its own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from swr.errors import SwrError


def at_once(*verbs: Callable[[], Any]) -> list[type[SwrError] | None]:
    """Run the verbs together; what each raised."""
    together = Barrier(len(verbs), timeout=30)

    def run(verb: Callable[[], Any]) -> type[SwrError] | None:
        try:
            together.wait()
            verb()
        except SwrError as error:
            return type(error)
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))
