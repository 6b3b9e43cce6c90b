"""Keeps programs running: starts them, starts them again, and stops them together."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from swr.serve.parent import die_with

TICK = 0.2  # seconds between two looks
GRACE = 9.0  # seconds to end after SIGTERM
SETTLED = 20.0  # seconds after which a program counts as started
TRIES = 5  # starts in a row that a vital program may fail
LONGEST_WAIT = 30.0  # seconds between two starts

_log = structlog.get_logger("swr.serve")


@dataclass
class Program:
    """A command that shall run.  Without a ``vital`` one there is no point in going on."""

    name: str
    command: Sequence[str]
    vital: bool = False
    failures: int = field(default=0, init=False)
    began: float = field(default=0.0, init=False)
    due: float = field(default=0.0, init=False)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self, *, environment: dict[str, str], handles: Sequence[int]) -> None:
        parent = os.getpid()
        self.began = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # our own programs
            self.command,
            env=environment,
            pass_fds=handles,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the supervisor, who then tells them
            preexec_fn=lambda: die_with(parent),  # noqa: PLW1509  # no threads here
        )

    def note_end(self, now: float) -> None:
        """Remember that the program has ended, and when to start it again."""
        settled = now - self.began >= SETTLED
        self.failures = 1 if settled else self.failures + 1
        wait = min(0.5 * 2 ** (self.failures - 1), LONGEST_WAIT)
        self.due = now + wait
        code = self.process.returncode if self.process else None
        self.process = None
        _log.warning("a program has ended", program=self.name, exit_code=code, again_in=wait)

    def hopeless(self) -> bool:
        return self.vital and self.failures >= TRIES


class Supervisor:
    def __init__(
        self,
        programs: Sequence[Program],
        *,
        environment: dict[str, str],
        handles: Sequence[int] = (),
        tend: Callable[[], object] = lambda: None,
    ) -> None:
        """``tend`` is called at every look; ``handles`` are open files that the programs share."""
        self._programs = programs
        self._environment = environment
        self._handles = handles
        self._tend = tend
        self._stopping = threading.Event()

    def run(self) -> int:
        """Run until SIGINT, SIGTERM or SIGHUP; the exit code."""
        numbers = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
        if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:  # started with nohup
            numbers.remove(signal.SIGHUP)
        for number in numbers:
            signal.signal(number, lambda _number, _frame: self._stopping.set())
        try:
            while not self._stopping.is_set():
                if any(self._look_after(program) for program in self._programs):
                    return 1
                self._tend()
                self._stopping.wait(TICK)
        finally:
            self._stop()
        return 0

    def _look_after(self, program: Program) -> bool:
        """Start what should run; tell whether there is no point in going on."""
        now = time.monotonic()
        if program.process and program.process.poll() is not None:
            program.note_end(now)
            if program.hopeless():
                _log.error("a program cannot start", program=program.name, tries=TRIES)
                return True
        if program.process is None and now >= program.due:
            program.start(environment=self._environment, handles=self._handles)
        return False

    def _stop(self) -> None:
        running = [program.process for program in self._programs if program.process]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
