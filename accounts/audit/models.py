from django.db import models


class Trace(models.Model):
    """One line of the audit trail.  Names are copied, so a trace outlives what it speaks of.

    Field names and meaning follow swr-behaviour.md 8.3.
    """

    class Rating(models.TextChoices):
        NORMAL = "normal"
        WARNING = "warning"
        INCIDENT = "incident"

    name = models.CharField(max_length=64)
    resource_type = models.CharField(max_length=64)
    resource_id = models.CharField(max_length=64, blank=True)
    resource_name = models.CharField(max_length=512, blank=True)
    rating = models.CharField(max_length=8, choices=Rating, default=Rating.NORMAL)
    door = models.CharField(max_length=16)
    account_id = models.UUIDField(null=True)
    account_name = models.CharField(max_length=64, blank=True)
    user_id = models.UUIDField(null=True)
    user_name = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["account_id", "-at"], name="trace_account_at")]

    def __str__(self) -> str:
        return f"{self.name} {self.resource_name}"
