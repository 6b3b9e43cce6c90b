"""The URL table of the wire: every endpoint of the OCI specification, and the token service."""

from django.urls import path, re_path

from images.registry import base, blobs, catalog, manifests, referrers, tags, tokens, uploads

urlpatterns = [
    re_path(r"^v2/(?P<name>.+)/manifests/(?P<reference>[^/]+)\Z", manifests.manifest),
    re_path(r"^v2/(?P<name>.+)/blobs/uploads/\Z", uploads.uploads_of_repository),
    re_path(r"^v2/(?P<name>.+)/blobs/uploads\Z", uploads.uploads_of_repository),
    re_path(r"^v2/(?P<name>.+)/blobs/uploads/(?P<upload_id>[^/]+)\Z", uploads.upload_session),
    re_path(r"^v2/(?P<name>.+)/blobs/(?P<digest>[^/]+)\Z", blobs.blob),
    re_path(r"^v2/(?P<name>.+)/tags/list\Z", tags.tags),
    re_path(r"^v2/(?P<name>.+)/referrers/(?P<digest>[^/]+)\Z", referrers.referrers),
    path("v2/_catalog", catalog.catalog),
    path("v2/", base.version),
    path("v2", base.version),
    path("swr/auth/v2/registry/auth", tokens.token),
    path("swr/auth/v2/registry/auth/", tokens.token),
]
