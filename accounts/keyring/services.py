"""The key pairs that sign registry tokens, and which of them sign and verify right now."""

import base64
import hashlib
import time
from datetime import timedelta
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import services as audit
from accounts.identity import policy
from accounts.keyring.models import SigningKey
from accounts.sealing.services import seal, unseal

# Seconds until a process looks for news by itself: sooner when it signs, so that what it has just
# signed is never checked against other keys; and between looks for a key that it does not know.
_LOOK_TO_SIGN = 240
_LOOK_TO_VERIFY = 300
_LOOK_FOR_UNKNOWN = 1
_PURPOSE = "signing key"


def ensure_signing_key() -> str:
    """Make the first key unless there is one; return the kid of the one that signs.

    Raise ImproperlyConfigured when it was sealed under another secret key than today's.
    """
    newest = _newest() or _create_key(1)
    _private(newest)
    return newest.kid


def rotate_signing_key(actor: Actor, *, lifetime: timedelta) -> str:
    """Sign with a new key from now on; return its kid.

    Older keys verify until the last token has expired that any process signs with them: it may
    take a while to notice, and its tokens live for ``lifetime``.
    """
    policy.require_operator(actor)
    with transaction.atomic():
        newest = _newest()
        key = _create_key(newest.generation + 1 if newest else 1)
        ends = timezone.now() + timedelta(seconds=_LOOK_TO_VERIFY) + lifetime
        older = SigningKey.objects.filter(generation__lt=key.generation, retired_at=None)
        older.update(retired_at=ends)
        audit.record(actor, "rotateSigningKey", resource_name=key.kid)
    _ring.look_again()
    return key.kid


def signer() -> tuple[str, Ed25519PrivateKey]:
    """Return the kid and the key to sign with; make the first one if need be."""
    return _ring.signer()


def verifier(kid: str, *, now: float) -> Ed25519PublicKey | None:
    """Find the key that verifies what was signed under ``kid``."""
    return _ring.verifier(kid, now=now)


def sweep() -> None:
    """Forget keys whose time is over."""
    SigningKey.objects.filter(retired_at__lt=timezone.now()).delete()


def _newest() -> SigningKey | None:
    return SigningKey.objects.order_by("-generation").first()


def _create_key(generation: int) -> SigningKey:
    """Make a key, or take the one of that generation that another process made meanwhile."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    secret = base64.b64encode(private.private_bytes_raw()).decode()
    key = SigningKey(
        kid=base64.urlsafe_b64encode(hashlib.sha256(public).digest()[:18]).decode(),
        generation=generation,
        sealed_private=seal(secret, purpose=_PURPOSE),
        public=base64.b64encode(public).decode(),
    )
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        return SigningKey.objects.get(generation=generation)
    return key


def _private(key: SigningKey) -> Ed25519PrivateKey:
    try:
        raw = base64.b64decode(unseal(key.sealed_private, purpose=_PURPOSE))
    except ValueError:
        raise ImproperlyConfigured(
            "The signing key was sealed under another SWR_SECRET_KEY: bring that one back, or run "
            "manage.py rotate_signing_key (access keys made under it are lost)."
        ) from None
    return Ed25519PrivateKey.from_private_bytes(raw)


def _public(key: SigningKey) -> tuple[Ed25519PublicKey, float]:
    """The public half, and the end of its time."""
    ends = key.retired_at.timestamp() if key.retired_at else float("inf")
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public)), ends


class _Ring:
    """The keys as this process knows them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._public: dict[str, tuple[Ed25519PublicKey, float]] = {}
        self._signer: tuple[str, Ed25519PrivateKey] | None = None
        self._looked_at = float("-inf")

    def signer(self) -> tuple[str, Ed25519PrivateKey]:
        with self._lock:
            if self._signer is None or self._age() > _LOOK_TO_SIGN:
                self._signer = self._look()
            return self._signer

    def verifier(self, kid: str, *, now: float) -> Ed25519PublicKey | None:
        with self._lock:
            if self._age() > (_LOOK_TO_VERIFY if kid in self._public else _LOOK_FOR_UNKNOWN):
                self._signer = self._look()
            public, ends = self._public.get(kid, (None, 0.0))
        return public if now < ends else None

    def look_again(self) -> None:
        with self._lock:
            self._looked_at = float("-inf")

    def _look(self) -> tuple[str, Ed25519PrivateKey]:
        newest = _newest() or _create_key(1)
        self._public = {key.kid: _public(key) for key in SigningKey.objects.all()}
        self._looked_at = time.monotonic()
        return newest.kid, _private(newest)

    def _age(self) -> float:
        return time.monotonic() - self._looked_at


_ring = _Ring()
