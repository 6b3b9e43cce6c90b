from datetime import UTC, datetime

import pytest

from images.storage import paths

pytestmark = pytest.mark.pure


def test_a_key_tells_the_month_and_is_drawn_anew_each_time() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    first, second = paths.new_key(now), paths.new_key(now)
    assert first.startswith("blobs/2026/03/")
    assert first != second
    paths.check_key(first)
