import time

import pytest

from swr import redaction
from swr.redaction import HIDDEN

pytestmark = pytest.mark.pure

SECRET = "s3cr3t-Value_x"


@pytest.mark.parametrize(
    "line",
    [
        f"docker login -u admin -p {SECRET} 127.0.0.1:8080",
        f"docker login --username admin --password={SECRET} host",
        f"Authorization: Basic {SECRET}",
        f"authorization: Bearer {SECRET}",
        f"got headers {{'HTTP_AUTHORIZATION': 'SDK-HMAC-SHA256 Access=A, Signature={SECRET}'}}",
        f"Basic {SECRET}",
        f"X-Auth-Token: {SECRET}",
        f"Cookie: sessionid={SECRET}; csrftoken={SECRET}",
        f'{{"password": "{SECRET}", "user": "bob"}}',
        f"grant_type=password&password={SECRET}&client_secret={SECRET}",
        f"refresh_token={SECRET}",
        f"api_key={SECRET} key={SECRET} access_key: {SECRET}",
        f"postgresql://swr:{SECRET}@db/swr",
        f"redis://:{SECRET}@cache:6379/0",
        f"GET /swr/auth/v2/registry/auth?account={SECRET}&scope=x",
        f"POST /v3/auth/tokens?nocatalog={SECRET}",
        f"eyJhbGciOiJFZERTQSJ9.{SECRET}.{SECRET}",
    ],
)
def test_a_line_loses_its_secrets(line):
    found = redaction.text(line)
    assert SECRET not in found
    assert HIDDEN in found


@pytest.mark.parametrize(
    "line",
    [
        "GET /v2/acme/web/manifests/1.0 404",
        "PUT /v2/acme/web/blobs/uploads/0b6?digest=sha256:abc",
        "duplicate key value violates unique constraint",
        "https://registry.example.com/v2/",
    ],
)
def test_other_lines_stay(line):
    assert redaction.text(line) == line


@pytest.mark.parametrize(
    "name",
    ["password", "HTTP_AUTHORIZATION", "X-Auth-Token", "secretKey", "key", "cookie"],
)
def test_a_field_with_such_a_name_is_hidden(name):
    assert redaction.fields({name: SECRET}) == {name: HIDDEN}
    assert redaction.fields({"deep": [{name: SECRET}]}) == {"deep": [{name: HIDDEN}]}


@pytest.mark.parametrize("name", ["storage_key", "monkey", "actor", "request_id", "kid"])
def test_other_fields_stay(name):
    assert redaction.fields({name: "value"}) == {name: "value"}


def test_what_is_not_plain_becomes_text_without_secrets():
    class Request:
        def __repr__(self) -> str:
            return f"<POST password={SECRET}>"

    assert SECRET not in str(
        redaction.fields({"request": Request(), "bytes": b"token=" + SECRET.encode()})
    )


def test_a_long_value_keeps_both_its_ends():
    found = redaction.text("begin" + "x" * 100_000 + "end")
    assert found.startswith("begin")
    assert found.endswith("end")
    assert len(found) < 2 * redaction.LONGEST


@pytest.mark.parametrize("piece", ["a-", "key", "password:", "://", "-p ", "eyJ", "Bearer ", "/@"])
def test_no_line_takes_long(piece):
    began = time.perf_counter()
    redaction.text(piece * (redaction.LONGEST // len(piece)))
    assert time.perf_counter() - began < 0.5
