"""The token service: who you are, and what you ask for, as a token of what you have.

GET with Basic as Distribution's "Token Authentication Specification" has it, POST with a form as
its OAuth2 twin.  Nobody is refused for asking too much: what he may not do is not in his token.
"""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone

from accounts.actors import Actor
from accounts.authentication import basic
from accounts.levels import Level
from accounts.tokens import services as tokens
from accounts.tokens.rules import Access
from images.access import policy as access
from images.access.policy import Standing
from images.registry import errors, scopes
from images.registry.base import blocks, declared_length
from images.registry.bearer import NEEDED
from images.registry.scopes import Scope
from images.repositories import rules
from organizations import policy as organizations
from swr.errors import (
    InvalidTokenRequest,
    MethodNotAllowed,
    NotAuthenticated,
    RequestTooLarge,
    SwrError,
    WrongCredentials,
)

LIMIT = 64 * 1024  # bytes of a form or a query
TOO_LARGE = "Ask for fewer scopes: 64 KiB is the most that is read."
FORM = "application/x-www-form-urlencoded"
CHALLENGE = 'Basic realm="registry", charset="UTF-8"'
LEVELS = {**NEEDED, "*": Level.MANAGE}
# A token is at most 8 KiB of base64, most of it for what it gives: ROOM bytes of JSON.
ROOM, ENTRY = 5_000, 100
CREATE = frozenset({"pull", "push"})  # what there is to do with a repository that does not exist
Form = dict[str, list[str]]


def token(request: HttpRequest) -> HttpResponseBase:
    try:
        answer: HttpResponseBase = JsonResponse(_answer(request))
    except SwrError as error:
        answer = errors.response(error)
        if isinstance(error, NotAuthenticated):
            answer["WWW-Authenticate"] = CHALLENGE
    answer["Cache-Control"] = "no-store"
    return answer


def _answer(request: HttpRequest) -> dict[str, Any]:
    if request.method == "GET":
        asked = _parsed(request.META.get("QUERY_STRING", ""))
        return _issued(_by_header(request), asked)
    if request.method == "POST":
        asked = _parsed(_body(request))
        return _issued(_by_form(request, asked), asked)
    raise MethodNotAllowed(headers={"Allow": "GET, POST"})


# --- who asks ----------------------------------------------------------------------------------


def _by_header(request: HttpRequest) -> Actor:
    given = request.META.get("HTTP_AUTHORIZATION", "")
    address = request.META.get("REMOTE_ADDR", "")
    if not given:
        return Actor.anonymous("registry", address=address)
    return basic.authenticate(*_credentials(given), door="registry", address=address)


def _credentials(header: str) -> tuple[str, str]:
    kind, _, encoded = header.partition(" ")
    try:
        username, colon, password = (
            b64decode(encoded.strip(), validate=True).decode().partition(":")
        )
    except ValueError:
        raise WrongCredentials from None
    if kind.lower() != "basic" or not colon:
        raise WrongCredentials
    return username, password


def _by_form(request: HttpRequest, form: Form) -> Actor:
    """Whoever the grant speaks of; without one, as GET has it."""
    address = request.META.get("REMOTE_ADDR", "")
    match _first(form, "grant_type"):
        case "refresh_token":
            return tokens.redeem_refresh(_first(form, "refresh_token"), address=address)
        case "password" if "HTTP_AUTHORIZATION" not in request.META:
            given = _first(form, "username"), _first(form, "password")
            return basic.authenticate(*given, door="registry", address=address)
        case "password" | "":
            return _by_header(request)
        case _:
            raise InvalidTokenRequest("The grant_type is none of password and refresh_token.")


# --- what was asked ----------------------------------------------------------------------------


def _body(request: HttpRequest) -> str:
    length = declared_length(request)
    if length is not None and length > LIMIT:
        raise RequestTooLarge(advice=TOO_LARGE)
    body = b""
    for block in blocks(request):
        body += block
        if len(body) > LIMIT:
            raise RequestTooLarge(advice=TOO_LARGE)
    if length is not None and len(body) < length:
        raise InvalidTokenRequest("The request ended before its body did.")
    if body and (request.content_type or FORM) != FORM:
        raise InvalidTokenRequest(f"The body is not {FORM}.")
    return body.decode(errors="replace")


def _parsed(text: str) -> Form:
    if len(text) > LIMIT:
        raise RequestTooLarge(advice=TOO_LARGE)
    return parse_qs(text)


def _first(form: Form, name: str) -> str:
    return form.get(name, [""])[0]


# --- what is given -----------------------------------------------------------------------------


def _issued(actor: Actor, form: Form) -> dict[str, Any]:
    now = timezone.now()
    granted = _granted(actor, scopes.parse(form.get("scope", [])))
    issued, expires_in = tokens.issue(actor, granted, now=now)
    answer = {
        "token": issued,
        "access_token": issued,
        "expires_in": expires_in,
        "issued_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "scope": " ".join(str(Scope(held.type, held.name, held.actions)) for held in granted),
    }
    if _wants_refresh(form) and not actor.is_anonymous:
        answer["refresh_token"] = tokens.issue_refresh(
            actor, client_id=_client(form), access_key_id=actor.access_key_id
        )
    return answer


def _wants_refresh(form: Form) -> bool:
    """GET says offline_token, a form access_type; who comes with a refresh token keeps it."""
    offline = _first(form, "offline_token") == "true" or _first(form, "access_type") == "offline"
    return offline and _first(form, "grant_type") != "refresh_token"


def _client(form: Form) -> str:
    named = _first(form, "client_id")
    return named[:128] if named.isprintable() else ""


def _granted(actor: Actor, asked: list[Scope]) -> list[Access]:
    names = {scope.name: rules.split(scope.name) for scope in asked if scope.is_repository}
    standings = access.standings(actor, names.values()) if names else {}
    held = [
        _narrowed(actor, scope, standings[names[scope.name]])
        if scope.is_repository
        else Access(scope.type, scope.name, frozenset("*"), None)
        for scope in asked
    ]
    return list(_fitting(one for one in held if one.actions))


def _fitting(held: Iterable[Access]) -> Iterator[Access]:
    """As many as a header can carry: the rest is asked for again when it is needed."""
    room = ROOM
    for one in held:
        room -= len(one.name) + ENTRY
        if room < 0:
            return
        yield one


def _narrowed(actor: Actor, scope: Scope, standing: Standing) -> Access:
    """What the level gives of what was asked; ``*`` asks for all of it."""
    given = _given(actor, standing)
    actions = given if "*" in scope.actions else given & scope.actions
    return Access(scope.type, scope.name, actions, standing.repository_id)


def _given(actor: Actor, standing: Standing) -> frozenset[str]:
    if standing.organization_id is None and organizations.may_create(actor):
        return CREATE
    held = {action for action, needed in LEVELS.items() if standing.level >= needed}
    return frozenset(held) if standing.repository_id is not None else CREATE & held
