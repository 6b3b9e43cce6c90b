"""Registry tokens (JWT, EdDSA), and the refresh tokens behind them."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import jwt
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.identity import policy
from accounts.identity import services as identity
from accounts.identity.models import User
from accounts.keyring import services as keyring
from accounts.keys.models import AccessKey
from accounts.tokens import rules
from accounts.tokens.models import RefreshToken
from accounts.tokens.rules import Access, Claims
from swr.errors import InvalidTokenRequest, NotAuthenticated, WrongCredentials
from swr.memory import Memory

_REFRESH_LIFETIME = timedelta(days=30)
_REQUIRED = ["iss", "aud", "sub", "iat", "nbf", "exp"]

_verified: Memory[bytes, Claims] = Memory(8192)


# --- the tokens themselves ---------------------------------------------------------------------


def issue(actor: Actor, access: Iterable[Access], *, now: datetime) -> tuple[str, int]:
    """Return the token and for how many seconds it is good."""
    began = int(now.timestamp())
    payload = {
        "iss": settings.EXTERNAL_URL,
        "aud": rules.AUDIENCE,
        "sub": actor.name,
        "account": actor.account_name,
        "user_id": actor.user_id and actor.user_id.hex,
        "account_id": actor.account_id and actor.account_id.hex,
        "iat": began,
        "nbf": began,
        "exp": began + rules.LIFETIME,
        "jti": uuid4().hex,
        "access": rules.written(access),
    }
    kid, private = keyring.signer()
    token = jwt.encode(payload, private, algorithm="EdDSA", headers={"kid": kid})
    if len(token) > rules.LONGEST:
        raise InvalidTokenRequest("The scopes do not fit into one token.", advice="Ask for fewer.")
    return token, rules.LIFETIME


def verify(token: str, *, now: float) -> Claims:
    """Raise NotAuthenticated for whatever is not a living token of ours."""
    if len(token) > rules.LONGEST or not token.isascii():
        raise NotAuthenticated
    digest = hashlib.sha256(token.encode()).digest()
    known = _verified.get(digest, now=now)
    if known is not None:
        return known
    try:
        claims = _read(token, now=now)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError):
        raise NotAuthenticated from None
    _verified.put(digest, claims, until=claims.expires_at)
    return claims


def _read(token: str, *, now: float) -> Claims:
    key = keyring.verifier(rules.kid_of(jwt.get_unverified_header(token)), now=now)
    if key is None:
        raise NotAuthenticated
    payload = jwt.decode(
        token,
        key,
        algorithms=["EdDSA"],
        audience=rules.AUDIENCE,
        issuer=settings.EXTERNAL_URL,
        options={
            "strict_aud": True,
            "require": _REQUIRED,
            # times are judged by rules.read, by the caller's clock
            "verify_iat": False,
            "verify_nbf": False,
            "verify_exp": False,
        },
    )
    return rules.read(payload, now=now)


def ensure_signing_key() -> str:
    """Make the first key unless there is one; return the kid of the one that signs.

    Raise ImproperlyConfigured when it was sealed under another secret key than today's.
    """
    return keyring.ensure_signing_key()


def rotate_signing_key(actor: Actor) -> str:
    """Sign with a new key from now on; return its kid.  Tokens that are out stay good."""
    lifetime = timedelta(seconds=rules.LIFETIME + rules.SKEW)
    return keyring.rotate_signing_key(actor, lifetime=lifetime)


# --- refresh tokens ----------------------------------------------------------------------------


def issue_refresh(actor: Actor, *, client_id: str, access_key_id: UUID | None = None) -> str:
    """What a container engine keeps instead of the password; dead with what proved the user."""
    user = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    if user is None:
        raise WrongCredentials
    token = secrets.token_urlsafe(32)
    RefreshToken.objects.create(
        digest=_digest(token),
        user=user,
        access_key_id=access_key_id or actor.access_key_id,
        password=user.get_session_auth_hash(),
        client_id=client_id[:128],
        expires_at=timezone.now() + _REFRESH_LIFETIME,
    )
    return token


def redeem_refresh(token: str, *, address: str) -> Actor:
    """Return its user as he is now; WrongCredentials when he may not come in with it any more."""
    living = RefreshToken.objects.filter(expires_at__gt=timezone.now())
    found = living.select_related("user", "access_key").filter(digest=_digest(token)).first()
    if found is None or not _stands(found):
        raise WrongCredentials
    actor = identity.actor_of(found.user_id, door="registry", address=address)
    if actor is None:
        raise WrongCredentials
    return replace(actor, access_key_id=found.access_key_id)


def _stands(token: RefreshToken) -> bool:
    key = token.access_key
    if key is not None and key.status != AccessKey.Status.ACTIVE:
        return False
    return constant_time_compare(token.password, token.user.get_session_auth_hash())


def revoke_refresh(token: str) -> None:
    """End one token; whoever has it may."""
    RefreshToken.objects.filter(digest=_digest(token)).delete()


@transaction.atomic
def revoke_refresh_of(actor: Actor, user: User) -> int:
    """End all tokens of a user; return how many there were."""
    policy.require_self_or_administrator(actor, user)
    gone, _ = RefreshToken.objects.filter(user=user).delete()
    audit.record(actor, "revokeRefreshTokens", resource_id=user.pk.hex, resource_name=user.name)
    return gone


def sweep() -> None:
    """Forget what has expired: refresh tokens, and signing keys after their last token."""
    RefreshToken.objects.filter(expires_at__lte=timezone.now()).delete()
    keyring.sweep()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
