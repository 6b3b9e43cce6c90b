"""peers.md 4.1 rows 9, 15 and 4.5 K1: tokens that somebody made, changed or kept."""

import base64
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.keyring import services as keyring
from accounts.keyring.models import SigningKey
from accounts.tokens import services as tokens
from swr.errors import NotAuthenticated

pytestmark = pytest.mark.django_db

Change = Callable[[dict[str, Any]], object]
ENTRY = {"type": "repository", "name": "acme-apps/web", "actions": ["pull"], "rid": 7}


def payload(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": settings.EXTERNAL_URL,
        "aud": "dockyard",
        "sub": "bob",
        "account": "acme",
        "user_id": None,
        "account_id": None,
        "iat": now,
        "nbf": now,
        "exp": now + 900,
        "jti": "x",
        "access": [ENTRY],
    } | changes


def signed(claims: dict[str, Any], **header: Any) -> str:
    """As we sign, whatever the claims and the header say."""
    kid, private = keyring.signer()
    headers = {"kid": kid} | header
    return jwt.PyJWS().encode(json.dumps(claims).encode(), private, "EdDSA", headers)


def refused(token: str) -> None:
    with pytest.raises(NotAuthenticated):
        tokens.verify(token, now=time.time())


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def handmade(header: Any, claims: Any, signature: bytes = b"") -> str:
    return ".".join(
        [b64(json.dumps(header).encode()), b64(json.dumps(claims).encode()), b64(signature)]
    )


def test_the_token_that_the_others_are_made_of_is_good() -> None:
    assert tokens.verify(signed(payload()), now=time.time()).access[0].repository_id == 7


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE", "", None, "EdDSA", "eddsa", 1, []])
def test_without_a_signature_it_is_none(alg: Any) -> None:
    kid, _ = keyring.signer()
    refused(handmade({"alg": alg, "typ": "JWT", "kid": kid}, payload()))


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_our_public_key_is_no_password(alg: str) -> None:
    keyring.ensure_signing_key()
    row = SigningKey.objects.get()
    for secret in (row.public.encode(), base64.b64decode(row.public)):
        refused(
            jwt.encode(payload(), secret.ljust(64, b"\0"), algorithm=alg, headers={"kid": row.kid})
        )


def test_a_key_in_the_header_is_not_used() -> None:
    kid, _ = keyring.signer()
    attacker = Ed25519PrivateKey.generate()
    public = b64(attacker.public_key().public_bytes_raw())
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": public, "kid": kid}
    for extra in (
        {"jwk": jwk},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MIIB"]},
    ):
        headers = {"kid": kid} | extra
        refused(jwt.encode(payload(), attacker, algorithm="EdDSA", headers=headers))
        refused(signed(payload(), **extra))


def test_another_key_under_our_kid_is_not_ours() -> None:
    kid, _ = keyring.signer()
    attacker = Ed25519PrivateKey.generate()
    refused(jwt.encode(payload(), attacker, algorithm="EdDSA", headers={"kid": kid}))


@pytest.mark.parametrize(
    "kid", ["", "../../secret_key", "' OR 1=1 --", "a\0b", "x" * 4000, None, 7, ["a"], {"a": 1}]
)
def test_a_kid_of_nobody(kid: Any) -> None:
    _, private = keyring.signer()
    header = {"alg": "EdDSA", "typ": "JWT", "kid": kid}
    head = ".".join(b64(json.dumps(part).encode()) for part in (header, payload()))
    refused(f"{head}.{b64(private.sign(head.encode()))}")


def test_no_kid_at_all() -> None:
    _, private = keyring.signer()
    refused(jwt.encode(payload(), private, algorithm="EdDSA"))


def test_critical_extensions_are_refused() -> None:
    refused(signed(payload(), crit=["b64"], b64=False))
    refused(signed(payload(), crit=["exp"]))


@pytest.mark.parametrize(
    "name", ["iss", "aud", "sub", "iat", "nbf", "exp", "access", "user_id", "account"]
)
def test_a_missing_claim(name: str) -> None:
    claims = payload()
    del claims[name]
    refused(signed(claims))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "other"},
        {"aud": ["dockyard"]},
        {"aud": ["dockyard", "other"]},
        {"aud": None},
        {"aud": ""},
        {"iss": "https://evil.example"},
        {"iss": settings.EXTERNAL_URL + "/"},
        {"iss": [settings.EXTERNAL_URL]},
        {"sub": None},
        {"sub": 7},
        {"user_id": "not-an-id"},
        {"user_id": 7},
        {"user_id": ["a"]},
        {"account_id": "' OR 1=1"},
        {"account": None},
    ],
)
def test_claims_of_somebody_else(changes: dict[str, Any]) -> None:
    refused(signed(payload(**changes)))


@pytest.mark.parametrize(
    "change",
    [
        lambda now: {"exp": now},
        lambda now: {"exp": now - 1},
        lambda now: {"exp": str(now + 900)},
        lambda now: {"exp": float(now + 900)},
        lambda _: {"exp": 10**18},
        lambda _: {"exp": 1e18},
        lambda _: {"exp": True},
        lambda _: {"exp": None},
        lambda now: {"exp": now + 901},
        lambda now: {"nbf": now + 3600},
        lambda now: {"nbf": str(now)},
        lambda _: {"nbf": None},
        lambda now: {"iat": now + 3600, "exp": now + 4500},
        lambda now: {"iat": str(now)},
        lambda _: {"iat": None},
        lambda _: {"iat": 0},
        lambda _: {"iat": -(10**18)},
    ],
)
def test_times_that_are_none(change: Callable[[int], dict[str, Any]]) -> None:
    refused(signed(payload(**change(int(time.time())))))


@pytest.mark.parametrize(
    "access",
    [
        None,
        "repository:acme-apps/web:pull",
        {},
        7,
        ["repository"],
        [None],
        [[]],
        [{}],
        [ENTRY, ENTRY],
        [ENTRY, ENTRY | {"rid": 8}],
        [ENTRY | {"actions": None}],
        [ENTRY | {"actions": "pull"}],
        [ENTRY | {"actions": {"pull": 1}}],
        [ENTRY | {"actions": [["pull"]]}],
        [ENTRY | {"actions": [7]}],
        [ENTRY | {"name": None}],
        [ENTRY | {"name": ["acme-apps/web"]}],
        [ENTRY | {"type": 7}],
        [ENTRY | {"rid": "7"}],
        [ENTRY | {"rid": 7.0}],
        [ENTRY | {"rid": True}],
        [ENTRY | {"rid": [7]}],
    ],
)
def test_access_of_the_wrong_type(access: Any) -> None:
    refused(signed(payload(access=access)))


def test_a_token_of_more_than_8_kb_is_not_even_read(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    token = signed(payload(jti="x" * 8192))
    with django_assert_num_queries(0):
        refused(token)
        refused("x" * 10**6)


def test_deep_json_ends_no_request() -> None:
    deep = b64(b"[" * 5000)
    refused(f"{deep}.{deep}.")
    refused(f"{b64(b'[{' * 2500)}.{deep}.AAAA")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "\0",
        "é.é.é",
        "\ud800",
        " ",
        "eyJ.eyJ.x",
        "null.null.null",
    ],
)
def test_what_is_no_token(token: str) -> None:
    refused(token)


def test_every_changed_character_is_noticed() -> None:
    token = signed(payload())
    tokens.verify(token, now=time.time())
    for place in range(0, len(token) - 1, 7):
        changed = "A" if token[place] != "A" else "B"
        refused(token[:place] + changed + token[place + 1 :])


def test_parts_of_two_tokens_make_none() -> None:
    weak, strong = signed(payload()), signed(payload(access=[ENTRY | {"actions": ["*"]}]))
    head, _, signature = weak.split(".")
    refused(".".join([head, strong.split(".")[1], signature]))


def test_a_token_of_a_retired_key_is_refused() -> None:
    token = signed(payload())
    SigningKey.objects.update(retired_at="2020-01-01T00:00:00Z")
    keyring._ring.look_again()
    refused(token)


def test_a_refused_token_is_not_remembered_as_good() -> None:
    token = signed(payload(aud="other"))
    for _ in range(2):
        refused(token)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=200))
def test_no_text_is_more_than_refused(text: str) -> None:
    refused(text)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["access", "exp", "iat", "nbf", "aud", "iss", "user_id", "account_id"]),
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_no_signed_nonsense_is_more_than_refused(name: str, value: Any) -> None:
    with suppress(NotAuthenticated):
        tokens.verify(signed(payload(**{name: value})), now=time.time())
