"""Secrets at rest that we need back: AES-256-GCM under keys derived from the secret key.

A sealed text is ``v1.`` and the base64url of nonce, cipher text and tag.
"""

import base64
import binascii
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = "v1."
_NONCE = 12  # bytes, as AES-GCM wants it


def seal(text: str, *, purpose: str) -> str:
    """``text`` so that only the same secret key and ``purpose`` open it again."""
    nonce = secrets.token_bytes(_NONCE)
    locked = _cipher(settings.SECRET_KEY, purpose).encrypt(nonce, text.encode(), purpose.encode())
    return _VERSION + base64.urlsafe_b64encode(nonce + locked).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Raise ValueError when ``sealed`` was changed, or sealed under another key or purpose."""
    try:
        if not sealed.startswith(_VERSION):
            raise ValueError
        raw = base64.b64decode(sealed.removeprefix(_VERSION), altchars=b"-_", validate=True)
        cipher = _cipher(settings.SECRET_KEY, purpose)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()
    except (ValueError, binascii.Error, InvalidTag):
        raise ValueError("This secret was not sealed with SWR_SECRET_KEY.") from None


@lru_cache(maxsize=1024)
def _cipher(secret_key: str, purpose: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"seal {purpose}".encode())
    return AESGCM(derived.derive(secret_key.encode()))
