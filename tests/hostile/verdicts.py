"""What every answer to a hostile input has to be: a refusal that tells nothing but what to do."""

import json
from typing import Protocol

import httpx
from django.conf import settings

TALES = ["Traceback", 'File "', ".py", "site-packages", str(settings.BASE_DIR), "/tmp/"]
TALES += ["sqlite", "psycopg"]
TALES += ["SELECT ", "INSERT ", "UNIQUE constraint", "django", "Exception", "object at 0x"]


class Answered(Protocol):
    """A raw answer, or one of httpx."""

    status_code: int
    text: str
    headers: httpx.Headers


def refused(answer: Answered, *statuses: int) -> str:
    """A 4xx (one of ``statuses``) with OCI's error body; its code."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    if statuses:
        assert answer.status_code in statuses, (answer.status_code, answer.text[:300])
    assert answer.headers["Content-Type"] == "application/json"
    (error,) = json.loads(answer.text)["errors"]
    assert set(error) == {"code", "message", "detail"}
    assert error["message"]
    silent(answer)
    return str(error["code"])


def silent(answer: Answered) -> None:
    """Nothing of our insides, and not an endless echo of what came in."""
    assert answer.status_code < 500, (answer.status_code, answer.text[:300])
    told = answer.text + "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
    assert [tale for tale in TALES if tale in told] == []
    if answer.status_code >= 400:
        assert len(told) < 3_000
