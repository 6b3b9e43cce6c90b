"""What a level allows.  Pure: numbers as SWR's ``auth`` writes them (swr-api.md 1.12)."""

from enum import IntEnum


class Level(IntEnum):
    """How much somebody may do with a thing; each includes the ones below.

    Written in bits: read 1, write 2, manage 4, so that a level is the sum of its permissions.
    """

    NONE = 0
    READ = 1
    WRITE = 3
    MANAGE = 7

    @property
    def permissions(self) -> list[str]:
        """The object permissions that make up this level."""
        return [name for name, bit in BITS.items() if self & bit]


BITS = {"read": 1, "write": 2, "manage": 4}


def level_of_bits(bits: int) -> Level:
    """The highest level whose bits are all set."""
    return max(level for level in Level if level & bits == level)
