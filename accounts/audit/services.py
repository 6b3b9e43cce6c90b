"""The audit trail: every verb leaves one line, written with what it speaks of."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import rules
from accounts.audit.choices import TRACES
from accounts.audit.models import Trace
from swr import rows

_BATCH = 1000


def record(
    actor: Actor,
    name: str,
    *,
    resource_id: object = "",
    resource_name: str = "",
    detail: dict[str, Any] | None = None,
    rating: Trace.Rating = Trace.Rating.NORMAL,
) -> None:
    """Raise KeyError for a name that the register does not know."""
    trace = {
        "name": name,
        "resource_type": TRACES[name],
        "resource_id": rules.readable(str(resource_id), 64),
        "resource_name": rules.readable(resource_name, 512),
        "rating": rating,
        "door": actor.door,
        "account_id": actor.account_id,
        "account_name": rules.readable(actor.account_name, 64),
        "user_id": actor.user_id,
        "user_name": rules.readable(actor.name, 64),
        "address": rules.readable(actor.address, 64),
        "detail": rules.storable(detail or {}),
        "at": timezone.now(),
    }
    rows.insert(Trace, [trace])


def sweep(*, before: datetime) -> int:
    """Forget the traces older than ``before``, a batch at a time; return how many went."""
    gone = 0
    while old := list(Trace.objects.filter(at__lt=before).values_list("pk", flat=True)[:_BATCH]):
        gone += Trace.objects.filter(pk__in=old).delete()[0]
    return gone
