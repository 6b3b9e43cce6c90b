from django.db import models


class SigningKey(models.Model):
    """An Ed25519 key pair for registry tokens: the newest generation signs, all unretired verify.

    A unique generation makes processes that start at once agree on one key.
    """

    kid = models.CharField(max_length=64, primary_key=True)
    generation = models.PositiveIntegerField(unique=True)
    sealed_private = models.CharField(max_length=255)
    public = models.CharField(max_length=64)  # base64 of the 32 raw bytes
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)  # from then on it verifies nothing

    def __str__(self) -> str:
        return self.kid
