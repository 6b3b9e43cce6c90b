"""/swr/auth/v2/registry/auth.  Who gets what is in tests/test_permissions.py."""

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from accounts.identity import services as identity
from accounts.keys import services as keys
from accounts.keys.models import AccessKey
from accounts.signing.login_key import login_key
from accounts.tokens import services as tokens
from accounts.tokens.models import RefreshToken
from accounts.tokens.rules import Claims
from images.access import services as access
from images.repositories.models import Repository
from images.repositories.services import create_repository
from tests.cast import OPERATOR, PASSWORD, Cast, Stage
from tests.wire import Wire, chunks, code_of

URL = "/swr/auth/v2/registry/auth"
WEB = "repository:acme-apps/web:pull"
CAROL = ("acme/carol", PASSWORD)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(*scopes: str, auth: tuple[str, str] | None = CAROL, **parameters: Any) -> httpx.Response:
    params = {"service": "dockyard", "scope": list(scopes), **parameters}
    return Wire().get(URL, params=params, auth=auth)


def post(auth: Any = None, **form: Any) -> httpx.Response:
    return Wire().post(URL, data=form, auth=auth)


def claims(answer: httpx.Response) -> Claims:
    assert answer.status_code == 200, answer.text
    return tokens.verify(answer.json()["token"], now=time.time())


def held(answer: httpx.Response) -> dict[str, set[str]]:
    return {found.name: set(found.actions) for found in claims(answer).access}


# --- who asks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [URL, URL + "/"])
def test_a_password_gets_a_token(stage: Stage, path: str) -> None:
    answer = Wire().get(path, params={"service": "dockyard", "scope": WEB}, auth=CAROL)
    found = claims(answer)
    assert (found.user_name, found.account_name) == ("carol", "acme")
    assert found.user_id == stage.users["carol"].pk
    assert held(answer) == {"acme-apps/web": {"pull"}}


def test_the_answer_says_how_long_it_is_good_and_is_not_kept(cast: Cast) -> None:
    answer = ask()
    body = answer.json()
    assert set(body) == {"token", "access_token", "expires_in", "issued_at", "scope"}
    assert body["token"] == body["access_token"]
    assert body["expires_in"] == 900
    issued = datetime.strptime(body["issued_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(issued.timestamp() - time.time()) < 30
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"


def test_the_owner_logs_in_by_the_account_s_name(cast: Cast) -> None:
    assert claims(ask(auth=("acme", PASSWORD))).user_name == "acme"


def test_a_login_key_gets_a_token(stage: Stage, settings: Any) -> None:
    key, secret = keys.create_access_key(OPERATOR, stage.users["carol"])
    login = f"{settings.REGION}@{key.access}", login_key(key.access, secret)
    assert claims(ask(WEB, auth=login)).user_name == "carol"
    assert ask(WEB, auth=(f"other@{key.access}", login[1])).status_code == 401
    keys.set_key_status(OPERATOR, key, AccessKey.Status.INACTIVE)
    assert ask(WEB, auth=login).status_code == 401


def test_without_credentials_public_repositories_are_open(stage: Stage) -> None:
    site = "repository:acme-apps/site:pull,push"
    answer = ask(WEB, site, "repository:acme-apps/no:pull", "repository:no/no:pull", auth=None)
    assert claims(answer).user_id is None
    assert held(answer) == {"acme-apps/site": {"pull"}}


@pytest.mark.parametrize(
    "header",
    [
        *[
            "Basic",
            "Basic ",
            "Basic !",
            "Basic YQ",
            "Bearer abc",
            "Digest a=b",
            "x",
            " ",
        ],
        *[f"Basic {base64.b64encode(raw).decode()}" for raw in (b"", b":", b"carol", b"\xff:\xff")],
        *[
            f"Basic {base64.b64encode(raw).decode()}"
            for raw in (b"acme/carol:wrong", b"acme/no:wrong", b"no/carol:wrong", b"acme/carol:")
        ],
        *[f"Basic {base64.b64encode(raw).decode()}" for raw in (b"a\x00:b", b"@:", b"a@b:c")],
        "Basic " + base64.b64encode(b"acme/carol:" + PASSWORD.encode()).decode() + ", Basic x",
        "Basic " + base64.b64encode(b"acme/carol:" + b"a" * 10_000).decode(),
    ],
)
def test_wrong_credentials_are_401_and_say_how_to_log_in(stage: Stage, header: str) -> None:
    answer = Wire().get(URL, params={"scope": WEB}, headers={"Authorization": header})
    assert answer.status_code == 401
    assert code_of(answer) == "UNAUTHORIZED"
    assert answer.headers["WWW-Authenticate"].startswith('Basic realm="')
    assert answer.headers["Cache-Control"] == "no-store"
    assert "acme" not in answer.text


def test_a_missing_user_and_a_wrong_password_answer_the_same(cast: Cast) -> None:
    answers = [
        ask(auth=("acme/carol", "wrong password 1")),
        ask(auth=("acme/missing", "wrong password 1")),
        ask(auth=("missing/missing", "wrong password 1")),
    ]
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {401}


def test_guessing_is_slowed_down(cast: Cast) -> None:
    answers = [ask(auth=("acme/carol", f"wrong password {n}")) for n in range(30)]
    assert answers[-1].status_code == 429
    assert code_of(answers[-1]) == "TOOMANYREQUESTS"
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_disabled_user_gets_none(cast: Cast) -> None:
    assert ask().status_code == 200
    identity.set_user_enabled(OPERATOR, cast.users["carol"], enabled=False)
    assert ask().status_code == 401


# --- what is asked -----------------------------------------------------------------------------


def test_several_scopes_in_several_parameters_or_in_one(stage: Stage) -> None:
    scopes = ["repository:acme-apps/web:push,pull", "repository:acme-apps/site:pull"]
    expected = {"acme-apps/web": {"pull", "push"}, "acme-apps/site": {"pull"}}
    assert held(ask(*scopes)) == expected
    assert held(ask(" ".join(scopes))) == expected


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("pull", {"pull"}),
        ("push", {"push"}),
        ("pull,push,delete,admin", {"pull", "push"}),
        ("*", {"pull", "push"}),
        ("delete", None),
        ("", None),
    ],
)
def test_actions_are_narrowed_to_what_the_caller_has(
    stage: Stage, asked: str, given: set[str] | None
) -> None:
    expected = {} if given is None else {"acme-apps/web": given}
    assert held(ask(f"repository:acme-apps/web:{asked}")) == expected


def test_only_who_manages_gets_the_star(stage: Stage) -> None:
    answer = ask("repository:acme-apps/web:*", auth=("acme/alice", PASSWORD))
    assert held(answer) == {"acme-apps/web": {"pull", "push", "delete", "*"}}
    answer = ask("repository:acme-apps/web:pull", auth=("acme/alice", PASSWORD))
    assert held(answer) == {"acme-apps/web": {"pull"}}


def test_a_private_repository_and_a_missing_one_look_the_same(stage: Stage) -> None:
    pat = ("former/fred", PASSWORD)
    answers = [
        ask(f"repository:{name}:pull,push,delete", auth=pat)
        for name in ("acme-apps/web", "acme-apps/missing", "globex-apps/missing", "free/missing")
    ]
    assert all(held(answer) == {} for answer in answers)
    assert {answer.json()["scope"] for answer in answers} == {""}


def test_nothing_asked_is_a_login(cast: Cast) -> None:
    assert held(Wire().get(URL, auth=CAROL)) == {}


def test_the_catalog_is_for_everybody(cast: Cast) -> None:
    for auth in (CAROL, None):
        assert held(ask("registry:catalog:*", auth=auth)) == {"catalog": {"*"}}


@pytest.mark.parametrize(
    "query",
    [
        *["scope", "scope=", "scope=%00", "scope=%ff", "scope=repository%3A%3Apull", "&&&", "%"],
        *["scope=repository:acme-apps/%77eb:pull%0d%0aX: y", "scope[]=a", "=", ";"],
        "&".join(["scope=repository:acme-apps/..:pull"] * 1500),
        "&".join("a" * 1500),
        *["service=other", "service=", "offline_token=maybe", "account=someone-else"],
    ],
)
def test_strange_queries_are_answered_with_less(stage: Stage, query: str) -> None:
    assert held(Wire().get(f"{URL}?{query}", auth=CAROL)) == {}


def test_a_thousand_scopes_are_narrowed(stage: Stage) -> None:
    many = [f"repository:acme-apps/n{n}:pull" for n in range(999)]
    found = held(ask(WEB, *many))
    assert 20 <= len(found) <= 100
    assert found["acme-apps/web"] == {"pull"}
    long = [f"repository:acme-apps/{n:03}{'a' * 125}:pull,push" for n in range(100)]
    assert len(held(ask(*long))) >= 15


def test_scopes_are_looked_up_in_one_query(
    stage: Stage, django_assert_max_num_queries: Any
) -> None:
    ask(WEB)
    with django_assert_max_num_queries(10) as few:
        ask(WEB)
    with django_assert_max_num_queries(len(few)):
        ask(*(f"repository:acme-apps/n{n}:pull" for n in range(50)))


# --- what the token is good for ----------------------------------------------------------------


def test_a_token_names_the_repository_by_id(stage: Stage) -> None:
    (found,) = claims(ask(WEB)).access
    assert found.repository_id == stage.web.pk
    access.delete_repository(stage.actor("acme"), stage.web)
    again = create_repository(stage.actor("acme"), stage.organization, "web")
    (found,) = claims(ask(WEB)).access
    assert found.repository_id == again.pk != stage.web.pk


def test_a_token_for_what_does_not_exist_yet_names_none(cast: Cast) -> None:
    (found,) = claims(ask("repository:acme-apps/new:pull,push,delete")).access
    assert (found.repository_id, found.actions) == (None, frozenset({"pull", "push"}))


def test_a_revoked_grant_is_in_no_new_token(stage: Stage) -> None:
    access.revoke(stage.actor("alice"), stage.web, stage.users["wendy"])
    assert held(ask(WEB, auth=("acme/wendy", PASSWORD))) == {}


def test_an_ended_share_is_in_no_new_token(stage: Stage) -> None:
    pat = ("partner/pat", PASSWORD)
    assert held(ask(WEB, auth=pat)) == {"acme-apps/web": {"pull"}}
    access.unshare(stage.actor("alice"), stage.web, "partner")
    assert held(ask(WEB, auth=pat)) == {}


def test_asking_creates_nothing(cast: Cast) -> None:
    ask("repository:acme-apps/new:push", "repository:free/new:push", auth=("acme", PASSWORD))
    assert not Repository.objects.exists()


# --- the form ----------------------------------------------------------------------------------


def test_a_form_with_a_password_gets_a_token(stage: Stage) -> None:
    answer = post(
        grant_type="password",
        username="acme/carol",
        password=PASSWORD,
        service="dockyard",
        client_id="engine",
        scope="repository:acme-apps/web:pull,push repository:acme-apps/site:pull",
    )
    assert held(answer) == {"acme-apps/web": {"pull", "push"}, "acme-apps/site": {"pull"}}
    body = answer.json()
    assert body["scope"] == "repository:acme-apps/web:pull,push repository:acme-apps/site:pull"
    assert body["access_token"] == body["token"]
    assert "refresh_token" not in body


def test_a_form_tells_what_was_given_not_what_was_asked(stage: Stage) -> None:
    answer = post(
        grant_type="password", username="acme/bob", password=PASSWORD, scope=f"{WEB},push,delete"
    )
    assert answer.json()["scope"] == WEB


def test_a_form_under_basic_or_under_nothing(stage: Stage) -> None:
    assert held(post(CAROL, scope=WEB)) == {"acme-apps/web": {"pull"}}
    assert held(post(CAROL, grant_type="password", scope=WEB)) == {"acme-apps/web": {"pull"}}
    assert held(post(scope=WEB)) == {}
    assert held(Wire().post(URL)) == {}


def test_a_form_may_come_in_chunks(stage: Stage) -> None:
    body = chunks(b"grant_type=password&username=acme%2Fcarol&pass", b"word=correct+horse+1")
    assert claims(Wire().post(URL, content=body, headers=FORM)).user_name == "carol"


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "password"},
        {"grant_type": "password", "username": "acme/carol"},
        {"grant_type": "password", "username": "acme/carol", "password": "wrong"},
        {"grant_type": "password", "username": "a\x00b", "password": "a\x00b"},
        {"grant_type": "refresh_token"},
        {"grant_type": "refresh_token", "refresh_token": "wrong"},
        {"grant_type": "refresh_token", "refresh_token": "\x00\ud83d".encode("utf-8", "replace")},
        {"grant_type": "refresh_token", "refresh_token": "a" * 60_000},
    ],
)
def test_wrong_credentials_in_a_form_are_401(cast: Cast, form: dict[str, Any]) -> None:
    answer = post(**form)
    assert answer.status_code == 401
    assert code_of(answer) == "UNAUTHORIZED"


@pytest.mark.parametrize("grant_type", ["authorization_code", "client_credentials", "x" * 999])
def test_another_grant_is_not_understood(cast: Cast, grant_type: str) -> None:
    answer = post(grant_type=grant_type)
    assert (answer.status_code, code_of(answer)) == (400, "UNSUPPORTED")


def test_json_is_not_a_form(cast: Cast) -> None:
    given = json.dumps({"grant_type": "password", "username": "acme/carol", "password": PASSWORD})
    answer = Wire().post(URL, content=given, headers={"Content-Type": "application/json"})
    assert (answer.status_code, code_of(answer)) == (400, "UNSUPPORTED")


@pytest.mark.parametrize("body", [b"a" * 65_537, chunks(b"a" * 40_000, b"a" * 40_000)])
def test_a_body_has_a_limit(cast: Cast, body: Any) -> None:
    answer = Wire().post(URL, content=body, headers=FORM)
    assert (answer.status_code, code_of(answer)) == (413, "SIZE_INVALID")


def test_a_body_that_breaks_off_is_no_login(cast: Cast) -> None:
    short = b"grant_type=password&username=acme%2Fcarol&password=correct+horse+1"
    answer = Wire().post(URL, content=short, headers=FORM | {"Content-Length": "1000"})
    assert (answer.status_code, code_of(answer)) == (400, "UNSUPPORTED")


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"%ff%fe=%00", b"=" * 9000, b"&" * 60_000])
def test_strange_forms_are_anonymous(cast: Cast, body: bytes) -> None:
    assert claims(Wire().post(URL, content=body, headers=FORM)).user_id is None


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(cast: Cast, method: str) -> None:
    answer = Wire().request(method, URL, headers={"X-HTTP-Method-Override": "GET"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"


# --- refresh tokens ----------------------------------------------------------------------------


def refresh(token: str, **form: Any) -> httpx.Response:
    return post(grant_type="refresh_token", refresh_token=token, service="dockyard", **form)


def refresh_token(auth: tuple[str, str] = CAROL, **parameters: str) -> str:
    token = ask(auth=auth, offline_token="true", **parameters).json()["refresh_token"]
    assert isinstance(token, str)
    return token


def test_who_asks_to_stay_logged_in_gets_a_refresh_token(stage: Stage) -> None:
    answer = refresh(refresh_token(client_id="docker"), scope=WEB)
    assert claims(answer).user_name == "carol"
    assert held(answer) == {"acme-apps/web": {"pull"}}
    assert RefreshToken.objects.get().client_id == "docker"


def test_a_form_asks_with_access_type(cast: Cast) -> None:
    answer = post(
        grant_type="password", username="acme/carol", password=PASSWORD, access_type="offline"
    )
    assert claims(refresh(answer.json()["refresh_token"])).user_name == "carol"


def test_refreshing_makes_no_second_one(cast: Cast) -> None:
    answer = refresh(refresh_token(), access_type="offline", offline_token="true")
    assert "refresh_token" not in answer.json()
    assert RefreshToken.objects.count() == 1


def test_nobody_stays_logged_in(cast: Cast) -> None:
    assert "refresh_token" not in ask(auth=None, offline_token="true").json()
    assert "refresh_token" not in post(access_type="offline").json()


def test_a_refresh_token_ends_with_its_user(cast: Cast) -> None:
    token = refresh_token()
    identity.set_user_enabled(OPERATOR, cast.users["carol"], enabled=False)
    assert refresh(token).status_code == 401


def test_a_refresh_token_ends_with_its_key(cast: Cast, settings: Any) -> None:
    key, secret = keys.create_access_key(OPERATOR, cast.users["carol"])
    login = f"{settings.REGION}@{key.access}", login_key(key.access, secret)
    token = refresh_token(login)
    assert claims(refresh(token)).user_name == "carol"
    keys.set_key_status(OPERATOR, key, AccessKey.Status.INACTIVE)
    assert refresh(token).status_code == 401


def test_a_refresh_token_gives_what_the_user_has_now(stage: Stage) -> None:
    token = refresh_token(("acme/wendy", PASSWORD))
    access.revoke(stage.actor("alice"), stage.web, stage.users["wendy"])
    assert held(refresh(token, scope=WEB)) == {}


@pytest.mark.parametrize("name", ["a\x00b", "\u202e", "e" * 5000])
def test_a_strange_client_id_does_no_harm(cast: Cast, name: str) -> None:
    assert refresh(refresh_token(client_id=name)).status_code == 200
    assert len(RefreshToken.objects.get().client_id) <= 128
