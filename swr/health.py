"""Whether this process lives (/healthz) and whether the installation can work (/readyz)."""

import time
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from threading import Lock

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from swr.errors import NotReady, SwrError

OK = "ok"
REMEMBERED = 1.0  # seconds: whoever asks all the time costs no more than one round of checks

_log = structlog.get_logger("swr.health")
_lock = Lock()
_last: tuple[float, dict[str, str]] = (float("-inf"), {})


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer ``{"status": "ok" | "unavailable", "checks": {name: "ok" | reason}}``, 200 or 503."""
    checks = _remembered(time.monotonic())
    ready = all(found == OK for found in checks.values())
    return JsonResponse(
        {"status": OK if ready else "unavailable", "checks": checks},
        status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
    )


def _remembered(now: float) -> dict[str, str]:
    global _last  # noqa: PLW0603  # what this process found out last
    with _lock:
        if now - _last[0] >= REMEMBERED:
            _last = (now, run_checks())
        return _last[1]


def run_checks() -> dict[str, str]:
    return {name: outcome(import_string(path)) for name, path in settings.READINESS_CHECKS.items()}


def outcome(check: Callable[[], None]) -> str:
    """Run one check; the answer is for anybody, so what we did not foresee is only logged."""
    try:
        check()
    except SwrError as error:
        return error.message
    except DatabaseError:
        _log.warning("the database does not answer", exc_info=True)
        connection.close()  # the next one begins afresh
        return "The database does not answer."
    except Exception:  # noqa: BLE001  # whatever it is, the answer is a 503
        _log.exception("a readiness check failed")
        return NotReady.message
    return OK


def database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> None:
    if _known_migrations() - MigrationRecorder(connection).applied_migrations().keys():
        raise NotReady("The tables are older than this program: run manage.py migrate.")


@cache
def _known_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)
