"""The only reader of the environment: typed, and loud about what it cannot use."""

import contextlib
import difflib
import ipaddress
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import dj_database_url

PREFIX = "SWR_"


class WrongSetting(SystemExit):
    """A setting that cannot be used.  Ends the start with one sentence that names it."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")


_asked: set[str] = set()


def text(name: str, default: str = "") -> str:
    """Read ``name``; set but empty counts as unset."""
    _asked.add(name)
    return os.environ.get(name, "").strip() or default


def choice(name: str, default: str, allowed: Iterable[str]) -> str:
    value, allowed = text(name, default), tuple(allowed)
    if value not in allowed:
        raise WrongSetting(name, f"must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def number(name: str, default: int, *, at_least: int = 0) -> int:
    value = text(name, str(default))
    try:
        found = int(value)
    except ValueError:
        raise WrongSetting(name, f"must be a whole number, not {value!r}.") from None
    if found < at_least:
        raise WrongSetting(name, f"must be at least {at_least}, not {found}.")
    return found


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name, "true" if default else "false").lower()
    if value not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
        raise WrongSetting(name, f"must be true or false, not {value!r}.")
    return value in {"true", "1", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Words separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def matching(name: str, default: str, pattern: str, *, like: str) -> str:
    value = text(name, default)
    if not re.fullmatch(pattern, value):
        raise WrongSetting(name, f"must be like {like}, not {value!r}.")
    return value


def address(name: str, default: str) -> tuple[str, int]:
    """Split ``host:port`` or ``[host]:port``, an address to listen on."""
    value = text(name, default)
    host, _, port = value.rpartition(":")
    number = int(port) if port.isascii() and port.isdecimal() else 0
    if not host or (":" in host) != host.startswith("[") or not 0 < number < 65536:  # noqa: PLR2004
        raise WrongSetting(name, f"must be like 127.0.0.1:8080, not {value!r}.")
    return host.strip("[]"), number


def origin(name: str, default: str) -> SplitResult:
    """Split an http or https address without a path, as clients reach us."""
    value = text(name, default).rstrip("/")
    try:
        found = urlsplit(value)
        usable = found.hostname and (found.port is None or found.port > 0)
    except ValueError:
        raise WrongSetting(name, f"is no address: {value!r}.") from None
    extra = "@" in found.netloc or found.path or found.query or found.fragment
    if found.scheme not in {"http", "https"} or not usable or extra:
        raise WrongSetting(name, f"must be like https://registry.example.com, not {value!r}.")
    return found


def networks(name: str) -> list[str]:
    """Addresses and networks in CIDR notation."""
    found = words(name)
    for word in found:
        try:
            ipaddress.ip_network(word, strict=False)
        except ValueError as error:
            raise WrongSetting(name, f"must hold addresses or networks: {error}.") from None
    return found


def secret(name: str) -> str:
    """``name``, or the content of the file that ``name_FILE`` names; empty when neither is set."""
    given, file = text(name), text(f"{name}_FILE")
    if given and file:
        raise WrongSetting(name, f"is set, and so is {name}_FILE: keep one of them.")
    if not file:
        return given
    try:
        found = Path(file).read_text().strip()
    except OSError as error:
        raise WrongSetting(f"{name}_FILE", f"cannot be read: {error}.") from None
    if not found:
        raise WrongSetting(f"{name}_FILE", f"{file} is empty.")
    return found


def database(*names: str) -> dict[str, Any] | None:
    """Read Django's idea of a database from the first of these secret addresses that is set."""
    for name in names:
        if value := secret(name):
            return _database(name, value)
    return None


def _database(name: str, value: str) -> dict[str, Any]:
    hint = "must be like postgresql://user:password@host/name"  # and never shows what was given
    try:
        found = dict(dj_database_url.parse(value))
    except ValueError:
        raise WrongSetting(name, f"{hint}.") from None
    engine = str(found["ENGINE"]).removeprefix("django.db.backends.")
    if engine not in {"postgresql", "sqlite3"}:
        raise WrongSetting(name, f"{hint}: {engine} is not supported.")
    if found["NAME"] in {"", ":memory:"}:
        raise WrongSetting(name, f"{hint}: it names no database.")
    return found


def redis(*names: str) -> str:
    for name in names:
        if value := secret(name):
            if value.partition("://")[0] not in {"redis", "rediss", "unix"}:
                raise WrongSetting(name, "must be like redis://user:password@host:6379/0.")
            return value
    return ""


def kept_secret(name: str, path: Path, *, at_least: int) -> str:
    """Read the secret ``name``, or one made at the first start and kept at ``path`` (mode 0600)."""
    found = secret(name)
    if found and len(found) < at_least:
        raise WrongSetting(name, f"must have at least {at_least} characters.")
    try:
        found = found or _kept(path)
    except OSError as error:
        raise WrongSetting("SWR_DATA_DIR", f"cannot be used: {error}.") from None
    if not found:
        raise WrongSetting(name, f"{path} is empty: restore it from a backup.")
    return found


def _kept(path: Path) -> str:
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: its secret is the one
        path.hardlink_to(made)
    made.unlink()
    return path.read_text().strip()


def inherited(*, without: str) -> dict[str, str]:
    """Make the environment of a program of ours, ``without`` a secret that it does not need."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in {without, f"{without}_FILE"}
    }


def forget() -> None:
    """Take what was read out of the environment, where other people's code might show it."""
    for name in _asked:
        os.environ.pop(name, None)


def unknown() -> list[str]:
    """One sentence for each ``SWR_`` variable that nothing has asked for."""
    return [
        _complaint(name)
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in _asked
    ]


def _complaint(name: str) -> str:
    nearest = difflib.get_close_matches(name, _asked, n=1)
    hint = f" Did you mean {nearest[0]}?" if nearest else ""
    return f"{name}: no such setting.{hint}"
