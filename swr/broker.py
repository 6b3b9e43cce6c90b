"""Messages in a folder, as kombu keeps them, but never half written.

kombu's own transport opens a message's file and then fills it: a worker that looks in between
takes an empty message, cannot read it, and ends.
"""

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]  # kombu's two names for it differ
        """Write the message under a name that nobody looks for, then give it one that sorts."""
        folder, name = Path(self.data_folder_out), uuid.uuid4().hex
        hidden = folder / f".{name}"
        hidden.write_text(dumps(payload))
        hidden.rename(folder / f"{time.time_ns():020}_{name}.{queue}.msg")


class Transport(filesystem.Transport):
    Channel = Channel
