"""Several clients who begin in the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.hostile.raw import Answer


def at_once(*moves: Callable[[], Answer]) -> list[Answer]:
    gate = threading.Barrier(len(moves))

    def go(move: Callable[[], Answer]) -> Answer:
        gate.wait()
        return move()

    with ThreadPoolExecutor(len(moves)) as pool:
        return list(pool.map(go, moves))
