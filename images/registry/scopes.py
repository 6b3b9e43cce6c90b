"""What a client asks a token for: ``repository:<name>:<actions>``, ``registry:catalog:*``.  Pure.

Grammar: Distribution's "Docker Registry Token Scope and Access".  What is malformed, unknown or too
much is left out, never refused: a token for less is the answer (peers.md K2).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from images.repositories import rules
from swr.errors import InvalidName

LIMIT = 100
ACTIONS = ("pull", "push", "delete", "*")
CATALOG = ("registry", "catalog")
_TYPE = re.compile(r"([a-z0-9]+)(?:\([a-z0-9]+\))?")  # a class in brackets says nothing to us


@dataclass(frozen=True, slots=True)
class Scope:
    type: str
    name: str
    actions: frozenset[str]

    @property
    def is_repository(self) -> bool:
        return self.type == "repository"

    def __str__(self) -> str:
        return f"{self.type}:{self.name}:{','.join(a for a in ACTIONS if a in self.actions)}"


def parse(texts: Iterable[str]) -> list[Scope]:
    """Read scopes, several in a text where spaces part them; one answer for each name."""
    words = islice((word for text in texts for word in text.split(" ")), LIMIT)
    merged: dict[tuple[str, str], frozenset[str]] = {}
    for found in filter(None, map(_scope, words)):
        thing = found.type, found.name
        merged[thing] = merged.get(thing, frozenset()) | found.actions
    return [Scope(*thing, actions) for thing, actions in merged.items()]


def _scope(word: str) -> Scope | None:
    described, _, rest = word.partition(":")
    name, _, listed = rest.rpartition(":")
    known = _TYPE.fullmatch(described)
    actions = frozenset(ACTIONS).intersection(listed.split(","))
    if not known or not actions or not _is_name(known[1], name):
        return None
    return Scope(known[1], name, actions)


def _is_name(kind: str, name: str) -> bool:
    if kind != "repository":
        return (kind, name) == CATALOG
    try:
        rules.split(name)
    except InvalidName:
        return False
    return True
