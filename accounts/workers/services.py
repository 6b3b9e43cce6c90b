"""Whether workers live: they say so now and then, and anybody may ask when they last did."""

from datetime import datetime

from accounts.workers.models import Heartbeat

_NAME = "worker"


def beat(*, now: datetime) -> None:
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=_NAME, at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def last_beat() -> datetime | None:
    return Heartbeat.objects.filter(name=_NAME).values_list("at", flat=True).first()
