"""The only reader of the environment: typed, and loud about what it cannot use."""

import difflib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

PREFIX = "SWR_"


class WrongSetting(SystemExit):
    """A setting that cannot be used.  Ends the start with one sentence that names it."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")


_asked: set[str] = set()


def text(name: str, default: str = "") -> str:
    """The value of ``name``; set but empty counts as unset."""
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


def kept_secret(name: str, path: Path) -> str:
    """The secret ``name``, or one made at the first start and kept at ``path`` (mode 0600)."""
    given = secret(name)
    if given:
        return given
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        found = path.read_text().strip()
        if not found:
            raise WrongSetting(name, f"{path} is empty: restore it from a backup.") from None
        return found
    except OSError as error:
        raise WrongSetting("SWR_DATA_DIR", f"cannot be written: {error}.") from None
    made = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    return made


def unknown() -> list[str]:
    """One sentence for each ``SWR_`` variable that nothing has asked for."""
    return [
        _complaint(name) for name in sorted(os.environ) if name.startswith(PREFIX) and name not in _asked
    ]


def _complaint(name: str) -> str:
    nearest = difflib.get_close_matches(name, _asked, n=1)
    hint = f" Did you mean {nearest[0]}?" if nearest else ""
    return f"{name}: no such setting.{hint}"
