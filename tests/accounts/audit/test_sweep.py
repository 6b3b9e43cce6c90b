from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import services, tasks
from accounts.audit.models import Trace

pytestmark = pytest.mark.django_db


def traces(*, days_old: int, count: int = 1) -> None:
    for _ in range(count):
        services.record(Actor.system("tests"), "createUser")
    newest = Trace.objects.order_by("-pk").values("pk")[:count]
    at = timezone.now() - timedelta(days=days_old)
    Trace.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(at=at)


def test_traces_are_kept_for_the_days_of_the_setting(settings: LazySettings) -> None:
    settings.TRACE_DAYS = 7
    traces(days_old=6)
    traces(days_old=8)
    tasks.sweep()
    assert Trace.objects.count() == 1


def test_more_than_one_batch_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_BATCH", 2)
    traces(days_old=8, count=5)
    assert services.sweep(before=timezone.now()) == 5
    assert not Trace.objects.exists()
