"""What an organization may be called.  Pure."""

import re

from swr.errors import InvalidOrganizationName

LIMIT = 64
# Addresses of ours and words that promise more than an organization can keep.
RESERVED = frozenset({"manage", "library", "v2", "v3", "admin", "static", "_catalog"})
# R3 of swr-api.md 1.11.
_NAME = re.compile(r"[a-z][a-z0-9]*(?:(?:\.|_|__|-+)[a-z0-9]+)*")


def check_name(name: str) -> None:
    if name in RESERVED:
        raise InvalidOrganizationName(f"The organization name {name} is reserved.")
    if len(name) > LIMIT or not _NAME.fullmatch(name):
        raise InvalidOrganizationName
