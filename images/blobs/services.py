"""The verbs of blobs: keep, link, read, delete.  The policy is asked first where somebody acts."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.levels import Level
from accounts.quotas import services as quotas
from accounts.quotas.choices import Quota
from images.access import policy as access
from images.blobs.models import Blob, RepositoryBlob
from images.oci.digests import Digest
from images.repositories import services as repositories
from images.repositories.models import Repository
from images.storage.base import Blocks, KeyMissing
from images.storage.drivers import storage
from swr import rows
from swr.errors import BlobInUse, BlobNotFound, StorageUnavailable


def read_blob(storage_key: str, start: int, length: int) -> Blocks:
    """The bytes of a blob that a pull has found, for whoever sends them on."""
    try:
        return storage().read(storage_key, start, length)
    except KeyMissing:
        raise StorageUnavailable("The blob's bytes are not in the store.") from None


def keep_blob(repository_id: int, digest: Digest, *, size: int, storage_key: str) -> str:
    """Map a digest to its bytes and let the repository read them; inside a transaction.

    Returns the key that is not needed: of two uploads of one digest the later one's, or, when
    the bytes of the earlier one are gone from the store, the lost one's; "" when all are needed.
    """
    row = {"digest": str(digest), "size": size, "storage_key": storage_key}
    made = rows.insert(
        Blob,
        [{**row, "created_at": timezone.now()}],
        ending="ON CONFLICT (digest) DO NOTHING RETURNING id",
    )
    if made:
        link_blob(repository_id, made[0][0])
        return ""
    blob = Blob.objects.select_for_update(no_key=True).get(digest=str(digest))
    spare = storage_key if _is_stored(blob) else blob.storage_key
    if spare != storage_key:
        blob.storage_key = storage_key
        blob.save(update_fields=["storage_key"])
    link_blob(repository_id, blob.pk)
    return spare


def require_room(account_id: UUID, digest: Digest, size: int) -> None:
    """Ask the storage quota, inside the transaction that adds the blob.

    What the account holds already takes no more room.
    """
    if not quotas.limit(account_id, Quota.STORAGE):
        return
    quotas.hold(account_id)
    if not _held_by(account_id).filter(blob__digest=str(digest)).exists():
        quotas.require(account_id, Quota.STORAGE, used=used_bytes(account_id), adding=size)


def link_blob(repository_id: int, blob_id: int) -> None:
    link = {"repository_id": repository_id, "blob_id": blob_id, "created_at": timezone.now()}
    rows.insert(RepositoryBlob, [link], ending="ON CONFLICT (repository_id, blob_id) DO NOTHING")


def _is_stored(blob: Blob) -> bool:
    try:
        return storage().size(blob.storage_key) == blob.size
    except KeyMissing:
        return False


@transaction.atomic
def delete_blob(actor: Actor, repository: Repository, digest: Digest) -> None:
    """Take the blob from the repository; the bytes go when nobody anywhere needs them."""
    access.require(actor, Level.MANAGE, repository)
    repositories.hold(repository.pk)
    links = RepositoryBlob.objects.select_for_update(of=("self",)).select_related("blob")
    link = links.filter(repository=repository, blob__digest=str(digest)).first()
    if link is None:
        raise BlobNotFound
    if link.blob.manifest_blobs.filter(manifest__repository=repository).exists():
        raise BlobInUse
    link.delete()
    audit.record(actor, "deleteBlob", resource_id=repository.pk, resource_name=str(digest))


def used_bytes(account_id: UUID) -> int:
    """What the account's repositories hold, each blob counted once."""
    blobs = Blob.objects.filter(pk__in=_held_by(account_id).values("blob_id"))
    return blobs.aggregate(total=Sum("size"))["total"] or 0


def _held_by(account_id: UUID) -> QuerySet[RepositoryBlob]:
    return RepositoryBlob.objects.filter(repository__organization__account_id=account_id)
