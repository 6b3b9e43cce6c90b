import pytest

from tests.cast import cast, stage
from tests.server import server

SHARED = {"server", "settled", "installation"}  # fixtures that are expensive to have twice

__all__ = ["cast", "server", "stage"]


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let tests that talk to one running server be one group: xdist keeps it together."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        for name in SHARED.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(name))
