"""What a registry token says, and which tokens are well formed.  Pure.

The shape is the one of Distribution's "Token Authentication Implementation", with ``rid`` (the
repository's id) in each access entry, so that a new repository of an old name is another one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

AUDIENCE = "dockyard"
LIFETIME = 900  # seconds
SKEW = 30  # seconds that another process of ours may be ahead
LONGEST = 8192  # characters of a token; more fits into no header
_HEADER = {"alg", "typ", "kid"}  # no jwk, jku, x5u, x5c, crit: a token brings no key of its own


@dataclass(frozen=True, slots=True)
class Access:
    """Actions on one thing, as the Docker token specification writes them."""

    type: str
    name: str
    actions: frozenset[str]
    repository_id: int | None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says; ``expires_at`` is a Unix time.  Anonymous ones have no ids."""

    user_id: UUID | None
    account_id: UUID | None
    user_name: str
    account_name: str
    access: tuple[Access, ...]
    expires_at: int

    def access_to(self, name: str) -> Access | None:
        """What the token says of the repository ``name``."""
        for entry in self.access:
            if entry.name == name and entry.type == "repository":
                return entry
        return None


def merged(access: Iterable[Access]) -> list[Access]:
    """Keep one entry for each thing, with all its actions."""
    found: dict[tuple[str, str], Access] = {}
    for entry in access:
        known = found.setdefault((entry.type, entry.name), entry)
        if known.repository_id == entry.repository_id:
            actions = known.actions | entry.actions
            found[entry.type, entry.name] = replace(known, actions=actions)
    return list(found.values())


def written(access: Iterable[Access]) -> list[dict[str, Any]]:
    return [
        {"type": entry.type, "name": entry.name, "actions": sorted(entry.actions)}
        | ({} if entry.repository_id is None else {"rid": entry.repository_id})
        for entry in merged(access)
    ]


def kid_of(header: Mapping[str, Any]) -> str:
    """Find the key that the header names; ValueError for a header that is not ours."""
    kid = header.get("kid")
    if header.get("alg") != "EdDSA" or not isinstance(kid, str) or not header.keys() <= _HEADER:
        raise ValueError("header")
    return kid


def read(payload: Mapping[str, Any], *, now: float) -> Claims:
    """Check times and types; KeyError, TypeError or ValueError for a payload that is not ours."""
    issued, begins, ends = (_whole(payload[name]) for name in ("iat", "nbf", "exp"))
    if not (issued - SKEW <= now and begins - SKEW <= now < ends <= issued + LIFETIME):
        raise ValueError("time")
    access = tuple(_access(entry) for entry in _list(payload["access"]))
    if len({(entry.type, entry.name) for entry in access}) < len(access):
        raise ValueError("access")
    return Claims(
        user_id=_id(payload["user_id"]),
        account_id=_id(payload["account_id"]),
        user_name=_text(payload["sub"]),
        account_name=_text(payload["account"]),
        access=access,
        expires_at=ends,
    )


def _access(entry: Any) -> Access:
    if not isinstance(entry, dict):
        raise TypeError("access")
    actions = frozenset(_text(action) for action in _list(entry["actions"]))
    rid = entry.get("rid")
    found = None if rid is None else _whole(rid)
    return Access(_text(entry["type"]), _text(entry["name"]), actions, found)


def _whole(value: Any) -> int:
    if type(value) is not int:  # True is none
        raise TypeError("number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("list")
    return value


def _id(value: Any) -> UUID | None:
    return None if value is None else UUID(_text(value))
