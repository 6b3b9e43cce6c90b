from django.db import models

from accounts.identity.models import Account
from accounts.quotas.choices import Quota


class QuotaOverride(models.Model):
    """One account's own limit instead of the installation's; 0 means no limit."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="quota_overrides")
    quota = models.CharField(max_length=16, choices=Quota)
    limit = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "quota"], name="quota_once_per_account")
        ]

    def __str__(self) -> str:
        return f"{self.quota}: {self.limit}"
