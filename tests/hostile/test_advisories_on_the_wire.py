"""Table 4.1 over sockets: raw paths, gigabytes, and what a running server lets be known."""

import base64
import contextlib
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile import raw
from tests.hostile.raw import chunked, head
from tests.hostile.town import TOKENS, Town
from tests.hostile.verdicts import refused, silent
from tests.wire import OCI_MANIFEST

GIB = 1024**3
MIB = 1024**2

# Written in two ways by proxies and servers; {} is the repository that nobody may see.
PATHS = [
    "/v2/pub/app/../../{}/manifests/1",
    "/v2/pub/%2e%2e/{}/manifests/1",
    "/v2/../v2/{}/tags/list",
]
PATHS += ["/v2/pub/..;/{}/manifests/1", "/v2/./{}/manifests/1", "/v2//{}/manifests/1"]
PATHS += ["/v2/%2e/{}/manifests/1", "/v2/x%2f..%2f{}/manifests/1", "/v2/x\\..\\{}/manifests/1"]
PATHS += ["/v2/%252e%252e/{}/manifests/1", "/v2/{}/manifests/../tags/list", "/v2/{}%00/tags/list"]
PATHS += ["/v2/{}/tags/list%00", "/v2/{}/manifests/1%0a", "/v2/{}/./tags/list", "/v2/{}//tags/list"]
PATHS += ["//v2/{}/tags/list", "/./v2/{}/tags/list", "/x/../v2/{}/tags/list", "/V2/{}/tags/list"]
PATHS += [
    "/v2/manage/../{}/tags/list",
    "/v2/manage/{}/manifests/1",
    "/swr/auth/../../v2/{}/tags/list",
]
PATHS += ["/static/../v2/{}/tags/list", "/static/../../swr/settings.py", "/static/%2e%2e/manage.py"]
PATHS += ["/v2/%c0%ae%c0%ae/{}/tags/list", "/v2/%ff/{}/tags/list", "/v2/%ed%a0%80/{}/tags/list"]
PATHS += ["/v2/%ef%bc%8f/{}/tags/list", "/v2/%e2%80%ae/{}/tags/list", "/v2/%f0%9f%98%80/tags/list"]
PATHS += ["/v2/%d0%b0/{}/tags/list", "/v2/a\u0131/{}/tags/list", "/healthz/../v2/{}/tags/list"]
PATHS += ["/v2/{}/blobs/..%2f..%2fsecret_key", "/v2/{}/blobs/uploads/..%2f..%2f..%2fsecret_key"]
BROKEN: list[bytes] = [b"/v2/\x00/tags/list", b"/v2/\xc0\xaf/tags/list", b"/v2/a b/tags/list"]
BROKEN += [b"/v2/\x7f/tags/list", b"/v2/\r/tags/list", b"/v2/" + b"a" * 70_000, b""]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", PATHS)
def test_1_41_no_way_to_write_a_path_leads_to_another_repository(
    town: Town, path: str, method: str
) -> None:
    """Neither for a stranger nor, by another name than its own, for the owner."""
    target = path.format(town.always)
    for who in (town.stranger, town.owner):
        lines = [who.bearer(town.always), "Content-Length: 0", "Connection: close"]
        answer = raw.ask(town.port, head(method, target, *lines))
        assert 400 <= answer.status_code < 500, (who.login, answer.text[:200])
        silent(answer)
        if target.startswith("/v2/") and not target.startswith("/v2/manage/"):
            refused(answer)


@pytest.mark.parametrize("path", BROKEN)
def test_1_what_is_no_path_at_all(town: Town, path: bytes) -> None:
    for answer in raw.converse(town.port, head("GET", path, town.owner.bearer(town.always))):
        assert answer.status_code in {400, 414}
        silent(answer)


@pytest.mark.parametrize(
    "lines",
    [
        ["X-Long: " + "x" * 500_000],
        [f"X-{number}: x" for number in range(5000)],
        ["X-" + "x" * 500_000 + ": x"],
        ["Authorization: Bearer " + "x" * 300_000],
        ["Cookie: " + "a=b; " * 20_000],
    ],
)
def test_13_heads_without_end(town: Town, lines: list[str]) -> None:
    answer = raw.ask(town.port, head("GET", "/v2/", *lines, "Connection: close"))
    assert answer.status_code in {400, 401, 431}
    silent(answer)


# --- gigabytes ---------------------------------------------------------------------------------

FORM = "Content-Type: application/x-www-form-urlencoded"
MULTIPART = "Content-Type: multipart/form-data; boundary=x"
COOKIE = "Cookie: csrftoken=" + "a" * 32
FILE = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'


class Peak:
    """The most that was ever spooled to the folder for temporary files."""

    spooled = 0

    def look(self) -> None:
        for file in Path(tempfile.gettempdir()).glob("*.upload*"):
            with contextlib.suppress(FileNotFoundError):
                self.spooled = max(self.spooled, file.stat().st_size)


def gibibyte(framing: str, start: bytes, peak: Peak) -> Iterator[bytes]:
    """A body of 1 GiB that begins with ``start``."""
    yield start if framing == "length" else chunked(start)[:-5]
    block = b"x" * MIB
    block = block if framing == "length" else chunked(block)[:-5]
    for number in range(GIB // MIB - 1):
        yield block
        if number % 64 == 0:
            peak.look()


ENDLESS = {
    "manifest": ("PUT", "/v2/{}/manifests/1", [f"Content-Type: {OCI_MANIFEST}"], b'{"x": "'),
    "login": ("POST", TOKENS, [FORM], b"grant_type=password&password="),
    "form": ("POST", "/admin/login/", [FORM, COOKIE], b"username=admin&password="),
    "file": ("POST", "/admin/login/", [MULTIPART, COOKIE], FILE),
    "health": ("POST", "/healthz", [FORM], b"x"),
    "pull": ("GET", "/v2/{}/tags/list", [], b"x"),
}


@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("what", ENDLESS)
def test_12_13_a_gibibyte_where_a_kilobyte_is_expected(town: Town, what: str, framing: str) -> None:
    method, path, lines, start = ENDLESS[what]
    before, peak = town.memory(), Peak()
    length = "Transfer-Encoding: chunked" if framing == "chunked" else f"Content-Length: {GIB}"
    bearer = [town.owner.bearer(town.always)] if path.startswith("/v2/") else []
    request = head(method, path.format(town.always), *bearer, *lines, length)
    body = gibibyte(framing, start + b"x" * (MIB - len(start)), peak)
    answer = raw.ask(town.port, itertools.chain([request], body), method=method)
    if method != "GET":
        assert 400 <= answer.status_code < 500, answer.text
    silent(answer)
    assert town.memory() - before < 100 * MIB
    assert peak.spooled < 10 * MIB


# --- secrets -----------------------------------------------------------------------------------


def test_19_54_no_secret_in_the_log_nor_in_the_list_of_processes(town: Town) -> None:
    """The log is at its most talkative (debug); ``town`` reads it again after every test."""
    town.owner.token(f"repository:{town.always}:pull")
    form = f"grant_type=password&username=hooli&password={'a guess of mine'}"
    lines = [FORM, f"Content-Length: {len(form)}", "Connection: close"]
    raw.ask(town.port, head("POST", TOKENS, *lines) + form.encode())
    raw.ask(town.port, head("GET", f"{TOKENS}?password=in-a-query&account=x", "Connection: close"))
    log = town.server.read_log()
    arguments = b"".join(
        Path(f"/proc/{pid}/cmdline").read_bytes() for pid in town.server.family()
    ).decode()
    for secret in (*town.secrets(), "a guess of mine", "in-a-query"):
        assert secret not in arguments
        assert secret not in log.replace("?password=", "")


def test_40_there_is_no_password_that_everybody_knows(town: Town) -> None:
    for login in ("admin:admin", "admin:password", "admin:Harbor12345", "admin:", "root:root"):
        given = base64.b64encode(login.encode()).decode()
        lines = [f"Authorization: Basic {given}", "Connection: close"]
        answer = raw.ask(town.port, head("GET", TOKENS, *lines))
        assert answer.status_code in {401, 429}


# --- the operators' pages ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["//evil.test", "/\\evil.test", "https:evil.test", "javascript:x"]
)
def test_45_nobody_is_sent_elsewhere_after_the_login(town: Town, target: str) -> None:
    answer = raw.ask(
        town.port,
        head(
            "GET", f"/admin/login/?next={target}", "Origin: http://evil.test", "Connection: close"
        ),
    )
    assert "evil.test" not in answer.headers.get("Location", "")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert 'action="http' not in answer.text


def test_43_a_form_of_another_site_is_refused(town: Town) -> None:
    body = b"username=admin&password=x"
    lines = [FORM, COOKIE, "Origin: http://evil.test", f"Content-Length: {len(body)}"]
    answer = raw.ask(town.port, head("POST", "/admin/login/", *lines, "Connection: close") + body)
    assert answer.status_code == 403
    silent(answer)
