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
from images.artifacts import querysets
from images.artifacts.models import Manifest, ManifestBlob, ManifestChild, Tag, TagMove
from images.blobs.models import Blob
from images.oci.digests import Digest
from images.oci.fields import Descriptor
from images.oci.manifests import ParsedManifest
from images.repositories import services as repositories
from images.repositories.models import Repository
from swr import rows
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
) -> None:
    """Keep a manifest and point the tags at it; all it names must be in the repository."""
    access.require(actor, Level.WRITE, repository)
    repositories.hold(repository.pk, alone=True)
    edges = _blobs_of(repository, parsed)
    _check_children(repository, parsed)
    manifest_id = _keep_manifest(repository, parsed, payload, digest, edges)
    _move_tags(actor, repository, manifest_id, str(digest), sorted(set(tags)))
    repositories.touch(repository.pk)
    audit.record(
        actor,
        "uploadManifest",
        resource_id=repository.pk,
        resource_name=repository.path,
        detail={"digest": str(digest), "tags": list(tags)},
    )


def _blobs_of(repository: Repository, parsed: ParsedManifest) -> list[rows.Row]:
    """The edges to the blobs that the manifest names; missing ones are named in the error.

    The links are locked: a blob that is being deleted is either gone already or stays.
    """
    wanted = {str(descriptor.digest): descriptor for descriptor in parsed.blobs}
    found = querysets.held_blobs(repository.pk, sorted(wanted))
    missing = [digest for digest in wanted if digest not in found]
    if not settings.SPARSE_MANIFESTS:
        _refuse_missing("blobs", missing)
    for digest, (_, size) in found.items():
        _check_size(wanted[digest], size)
    return [
        *({"blob_id": blob_id, "missing": ""} for blob_id, _ in found.values()),
        *({"blob_id": None, "missing": digest} for digest in missing),
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
    edges: Sequence[rows.Row],
) -> int:
    """The row and its edges; a manifest that is there already is left as it is, and locked."""
    row = {
        "repository_id": repository.pk,
        "digest": str(digest),
        "media_type": parsed.media_type,
        "artifact_type": parsed.artifact_type,
        "payload": payload,
        "size": len(payload),
        "content_size": parsed.content_size,
        "subject_digest": str(parsed.subject.digest) if parsed.subject else "",
        "annotations": parsed.annotations,
        "created_at": timezone.now(),
    }
    made = rows.insert(
        Manifest, [row], ending="ON CONFLICT (repository_id, digest) DO NOTHING RETURNING id"
    )
    if not made:
        held = Manifest.objects.select_for_update().filter(repository=repository)
        return held.values_list("pk", flat=True).get(digest=str(digest))
    manifest_id: int = made[0][0]
    children = sorted({str(descriptor.digest) for descriptor in parsed.children})
    rows.insert(ManifestBlob, [{"manifest_id": manifest_id, **edge} for edge in edges])
    rows.insert(ManifestChild, [{"parent_id": manifest_id, "digest": child} for child in children])
    return manifest_id


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


_MOVE = """
    ON CONFLICT (repository_id, name) DO UPDATE
    SET manifest_id = EXCLUDED.manifest_id, updated_at = EXCLUDED.updated_at
"""


def _move_tags(
    actor: Actor, repository: Repository, manifest_id: int, digest: str, names: Sequence[str]
) -> None:
    """Point the tags at the manifest; names come sorted, so that two pushes cannot deadlock."""
    if not names:
        return
    old = querysets.pointed_at(repository.pk, names)
    now = timezone.now()
    tag = {
        "repository_id": repository.pk,
        "manifest_id": manifest_id,
        "created_at": now,
        "updated_at": now,
    }
    rows.insert(Tag, [{**tag, "name": name} for name in names], ending=_MOVE)
    moved = {name: old.get(name, "") for name in names if old.get(name) != digest}
    _remember(actor, repository, moved, new=digest)


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
    move = {
        "repository_id": repository.pk,
        "new_digest": new,
        "user_id": actor.user_id,
        "user_name": actor.name,
        "at": now,
    }
    rows.insert(TagMove, [{**move, "name": name, "old_digest": old} for name, old in moved.items()])
