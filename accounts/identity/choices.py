"""The roles a user group may bear (swr-behaviour.md 9) and what each gives in SWR."""

from django.db import models

from accounts.levels import Level


class Role(models.TextChoices):
    TENANT_ADMINISTRATOR = "te_admin", "Tenant Administrator"
    SWR_ADMIN = "swr_adm", "SWR Admin"
    FULL_ACCESS = "swr_full_access", "SWR FullAccess"
    OPERATE_ACCESS = "swr_operate_access", "SWR OperateAccess"
    READ_ONLY_ACCESS = "swr_readonly_access", "SWR ReadOnlyAccess"


LEVELS = {
    Role.TENANT_ADMINISTRATOR: Level.MANAGE,
    Role.SWR_ADMIN: Level.MANAGE,
    Role.FULL_ACCESS: Level.MANAGE,
    Role.OPERATE_ACCESS: Level.MANAGE,
    Role.READ_ONLY_ACCESS: Level.READ,
}
