"""The two Celery programs: the worker, and the one that sends what is due."""

import warnings

from celery import current_app
from celery.exceptions import SecurityWarning

_WORKER = (
    "worker --pool threads --concurrency 4 --without-gossip --without-mingle --without-heartbeat"
)
# The schedule lives in swr/celery.py and nowhere else: nothing is kept between two starts.
_BEAT = "beat --scheduler celery.beat:Scheduler --pidfile="


def work() -> None:
    # Celery advises root against pickles; we accept nothing but JSON.
    warnings.simplefilter("ignore", SecurityWarning)
    current_app.start(["--quiet", *_WORKER.split()])


def beat() -> None:
    current_app.start(["--quiet", *_BEAT.split()])
