"""Every address that answers, in one literal: a new one shows up in review as one line."""

from collections.abc import Iterable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from images.registry.handler import URLS, is_wire

pytestmark = pytest.mark.pure

WIRE = [
    r"^v2/(?P<name>.+)/manifests/(?P<reference>[^/]+)\Z",
    r"^v2/(?P<name>.+)/blobs/uploads/\Z",
    r"^v2/(?P<name>.+)/blobs/uploads\Z",
    r"^v2/(?P<name>.+)/blobs/uploads/(?P<upload_id>[^/]+)\Z",
    r"^v2/(?P<name>.+)/blobs/(?P<digest>[^/]+)\Z",
    r"^v2/(?P<name>.+)/tags/list\Z",
    r"^v2/(?P<name>.+)/referrers/(?P<digest>[^/]+)\Z",
    "v2/_catalog",
    "v2/",
    "v2",
    "swr/auth/v2/registry/auth",
    "swr/auth/v2/registry/auth/",
]
FRONT = ""  # sends browsers on to the operators' door
MACHINES = ["healthz", "readyz"]
OPERATORS = [
    "admin/",
    "admin/login/",
    "admin/logout/",
    "admin/autocomplete/",
    "admin/jsi18n/",
    "admin/r/<path:content_type_id>/<path:object_id>/",
    "admin/^(?P<app_label>accounts|organizations|images)/$",
    "admin/(?P<url>.*)$",
]
# Each of these has a list, and pages to add, change and delete one and to see its history.
TABLES = [
    "accounts/accesskey",
    "accounts/account",
    "accounts/trace",
    "accounts/user",
    "accounts/usergroup",
    "images/repository",
    "images/share",
    "organizations/organization",
]
PAGES = [
    "",
    "add/",
    *(f"<path:object_id>/{page}" for page in ("", "history/", "delete/", "change/")),
]


def routes(patterns: Iterable[URLPattern | URLResolver], above: str = "") -> Iterator[str]:
    for found in patterns:
        here = above + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from routes(found.url_patterns, here)
        else:
            yield here


def test_these_are_all_routes():
    tables = [f"admin/{table}/{page}" for table in TABLES for page in PAGES]
    assert sorted(routes(get_resolver().url_patterns)) == sorted(
        [FRONT, *MACHINES, *OPERATORS, *tables]
    )


def test_the_wire_has_a_table_of_its_own():
    assert list(routes(get_resolver(URLS).url_patterns)) == WIRE


@pytest.mark.parametrize(
    "path", ["/v2", "/v2/", "/v2/_catalog", "/v2/a/b/tags/list", "/swr/auth/v2/registry/auth"]
)
def test_the_wire_is_told_from_pages(path):
    assert is_wire(path)


@pytest.mark.parametrize("path", ["/", "/v2x", "/v3/auth/tokens", "/admin/", "/healthz", "/swr"])
def test_pages_are_told_from_the_wire(path):
    assert not is_wire(path)
