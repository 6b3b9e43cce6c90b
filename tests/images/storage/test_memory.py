import pytest

from images.storage.base import Storage
from images.storage.memory import MemoryStorage
from tests.images.storage.contract import StorageContract

pytestmark = pytest.mark.pure


class TestMemory(StorageContract):
    @pytest.fixture
    def storage(self) -> Storage:
        return MemoryStorage()
