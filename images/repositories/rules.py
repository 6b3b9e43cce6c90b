"""What a repository may be called, alone and behind its organization.  Pure."""

import re

from organizations import rules as organizations
from swr.errors import InvalidRepositoryName

LIMIT = 128
FULL_LIMIT = 255  # what clients accept (OCI distribution, "Pulling manifests")
DESCRIPTION_LIMIT = 30_000
# R4 of swr-api.md 1.11.
_NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+|/)[a-z0-9]+)*")


def check_name(name: str) -> None:
    if len(name) > LIMIT or not _NAME.fullmatch(name):
        raise InvalidRepositoryName


def split(full_name: str) -> tuple[str, str]:
    """Tell the organization from the repository in it.

    InvalidRepositoryName when there is no slash or the whole is too long, else what the part
    that is wrong raises.
    """
    organization, slash, name = full_name.partition("/")
    if not slash or len(full_name) > FULL_LIMIT:
        raise InvalidRepositoryName
    organizations.check_name(organization)
    check_name(name)
    return organization, name
