"""Writers of one SQLite file take turns, in a process and among processes."""

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db.utils import OperationalError

from swr.sqlite.base import Queue

pytestmark = pytest.mark.pure


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "db.sqlite3")


def test_one_at_a_time(path: str) -> None:
    queue, inside, most = Queue(path), [], []

    def write() -> None:
        for _ in range(50):
            queue.enter(30)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            queue.leave()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(write) for _ in range(8)]:
            done.result()
    assert set(most) == {1}
    assert len(most) == 400


def test_who_waits_too_long_hears_so_and_holds_nobody_up(path: str) -> None:
    queue, other = Queue(path), Queue(path)
    queue.enter(1)
    for late in (queue, other):
        with pytest.raises(OperationalError):
            late.enter(0.05)
    queue.leave()
    other.enter(1)
    other.leave()


def test_a_turn_comes_as_soon_as_it_is_free(path: str) -> None:
    first, second, entered = Queue(path), Queue(path), Event()
    first.enter(1)

    def follow() -> None:
        second.enter(30)
        entered.set()
        second.leave()

    follower = Thread(target=follow)
    follower.start()
    assert not entered.is_set()
    first.leave()
    assert entered.wait(30)
    follower.join()


def hold(path: str, entered: "multiprocessing.synchronize.Event") -> None:
    Queue(path).enter(1)
    entered.set()
    time.sleep(600)


def test_a_killed_process_leaves_the_queue(path: str) -> None:
    context = multiprocessing.get_context("spawn")
    entered = context.Event()
    holder = context.Process(target=hold, args=(path, entered))
    holder.start()
    assert entered.wait(60)
    queue = Queue(path)
    with pytest.raises(OperationalError):
        queue.enter(0.05)
    holder.kill()
    holder.join()
    queue.enter(10)
    queue.leave()
