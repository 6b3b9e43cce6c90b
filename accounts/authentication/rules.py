"""How long who must wait after failed logins, and how addresses and names are told apart.  Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

FREE = 5  # failures before anybody has to wait
LONGEST_WAIT = 300  # seconds
FORGOTTEN_AFTER = timedelta(hours=1)  # without another failure
KNOWN_FOR = timedelta(days=30)  # how long a name that came in is known at its address
LONGEST_PASSWORD = 1024  # characters
_NAME = re.compile(r"[A-Za-z0-9 _.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is remembered of one name at one address, or of the address as a whole."""

    failures: int
    last_at: datetime
    succeeded_at: datetime | None

    def wait(self, now: datetime) -> int:
        """Seconds until the next attempt: 1, 2, 4 … after the fifth, sixth, seventh failure."""
        if self.failures < FREE or now - self.last_at >= FORGOTTEN_AFTER:
            return 0
        pause = min(2 ** min(self.failures - FREE, 16), LONGEST_WAIT)
        left = (self.last_at + timedelta(seconds=pause) - now).total_seconds()
        return max(0, min(-int(-left // 1), LONGEST_WAIT))

    def is_known(self, now: datetime) -> bool:
        return self.succeeded_at is not None and now - self.succeeded_at < KNOWN_FOR


def wait(name: Standing | None, address: Standing | None, *, now: datetime) -> int:
    """Seconds to wait; who is known at an address does not wait for what others do there."""
    own = name.wait(now) if name else 0
    if address is None or (name and name.is_known(now)):
        return own
    return max(own, address.wait(now))


def place(address: str) -> str:
    """Where an address is, for counting: an IPv6 customer has a /64 to choose from."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ascii(address)[1:65]
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))


def is_possible_name(name: str) -> bool:
    """Whether an account or user can have this name; what cannot be is never looked up."""
    return _NAME.fullmatch(name) is not None


def is_possible_password(password: str) -> bool:
    if len(password) > LONGEST_PASSWORD or "\0" in password:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in password)
