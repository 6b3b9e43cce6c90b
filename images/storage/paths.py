"""Where bytes lie, the same in every kind of store.

    <store>/                       SWR_DATA_DIR/store on a filesystem
    └── blobs/
        └── 2026/                  year and month (UTC) in which the upload began
            └── 11/
                └── 7c9e…32 hex    one object: an upload on its way in, later the blob itself

A key is drawn once and never used again: a digest that is pushed anew gets another key, so a key
may be deleted without asking who pushes (design D2).
"""

import re
import uuid
from datetime import datetime

_KEY = re.compile(r"blobs/[0-9]{4}/[0-9]{2}/[0-9a-f]{32}")


def new_key(now: datetime) -> str:
    return f"blobs/{now:%Y/%m}/{uuid.uuid4().hex}"


def check_key(key: str) -> None:
    """Keys are ours: any other shape is a mistake in the program, and never touches a path."""
    if _KEY.fullmatch(key) is None:
        raise ValueError(f"{key!r} is not a storage key")
