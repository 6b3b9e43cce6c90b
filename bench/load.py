"""As many small requests as a registry answers: wrk for GET, an own loop for HEAD.

wrk waits for the body that a HEAD's Content-Length announces, and so never counts one.
"""

import re
import selectors
import shutil
import socket
import subprocess
import time

from bench.connection import Refused

CONNECTIONS = 16
WRK = shutil.which("wrk") or ""


def get_rate(
    port: int,
    target: str,
    headers: dict[str, str],
    seconds: int,
    *,
    connections: int = CONNECTIONS,
) -> float:
    """GETs a second; anything but a 2xx ends the benchmark."""
    given = [f"-H{name}: {value}" for name, value in headers.items()]
    address = f"http://127.0.0.1:{port}{target}"
    options = ["-t2", f"-c{connections}", f"-d{seconds}s"]
    ended = subprocess.run(  # noqa: S603  # our own arguments
        [WRK, *options, *given, address],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    failed = re.search(r"Non-2xx.*|Socket errors.*", ended.stdout)
    counted = re.search(r"Requests/sec:\s+([0-9.]+)", ended.stdout)
    if failed or not counted:
        raise Refused(f"GET {target}: {failed[0] if failed else ended.stdout}")
    return float(counted[1])


def head_rate(port: int, target: str, headers: dict[str, str], seconds: float) -> float:
    """HEADs a second over as many connections as wrk has."""
    lines = [f"HEAD {target} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    question = "\r\n".join([*lines, "", ""]).encode()
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    try:
        return _ask_again_and_again(sockets, question, seconds)
    finally:
        for each in sockets:
            each.close()


def _ask_again_and_again(sockets: list[socket.socket], question: bytes, seconds: float) -> float:
    answered, began = 0, time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for each in sockets:
            selector.register(each, selectors.EVENT_READ, each)
            each.sendall(question)
        while (passed := time.perf_counter() - began) < seconds:
            for key, _ in selector.select(timeout=1):
                _check_head(key.data.recv(65536))
                key.data.sendall(question)
                answered += 1
    return answered / passed


def _check_head(answer: bytes) -> None:
    if not answer.startswith(b"HTTP/1.1 200 ") or not answer.endswith(b"\r\n\r\n"):
        raise Refused(f"HEAD answered {answer[:300]!r}")
