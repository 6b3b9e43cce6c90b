from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import override_settings
from django.utils import timezone

from accounts.workers import services as workers
from swr import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(health, "_last", (float("-inf"), {}))


@pytest.fixture
def alive():
    workers.beat(now=timezone.now())


def broken() -> None:
    raise DatabaseError("password=secret of /var/lib/swr")


def mad() -> None:
    raise RuntimeError("secret")


def checking(**checks):
    return override_settings(READINESS_CHECKS=checks)


def test_healthz_asks_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_names_what_it_has_checked(client, alive):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "storage": "ok", "worker": "ok"},
    }


@pytest.mark.parametrize("beaten", [None, timedelta(seconds=61)])
def test_a_silent_worker_makes_us_unavailable(client, beaten):
    if beaten:
        workers.beat(now=timezone.now() - beaten)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    assert response.json()["checks"]["worker"] == "No worker has said for a minute that it lives."
    assert response.json()["checks"]["database"] == "ok"


def test_a_missing_migration_makes_us_unavailable(client, alive):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'images'")
    checks = client.get("/readyz").json()["checks"]
    assert checks["migrations"] == "The tables are older than this program: run manage.py migrate."


@pytest.mark.parametrize(
    ("check", "reason"),
    [("mad", "This part does not answer.")],
)
def test_a_reason_shows_nothing_of_ours(client, check, reason):
    with checking(it=f"{__name__}.{check}"):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"it": reason}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer_leaves_no_broken_connection(client):
    with checking(it=f"{__name__}.broken"):
        assert client.get("/readyz").json()["checks"] == {"it": "The database does not answer."}
    health.database()


def test_many_questions_cost_one_round(client, alive, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(0):
        assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_are_only_read_and_never_cached(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code in {200, 503}
    assert "no-store" in client.get(path)["Cache-Control"]
