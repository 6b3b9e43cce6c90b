import uuid

from django.db import models

from accounts.identity.models import User
from accounts.keys.models import AccessKey


class RefreshToken(models.Model):
    """What a container engine keeps instead of the password; only its SHA-256 is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="refresh_tokens")
    access_key = models.ForeignKey(AccessKey, on_delete=models.CASCADE, null=True, blank=True)
    password = models.CharField(max_length=64)  # a keyed digest of the password's hash, back then
    client_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)
