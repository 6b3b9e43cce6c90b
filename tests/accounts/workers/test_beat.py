from datetime import UTC, datetime

import pytest
from django.utils import timezone

from accounts.workers import services, tasks

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_nobody_lived_before_the_first_beat() -> None:
    assert services.last_beat() is None


def test_the_newest_beat_is_told() -> None:
    services.beat(now=NOON)
    services.beat(now=NOON.replace(minute=1))
    assert services.last_beat() == NOON.replace(minute=1)


def test_the_task_beats_now() -> None:
    before = timezone.now()
    tasks.beat()
    found = services.last_beat()
    assert found is not None
    assert found >= before
