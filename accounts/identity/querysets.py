"""Parts of questions about users."""

from django.conf import settings
from django.db.models import Case, IntegerField, Max, Q, Value, When

from accounts.identity.choices import LEVELS


def role_level() -> Max:
    """Take the best role of the user's groups, on the account or on the region's project."""
    path = "user_groups__assignments"
    given = Case(
        *(When(**{f"{path}__role": role}, then=Value(int(held))) for role, held in LEVELS.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
    here = Q(**{f"{path}__project": None}) | Q(**{f"{path}__project__name": settings.REGION})
    return Max(given, filter=here, default=0)
