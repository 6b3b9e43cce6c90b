"""``manage.py serve``, as a process."""

import base64
import json
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.server import COMMAND, Server, alive, children, gone, running

SCOPE = "/swr/auth/v2/registry/auth?service=dockyard&account=admin"


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """A server of our own: it is killed and started again."""
    with running(tmp_path_factory.mktemp("installation"), SWR_ADMIN_PASSWORD="") as started:
        yield started


def start_again(server: Server) -> None:
    server.start()
    server.wait()


def login(server: Server, name: str, password: str) -> int:
    words = base64.b64encode(f"{name}:{password}".encode()).decode()
    return server.ask(SCOPE, {"Authorization": f"Basic {words}"})[0]


def refused(server: Server, **settings: str) -> str:
    """What a start with these settings says on stderr before it ends with an error."""
    done = subprocess.run(
        [*COMMAND, "serve"],
        env=server.environment | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def comes_true(condition: Callable[[], bool], *, within: float = 30) -> bool:
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def answered(client: socket.socket, *, within: float) -> bool:
    return bool(select.select([client], [], [], within)[0])


def shown_login(server: Server) -> list[str]:
    """The words of the ``docker login`` line that was printed last."""
    comes_true(lambda: "docker login" in server.read_log().rpartition("SWR is running")[2])
    return re.findall(r"docker login .*", server.read_log())[-1].split()


def test_the_first_start_shows_a_password_that_works(installation):
    line = re.findall(r"docker login .*", installation.read_log())[0].split()
    assert line[:5] == ["docker", "login", "-u", "admin", "-p"]
    assert line[-1] == installation.host
    assert login(installation, "admin", line[5]) == 200
    assert login(installation, "admin", "another") == 401
    assert f"http://{installation.host}/admin/" in installation.read_log()


def test_everything_runs(installation):
    assert set(installation.checks().values()) == {"ok"}


def test_no_connection_to_the_database_crosses_a_fork(installation):
    for supervised in children(installation.pid):
        if children(supervised):  # the web server, whose workers are forked
            names = [str(found.readlink()) for found in Path(f"/proc/{supervised}/fd").iterdir()]
            assert not [name for name in names if "sqlite" in name]


def test_a_second_server_on_the_same_data_is_refused(installation):
    said = refused(installation, SWR_LISTEN="127.0.0.1:1")
    assert said.startswith("SWR_DATA_DIR: ")
    assert said.endswith(f"is in use by process {installation.pid}.")


def test_a_second_server_on_the_same_port_is_refused(installation, tmp_path):
    said = refused(installation, SWR_DATA_DIR=str(tmp_path), SWR_DATABASE_URL="")
    assert said == f"SWR_LISTEN: cannot listen on {installation.host}: Address already in use."


def test_a_second_installation_runs_beside_it(installation, tmp_path):
    with running(tmp_path) as other:
        assert other.ask("/healthz")[0] == installation.ask("/healthz")[0] == 200
        assert login(other, "admin", other.admin_password) == 200
        assert login(installation, "admin", other.admin_password) == 401


def test_a_killed_part_comes_back(installation):
    before = installation.family()
    for pid in before[1:]:
        if alive(pid):
            subprocess.run(["kill", "-9", str(pid)], check=True)
    assert gone(before[1:], within=5)
    assert comes_true(lambda: installation.ask("/readyz")[0] == 200)
    assert alive(installation.pid)


def test_a_killed_supervisor_leaves_nobody_behind(installation):
    family = installation.family()
    assert len(family) >= 6  # supervisor, worker, beat, web and its workers
    installation.stop(signal.SIGKILL)
    assert gone(family, within=5)
    start_again(installation)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_keeps_everything(installation, number):
    password = shown_password(installation)
    family = installation.family()
    began = time.monotonic()
    assert installation.stop(number) == 0
    assert time.monotonic() - began < 11
    assert gone(family, within=1)
    start_again(installation)
    assert login(installation, "admin", password) == 200
    assert shown_login(installation) == ["docker", "login", "-u", "admin", installation.host]


def shown_password(server: Server) -> str:
    found = re.findall(r"password  (\S+)", server.read_log())
    assert len(found) == 1
    return found[0]


def test_a_request_under_way_ends_before_the_server_does(installation):
    with socket.create_connection(("127.0.0.1", installation.port)) as client:
        client.sendall(
            b"POST /swr/auth/v2/registry/auth HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\na="
        )
        assert not answered(client, within=0.5)
        assert installation.process
        installation.process.send_signal(signal.SIGTERM)
        assert not answered(client, within=0.5)
        client.sendall(b"b")
        assert client.recv(9) == b"HTTP/1.1 "
    assert installation.process.wait(timeout=30) == 0
    start_again(installation)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SWR_LISTEN": "127.0.0.1"}, "SWR_LISTEN: must be like 127.0.0.1:8080, not '127.0.0.1'."),
        ({"SWR_LISTEN": "no.such.host.invalid:8080"}, "SWR_LISTEN: cannot listen on no.such.host"),
        ({"SWR_EXTERNAL_URL": "registry"}, "SWR_EXTERNAL_URL: must be like https://"),
        ({"SWR_LOG_LEVEL": "loud"}, "SWR_LOG_LEVEL: must be one of debug, info, warning, error"),
        ({"SWR_STORAGE": "memory"}, "SWR_STORAGE: memory is for tests"),
        ({"SWR_STORAGE": "tape"}, "SWR_STORAGE: must be one of fs"),
        ({"SWR_SECRET_KEY_FILE": "/nowhere/key"}, "SWR_SECRET_KEY_FILE: cannot be read"),
        ({"SWR_DATA_DIR": "/proc/nothing"}, "SWR_DATA_DIR: cannot be used"),
        (
            {"SWR_DATABASE_URL": "postgres://u:hunter2@127.0.0.1:1/x"},
            "SWR_DATABASE_URL: the database",
        ),
        ({"SWR_REDIS_URL": "redis://:hunter2@127.0.0.1:1/0"}, "SWR_REDIS_URL: does not answer"),
        ({"SWR_ADMIN_PASSWORD": "x"}, "SWR_ADMIN_PASSWORD: "),
        ({"SWR_ADMIN_ACCOUNT": "a/b"}, "SWR_ADMIN_ACCOUNT: "),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(tmp_path, settings, said):
    server = Server(tmp_path)
    line = refused(server, **settings)
    assert line.startswith(said)
    assert line.endswith(".")
    assert "hunter2" not in line


def test_another_secret_key_than_the_one_before_is_refused(tmp_path):
    with running(tmp_path) as server:
        server.stop()
        line = refused(server, SWR_SECRET_KEY="another" * 8)
    assert line.startswith("SWR_SECRET_KEY: The signing key was sealed under another")


def test_an_unknown_setting_is_reported_with_its_nearest_name(tmp_path):
    done = subprocess.run(
        [*COMMAND, "serve"],
        env=Server(tmp_path).environment | {"SWR_STORAGES": "x", "SWR_STORAGE": "memory"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "SWR_STORAGES: no such setting. Did you mean SWR_STORAGE?" in done.stderr


def test_no_log_line_holds_a_secret(server):
    """Every way to hand over a secret is used once; then the whole log is read."""
    made = json.loads(server.run_command("create_access_key", "admin"))
    secrets = [
        server.admin_password,
        made["secret"],
        "wrong-pass-1",
        "query-secret-1",
        "csrf-secret-1",
    ]
    assert login(server, "admin", server.admin_password) == 200
    assert login(server, "admin", "wrong-pass-1") == 401
    words = base64.b64encode(f"admin:{server.admin_password}".encode()).decode()
    status, body = server.ask(SCOPE, {"Authorization": f"Basic {words}"})
    token = json.loads(body)["token"]
    assert status == 200
    server.ask(f"{SCOPE}&password=query-secret-1")
    server.ask("/v3/auth/tokens?key=query-secret-1", {"X-Auth-Token": "query-secret-1"})
    server.ask("/v2/", {"Authorization": f"Bearer {token}"})
    server.ask("/admin/login/?next=/csrf-secret-1", {"Cookie": "sessionid=csrf-secret-1"})
    server.ask("/v2/", {"Authorization": "Bearer query-secret-1"})
    secret_key = (server.data_dir / "secret_key").read_text()
    log = server.read_log()
    assert "/swr/auth/v2/registry/auth" in log
    for secret in [*secrets, words, token, token.rpartition(".")[2], secret_key]:
        assert secret not in log
