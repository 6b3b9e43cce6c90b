"""A child that ends when its parent does, however the parent ended."""

import ctypes
import os
import signal

_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int) -> None:
    """Called in a fresh child: the kernel kills it as soon as the process ``parent`` is gone."""
    _libc.prctl(_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # gone already
