"""References: what a manifest is asked for by, a tag or a digest (OCI distribution-spec, pull)."""

import re

from swr.errors import InvalidTag

_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")


def is_digest(reference: str) -> bool:
    """Whether it is meant as a digest: no tag has a colon."""
    return ":" in reference


def check_tag(tag: str) -> None:
    if _TAG.fullmatch(tag) is None:
        raise InvalidTag(f"{tag[:140]!r} is not a valid tag.")
