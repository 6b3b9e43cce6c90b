"""Table 4.4 over sockets: broken bodies, races, silence, and a server that is killed (U2, U5)."""

import json
import select
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.hostile import raw
from tests.hostile.crowd import at_once
from tests.hostile.raw import Answer, chunked, head
from tests.hostile.town import TOKENS, Resident, Town
from tests.hostile.verdicts import refused, silent
from tests.wire import digest_of

TEN = b"0123456789"
SHA = digest_of(TEN)
CHUNKED = "Transfer-Encoding: chunked"


def offset(owner: Resident, name: str, where: str) -> int:
    """How many bytes a new chunk at this offset has to begin with; 0 where there are none."""
    answer = owner.ask("GET", name, where)
    assert answer.status_code == 204, answer.text
    last = int(answer.headers["Range"].removeprefix("0-"))
    if last:
        return last + 1
    probe = owner.ask("PATCH", name, where, "Content-Range: 1-1", content=b"x")
    return 1 if probe.status_code == 202 else 0


# --- U5: bodies that are not what their heads say ----------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        *[b"zz\r\n0123456789\r\n0\r\n\r\n", b"-a\r\n0123456789\r\n0\r\n\r\n", b"\r\n", b"0x0a\r\n"],
        *[b"ffffffffffffffffff\r\n0123456789", b"7fffffffffffffff\r\n", b"a;" + b"e" * 100_000],
        *[b"a\n0123456789\n0\n\n", b"a\r\n0123456789XX0\r\n\r\n", b"a\r\n0123456789\r\nzz\r\n"],
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_u5_broken_chunks_are_never_more_than_what_arrived(
    town: Town, method: str, body: bytes
) -> None:
    name = town.somewhere()
    where, whole = town.owner.start(name), digest_of(TEN * 2)
    query = f"?digest={whole}" if method == "PUT" else ""
    request = town.owner.head(method, name, where + query, CHUNKED) + body
    for answer in raw.converse(town.port, request):
        silent(answer)
    found = town.owner.ask("GET", name, where)
    assert found.headers["Range"] in {"0-0", "0-9"}
    assert town.owner.ask("HEAD", name, f"blobs/{whole}").status_code == 404


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 5", "Content-Length: 6"],
        *[
            [f"Content-Length: {value}"]
            for value in ("+10", "-10", "0xa", "10, 10", "1e1", "9" * 20)
        ],
        *[
            [f"Transfer-Encoding: {value}"]
            for value in ("gzip", "chunked, gzip", "identity", "xchunked")
        ],
        ["Transfer-Encoding : chunked"],
        ["Content-Length: 10", "Transfer-Encoding: \x0bchunked"],
        ["Content-Length: 10", " folded: line"],
        ["Content-Length: 10", "no colon here"],
        ["Content-Length: 10", "NUL: a\x00b"],
    ],
)
def test_u5_a_head_that_says_two_things_is_refused(town: Town, lines: list[str]) -> None:
    name = town.somewhere()
    where = town.owner.start(name)
    answers = raw.converse(town.port, town.owner.head("PATCH", name, where, *lines) + TEN)
    assert [answer.status_code for answer in answers] == [400]
    assert offset(town.owner, name, where) == 0


@pytest.mark.parametrize(
    "lines", [["Content-Length: 4", CHUNKED], [CHUNKED, "Content-Length: 4"], [CHUNKED, CHUNKED]]
)
def test_u5_nothing_is_smuggled_behind_a_body_of_two_lengths(town: Town, lines: list[str]) -> None:
    name = town.somewhere()
    where = town.owner.start(name)
    hidden = town.owner.head("DELETE", name, where)
    request = town.owner.head("PATCH", name, where, *lines) + chunked(TEN)[:-2] + b"\r\n" + hidden
    answers = raw.converse(town.port, request)
    if lines[0] != lines[1]:
        assert len(answers) == 1  # and the connection has ended with it
        assert town.owner.ask("GET", name, where).status_code == 204
    for answer in answers:
        silent(answer)


def test_u5_requests_in_one_go_are_answered_in_turn(town: Town) -> None:
    name = town.somewhere()
    where = town.owner.start(name)
    patch = town.owner.head("PATCH", name, where, f"Content-Length: {len(TEN)}") + TEN
    put = town.owner.head("PUT", name, f"{where}?digest={digest_of(TEN * 3)}", "Content-Length: 0")
    get = town.owner.head("GET", name, f"blobs/{digest_of(TEN * 3)}", "Connection: close")
    answers = raw.converse(town.port, patch * 3 + put + get)
    assert [answer.status_code for answer in answers] == [202, 202, 202, 201, 200]
    assert answers[-1].content == TEN * 3


def test_u5_bytes_behind_a_body_are_another_request(town: Town) -> None:
    name = town.somewhere()
    where = town.owner.start(name)
    patch = town.owner.head("PATCH", name, where, "Content-Length: 9")
    answers = raw.converse(town.port, patch + TEN + b"\r\n\r\n")
    assert [answer.status_code for answer in answers] == [202, 400]
    assert offset(town.owner, name, where) == 9


def test_u5_expecting_100_continue(town: Town) -> None:
    name = town.somewhere()
    where = town.owner.start(name)
    lines = ("Expect: 100-continue", f"Content-Length: {len(TEN)}", "Connection: close")
    with raw.dial(town.port) as line:
        line.sendall(town.owner.head("PATCH", name, where, *lines))
        assert line.recv(100).startswith(b"HTTP/1.1 100 ")
        line.sendall(TEN)
        with line.makefile("rb") as stream:
            answer = raw.read(stream)
    assert answer
    assert answer.status_code == 202


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_u5_a_client_that_vanishes_leaves_what_arrived(
    town: Town, method: str, framing: str
) -> None:
    """The status is the truth: going on from there makes the whole blob."""
    name, whole = town.somewhere(), bytes(range(256)) * 4096
    where, sent = town.owner.start(name), 300_000
    query = f"?digest={digest_of(whole)}" if method == "PUT" else ""
    length = CHUNKED if framing == "chunked" else f"Content-Length: {len(whole)}"
    part = whole[:sent]
    part = b"%x\r\n%s" % (len(whole), part) if framing == "chunked" else part
    with raw.dial(town.port) as line:
        line.sendall(town.owner.head(method, name, where + query, length) + part)
    town.owner.resume(name, where, whole)
    assert town.owner.pull(name, f"blobs/{digest_of(whole)}").content == whole


def slow_head(owner: Resident, where: str) -> bytes:
    return b"GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Slow: "


def slow_upload(owner: Resident, where: str) -> bytes:
    return owner.head("PATCH", where.partition("/blobs/")[0][4:], where, "Content-Length: 1000000")


def slow_login(owner: Resident, where: str) -> bytes:
    return head("POST", TOKENS, "Content-Length: 1000") + b"grant_type="


@pytest.mark.parametrize("begun", [slow_head, slow_upload, slow_login])
def test_u5_many_who_send_next_to_nothing(
    town: Town, begun: Callable[[Resident, str], bytes]
) -> None:
    """More of them than there are threads keep nobody from pulling."""
    name = town.somewhere()
    lines = []
    try:
        for _ in range(100):
            lines.append(raw.dial(town.port))
            lines[-1].sendall(begun(town.owner, town.owner.start(name)) + b"x")
        for _ in range(8):
            assert town.owner.pull(town.always, "manifests/1").status_code == 200
    finally:
        for line in lines:
            line.close()


# --- U2: two at once ---------------------------------------------------------------------------


def test_u2_two_bodies_under_way_at_one_offset(town: Town) -> None:
    """The second is refused while the first is still sending; the first loses nothing."""
    name = town.somewhere()
    where = town.owner.start(name)
    with begun(town, name, where) as line:
        for method, query in (("PUT", f"?digest={SHA}"), ("DELETE", "")):
            refused(town.owner.ask(method, name, where + query), 409)
        line.sendall(TEN[5:])
        with line.makefile("rb") as stream:
            answer = raw.read(stream)
    assert answer
    assert answer.status_code == 202
    assert town.owner.ask("PUT", name, f"{where}?digest={SHA}").status_code == 201


def begun(town: Town, name: str, where: str) -> socket.socket:
    """A connection that has sent half of a chunk, and whose request holds the upload."""
    request = town.owner.head("PATCH", name, where, "Content-Range: 0-9", "Content-Length: 10")
    for _ in range(20):
        line = raw.dial(town.port)
        line.sendall(request + TEN[:5])
        while not select.select([line], [], [], 0)[0]:  # answered: it met a rival of ours
            rival = town.owner.ask("PATCH", name, where, "Content-Range: 5-5", content=b"x")
            if refused(rival, 409, 416) and rival.status_code == 409:
                return line
        line.close()
    pytest.fail("The first request never came to hold the upload.")


@pytest.mark.parametrize("rival", ["PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("first", ["PATCH", "PUT"])
def test_u2_races_for_one_session_have_one_winner(town: Town, first: str, rival: str) -> None:
    name = town.somewhere()
    for _ in range(4):
        where = town.owner.start(name)
        town.owner.bearer(name)

        def move(method: str, where: str = where) -> Answer:
            query = f"?digest={SHA}" if method == "PUT" else ""
            span = () if method == "DELETE" else ("Content-Range: 0-9",)
            return town.owner.ask(method, name, where + query, *span, content=TEN if span else b"")

        answers = at_once(lambda: move(first), lambda: move(rival), lambda: move(first))
        for answer in answers:
            silent(answer)
            assert answer.status_code in {201, 202, 204, 404, 409, 416}, answer.text
        committed = [answer for answer in answers if answer.status_code == 201]
        assert len(committed) <= 1
        if committed:
            assert town.owner.pull(name, f"blobs/{SHA}").content == TEN
            assert town.owner.ask("GET", name, where).status_code == 404


def test_u2_hundreds_of_sessions_for_one_digest(town: Town) -> None:
    """They are opened, filled and closed by many at once; one copy of the bytes is kept."""
    name, content = town.somewhere(), town.somewhere().encode() * 1000
    digest, locations = digest_of(content), []
    town.owner.start(name)
    bearer = town.owner.bearer(name)

    def open_many(_: int) -> list[str]:
        request = head("POST", f"/v2/{name}/blobs/uploads/", bearer, "Content-Length: 0")
        with raw.dial(town.port) as line, line.makefile("rb") as stream:
            return [_again(line, stream, request) for _ in range(50)]

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(open_many, range(8)):
            locations += found
        assert len(set(locations)) == 400

        def finish(where: str) -> int:
            answer = town.owner.ask("PUT", name, f"{where}?digest={digest}", content=content)
            return answer.status_code

        assert set(pool.map(finish, locations[:24])) == {201}
    assert town.owner.pull(name, f"blobs/{digest}").content == content
    store = town.server.data_dir / "store"
    copies = [
        file for file in store.rglob("*") if file.is_file() and file.stat().st_size == len(content)
    ]
    assert len(copies) == 1


def _again(line: socket.socket, stream: object, request: bytes) -> str:
    line.sendall(request)
    answer = raw.read(stream)
    assert answer
    assert answer.status_code == 202, json.dumps(answer.text)
    return answer.headers["Location"]
