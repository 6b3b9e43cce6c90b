import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.audit import rules
from accounts.audit.choices import TRACES
from accounts.audit.models import Trace
from accounts.audit.services import record
from accounts.identity.models import User
from tests.accounts.people import actor_of

pytestmark = pytest.mark.django_db


def test_a_trace_says_who_did_what_from_where(bob: User) -> None:
    record(
        actor_of(bob),
        "createImageRepository",
        resource_id=7,
        resource_name="acme-apps/web",
        detail={"public": False},
    )
    trace = Trace.objects.get(name="createImageRepository")
    assert (trace.resource_type, trace.resource_id) == ("imagerepository", "7")
    assert (trace.user_id, trace.user_name) == (bob.pk, "bob")
    assert (trace.account_id, trace.account_name) == (bob.account_id, "acme")
    assert (trace.door, trace.address, trace.rating) == ("api", "192.0.2.1", "normal")
    assert trace.detail == {"public": False}


def test_it_outlives_the_user(bob: User) -> None:
    record(actor_of(bob), "createImageTag", resource_name="acme-apps/web:1.0")
    bob.delete()
    assert Trace.objects.get(name="createImageTag").user_name == "bob"


def test_a_job_and_nobody_leave_traces_too() -> None:
    record(Actor.system("retention"), "deleteImageTag")
    record(Actor.anonymous("registry", address="192.0.2.7"), "loginFailed")
    job, nobody = Trace.objects.order_by("pk")
    assert (job.user_name, job.door, job.user_id) == ("retention", "system", None)
    assert (nobody.user_name, nobody.address) == ("", "192.0.2.7")


def test_a_name_that_is_not_in_the_register_is_refused() -> None:
    with pytest.raises(KeyError):
        record(Actor.system("tests"), "createWonder")


def test_secrets_that_were_handed_in_are_not_written() -> None:
    given = {"password": "hunter2", "inner": {"token": "eyJhbGciOi"}, "name": "web"}
    record(Actor.system("tests"), "createUser", detail=given)
    written = json.dumps(Trace.objects.get().detail)
    assert "hunter2" not in written
    assert "eyJ" not in written
    assert "web" in written


def test_what_no_database_can_hold_is_replaced() -> None:
    nasty = "a\0b\ud800c\n\u202e" + "x" * 600
    record(Actor.system("tests"), "createUser", resource_name=nasty, detail={"a\0": [nasty]})
    trace = Trace.objects.get()
    assert trace.resource_name.startswith("a\ufffdb\ufffdc\ufffd\ufffdx")
    assert len(trace.resource_name) == 512


def test_every_name_of_the_vendor_is_in_the_register() -> None:
    assert TRACES["createUserNamespaceAuth"] == "usernamespaceauth"
    assert TRACES["createDockerConfig"] == "dockerlogincmd"
    assert max(map(len, TRACES)) <= 64


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.text(), st.recursive(st.text() | st.integers(), st.lists)))
def test_any_detail_becomes_storable_json(detail: dict[str, object]) -> None:
    text = json.dumps(rules.storable(detail), ensure_ascii=False)
    assert "\\u0000" not in text
    text.encode()  # no lone surrogates
