"""What a log line must never hold, taken out by name and by shape.  Pure."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
LONGEST = 8192  # characters of one value; a line is read by people

_SECRET_WORDS = {
    "apikey", "authorization", "cookie", "credential", "credentials", "key", "passphrase", "passwd",
    "password", "passwords", "secret", "secrets", "signature", "token", "tokens",
}  # fmt: skip
_OPEN_NAMES = {"storage_key", "key_id", "access_key_id"}  # names of things, not secrets
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")

_SHAPES = [
    # header lines, whatever the scheme
    (
        re.compile(r"(?i)((?:authorization|cookie|x-auth-token)[\"']?\s*[:=]\s*[\"']?)[^\"'\r\n]+"),
        r"\1",
    ),
    (re.compile(r"(?i)\b(basic|bearer)(\s+)[a-z0-9+/=._~-]{8,}"), r"\1\2"),
    # docker login -u … -p …
    (re.compile(r"(\s(?:-p|--password)(?:\s+|=))\S+"), r"\1"),
    # password=…  "token": "…"  client_secret=…
    (
        re.compile(
            r"(?i)((?:password|passwd|secret|token|credential|signature|api_?key|access_?key"
            r"|(?<![a-z0-9_])key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;)}\]]+"
        ),
        r"\1",
    ),
    (re.compile(r"()eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"), r"\1"),  # a JWT, wherever it stands
    (re.compile(r"(://)[^\s/@]+(?=@)"), r"\1"),  # user:password@ of an address
    # the query of an authentication call
    (re.compile(r"((?:/swr/auth/|/v3/auth/|/v3\.0/OS-|/admin/login)[^\s?\"']*\?)[^\s\"']+"), r"\1"),
]


def is_secret(name: str) -> bool:
    """Tell by its name whether a field may hold a secret, as ``X-Auth-Token`` or ``apiKey``."""
    if name.lower() in _OPEN_NAMES:
        return False
    return any(word.lower() in _SECRET_WORDS for word in _WORD.findall(name))


def text(value: str) -> str:
    if len(value) > LONGEST:
        value = f"{value[: LONGEST // 2]} … {value[-LONGEST // 2 :]}"
    for shape, kept in _SHAPES:
        value = shape.sub(kept + HIDDEN, value)
    return value


def clean(value: Any) -> Any:
    """``value`` as plain data without secrets; what is not plain becomes cleaned text."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return fields({str(name): held for name, held in value.items()})
    if isinstance(value, (list, tuple, set, frozenset)):
        return [clean(held) for held in value]
    return text(str(value))


def fields(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: HIDDEN if held and is_secret(name) else clean(held) for name, held in given.items()
    }
