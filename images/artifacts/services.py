"""The verbs of manifests and tags.  Each asks the policy first and leaves a trace last."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.levels import Level
from images.access import policy as access
from images.artifacts.models import Manifest, ManifestBlob, ManifestChild, Tag, TagMove
from images.blobs.models import Blob, RepositoryBlob
from images.oci.digests import Digest
from images.oci.fields import Descriptor
from images.oci.manifests import ParsedManifest
from images.repositories import services as repositories
from images.repositories.models import Repository
from swr.errors import (
    InvalidManifest,
    ManifestBlobMissing,
    ManifestInUse,
    ManifestNotFound,
)

# --- manifests ---------------------------------------------------------------------------------


@transaction.atomic
def put_manifest(
    actor: Actor,
    repository: Repository,
    parsed: ParsedManifest,
    *,
    payload: bytes,
    digest: Digest,
    tags: Sequence[str],
) -> Manifest:
    """Keep a manifest and point the tags at it; all it names must be in the repository."""
    access.require(actor, Level.WRITE, repository)
    repositories.hold(repository.pk, alone=True)
    edges = _blobs_of(repository, parsed)
    _check_children(repository, parsed)
    manifest = _keep_manifest(repository, parsed, payload, digest, edges)
    _move_tags(actor, repository, manifest, sorted(set(tags)))
    Repository.objects.filter(pk=repository.pk).update(updated_at=timezone.now())
    audit.record(
        actor,
        "uploadManifest",
        resource_id=repository.pk,
        resource_name=repository.path,
        detail={"digest": str(digest), "tags": list(tags)},
    )
    return manifest


def _blobs_of(repository: Repository, parsed: ParsedManifest) -> list[ManifestBlob]:
    """The edges to the blobs that the manifest names; missing ones are named in the error.

    The links are locked: a blob that is being deleted is either gone already or stays.
    """
    wanted = {str(descriptor.digest): descriptor for descriptor in parsed.blobs}
    links = (
        RepositoryBlob.objects.select_for_update(of=("self",))
        .filter(repository=repository, blob__digest__in=list(wanted))
        .order_by("blob__digest")
        .values_list("blob__digest", "blob_id", "blob__size")
    )
    found = {digest: (blob_id, size) for digest, blob_id, size in links}
    missing = [digest for digest in wanted if digest not in found]
    if not settings.SPARSE_MANIFESTS:
        _refuse_missing("blobs", missing)
    for digest, (_, size) in found.items():
        _check_size(wanted[digest], size)
    return [
        *(ManifestBlob(blob_id=blob_id) for blob_id, _ in found.values()),
        *(ManifestBlob(missing=digest) for digest in missing),
    ]


def complete_sparse(repository_id: int, digest: Digest) -> None:
    """A blob has come that sparse manifests of the repository were waiting for."""
    if not settings.SPARSE_MANIFESTS:
        return
    blob = Blob.objects.filter(digest=str(digest)).values("pk")
    awaited = ManifestBlob.objects.filter(
        blob=None, missing=str(digest), manifest__repository_id=repository_id
    )
    awaited.update(blob_id=blob[:1], missing="")


def _check_size(descriptor: Descriptor, size: int) -> None:
    if descriptor.size != size:
        raise InvalidManifest(
            f"{descriptor.digest} has {size} bytes, not {descriptor.size} as the manifest says.",
            advice="Let each descriptor's size be the exact length of its blob.",
        )


def _check_children(repository: Repository, parsed: ParsedManifest) -> None:
    wanted = sorted({str(descriptor.digest) for descriptor in parsed.children})
    if not wanted or settings.SPARSE_MANIFESTS:
        return
    children = Manifest.objects.select_for_update().filter(repository=repository, digest__in=wanted)
    found = set(children.order_by("digest").values_list("digest", flat=True))
    _refuse_missing("manifests", [digest for digest in wanted if digest not in found])


def _refuse_missing(what: str, missing: list[str]) -> None:
    if missing:
        shown = ", ".join(missing[:5]) + (" and others" if len(missing) > 5 else "")  # noqa: PLR2004
        raise ManifestBlobMissing(f"The repository does not have these {what}: {shown}.")


def _keep_manifest(
    repository: Repository,
    parsed: ParsedManifest,
    payload: bytes,
    digest: Digest,
    edges: Sequence[ManifestBlob],
) -> Manifest:
    """The row and its edges; a manifest that is there already is left as it is, and locked."""
    manifest, made = Manifest.objects.select_for_update().get_or_create(
        repository=repository,
        digest=str(digest),
        defaults={
            "media_type": parsed.media_type,
            "artifact_type": parsed.artifact_type,
            "payload": payload,
            "size": len(payload),
            "content_size": parsed.content_size,
            "subject_digest": str(parsed.subject.digest) if parsed.subject else "",
            "annotations": parsed.annotations,
        },
    )
    if made:
        for edge in edges:
            edge.manifest = manifest
        ManifestBlob.objects.bulk_create(edges)
        ManifestChild.objects.bulk_create(
            ManifestChild(parent=manifest, digest=child)
            for child in sorted({str(descriptor.digest) for descriptor in parsed.children})
        )
    return manifest


@transaction.atomic
def delete_manifest(actor: Actor, repository: Repository, digest: Digest) -> None:
    """Delete a manifest and every tag that points at it; not while an index needs it."""
    access.require(actor, Level.MANAGE, repository)
    repositories.hold(repository.pk, alone=True)
    found = Manifest.objects.select_for_update().filter(repository=repository, digest=str(digest))
    manifest = found.defer("payload").first()
    if manifest is None:
        raise ManifestNotFound
    if ManifestChild.objects.filter(digest=str(digest), parent__repository=repository).exists():
        raise ManifestInUse
    tags = list(manifest.tags.order_by("name").values_list("name", flat=True))
    _remember(actor, repository, dict.fromkeys(tags, str(digest)), new="")
    manifest.delete()
    audit.record(
        actor,
        "deleteManifest",
        resource_id=repository.pk,
        resource_name=repository.path,
        detail={"digest": str(digest), "tags": tags},
    )


# --- tags --------------------------------------------------------------------------------------


def _move_tags(
    actor: Actor, repository: Repository, manifest: Manifest, names: Sequence[str]
) -> None:
    """Point the tags at the manifest; names come sorted, so that two pushes cannot deadlock."""
    if not names:
        return
    held = Tag.objects.select_for_update(of=("self",)).filter(repository=repository, name__in=names)
    old = dict(held.order_by("name").values_list("name", "manifest__digest"))
    now = timezone.now()
    Tag.objects.bulk_create(
        [
            Tag(repository=repository, name=name, manifest=manifest, updated_at=now)
            for name in names
        ],
        update_conflicts=True,
        unique_fields=["repository", "name"],
        update_fields=["manifest", "updated_at"],
    )
    moved = {name: old.get(name, "") for name in names if old.get(name) != manifest.digest}
    _remember(actor, repository, moved, new=manifest.digest)


@transaction.atomic
def delete_tag(actor: Actor, repository: Repository, name: str) -> None:
    """Delete one tag; what it pointed at stays, under its digest and its other tags."""
    access.require(actor, Level.MANAGE, repository)
    repositories.hold(repository.pk, alone=True)
    tag = Tag.objects.select_for_update(of=("self",)).filter(repository=repository, name=name)
    digest = tag.values_list(F("manifest__digest"), flat=True).first()
    if digest is None:
        raise ManifestNotFound
    Tag.objects.filter(repository=repository, name=name).delete()
    _remember(actor, repository, {name: digest}, new="")
    audit.record(
        actor,
        "deleteImageTag",
        resource_id=repository.pk,
        resource_name=f"{repository.path}:{name}",
        detail={"digest": digest},
    )


def _remember(actor: Actor, repository: Repository, moved: dict[str, str], *, new: str) -> None:
    """Write the tags' history: ``moved`` maps each name to the digest it pointed at before."""
    now = timezone.now()
    TagMove.objects.bulk_create(
        TagMove(
            repository=repository,
            name=name,
            old_digest=old,
            new_digest=new,
            user_id=actor.user_id,
            user_name=actor.name,
            at=now,
        )
        for name, old in moved.items()
    )
