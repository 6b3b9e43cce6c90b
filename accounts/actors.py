"""Who is asking, as a value: it fits into a trace, a token and a task."""

from dataclasses import dataclass
from typing import Literal, Self
from uuid import UUID

from accounts.levels import Level

Door = Literal["registry", "api", "console", "admin", "command", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is asking, and through which door.

    ``role`` is what the user's roles (or owning the account) give on everything the account owns,
    before any grant is looked at.  Anonymous actors have no ids; ``system`` ones may do everything.
    ``access_key_id`` is set when an access key proved it.
    """

    name: str
    door: Door
    user_id: UUID | None = None
    account_id: UUID | None = None
    account_name: str = ""
    role: Level = Level.NONE
    address: str = ""
    access_key_id: UUID | None = None

    @classmethod
    def anonymous(cls, door: Door, *, address: str = "") -> Self:
        return cls(name="", door=door, address=address)

    @classmethod
    def system(cls, name: str) -> Self:
        """Speak for a job of ours: allowed everything, and named in the trace."""
        return cls(name=name, door="system", role=Level.MANAGE)

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None and self.door != "system"

    @property
    def is_system(self) -> bool:
        return self.door == "system"
