"""Grants as parts of other queries: a grant is one row for each permission of its level."""

from uuid import UUID

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from guardian.models import UserObjectPermissionBase

from accounts.levels import BITS

Grants = type[UserObjectPermissionBase]

_BIT = Case(
    *(When(permission__codename=name, then=Value(bit)) for name, bit in BITS.items()),
    default=Value(0),
    output_field=IntegerField(),
)


def bits(grants: Grants, user_id: UUID, thing: str = "pk") -> Coalesce:
    """Add up what the user holds on the thing that the outer column ``thing`` names."""
    held = grants.objects.filter(user_id=user_id, content_object=OuterRef(thing)).order_by()
    per_thing = held.values("content_object").annotate(bits=Sum(_BIT)).values("bits")
    return Coalesce(Subquery(per_thing), 0)


def holds(grants: Grants, user_id: UUID, permission: str, thing: str = "pk") -> Exists:
    """Tell whether the user holds the permission on what the outer column ``thing`` names."""
    return Exists(
        grants.objects.filter(
            user_id=user_id, permission__codename=permission, content_object=OuterRef(thing)
        )
    )
