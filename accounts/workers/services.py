"""Whether workers live: they say so now and then, and anybody may ask when they last did."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.workers.models import Heartbeat
from swr.errors import NotReady

_NAME = "worker"
_SILENCE = timedelta(seconds=60)  # four missed beats


def beat(*, now: datetime) -> None:
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=_NAME, at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def last_beat() -> datetime | None:
    return Heartbeat.objects.filter(name=_NAME).values_list("at", flat=True).first()


def check() -> None:
    """Raise NotReady when no worker has said lately that it lives."""
    last = last_beat()
    if last is None or timezone.now() - last > _SILENCE:
        raise NotReady("No worker has said for a minute that it lives.")
