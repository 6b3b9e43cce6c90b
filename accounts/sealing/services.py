"""Secrets at rest that we need back: AES-256-GCM under keys derived from the secret key.

A sealed text is ``v1.`` and the base64url of nonce, cipher text and tag.
"""

import base64
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = "v1"
_NONCE = 12  # bytes, as AES-GCM wants it


def seal(text: str, *, purpose: str) -> str:
    """``text`` so that only the same secret key and ``purpose`` open it again."""
    nonce, bound = secrets.token_bytes(_NONCE), f"{_VERSION} {purpose}"
    locked = _cipher(settings.SECRET_KEY, purpose).encrypt(nonce, text.encode(), bound.encode())
    return f"{_VERSION}.{base64.urlsafe_b64encode(nonce + locked).decode()}"


def unseal(sealed: str, *, purpose: str) -> str:
    """Raise ValueError when ``sealed`` was changed, or sealed under another key or purpose."""
    version, _, body = sealed.partition(".")
    bound, cipher = f"{version} {purpose}", _cipher(settings.SECRET_KEY, purpose)
    try:
        raw = base64.b64decode(body, altchars=b"-_", validate=True)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], bound.encode()).decode()
    except (ValueError, InvalidTag):
        raise ValueError("This secret was not sealed with SWR_SECRET_KEY.") from None


@lru_cache(maxsize=1024)
def _cipher(secret_key: str, purpose: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"seal {purpose}".encode())
    return AESGCM(derived.derive(secret_key.encode()))
