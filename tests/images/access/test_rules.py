import pytest

from accounts.levels import Level
from images.access.rules import effective

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("role", "bits", "level"),
    [
        (Level.NONE, 0, Level.NONE),
        (Level.NONE, 1, Level.READ),
        (Level.NONE, 3, Level.WRITE),
        (Level.NONE, 7, Level.MANAGE),
        (Level.READ, 0, Level.READ),
        (Level.READ, 3, Level.WRITE),
        (Level.MANAGE, 1, Level.MANAGE),
        (Level.NONE, 2, Level.NONE),  # a write without its read is no level
        (Level.NONE, 5, Level.READ),  # nor is a manage without its write
    ],
)
def test_in_the_own_account_the_higher_of_role_and_grant_counts(
    role: Level, bits: int, level: Level
) -> None:
    assert effective(own=True, role=role, bits=bits, shared=False, public=False) is level
    assert effective(own=False, role=role, bits=bits, shared=False, public=False) is Level.NONE


@pytest.mark.parametrize(("shared", "public"), [(True, False), (False, True), (True, True)])
def test_shares_and_publicity_give_read_to_anybody_and_take_nothing(
    shared: bool, public: bool
) -> None:
    outside = effective(own=False, role=Level.MANAGE, bits=7, shared=shared, public=public)
    assert outside is Level.READ
    inside = effective(own=True, role=Level.NONE, bits=3, shared=shared, public=public)
    assert inside is Level.WRITE
