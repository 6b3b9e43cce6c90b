from django.contrib import admin

from accounts.identity.models import Account
from accounts.keys.models import AccessKey
from swr.model_admin import ReadOnlyAdmin


@admin.register(AccessKey)
class AccessKeyAdmin(ReadOnlyAdmin[AccessKey]):
    list_display = ("access", "account", "user", "status", "created_at", "last_used_at")
    list_filter = ("status",)
    list_select_related = ("user__account",)
    search_fields = ("access", "user__name", "user__account__name")
    ordering = ("-created_at",)
    fields = ("access", "user", "status", "description", "created_at", "last_used_at")

    @admin.display(ordering="user__account__name")
    def account(self, key: AccessKey) -> Account:
        return key.user.account
