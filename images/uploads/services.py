"""The verbs of blob uploads: start, append, finish, cancel, sweep (design D2, D3).

An upload's bytes are written by one request at a time: whoever holds the storage's lock on its
key.  The row is read again under that lock, and told only what is durable, so that a client which
asks for the status after a lost connection, a crash or a full disk is never promised more than
there is.
"""

import logging
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.levels import Level
from images.access import policy as access
from images.artifacts import services as artifacts
from images.blobs import services as blobs
from images.oci import digests
from images.oci.digests import Digest
from images.repositories import services as repositories
from images.repositories.models import Repository
from images.storage import paths
from images.storage.drivers import storage
from images.uploads import querysets, rules
from images.uploads.models import Upload
from swr import rows
from swr.errors import (
    InvalidDigest,
    StorageQuotaExceeded,
    StorageUnavailable,
    UploadBusy,
    UploadNotFound,
    UploadOutOfOrder,
    WrongSize,
)

_BATCH = 500
log = logging.getLogger(__name__)


@transaction.atomic
def start(actor: Actor, repository: Repository, *, algorithm: str = "sha256") -> Upload:
    """Open an upload that only this actor may write to, in this repository only."""
    access.require(actor, Level.WRITE, repository)
    repositories.hold(repository.pk)
    now = timezone.now()
    upload = Upload(
        id=uuid.uuid4(),
        repository=repository,
        user_id=actor.user_id,
        storage_key=paths.new_key(now),
        algorithm=algorithm,
        created_at=now,
        expires_at=_expiry(now),
    )
    columns = [field.attname for field in Upload._meta.concrete_fields]  # noqa: SLF001
    rows.insert(Upload, [{name: getattr(upload, name) for name in columns}])
    return upload


def find(actor: Actor, repository_id: int | None, upload_id: str) -> Upload:
    """The actor's own upload in this very repository; any other id is unknown to him."""
    try:
        wanted = uuid.UUID(hex=upload_id)
    except ValueError:
        raise UploadNotFound from None
    found = querysets.whose(wanted, now=timezone.now())
    if found is None or repository_id is None:
        raise UploadNotFound
    if (found["repository_id"], found["user_id"]) != (repository_id, actor.user_id):
        raise UploadNotFound
    upload = rows.partly(Upload, **found)
    upload.repository = repositories.get(repository_id)
    return upload


def append(
    actor: Actor,
    upload: Upload,
    blocks: Iterable[bytes],
    *,
    begin: int | None = None,
    length: int | None = None,
) -> Upload:
    """Write a chunk that begins at ``begin`` (None: wherever the upload ends).

    ``length`` is how many bytes were declared.  When fewer arrive they are kept all the same, and
    ``WrongSize`` says so: the client goes on from the status.
    """
    access.require(actor, Level.WRITE, _repository(upload))
    with _writing(upload, begin, length):
        written = _write(upload, blocks, length)
        _acknowledge(upload)
    if length is not None and written != length:
        raise WrongSize(f"{length} bytes were declared, {written} arrived; they are kept.")
    return upload


def finish(
    actor: Actor,
    upload: Upload,
    blocks: Iterable[bytes],
    digest: Digest,
    *,
    begin: int | None = None,
    length: int | None = None,
) -> None:
    """Write the last chunk, if there is one, and commit: the repository then has the blob.

    When the digest does not match, the upload stays as it was before this call.
    """
    access.require(actor, Level.WRITE, _repository(upload))
    with _writing(upload, begin, length):
        if length != 0:
            written = _write(upload, blocks, length, algorithm=digest.algorithm)
            if length is not None and written != length:
                _acknowledge(upload)
                raise WrongSize(f"{length} bytes were declared, {written} arrived; they are kept.")
        _verify(upload, digest)
        _commit(actor, upload, digest)


def cancel(actor: Actor, upload: Upload) -> None:
    """Forget an upload and free its bytes."""
    access.require(actor, Level.WRITE, _repository(upload))
    with _writing(upload):
        _forget(upload)


def sweep(*, now: datetime) -> int:
    """Forget the uploads that expired or whose repository went; one that is written to waits."""
    swept = 0
    over = Upload.objects.filter(Q(expires_at__lte=now) | Q(repository=None)).order_by("pk")
    batch = list(over[:_BATCH])
    while batch:
        swept += sum(_sweep(upload, now=now) for upload in batch)
        batch = list(over.filter(pk__gt=batch[-1].pk)[:_BATCH])
    return swept


def _sweep(upload: Upload, *, now: datetime) -> bool:
    """One that the store does not let go of must not keep the others."""
    try:
        with _writing(upload):
            if upload.expires_at > now and upload.repository_id is not None:
                return False
            _forget(upload)
    except (UploadBusy, UploadNotFound):
        return False
    except StorageUnavailable:
        log.exception("An expired upload could not be swept.")
        return False
    return True


@contextmanager
def _writing(upload: Upload, begin: int | None = None, length: int | None = None) -> Iterator[None]:
    """Hold the upload: alone on its bytes, with the row as it is now.

    Whoever waits on a stale row must not touch what another request has committed meanwhile.
    """
    with storage().lock(upload.storage_key):
        now = querysets.progress(upload.pk)
        if now is None:
            raise UploadNotFound
        for column, value in now.items():
            setattr(upload, column, value)
        if begin is not None and begin != upload.offset:
            raise UploadOutOfOrder
        rules.check_size(upload.offset + (length or 0), most=settings.MAX_BLOB_SIZE)
        yield


def _write(
    upload: Upload, blocks: Iterable[bytes], length: int | None, *, algorithm: str = ""
) -> int:
    """Make the blocks durable behind the offset; returns how many bytes arrived.

    More than were declared are refused, and none of them is kept.
    """
    hasher = digests.hasher(algorithm or upload.algorithm) if upload.offset == 0 else None
    room = settings.MAX_BLOB_SIZE - upload.offset if settings.MAX_BLOB_SIZE else None
    body = rules.hashed(rules.checked(blocks, length=length, room=room), hasher)
    upload.storage_state, written = storage().append(
        upload.storage_key, upload.storage_state, upload.offset, body
    )
    if written:
        upload.running_digest = f"{hasher.name}:{hasher.hexdigest()}" if hasher else ""
    upload.offset += written
    return written


@transaction.atomic
def _acknowledge(upload: Upload) -> None:
    upload.expires_at = _expiry(timezone.now())
    told = querysets.acknowledge(
        upload.pk,
        _repository(upload).pk,
        offset=upload.offset,
        state=upload.storage_state,
        digest=upload.running_digest,
        expires_at=upload.expires_at,
    )
    if not told:
        storage().discard(upload.storage_key, upload.storage_state)
        raise UploadNotFound  # its repository was deleted meanwhile


def _verify(upload: Upload, digest: Digest) -> None:
    """Compare with what was hashed on the way in, or read everything once more."""
    running = upload.running_digest
    if upload.offset == 0:
        found = digests.of(b"", digest.algorithm)
    elif running.startswith(f"{digest.algorithm}:"):
        found = digests.parse(running)
    else:
        found = _digest_of_stored(upload, digest.algorithm)
    if found != digest:
        raise InvalidDigest(f"The content's digest is {found}, not {digest}.")


def _digest_of_stored(upload: Upload, algorithm: str) -> Digest:
    hasher = digests.hasher(algorithm)
    for block in storage().read(upload.storage_key, 0, upload.offset):
        hasher.update(block)
    return Digest(algorithm, hasher.hexdigest())


def _commit(actor: Actor, upload: Upload, digest: Digest) -> None:
    storage().finish(upload.storage_key, upload.storage_state, upload.offset)
    try:
        spare = _keep(actor, upload, digest)
    except StorageQuotaExceeded:
        _forget(upload)
        raise
    if spare == upload.storage_key:
        _forget(upload)
    elif spare:
        storage().delete(spare)


@transaction.atomic
def _keep(actor: Actor, upload: Upload, digest: Digest) -> str:
    """The row of the upload becomes the row of the blob; returns the key that is not needed.

    When that is the upload's own, its row stays, expired, until the bytes are gone.
    """
    repository = _repository(upload)
    repositories.hold(repository.pk, alone=settings.SPARSE_MANIFESTS)
    blobs.require_room(repository.organization.account_id, digest, upload.offset)
    spare = blobs.keep_blob(
        repository.pk, digest, size=upload.offset, storage_key=upload.storage_key
    )
    artifacts.complete_sparse(repository.pk, digest)
    if spare == upload.storage_key:
        still_there = _still_there(upload).update(expires_at=timezone.now())
    else:
        still_there = _still_there(upload).delete()[0]
    if not still_there:
        raise UploadNotFound  # its repository was deleted meanwhile
    audit.record(actor, "createBlob", resource_id=repository.pk, resource_name=str(digest))
    return spare


def _repository(upload: Upload) -> Repository:
    if upload.repository is None:
        raise UploadNotFound
    return upload.repository


def _still_there(upload: Upload) -> QuerySet[Upload]:
    return Upload.objects.filter(pk=upload.pk, repository_id=_repository(upload).pk)


def _forget(upload: Upload) -> None:
    """The bytes go first: a row without bytes is swept again, bytes without a row are lost."""
    storage().discard(upload.storage_key, upload.storage_state)
    Upload.objects.filter(pk=upload.pk).delete()


def _expiry(now: datetime) -> datetime:
    return now + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)
