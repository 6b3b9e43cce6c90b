import os
import signal
import sys
from pathlib import Path

import pytest

from swr.serve import supervisor
from swr.serve.supervisor import Program, Supervisor


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(supervisor, "TICK", 0.01)
    monkeypatch.setattr(supervisor, "LONGEST_WAIT", 0.02)
    monkeypatch.setattr(supervisor, "GRACE", 0.5)
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def program(code: str, *arguments: object, vital: bool = False) -> Program:
    return Program("it", [sys.executable, "-S", "-c", code, *map(str, arguments)], vital)


def run(*programs: Program, until) -> int:
    """Supervise until the condition holds, then ask to stop as a terminal would."""

    def tend() -> None:
        if until():
            os.kill(os.getpid(), signal.SIGINT)

    return Supervisor(programs, environment=dict(os.environ), tend=tend).run()


def started(path: Path) -> int:
    return path.read_text().count("\n") if path.exists() else 0


NOTE = "import sys; open(sys.argv[1], 'a').write('\\n')"
STAY = f"{NOTE}; import time; time.sleep(60)"


def test_what_ends_is_started_again(tmp_path):
    path = tmp_path / "starts"
    assert run(program(NOTE, path), until=lambda: started(path) >= 3) == 0


def test_without_a_vital_program_there_is_no_point_in_going_on(tmp_path):
    path = tmp_path / "starts"
    other = program(STAY, tmp_path / "other")
    assert run(program(f"{NOTE}; sys.exit(3)", path, vital=True), other, until=lambda: False) == 1
    assert started(path) == supervisor.TRIES
    assert other.process is not None
    assert other.process.poll() is not None


def test_other_programs_may_fail_for_ever(tmp_path):
    path = tmp_path / "starts"
    enough = supervisor.TRIES + 1
    assert run(program(f"{NOTE}; sys.exit(3)", path), until=lambda: started(path) >= enough) == 0


def test_all_are_asked_to_end(tmp_path):
    both = [program(STAY, tmp_path / name) for name in "ab"]
    run(*both, until=lambda: all(started(tmp_path / name) for name in "ab"))
    assert [it.process and it.process.returncode for it in both] == [-signal.SIGTERM] * 2


def test_who_does_not_end_is_killed(tmp_path):
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {STAY}"
    it = program(deaf, tmp_path / "a")
    run(it, until=lambda: started(tmp_path / "a"))
    assert it.process is not None
    assert it.process.returncode == -signal.SIGKILL


def test_waiting_gets_longer_and_ends_with_a_long_life(monkeypatch):
    monkeypatch.setattr(supervisor, "LONGEST_WAIT", 30.0)
    it = program("")
    waits = []
    for now in (1.0, 2.0, 3.0):
        it.began = now - 0.1
        it.note_end(now)
        waits.append(it.due - now)
    assert waits == [0.5, 1.0, 2.0]
    it.note_end(3.0 + supervisor.SETTLED)
    assert it.failures == 1
