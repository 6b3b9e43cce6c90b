"""``python -m bench``: our registry and Debian's docker-registry side by side on this machine."""

import argparse
import importlib.metadata
import os
import platform
import signal
import subprocess
import sys
import tomllib
from types import FrameType

from bench import cases, load, measures, processes, servers, table
from bench.connection import Refused
from bench.measures import MEGABYTE
from bench.servers import Registry
from bench.table import Verdict

WORKER_MEMORY = 150  # megabytes
MISSING = 2  # exit status: a program that we need is not installed
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
PROBLEMS = (Refused, OSError, subprocess.SubprocessError)


def main() -> int:
    options = _options()
    for program, package in ((load.WRK, "wrk"), (servers.THEIRS, "docker-registry")):
        if not program:
            table.say(f"The benchmark needs {package}: apt-get install {package}.")
            return MISSING
    for number in ENDINGS:
        signal.signal(number, _leave)
    signal.alarm(options.limit)
    table.say(_machine())
    try:
        with servers.theirs(options.port + 1) as theirs, servers.ours(options.port) as ours:
            _compare(ours, theirs, options)
    except PROBLEMS as error:
        table.say(f"The benchmark cannot go on: {error}")
        return 1
    return 0


def _compare(ours: Registry, theirs: Registry, options: argparse.Namespace) -> None:
    plan = cases.QUICK if options.quick else cases.DEFAULT
    held = measures.stock((cases.SMALL, cases.MEDIUM, cases.LARGE))
    for registry in (ours, theirs):
        measures.fill(registry, held)
    for repository, count in cases.TAGS.items():
        measures.fill_tags(ours, repository, count)
    found = [_memory(ours, options.big)] if options.only in "memory" else []
    table.head()
    every = cases.every_case(ours, theirs, held, plan)
    found += [_one(case, plan.rounds) for case in every if options.only in case.name]
    table.say(f"Memory of a web worker, at most, in all of this: {_megabytes(ours)} MB.")
    table.total(found)


def _one(case: cases.Case, rounds: int) -> Verdict:
    try:
        return table.row(case, table.run(case, rounds))
    except PROBLEMS as error:
        return table.failed(case.name, error)


def _memory(ours: Registry, gigabytes: int) -> Verdict:
    try:
        measures.carry(ours, gigabytes * 1024 * MEGABYTE)
    except PROBLEMS as error:
        return table.failed("memory", error)
    peak = _megabytes(ours)
    found = Verdict.MET if peak < WORKER_MEMORY else Verdict.MISSED
    table.say(
        f"Memory of a web worker, at most, while {gigabytes} GB are pushed and pulled: "
        f"{peak} MB, target < {WORKER_MEMORY} MB  {found}\n"
    )
    return found


def _megabytes(ours: Registry) -> int:
    """What the web worker that held the most has held at most, since it started."""
    return max(map(processes.peak, processes.listeners(ours.pid, ours.port))) // MEGABYTE


def _machine() -> str:
    version = subprocess.run(  # noqa: S603  # our own arguments
        [servers.THEIRS, "--version"], capture_output=True, text=True, check=True
    )
    project = tomllib.loads((servers.ROOT / "pyproject.toml").read_text())["project"]
    parts = [
        f"{os.cpu_count()} cores",
        f"Linux {platform.release()}",
        f"Python {platform.python_version()}",
        f"Django {importlib.metadata.version('Django')}",
        f"granian {importlib.metadata.version('granian')}",
        f"ours {project['version']}",
        f"docker-registry {version.stdout.split()[-1]}",
        f"load before {os.getloadavg()[0]:.1f}",
    ]
    return ", ".join(parts)


def _leave(number: int, _: FrameType | None) -> None:
    """Turn a signal into an exit that passes every ``finally``, in peace."""
    for each in ENDINGS:
        signal.signal(each, signal.SIG_IGN)
    if number == signal.SIGALRM:
        table.say("The benchmark took too long and ends here.")
    sys.exit(128 + number)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="shorter runs: less than 90 seconds in all")
    add("--only", default="", metavar="WORD", help="only the cases with WORD in their name")
    add("--big", type=int, default=1, metavar="GB", help="the blob of the memory measure (1)")
    add("--port", type=int, default=8160, help="this port and the next are listened on (8160)")
    add("--limit", type=int, default=900, metavar="S", help="end after so many seconds (900)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
