"""GET /v2/ (spec: end-1), and what every address of the wire has in common."""

import httpx
import pytest

from swr.wsgi import application
from tests.wire import BASE, Wire, code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain() -> httpx.Client:
    """A client that never logs in."""
    return httpx.Client(base_url=BASE, transport=httpx.WSGITransport(app=application))


def test_the_base_asks_for_a_login_whatever_is_public(plain: httpx.Client) -> None:
    response = plain.get("/v2/")
    assert response.status_code == 401
    assert code_of(response) == "UNAUTHORIZED"
    challenge = response.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="')
    assert '/swr/auth/v2/registry/auth/",service="dockyard"' in challenge


def test_the_base_answers_whoever_logs_in(alice: Wire) -> None:
    for path in ("/v2/", "/v2"):
        response = alice.get(path)
        assert response.status_code == 200
        assert response.headers["Docker-Distribution-Api-Version"] == "registry/2.0"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v2/acme-apps/app/manifests/v1", "repository:acme-apps/app:pull"),
        ("HEAD", "/v2/acme-apps/app/manifests/v1", "repository:acme-apps/app:pull"),
        ("PUT", "/v2/acme-apps/app/manifests/v1", "repository:acme-apps/app:pull,push"),
        ("DELETE", "/v2/acme-apps/app/manifests/v1", "repository:acme-apps/app:delete"),
        (
            "HEAD",
            f"/v2/acme-apps/app/blobs/sha256:{'0' * 64}",
            "repository:acme-apps/app:pull,push",
        ),
        ("GET", "/v2/acme-apps/app/tags/list", "repository:acme-apps/app:pull"),
        ("POST", "/v2/acme-apps/app/blobs/uploads/", "repository:acme-apps/app:pull,push"),
        ("GET", "/v2/_catalog", "registry:catalog:*"),
    ],
)
def test_a_challenge_carries_the_scope(
    plain: httpx.Client, method: str, path: str, scope: str
) -> None:
    response = plain.request(method, path)
    assert response.status_code == 401
    assert f'scope="{scope}"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("host", "realm"),
    [
        ("localhost:5000", "http://localhost:5000"),
        ("registry.test", "http://registry.test"),
        ("[::1]:8080", "http://[::1]:8080"),
        ('x",service="y', "http://127.0.0.1:8080"),
        ("", "http://127.0.0.1:8080"),
    ],
)
def test_the_token_service_is_under_the_name_that_the_client_used(
    plain: httpx.Client, host: str, realm: str
) -> None:
    response = plain.get("/v2/", headers={"Host": host})
    assert f'realm="{realm}/swr/auth/' in response.headers["WWW-Authenticate"]


def test_the_operator_says_where_the_token_service_is(plain: httpx.Client, settings) -> None:
    settings.EXTERNAL_URL, settings.EXTERNAL_URL_IS_GIVEN = "https://r.example.com", True
    response = plain.get("/v2/", headers={"Host": "localhost"})
    assert 'realm="https://r.example.com/swr/auth/' in response.headers["WWW-Authenticate"]


def test_every_answer_has_a_request_id(alice: Wire) -> None:
    assert len(alice.get("/v2/").headers["X-Request-Id"]) == 32
    given = alice.get("/v2/", headers={"X-Request-Id": "my-id.1"})
    assert given.headers["X-Request-Id"] == "my-id.1"
    forged = alice.get("/v2/", headers={"X-Request-Id": "x" * 500})
    assert len(forged.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/v2/", "GET, HEAD"),
        ("POST", "/v2/acme-apps/app/manifests/v1", "DELETE, GET, HEAD, PUT"),
        ("PATCH", "/v2/acme-apps/app/tags/list", "GET, HEAD"),
        ("PUT", "/v2/acme-apps/app/blobs/uploads/", "POST"),
        ("TRACE", "/v2/_catalog", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_there(alice: Wire, method: str, path: str, allowed: str) -> None:
    response = alice.request(method, path)
    assert response.status_code == 405
    assert code_of(response) == "UNSUPPORTED"
    assert response.headers["Allow"] == allowed


def test_basic_credentials_open_nothing_but_the_token_service(plain: httpx.Client) -> None:
    response = plain.get("/v2/acme-apps/app/tags/list", auth=("acme/alice", "correct horse 1"))
    assert response.status_code == 401


@pytest.mark.parametrize(
    "path", ["/v2/x", "/v2/acme-apps/app", "/v2//", "/v2/a/b/c/d", "/swr/auth/x"]
)
def test_an_address_that_is_none(alice: Wire, path: str) -> None:
    response = alice.get(path)
    assert response.status_code == 404
    assert code_of(response) == "UNSUPPORTED"


def test_a_method_in_lower_case_is_another_method(plain: httpx.Client) -> None:
    request = plain.build_request("GET", "/v2/acme-apps/app/manifests/v1")
    request.method = "get"
    assert plain.send(request).status_code == 405


def test_more_parameters_than_anybody_needs(alice: Wire) -> None:
    many = "&".join(f"tag={number}" for number in range(1001))
    response = alice.put(f"/v2/acme-apps/app/manifests/v1?{many}", content=b"{}")
    assert response.status_code in {400, 414}
    code_of(response)


def test_no_content_has_no_length_and_no_type(alice: Wire) -> None:
    location = alice.start("acme-apps/app")
    status = alice.get(location)
    assert status.status_code == 204
    assert not {"Content-Length", "Content-Type"} & {name.title() for name in status.headers}
    assert "Content-Type" not in alice.post("/v2/acme-apps/app/blobs/uploads/").headers


def test_in_read_only_mode_pulls_work_and_writes_are_told(alice: Wire, settings) -> None:
    alice.push_image("acme-apps/app", "v1", b"layer")
    settings.READ_ONLY = True
    assert alice.get("/v2/acme-apps/app/manifests/v1").status_code == 200
    refused = alice.post("/v2/acme-apps/app/blobs/uploads/")
    assert refused.status_code == 503
    assert "read-only" in refused.json()["errors"][0]["message"]
