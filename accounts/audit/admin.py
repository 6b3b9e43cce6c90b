from django.contrib import admin

from accounts.audit.models import Trace
from swr.model_admin import ReadOnlyAdmin


@admin.register(Trace)
class TraceAdmin(ReadOnlyAdmin[Trace]):
    list_display = (
        "at",
        "name",
        "resource_type",
        "resource_name",
        "account_name",
        "user_name",
        "door",
        "address",
        "rating",
    )
    list_filter = ("rating", "at")
    search_fields = ("name", "resource_name", "account_name", "user_name", "address")
    ordering = ("-at", "-pk")
