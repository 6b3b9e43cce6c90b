import uuid

from django.db import models

from accounts.identity.models import User


class AccessKey(models.Model):
    """A permanent access key (AK/SK); its secret is sealed, as signatures need it back (D5)."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        INACTIVE = "inactive"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    access = models.CharField(max_length=40, unique=True)
    sealed_secret = models.CharField(max_length=255)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access_keys")
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    description = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.access
