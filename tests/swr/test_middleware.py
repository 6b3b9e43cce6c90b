import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from swr import logs, middleware


@pytest.fixture
def accessed(monkeypatch):
    found = []
    monkeypatch.setattr(logs, "access", lambda *given, **named: found.append((given, named)))
    return found


def answer(path: str = "/x", **headers: str) -> HttpResponse:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(structlog.contextvars.get_contextvars()["request_id"])

    return middleware.RequestId(view)(RequestFactory().get(path, headers=headers))


def test_a_sane_id_is_kept_bound_and_answered(accessed):
    response = answer(**{"X-Request-Id": "from-proxy_1.2"})
    assert response["X-Request-Id"] == "from-proxy_1.2"
    assert response.content == b"from-proxy_1.2"


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, "a\nb", "é", "a/b", "id\n"])
def test_another_id_is_replaced(accessed, given):
    response = answer(**{"X-Request-Id": given})
    assert response["X-Request-Id"] != given
    assert len(response["X-Request-Id"]) == 32


def test_the_access_line_has_no_query(accessed):
    answer("/v3/auth/tokens?password=secret")
    ((given, named),) = accessed
    assert given[:3] == ("GET", "/v3/auth/tokens", 200)
    assert "secret" not in str((given, named))


@pytest.mark.parametrize(
    ("path", "routine"), [("/healthz", True), ("/readyz", True), ("/x", False)]
)
def test_what_machines_ask_all_the_time_is_routine(accessed, path, routine):
    answer(path)
    assert accessed[0][1]["routine"] is routine


def test_nothing_of_the_request_before_is_left(accessed):
    structlog.contextvars.bind_contextvars(of="the one before")
    answer()
    assert "of" not in structlog.contextvars.get_contextvars()
