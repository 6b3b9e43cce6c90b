"""Table 4.5: asking for too much, logging in as somebody else, shares that ended (K2 to K5)."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from django.utils import timezone

from accounts.identity import services as identity
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from accounts.signing.login_key import login_key
from images.access import services as access
from images.access.models import Share
from swr.errors import SwrError
from tests.cast import OPERATOR, Stage
from tests.hostile.verdicts import refused, silent
from tests.wire import PASSWORD, Wire, chunks, code_of, digest_of

TOKENS = "/swr/auth/v2/registry/auth"
WEB = "acme-apps/web"


def ask(login: str | None, *scopes: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    parameters = [("service", "dockyard"), *more.items()]
    parameters += [("scope", scope) for scope in scopes]
    given = (login, password) if login is not None else None
    return Wire().get(TOKENS, params=parameters, auth=given)


def access_of(answer: httpx.Response) -> list[tuple[str, list[str]]]:
    assert answer.status_code == 200, answer.text
    claims = jwt.decode(answer.json()["token"], options={"verify_signature": False})
    return [(entry["name"], entry["actions"]) for entry in claims["access"]]


# --- K2: scopes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "given"),
    [
        (f"repository:{WEB}:*", []),
        (f"repository:{WEB}:pull,push,delete,admin", []),
        ("repository:acme-apps/site:*", ["pull"]),
        ("repository:acme-apps/site:pull,push,delete,admin", ["pull"]),
        *[("repository:*:pull", []), ("repository:acme-apps/*:pull", []), ("*:*:*", [])],
        *[(f"repository:acme-apps/../{WEB}:pull", []), (f"repository:{WEB}", []), ("::", [])],
        *[("repository", []), ("", []), ("repository::pull", []), ("registry:x:*", [])],
        *[(f"repository(x:{WEB}:pull", []), (f"Repository:{WEB}:pull", []), ("\0:\0:\0", [])],
        *[(f"repository:{WEB}:pull:push", []), (f"repository: {WEB}:pull", []), ("x" * 9000, [])],
        *[("repository:nowhere/at-all:delete", []), ("repository:acme-apps/none:pull", [])],
    ],
)
def test_k2_who_asks_for_more_gets_what_he_has(stage: Stage, scope: str, given: list[str]) -> None:
    assert access_of(ask("globex/mallory", scope)) in ([], [("acme-apps/site", given)])


def test_k2_a_thousand_scopes(stage: Stage) -> None:
    scopes = [f"repository:acme-apps/r{number}:pull,push" for number in range(1000)]
    answer = ask("acme", *scopes)
    assert len(access_of(answer)) <= 100
    assert len(answer.json()["token"]) <= 8192


@pytest.mark.parametrize("name", [WEB, "acme-apps/missing"])
def test_k2_private_and_missing_answer_alike(stage: Stage, name: str) -> None:
    """Advisory 42 as well."""
    mallory = Wire("globex/mallory")
    found = []
    for path in (
        "tags/list",
        "manifests/1",
        f"blobs/{digest_of(b'')}",
        f"referrers/{digest_of(b'')}",
    ):
        answer = mallory.get(f"/v2/{name}/{path}")
        found.append((refused(answer, 404), answer.json()["errors"][0]["message"]))
    other = mallory.get(f"/v2/acme-apps/never/{'tags/list'}")
    assert (code_of(other), other.json()["errors"][0]["message"]) in found
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": "x"},
        {"grant_type": "refresh_token"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": "refresh_token", "refresh_token": "\0"},
        {"grant_type": "refresh_token", "refresh_token": "x" * 60_000},
        {"grant_type": "password"},
        {"grant_type": "password", "username": "acme", "password": "wrong"},
        {"grant_type": "password", "username": "acme\0", "password": PASSWORD},
        {"grant_type": "password", "username": ["acme", "globex"], "password": "wrong"},
        {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"},
        {"grant_type": "authorization_code", "code": "x"},
    ],
)
def test_k2_forms_that_prove_nothing(stage: Stage, form: dict[str, Any]) -> None:
    answer = Wire().post(TOKENS, data=form | {"scope": f"repository:{WEB}:pull"}, auth=None)
    if answer.status_code == 200:
        assert access_of(answer) == []
        assert "refresh_token" not in answer.json()
    else:
        refused(answer, 400, 401)


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/xml"]
)
def test_k2_bodies_that_are_no_forms(stage: Stage, kind: str) -> None:
    answer = Wire().post(TOKENS, content=b'{"a": 1}', headers={"Content-Type": kind}, auth=None)
    refused(answer, 400, 415)


def test_k2_a_body_too_long_in_one_piece_and_in_chunks(stage: Stage) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for content in (b"a=" + b"x" * 100_000, chunks(*[b"x" * 10_000] * 10)):
        refused(Wire().post(TOKENS, content=content, headers=form, auth=None), 413)


# --- K3: logins --------------------------------------------------------------------------------

LOGINS = ["", "@", "/", "acme/", "/alice", "acme/alice/x", "ACME", "acme/ALICE", "acme ", " acme"]
LOGINS += [
    "acme\n",
    "acme\0",
    "\u0430cme",
    "\uff41cme",
    "acme/al\u0456ce",
    "acme%",
    "_cme",
    "a" * 5000,
]
LOGINS += [
    "local-1@",
    "@AK",
    "local-1@AK@x",
    "local-1@' OR 1=1 --",
    "local-1@" + "A" * 5000,
    "a@b/c",
]


@pytest.mark.parametrize("login", LOGINS)
def test_k3_a_name_that_is_almost_somebody_s(stage: Stage, login: str) -> None:
    """Advisories 34, 35 and 42 as well: the answer to all of them is the same."""
    given = base64.b64encode(f"{login}:{PASSWORD}".encode()).decode()
    answer = Wire().get(TOKENS, headers={"Authorization": f"Basic {given}"}, auth=None)
    assert refused(answer, 401) == "UNAUTHORIZED"
    known = ask("acme", password="wrong")
    assert answer.json() == known.json()


@pytest.mark.parametrize(
    "password",
    [
        *[
            "",
            " ",
            PASSWORD + " ",
            PASSWORD.upper(),
            PASSWORD[:-1],
            PASSWORD + "\0",
            PASSWORD + "x" * 72,
        ],
        *["x" * 10_000, PASSWORD + "\n", "corre\u0441t horse 1", "\ufb01", ":", f":{PASSWORD}"],
    ],
)
def test_k3_a_password_that_is_almost_right(stage: Stage, password: str) -> None:
    """Advisory 25 as well: no end is cut off."""
    refused(ask("acme/alice", password=password), 401)


@pytest.mark.parametrize(
    "header",
    [
        *["Basic", "Basic ", "Basic !", "Basic =", "Basic YQ", "Basic YWNtZQ==", "Basic gIA="],
        *[
            "Basic YWNtZTpjb3JyZWN0IGhvcnNlIDE= x",
            "Bearer x",
            "Digest x",
            "YWNtZTp4",
            "Basic " + "A" * 60_000,
        ],
    ],
)
def test_k3_credentials_that_are_none(stage: Stage, header: str) -> None:
    answer = Wire().get(TOKENS, headers={"Authorization": header}, auth=None)
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.fixture
def key(stage: Stage) -> tuple[AccessKey, str]:
    """Alice's access key and what stands behind -p."""
    made, secret = keys.create_access_key(stage.actor("alice"), stage.users["alice"])
    return made, login_key(made.access, secret)


def test_k3_the_key_of_another_place_or_time(stage: Stage, key, settings) -> None:
    """Advisory 46 as well."""
    made, password = key
    login = f"{settings.REGION}@{made.access}"
    assert ask(login, password=password).status_code == 200
    for wrong in (f"other-9@{made.access}", f"@{made.access}", f"{login}x", login.lower()):
        refused(ask(wrong, password=password), 401)
    refused(ask("acme/alice", password=password), 401)
    keys.set_key_status(stage.actor("alice"), made, AccessKey.Status.INACTIVE)
    refused(ask(login, password=password), 401, 429)
    keys.delete_access_key(stage.actor("alice"), made)
    refused(ask(login, password=password), 401, 429)


def test_k3_guessing_is_slowed_and_locks_out_nobody_else(stage: Stage, key, settings) -> None:
    answers = [ask("acme/alice", password=f"guess {number}") for number in range(12)]
    assert {answer.status_code for answer in answers} == {401, 429}
    assert int(answers[-1].headers["Retry-After"]) > 0
    made, password = key
    assert ask(f"{settings.REGION}@{made.access}", password=password).status_code == 200


def test_k3_a_token_is_no_password_and_no_refresh_token(stage: Stage) -> None:
    token = ask("acme/alice", f"repository:{WEB}:pull").json()["token"]
    refused(ask("acme/alice", password=token), 401)
    form = {"grant_type": "refresh_token", "refresh_token": token}
    refused(Wire().post(TOKENS, data=form, auth=None), 401)


# --- K4: shares --------------------------------------------------------------------------------


def test_k4_a_share_is_for_pulling_only(stage: Stage) -> None:
    alice, pat = Wire("acme/alice"), Wire("partner/pat")
    digest = alice.push_image(WEB, "1", b"layer")
    assert pat.get(f"/v2/{WEB}/manifests/1").status_code == 200
    for method, path in (
        ("PUT", "manifests/2"),
        ("DELETE", "manifests/1"),
        ("DELETE", f"manifests/{digest}"),
        ("DELETE", f"blobs/{digest_of(b'layer')}"),
        ("POST", "blobs/uploads/"),
    ):
        refused(pat.request(method, f"/v2/{WEB}/{path}"), 403, 404)
    for verb, words in ((access.share, {"deadline": None}), (access.unshare, {})):
        with pytest.raises(SwrError):
            verb(stage.actor("pat"), stage.web, "globex", **words)


@pytest.mark.parametrize("end", ["revoked", "expired", "deleted", "disabled"])
def test_k4_a_share_that_ended_gives_no_new_token(stage: Stage, end: str) -> None:
    """An old one lives for a quarter of an hour at most, as every token does."""
    Wire("acme/alice").push_image(WEB, "1", b"layer")
    assert Wire("partner/pat").get(f"/v2/{WEB}/manifests/1").status_code == 200
    if end == "revoked":
        access.unshare(stage.actor("acme"), stage.web, "partner")
    elif end == "expired":
        Share.objects.update(deadline=timezone.now() - timedelta(seconds=1))
    elif end == "deleted":
        access.delete_repository(stage.actor("acme"), stage.web)
    else:
        identity.set_account_enabled(OPERATOR, stage.accounts["partner"], enabled=False)
    refused(Wire("partner/pat").get(f"/v2/{WEB}/manifests/1"), 404, 401)


@pytest.mark.parametrize(
    "account", ["acme", "nobody-at-all", "", "\0", "a" * 300, "partner", "x/y"]
)
def test_k4_with_whom_nothing_is_shared(stage: Stage, account: str) -> None:
    before = Share.objects.count()
    with pytest.raises(SwrError) as refusal:
        access.share(stage.actor("acme"), stage.web, account, deadline=None)
    assert refusal.value.status < 500
    assert Share.objects.count() == before


def test_k5_private_content_is_for_no_shared_cache(stage: Stage) -> None:
    alice = Wire("acme/alice")
    digest = alice.push_blob(WEB, b"layer")
    answer = alice.get(f"/v2/{WEB}/blobs/{digest}")
    assert answer.headers["Cache-Control"].startswith("private")
    assert ask("acme").headers["Cache-Control"] == "no-store"
    silent(answer)
