"""Table of contents for Django's discovery; import models from their rooms."""

from images.access.models import Share
from images.artifacts.models import Manifest, ManifestBlob, ManifestChild, Tag, TagMove
from images.blobs.models import Blob, RepositoryBlob
from images.repositories.models import Repository, RepositoryUserObjectPermission
from images.uploads.models import Upload

__all__ = [
    "Blob",
    "Manifest",
    "ManifestBlob",
    "ManifestChild",
    "Repository",
    "RepositoryBlob",
    "RepositoryUserObjectPermission",
    "Share",
    "Tag",
    "TagMove",
    "Upload",
]
