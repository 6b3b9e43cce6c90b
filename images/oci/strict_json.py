"""JSON that every reader reads alike: what two parsers could understand differently is refused."""

import json
from collections import Counter
from typing import Any, NoReturn

from swr.errors import InvalidManifest

# Braces, brackets and commas together: keeps 4 MiB of text from becoming 200 MB of small objects.
MAX_PARTS = 300_000


def loads(payload: bytes) -> dict[str, Any]:
    """Read one JSON object; raise InvalidManifest for anything else."""
    if len(payload) > MAX_PARTS and sum(map(payload.count, (b"{", b"[", b","))) > MAX_PARTS:
        raise InvalidManifest("The manifest has too many parts.")
    try:
        found = _DECODER.decode(payload.decode())
    except UnicodeDecodeError:
        raise InvalidManifest("The manifest is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise InvalidManifest(f"The manifest is not valid JSON: {error}.") from None
    except RecursionError:
        raise InvalidManifest("The manifest is nested too deeply.") from None
    except ValueError:  # the only one left: Python reads no whole number of 4300 digits
        raise InvalidManifest("The manifest has a number that is too long.") from None
    if not isinstance(found, dict):
        raise InvalidManifest("The manifest is not a JSON object.")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise InvalidManifest(f"The key {name[:80]!r} appears twice in one object.")
    return found


def _refuse(constant: str) -> NoReturn:
    raise InvalidManifest(f"{constant} is not JSON.")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse)
