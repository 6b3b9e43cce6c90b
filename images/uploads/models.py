import uuid

from django.db import models

from images.blobs.models import DIGEST_LENGTH
from images.repositories.models import Repository


class Upload(models.Model):
    """A blob on its way in.  ``offset`` bytes are durable under ``storage_key``, never fewer.

    ``running_digest`` is the digest of these bytes when a single request wrote all of them, else
    empty: the verb that commits then reads them once more (design D3).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Nowhere once the repository is deleted: the sweep then frees the bytes.
    repository = models.ForeignKey(
        Repository, on_delete=models.SET_NULL, null=True, related_name="uploads"
    )
    user_id = models.UUIDField(null=True)
    storage_key = models.CharField(max_length=128, unique=True)
    storage_state = models.JSONField(default=dict)
    offset = models.PositiveBigIntegerField(default=0)
    algorithm = models.CharField(max_length=8, default="sha256")
    running_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)
