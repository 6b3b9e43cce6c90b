"""Who is at the wire, and may he: the bearer token's claims, checked where they say too little.

A pull is answered from the token alone: its claims name repositories by id.  Whatever a token does
not answer (a repository made after it, an action it lacks) is asked of the policy, so that the
client hears the truth: 401 where another token would help, 403 where the caller lacks the level,
404 where he is a stranger.
"""

import re
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

REALM = "/swr/auth/v2/registry/auth/"
_HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
Environ = Mapping[str, Any]  # of WSGI (PEP 3333)
NEEDED = {
    "pull": Level.READ,
    "push": Level.WRITE,
    "delete": Level.MANAGE,
}


def challenge(environ: Environ, *scopes: str, problem: str = "") -> NotAuthenticated:
    """The 401 that sends a client to the token service for these scopes."""
    value = f'Bearer realm="{_origin(environ)}{REALM}",service="dockyard"'
    if scopes:
        value += f',scope="{" ".join(scopes)}"'
    if problem:
        value += f',error="{problem}"'
    return NotAuthenticated(headers={"WWW-Authenticate": value})


def _origin(environ: Environ) -> str:
    """Where the token service is: as the operator says, or else under the name the client used.

    Clients send no password to a realm on another host, least of all to a loopback address.
    """
    host = environ.get("HTTP_HOST", "")
    if settings.EXTERNAL_URL_IS_GIVEN or not _HOST.fullmatch(host):
        return settings.EXTERNAL_URL
    return f"{environ['wsgi.url_scheme']}://{host}"


def scope(name: str, *actions: str) -> str:
    return f"repository:{name}:{','.join(actions)}"


def claims(environ: Environ, *scopes: str) -> Claims:
    """The verified claims of the request's token."""
    given = environ.get("HTTP_AUTHORIZATION", "")
    kind, _, token = given.partition(" ")
    if kind.lower() != "bearer" or not token:
        raise challenge(environ, *scopes)
    try:
        return tokens.verify(token.strip(), now=time.time())
    except NotAuthenticated:
        raise challenge(environ, *scopes, problem="invalid_token") from None


def puller(environ: Environ, name: str, *, before_push: bool = False) -> int:
    """The id of the repository that the request may pull from.

    ``before_push``: whoever asks so usually pushes next, and some clients keep their first token;
    so they are told to ask for both.
    """
    repository_id = puller_of_any(environ, name, before_push=before_push)
    if repository_id is None:
        raise RepositoryNotFound
    return repository_id


def puller_of_any(environ: Environ, name: str, *, before_push: bool = False) -> int | None:
    """The same, with None for a name that the caller may fill, but has not yet."""
    found = claims(environ, _asked(name, "push" if before_push else "pull"))
    held = found.access_to(name)
    if held and "pull" in held.actions and held.repository_id is not None:
        return held.repository_id
    standing = _standing(actor_of(environ, found), name)
    if held and "pull" in held.actions and _is_open(standing):
        return standing.repository_id
    raise _refusal(environ, found, name, standing, "pull")


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
        raise _refusal(environ, found, name, standing, action, *also)
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
        raise challenge(environ, *asked, problem="insufficient_scope")
    return standing.repository_id


def actor_of(environ: Environ, found: Claims) -> Actor:
    """Who the claims speak of, as he is now: a disabled user has no actor."""
    address = environ.get("REMOTE_ADDR", "")
    if found.user_id is None:
        return Actor.anonymous("registry", address=address)
    actor = identity.actor_of(found.user_id, door="registry", address=address)
    if actor is None:
        raise challenge(environ, problem="invalid_token")
    return actor


def _standing(actor: Actor, name: str) -> Standing:
    return access.standing(actor, *rules.split(name))


def _refusal(
    environ: Environ, found: Claims, name: str, standing: Standing, action: str, *also: str
) -> NotAuthenticated | NotAllowed | RepositoryNotFound:
    if found.user_id is None:
        return challenge(environ, _asked(name, action), *also)
    if standing.repository_id is None and action == "delete":
        return RepositoryNotFound()
    if standing.level >= NEEDED[action]:
        return challenge(environ, _asked(name, action), *also, problem="insufficient_scope")
    if standing.level:
        return NotAllowed()
    return OrganizationNotYours() if action == "push" else RepositoryNotFound()


def _asked(name: str, action: str) -> str:
    return scope(name, "pull", "push") if action == "push" else scope(name, action)
