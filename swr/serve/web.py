"""The web server: granian's WSGI interface with the options we measured (design D10)."""

import os
import resource
import socket
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from swr import env
from swr.serve.parent import die_with

# Connections that a worker holds at once; idle ones count, so this is no limit on requests.
CONNECTIONS = 4096
BACKLOG = 2048
IDLE = 60_000  # milliseconds between two requests of one connection, and for a request's head
DRAIN = 6  # seconds that requests under way have when we stop


shared: Callable[..., Any] = SocketHolder  # granian's stub knows fewer arguments than it takes


class Server(MPServer):
    """A listening socket for each worker, made here; the kernel spreads connections over them.

    granian's own sockets have no keepalive: a client that vanishes in the middle of a body would
    hold a thread for ever.  Accepted sockets inherit what is set here.  With one socket for all,
    whichever worker wakes up first takes every connection that waits, and the others idle.
    """

    def _init_shared_socket(self) -> None:
        address = self.bind_addr, self.bind_port
        self._sockets = [listener(address, one_of_many=True) for _ in range(self.workers)]
        self._take(0)

    def _drop_shared_socket(self) -> None:
        for each in self._sockets:
            each.close()

    def _spawn_worker(  # type: ignore[override]  # granian leaves its parameters untyped
        self, idx: int, target: Any, callback_loader: Any
    ) -> Any:
        self._take(idx)
        return super()._spawn_worker(idx, target, callback_loader)

    def _take(self, worker: int) -> None:
        self._sso: socket.socket = self._sockets[worker]
        self._shd: Any = shared(self._sso.fileno(), False, self.backlog)  # noqa: FBT003
        self._ssp: Any = None


def listener(address: tuple[str, int], *, one_of_many: bool = False) -> socket.socket:
    """Listen on ``address``; raises OSError, for example when somebody else does.

    ``one_of_many`` lets other sockets that are made so share the port.
    """
    family = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0][0]
    both = address[0] == "::" and socket.has_dualstack_ipv6()  # [::] means IPv4 as well
    made = socket.create_server(
        address, family=family, backlog=BACKLOG, reuse_port=one_of_many, dualstack_ipv6=both
    )
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 15)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 120_000)
    made.settimeout(0.0)
    made.set_inheritable(True)
    return made


def run() -> None:
    """Serve until SIGTERM."""
    _open_as_many_files_as_allowed()
    connections.close_all()  # no connection crosses the fork
    host, port = settings.LISTEN
    Server(
        settings.WSGI_APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.WEB_WORKERS,
        blocking_threads=settings.WEB_THREADS,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE),
        respawn_failed_workers=True,
        respawn_interval=0.5,  # seconds: connections for this worker wait meanwhile
        workers_kill_timeout=DRAIN,
        log_level=LogLevels.info if settings.LOG_LEVEL == "DEBUG" else LogLevels.error,
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {"_granian": {}}},
    ).serve(target_loader=_loader(os.getpid()), wrap_loader=False)


def _loader(parent: int) -> Callable[[], Callable[..., Any]]:
    def load() -> Callable[..., Any]:
        die_with(parent)
        application: Callable[..., Any] = import_string(settings.WSGI_APPLICATION)
        env.forget()  # granian hands the environment to every request
        return application

    return load


def _open_as_many_files_as_allowed() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
