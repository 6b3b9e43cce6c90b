"""Who is at the wire, and may he: the bearer token's claims, checked where they say too little.

A pull is answered from the token alone: its claims name repositories by id.  Whatever a token does
not answer (a repository made after it, an action it lacks) is asked of the policy, so that the
client hears the truth: 401 where another token would help, 403 where the caller lacks the level,
404 where he is a stranger.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from accounts.actors import Actor
from accounts.identity import services as identity
from accounts.levels import Level
from accounts.tokens import services as tokens
from accounts.tokens.rules import Claims
from images.access import policy as access
from images.access.policy import Standing
from images.repositories import rules
from swr.errors import NotAllowed, NotAuthenticated, OrganizationNotYours, RepositoryNotFound

REALM = f'Bearer realm="{settings.EXTERNAL_URL}/swr/auth/v2/registry/auth/",service="dockyard"'
Environ = Mapping[str, Any]  # of WSGI (PEP 3333)
NEEDED = {
    "pull": Level.READ,
    "push": Level.WRITE,
    "delete": Level.MANAGE,
}


def challenge(*scopes: str, problem: str = "") -> NotAuthenticated:
    """The 401 that sends a client to the token service for these scopes."""
    value = REALM
    if scopes:
        value += f',scope="{" ".join(scopes)}"'
    if problem:
        value += f',error="{problem}"'
    return NotAuthenticated(headers={"WWW-Authenticate": value})


def scope(name: str, *actions: str) -> str:
    return f"repository:{name}:{','.join(actions)}"


def claims(environ: Environ, *scopes: str) -> Claims:
    """The verified claims of the request's token."""
    given = environ.get("HTTP_AUTHORIZATION", "")
    kind, _, token = given.partition(" ")
    if kind.lower() != "bearer" or not token:
        raise challenge(*scopes)
    try:
        return tokens.verify(token.strip(), now=time.time())
    except NotAuthenticated:
        raise challenge(*scopes, problem="invalid_token") from None


def puller(environ: Environ, name: str) -> int:
    """The id of the repository that the request may pull from."""
    repository_id = puller_of_any(environ, name)
    if repository_id is None:
        raise RepositoryNotFound
    return repository_id


def puller_of_any(environ: Environ, name: str) -> int | None:
    """The same, with None for a name that the caller may fill, but has not yet."""
    found = claims(environ, scope(name, "pull"))
    held = found.access_to(name)
    if held and "pull" in held.actions and held.repository_id is not None:
        return held.repository_id
    standing = _standing(actor_of(environ, found), name)
    if held and "pull" in held.actions and _is_open(standing):
        return standing.repository_id
    raise _refusal(found, name, standing, "pull")


def _is_open(standing: Standing) -> bool:
    """Whether what a token says of a name still holds: it is readable, or nobody has it."""
    return standing.level >= Level.READ or standing.organization_id is None


def writer(environ: Environ, name: str, action: str, *also: str) -> tuple[Actor, Standing]:
    """The actor behind the token, who may do ``action`` ("push" or "delete") by its claims.

    What he may do by the policy is asked by the verb.  ``also`` are scopes that a client which
    has to ask for a token should ask for in one go.
    """
    found = claims(environ, _asked(name, action), *also)
    actor = actor_of(environ, found)
    standing = _standing(actor, name)
    held = found.access_to(name)
    if held is None or action not in held.actions:
        raise _refusal(found, name, standing, action, *also)
    return actor, standing


def mount_source(environ: Environ, actor: Actor, *, target: str, source: str) -> int | None:
    """The id of the repository to mount from; None where the actor may not read it.

    Where he may, but the token does not speak of it, a token for both is asked for.
    """
    standing = _standing(actor, source)
    if standing.repository_id is None or standing.level < Level.READ:
        return None
    held = claims(environ).access_to(source)
    if held is None or "pull" not in held.actions:
        asked = (_asked(target, "push"), scope(source, "pull"))
        raise challenge(*asked, problem="insufficient_scope")
    return standing.repository_id


def actor_of(environ: Environ, found: Claims) -> Actor:
    """Who the claims speak of, as he is now: a disabled user has no actor."""
    address = environ.get("REMOTE_ADDR", "")
    if found.user_id is None:
        return Actor.anonymous("registry", address=address)
    actor = identity.actor_of(found.user_id, door="registry", address=address)
    if actor is None:
        raise challenge(problem="invalid_token")
    return actor


def _standing(actor: Actor, name: str) -> Standing:
    return access.standing(actor, *rules.split(name))


def _refusal(
    found: Claims, name: str, standing: Standing, action: str, *also: str
) -> NotAuthenticated | NotAllowed | RepositoryNotFound:
    if found.user_id is None:
        return challenge(_asked(name, action), *also)
    if standing.repository_id is None and action == "delete":
        return RepositoryNotFound()
    if standing.level >= NEEDED[action]:
        return challenge(_asked(name, action), *also, problem="insufficient_scope")
    if standing.level:
        return NotAllowed()
    return OrganizationNotYours() if action == "push" else RepositoryNotFound()


def _asked(name: str, action: str) -> str:
    return scope(name, "pull", "push") if action == "push" else scope(name, action)
