"""What a trace may hold: text that every database takes, and no secrets.  Pure."""

import re
from typing import Any

from swr import redaction

# NUL and lone surrogates cannot be stored; the rest could move the cursor of whoever reads a trail.
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def readable(text: str, limit: int) -> str:
    """``text`` in one line of at most ``limit`` characters; what cannot be read becomes U+FFFD."""
    return _UNREADABLE.sub("\ufffd", text[:limit])


def storable(detail: dict[str, Any]) -> dict[str, Any]:
    """``detail`` as plain JSON: readable text, and no secret even if one was handed in."""
    return {readable(name, 64): _plain(held) for name, held in redaction.fields(detail).items()}


def _plain(held: Any) -> Any:
    if isinstance(held, str):
        return readable(held, redaction.LONGEST)
    if isinstance(held, dict):
        return {readable(name, 64): _plain(inner) for name, inner in held.items()}
    return [_plain(inner) for inner in held] if isinstance(held, list) else held
