"""What decides the level on a repository.  Pure."""

from accounts.levels import Level, level_of_bits

SHARES_LIMIT = 500  # accounts, swr-behaviour.md 7
DESCRIPTION_LIMIT = 1_000


def effective(*, own: bool, role: Level, bits: int, shared: bool, public: bool) -> Level:
    """Roles and grants count in one's own account only, shares and publicity for anybody."""
    held = max(role, level_of_bits(bits)) if own else Level.NONE
    return max(held, Level.READ if shared or public else Level.NONE)
