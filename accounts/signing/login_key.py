"""The password of a long-term login command (swr-behaviour.md 3.1).  Pure."""

import hashlib
import hmac


def login_key(access: str, secret: str) -> str:
    """Lower-case hex of the HMAC-SHA256 of the access key under its secret.

    As the vendor's pages compute it: ``printf "$AK" | openssl dgst -sha256 -hmac "$SK"``.
    """
    return hmac.new(secret.encode(), access.encode(), hashlib.sha256).hexdigest()
