"""Table 4.5: names that are none (N1 to N3), tokens that nobody gave (K1)."""

import base64
import json
import time
from typing import Any
from urllib.parse import quote

import httpx
import jwt
import pytest

from accounts.keyring import services as keyring
from images.access import services as access
from images.artifacts.models import Tag
from images.repositories.models import Repository
from organizations.models import Organization
from tests.hostile.verdicts import refused
from tests.names import NAMES
from tests.wire import PASSWORD, Wire, digest_of

WEB = "acme-apps/web"
TOKENS = "/swr/auth/v2/registry/auth"
LATIN = [name for name in NAMES if name and ord(max(name)) < 128]


# --- N1, N2: repositories and organizations ----------------------------------------------------


def refuse_name(wire: Wire, name: str) -> None:
    moves = [("GET", "tags/list"), ("GET", "manifests/1"), ("PUT", "manifests/1")]
    moves += [("POST", "blobs/uploads/"), ("DELETE", f"blobs/{digest_of(b'')}")]
    for method, path in moves:
        answer = wire.request(method, f"/v2/{quote(name, safe='/')}/{path}")
        refused(answer, 400, 404, 405)
        assert "www-authenticate" not in answer.headers  # refused before anybody is asked who he is


@pytest.mark.parametrize("name", LATIN)
def test_n1_no_repository_is_called_that(alice: Wire, name: str) -> None:
    before = Repository.objects.count(), Organization.objects.count()
    refuse_name(alice, f"acme-apps/{name}")
    assert (Repository.objects.count(), Organization.objects.count()) == before


@pytest.mark.parametrize(
    "name",
    [
        *[name for name in LATIN if name not in {"/a", "a/", ".", ".."}],
        *[
            "library",
            "v2",
            "v3",
            "admin",
            "static",
            "_catalog",
            "9a",
            "a" * 65,
            "ACME-apps",
        ],
    ],
)
def test_n2_no_organization_is_called_that(alice: Wire, name: str) -> None:
    before = Organization.objects.count()
    refuse_name(alice, f"{name}/web")
    assert Organization.objects.count() == before


@pytest.mark.parametrize(
    "name",
    [
        *[
            "a__b",
            "a---b",
            "a-b.c_d",
            "0",
            "library",
            "v2",
            "blobs",
            "manifests",
            "tags",
            "referrers",
        ],
        *["a/blobs/uploads", "a/manifests/x", "a/tags/list", "blobs/uploads", "uploads", "a" * 128],
        *["manifests/manifests/manifests", f"a/referrers/sha256-{'0' * 64}", "a/" * 60 + "a"],
    ],
)
def test_n1_names_that_read_like_addresses_are_told_apart(alice: Wire, name: str) -> None:
    name = f"acme-apps/{name}"
    digest = alice.push_blob(name, b"x")
    alice.push_image(name, "list", b"x")
    assert alice.get(f"/v2/{name}/blobs/{digest}").content == b"x"
    assert alice.get(f"/v2/{name}/tags/list").json() == {"name": name, "tags": ["list"]}
    assert name in alice.get("/v2/_catalog").json()["repositories"]


@pytest.mark.parametrize("name", ["a" * 129, "a/" * 64 + "a", "a/" * 100 + "a", "a" * 10_000])
def test_n1_no_repository_is_called_that_long(alice: Wire, name: str) -> None:
    refuse_name(alice, f"acme-apps/{name}")


def test_n2_the_name_of_a_deleted_organization_brings_nothing_back(
    alice: Wire, mallory: Wire, cast
) -> None:
    alice.push_image(WEB, "1", b"secret")
    access.delete_repository(cast.actor("acme"), Repository.objects.get(path=WEB))
    cast.organization.delete()
    mallory.push_image(WEB, "2", b"other")
    refused(alice.get(f"/v2/{WEB}/blobs/{digest_of(b'secret')}"), 404)
    refused(alice.get(f"/v2/{WEB}/tags/list"), 404)
    refused(mallory.get(f"/v2/{WEB}/blobs/{digest_of(b'secret')}"), 404)
    assert mallory.get(f"/v2/{WEB}/tags/list").json()["tags"] == ["2"]


# --- N3: tags ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag",
    [
        *[
            "latest\n",
            "latest\r",
            "\nlatest",
            "-x",
            ".x",
            ".",
            "..",
            "a" * 129,
            "a b",
            "a/b",
            "a\\b",
        ],
        *["a%b", "a,b", "a;b", "a?b", "a#b", "a+b", "a=b", "a@b", "a\0", "<img>", "'", '"', "*"],
    ],
)
@pytest.mark.parametrize("way", ["address", "parameter"])
def test_n3_no_tag_is_called_that(alice: Wire, tag: str, way: str) -> None:
    body = json.dumps(alice.image(WEB, b"x")).encode()
    if way == "address":
        answer = alice.push_manifest(WEB, quote(tag, safe=""), body)
    else:
        where = f"/v2/{WEB}/manifests/{digest_of(body)}"
        kind = {"Content-Type": "application/vnd.oci.image.manifest.v1+json"}
        answer = alice.put(where, params={"tag": ["good", tag]}, content=body, headers=kind)
    refused(answer, 400, 404, 405)
    assert not Tag.objects.exists()
    if tag not in {"a/b", "a\\b"}:
        refused(alice.get(f"/v2/{WEB}/manifests/{quote(tag, safe='')}"), 404, 400)
        refused(alice.delete(f"/v2/{WEB}/manifests/{quote(tag, safe='')}"), 404, 400)


def test_n3_tags_that_look_like_something_else(alice: Wire) -> None:
    tags = ["v1", "v1.0", "v10", "_", "a" * 128, f"sha256-{'0' * 64}", f"sha256-{'0' * 64}.sig"]
    tags += ["latest", "LATEST", "null", "list", "__proto__", "0", "a..b", "a--"]
    for number, tag in enumerate(tags):
        alice.push_image(WEB, tag, bytes([number]))
    assert alice.get(f"/v2/{WEB}/tags/list").json()["tags"] == sorted(tags)
    alice.delete(f"/v2/{WEB}/manifests/v1")
    assert alice.get(f"/v2/{WEB}/tags/list").json()["tags"] == sorted(set(tags) - {"v1"})


# --- K1: tokens --------------------------------------------------------------------------------


def token_of(login: str, *scopes: str, password: str = PASSWORD) -> str:
    parameters = [("service", "dockyard"), *(("scope", scope) for scope in scopes)]
    answer = Wire().get(TOKENS, params=parameters, auth=(login, password))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


def with_token(
    token: str, path: str = f"/v2/{WEB}/tags/list", method: str = "GET"
) -> httpx.Response:
    return Wire().request(method, path, headers={"Authorization": f"Bearer {token}"}, auth=None)


def segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture
def honest(alice: Wire) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that opens acme-apps/web to alice."""
    alice.push_image(WEB, "1", b"x")
    token = token_of("acme/alice", f"repository:{WEB}:pull")
    assert with_token(token).status_code == 200
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def signed(header: dict[str, Any], payload: Any) -> str:
    """As we sign, whatever is said."""
    return jwt.PyJWS().encode(json.dumps(payload).encode(), keyring.signer()[1], "EdDSA", header)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "", None, "HS256", "RS256", "ES256"])
def test_k1_a_token_without_our_signature(honest, alg: object) -> None:
    header, payload = honest
    forged = f"{segment(header | {'alg': alg})}.{segment(payload)}"
    for signature in ("", segment("x"), segment("x" * 64)):
        refused(with_token(f"{forged}.{signature}"), 401)


@pytest.mark.parametrize(
    "change",
    [
        *[{"alg": "HS256"}, {"kid": "../../secret_key"}, {"kid": "' OR 1=1 --"}, {"kid": None}],
        *[
            {"kid": ["x"]},
            {"kid": "x" * 5000},
            {"jwk": {"kty": "OKP"}},
            {"jku": "http://127.0.0.1/"},
        ],
        *[{"x5u": "http://127.0.0.1/"}, {"x5c": ["MII="]}, {"crit": ["x"]}, {"b64": False}],
    ],
)
def test_k1_a_header_that_brings_its_own_key(honest, change: dict[str, Any]) -> None:
    """Advisory 9 as well."""
    header, payload = honest
    token = signed(header, payload)
    forged = f"{segment(header | change)}.{token.partition('.')[2]}"
    refused(with_token(forged), 401)


NOW = int(time.time())


@pytest.mark.parametrize(
    "change",
    [
        *[{name: None} for name in ("iss", "aud", "sub", "iat", "nbf", "exp", "access")],
        *[
            {"aud": ["dockyard"]},
            {"aud": "other"},
            {"aud": ""},
            {"iss": "https://evil"},
            {"sub": 5},
        ],
        *[
            {"nbf": NOW + 600},
            {"iat": NOW + 600},
            {"exp": NOW - 1},
            {"exp": "never"},
            {"exp": 1e18},
        ],
        *[{"exp": NOW + 10**6}, {"exp": True}, {"iat": 0}, {"exp": -1}, {"exp": 2**70}],
        *[{"access": {}}, {"access": "x"}, {"access": [5]}, {"access": [{}]}, {"access": [[]]}],
        {"access": [{"type": "repository", "name": WEB, "actions": "pull"}]},
        {"access": [{"type": "repository", "name": WEB, "actions": ["pull"], "rid": "1"}]},
        {"access": [{"type": "registry", "name": WEB, "actions": ["*"]}]},
        *[{"user_id": "x"}, {"user_id": 5}, {"account_id": "00"}],
    ],
)
def test_k1_claims_that_we_would_never_write(honest, change: dict[str, Any]) -> None:
    header, payload = honest
    changed = {name: value for name, value in (payload | change).items() if value is not None}
    answer = with_token(signed(header, changed))
    if change == {"access": [{"type": "registry", "name": WEB, "actions": ["*"]}]}:
        refused(answer, 401, 403)
    else:
        refused(answer, 401)


@pytest.mark.parametrize(
    "given",
    [
        *[
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Bearer ..",
            "Bearer a.b.c",
            "Bearer a.b.c.d",
            "Basic x",
        ],
        *[
            "Bearer " + "x" * 8193,
            "Bearer " + "a.b." * 20_000,
            "Token x",
            "bearer\tx",
            "x" * 60_000,
        ],
        *[
            f"Bearer {segment([])}.{segment([])}.",
            f"Bearer {segment('[' * 5000)}.x.x",
            "Digest a=b",
        ],
        *["Bearer x, Bearer y", 'Bearer realm="x"', "Negotiate YII=", "Basic YWNtZTpjb3JyZWN0"],
    ],
)
def test_k1_what_is_no_token(alice: Wire, given: str) -> None:
    alice.push_blob(WEB, b"x")
    answer = Wire().get(f"/v2/{WEB}/tags/list", headers={"Authorization": given}, auth=None)
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
