"""Table 4.1 in process: what brought other registries down; each test names its rows."""

import base64
import re
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.db import OperationalError, connection

from accounts.audit.models import Trace
from accounts.identity import services as identity
from images.access import services as access
from images.artifacts.models import Tag
from images.blobs.models import Blob, RepositoryBlob
from images.repositories.models import Repository, RepositoryUserObjectPermission
from organizations import services as organizations
from tests.cast import Stage
from tests.hostile.verdicts import refused, silent
from tests.wire import OCI_LAYER, PASSWORD, Wire, descriptor, digest_of

WEB = "acme-apps/web"
TOKENS = "/swr/auth/v2/registry/auth"
SECRET = b"the layer of another account"


def token_of(login: str, *scopes: str) -> str:
    parameters = [("service", "dockyard"), *(("scope", scope) for scope in scopes)]
    answer = Wire().get(TOKENS, params=parameters, auth=(login, PASSWORD))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


def with_token(token: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
    return Wire().request(method, path, headers=headers, auth=None, **more)


# --- reading what is another's -----------------------------------------------------------------


def test_7_a_blob_deleted_here_stays_deleted_while_others_have_it(alice: Wire) -> None:
    digest = alice.push_blob(WEB, b"shared")
    alice.push_blob("acme-apps/other", b"shared")
    assert alice.delete(f"/v2/{WEB}/blobs/{digest}").status_code == 202
    assert alice.get(f"/v2/acme-apps/other/blobs/{digest}").content == b"shared"
    for _ in range(2):
        refused(alice.get(f"/v2/{WEB}/blobs/{digest}"), 404)


@pytest.mark.parametrize(
    "source", ["acme-apps/secret", "", None, "acme-apps/../acme-apps/secret", "\0", "missing/one"]
)
def test_14_nothing_is_mounted_that_may_not_be_read(
    alice: Wire, mallory: Wire, source: str | None
) -> None:
    digest = alice.push_blob("acme-apps/secret", SECRET)
    mallory.push_blob("globex-apps/mine", b"x")
    parameters = {"mount": digest} | ({} if source is None else {"from": source})
    answer = mallory.post("/v2/globex-apps/mine/blobs/uploads/", params=parameters)
    if answer.status_code != 202:
        refused(answer, 400)
    layer = descriptor(OCI_LAYER, SECRET)
    thief = mallory.image("globex-apps/mine", b"x") | {"layers": [layer]}
    refused(mallory.push_manifest("globex-apps/mine", "1", thief), 404)
    refused(mallory.get(f"/v2/globex-apps/mine/blobs/{digest}"), 404)
    assert RepositoryBlob.objects.get(blob__digest=digest).repository.path == "acme-apps/secret"


@pytest.mark.parametrize("again", ["acme/alice", "globex"])
def test_15_16_a_token_of_a_deleted_repository_opens_nothing_of_the_new_one(
    stage: Stage, again: str
) -> None:
    alice = Wire("acme/alice")
    alice.push_image(WEB, "1", b"old")
    old = token_of("acme/bob", f"repository:{WEB}:pull")
    session = alice.start(WEB)
    access.delete_repository(stage.actor("acme"), stage.web)
    if again == "globex":
        access.delete_repository(stage.actor("acme"), stage.site)
        organizations.delete_organization(stage.actor("acme"), stage.organization)
    owner = Wire(again)
    owner.push_image(WEB, "1", b"new")
    answer = with_token(old, "GET", f"/v2/{WEB}/manifests/1")
    refused(answer, 401, 404)
    refused(alice.put(session, params={"digest": digest_of(b"x")}, content=b"x"), 404, 403)
    mount = {"mount": digest_of(b"new"), "from": WEB}
    both = token_of("acme/bob", "repository:acme-apps/b:push,pull", f"repository:{WEB}:pull")
    answer = with_token(both, "POST", "/v2/acme-apps/b/blobs/uploads/", params=mount)
    assert answer.status_code != 201


def test_18_who_leaves_a_group_loses_its_role_at_once_for_writes(stage: Stage) -> None:
    ada = Wire("acme/ada")
    ada.push_image(WEB, "1", b"layer")
    old = token_of("acme/ada", f"repository:{WEB}:pull,push,delete")
    group = stage.accounts["acme"].user_groups.get(name="SWR Admin")
    identity.remove_member(stage.actor("acme"), group, stage.users["ada"])
    for method, path in (("POST", "blobs/uploads/"), ("DELETE", "manifests/1")):
        refused(with_token(old, method, f"/v2/{WEB}/{path}"), 401, 403, 404)
    fresh = token_of("acme/ada", f"repository:{WEB}:pull,push,delete")
    refused(with_token(fresh, "GET", f"/v2/{WEB}/manifests/1"), 401, 404)


@pytest.mark.parametrize("login", ["globex", "globex/mallory", None])
def test_26_credentials_of_one_account_are_worth_nothing_in_another(
    alice: Wire, login: str | None
) -> None:
    digest = alice.push_image(WEB, "1", b"layer")
    stranger = Wire(login)
    for method, path in (
        *[("GET", "manifests/1"), ("HEAD", f"manifests/{digest}"), ("GET", "tags/list")],
        *[("PUT", "manifests/1"), ("DELETE", "manifests/1"), ("POST", "blobs/uploads/")],
        *[("GET", f"referrers/{digest}"), ("GET", f"blobs/{digest_of(b'layer')}")],
    ):
        answer = stranger.request(method, f"/v2/{WEB}/{path}")
        assert answer.status_code in {401, 403, 404}
        silent(answer)
    assert WEB not in stranger.get("/v2/_catalog").text


# --- doing what one may not --------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["latest", "LATEST", "v1"])
def test_17_no_tag_is_special(alice: Wire, bob: Wire, tag: str) -> None:
    digest = alice.push_image(WEB, tag, b"good")
    body = alice.get(f"/v2/{WEB}/manifests/{tag}").content
    refused(bob.push_manifest(WEB, tag, body), 403)
    refused(bob.push_manifest(WEB, f"{digest}?tag={tag}", body), 403)
    assert Tag.objects.get().manifest.digest == digest


def test_24_a_side_effect_makes_nobody_manager_of_what_exists(stage: Stage) -> None:
    for name in ("rob", "bob", "wendy", "pat"):
        wire = Wire(stage.login(name))
        wire.get(f"/v2/{WEB}/tags/list")
        wire.post(f"/v2/{WEB}/blobs/uploads/")
        wire.push_manifest(WEB, "1", b"{}")
    grants = RepositoryUserObjectPermission.objects.filter(
        content_object=stage.web, permission__codename="manage"
    )
    assert set(grants.values_list("user__name", flat=True)) == {"acme", "molly"}


MOVES = [("HEAD", "manifests/1", "pull"), ("GET", "manifests/1", "pull")]
MOVES += [("GET", "tags/list", "pull"), ("POST", "blobs/uploads/", "push")]
MOVES += [("PUT", "manifests/1", "push"), ("DELETE", "manifests/1", "delete")]
OVERRIDES = {"X-HTTP-Method-Override": "GET", "X-HTTP-Method": "GET", "X-Method-Override": "GET"}


@pytest.mark.parametrize("action", ["pull", "push", "delete"])
@pytest.mark.parametrize(("method", "path", "needed"), MOVES)
def test_53_a_token_is_good_for_what_it_says_and_nothing_else(
    alice: Wire, action: str, method: str, path: str, needed: str
) -> None:
    alice.push_image(WEB, "1", b"layer")
    token = token_of("acme/alice", f"repository:{WEB}:{action}")
    for headers in ({}, OVERRIDES):
        answer = with_token(token, method, f"/v2/{WEB}/{path}", headers=headers)
        if action == needed:
            assert answer.status_code != 401
        else:
            assert answer.status_code == 401, answer.text
            assert f"repository:{WEB}:" in answer.headers["WWW-Authenticate"]
    assert Tag.objects.filter(name="1").exists() == (action != "delete" or method != "DELETE")


@pytest.mark.parametrize(
    "headers",
    [
        *[
            {"User-Agent": agent}
            for agent in ("cosign/2", "notation/1", "docker/27", "trivy", "Go")
        ],
        *[{"X-Original-URL": "/v2/"}, {"X-Rewrite-URL": "/v2/"}, {"X-Forwarded-User": "acme"}],
        *[{"X-Forwarded-For": "127.0.0.1"}, {"X-Remote-User": "acme"}, {"Remote-User": "acme"}],
        *[{"X-Forwarded-Host": "evil"}, {"Host": "evil"}, {"X-Auth-Token": "x"}, {"Cookie": "a=b"}],
    ],
)
def test_36_no_header_opens_a_door(
    alice: Wire, mallory: Wire, headers: dict[str, str], settings: LazySettings
) -> None:
    settings.EXTERNAL_URL_IS_GIVEN = True  # else a client is sent to the host that it names itself
    alice.push_image(WEB, "1", b"layer")
    assert mallory.get(f"/v2/{WEB}/manifests/1", headers=headers).status_code == 404
    answer = Wire().get(f"/v2/{WEB}/manifests/1", headers=headers, auth=None)
    refused(answer, 401)
    assert "evil" not in answer.headers["WWW-Authenticate"]


@pytest.mark.django_db(transaction=True)
def test_38_an_error_while_asking_who_it_is_lets_nobody_in(alice: Wire, mallory: Wire) -> None:
    alice.push_image(WEB, "1", b"layer")

    def fail(*_: object) -> None:
        raise OperationalError("gone")

    for wire in (mallory, Wire()):
        with connection.execute_wrapper(fail):
            answer = wire.get(f"/v2/{WEB}/manifests/1")
        assert answer.status_code in {401, 503}
        assert "gone" not in answer.text


# --- what is told and kept ---------------------------------------------------------------------


def test_19_no_secret_in_traces(stage: Stage) -> None:
    alice = Wire("acme/alice")
    alice.push_image(WEB, "1", b"layer")
    Wire("acme/alice", "a wrong pass word").get("/v2/")
    told = str(list(Trace.objects.values()))
    for secret in (PASSWORD, "a wrong pass word", *alice.auth.tokens.values()):
        assert secret not in told
        assert base64.b64encode(secret.encode()).decode() not in told


def test_21_nothing_is_ever_unpickled() -> None:
    assert django_settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert django_settings.CELERY_TASK_SERIALIZER == "json"
    assert "JSON" in django_settings.SESSION_SERIALIZER
    used = re.compile(r"^\s*(import|from) (pickle|marshal|shelve|dill|yaml)\b", re.MULTILINE)
    rooms = [
        django_settings.BASE_DIR / room for room in ("accounts", "images", "organizations", "swr")
    ]
    files = [file for room in rooms for file in room.rglob("*.py")]
    assert [file for file in files if used.search(file.read_text())] == []


def test_51_a_config_is_a_blob_like_any_other(alice: Wire) -> None:
    """Its size is no reason to read it into memory."""
    config = b"\0" * 5_000_000
    alice.push_blob(WEB, config)
    image = alice.image(WEB, b"x") | {"config": descriptor("application/x.y", config)}
    assert alice.push_manifest(WEB, "1", image).status_code == 201
    assert Blob.objects.filter(size=5_000_000).exists()
    assert Repository.objects.get(path=WEB)
