"""Grants as parts of other queries: a grant is one row for each permission of its level."""

from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from guardian.models import UserObjectPermissionBase

from accounts.levels import BITS

Grants = type[UserObjectPermissionBase]

_BIT = Case(
    *(When(permission__codename=name, then=Value(bit)) for name, bit in BITS.items()),
    default=Value(0),
    output_field=IntegerField(),
)


def bits(grants: Grants, user_id: UUID) -> Coalesce:
    """What the user holds on the thing of the outer query, added up."""
    held = grants.objects.filter(user_id=user_id, content_object=OuterRef("pk")).order_by()
    per_thing = held.values("content_object").annotate(bits=Sum(_BIT)).values("bits")
    return Coalesce(Subquery(per_thing), 0)


def readable(grants: Grants, user_id: UUID) -> QuerySet[Any, Any]:
    """The keys of the things that the user may read, for ``pk__in``."""
    held = grants.objects.filter(user_id=user_id, permission__codename="read")
    return held.values("content_object")
