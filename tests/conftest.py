import pytest

from tests.cast import cast
from tests.server import server

__all__ = ["cast", "server"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let tests that talk to a running server share one, in one of xdist's workers."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("server"))
