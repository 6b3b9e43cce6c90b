import os
import socket

import pytest

from swr import env
from swr.serve.web import listener

pytestmark = pytest.mark.pure


def test_accepted_connections_notice_that_a_client_has_vanished():
    with listener(("127.0.0.1", 0)) as listening:
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 120_000


def test_nobody_else_listens_there_at_the_same_time():
    with listener(("127.0.0.1", 0)) as listening, pytest.raises(OSError, match="in use"):
        listener(listening.getsockname())


def test_it_listens_on_ipv6_too():
    with listener(("::1", 0)) as listening:
        assert listening.family == socket.AF_INET6


def test_every_address_includes_ipv4():
    with listener(("::", 0)) as listening:
        socket.create_connection(("127.0.0.1", listening.getsockname()[1])).close()


def test_requests_do_not_see_our_settings_in_their_environment(monkeypatch):
    monkeypatch.setattr(env, "_asked", {"SWR_X"})
    monkeypatch.setenv("SWR_X", "secret")
    env.forget()
    assert "SWR_X" not in os.environ
