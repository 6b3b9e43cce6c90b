"""The one WSGI application: the registry under its own handler, everything else under Django's."""

import ipaddress
import os
from collections.abc import Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "swr.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

_pages = get_wsgi_application()

# These need the apps loaded.
from images.registry.handler import RegistryHandler, is_wire, refuse  # noqa: E402
from swr.errors import SystemBusy  # noqa: E402
from swr.gate import Gate, has_body  # noqa: E402

_registry = RegistryHandler()
_pushes = Gate(settings.WEB_THREADS * 3 // 4, patience=3)
_forms = Gate(settings.WEB_THREADS // 4, patience=1)  # of tokens and pages: anybody may send one
_trusted = [ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES]


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if _trusted:
        environ["REMOTE_ADDR"] = client_address(
            environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", "")
        )
    handler = _registry if is_wire(environ["PATH_INFO"]) else _pages
    if not has_body(environ):
        return handler(environ, start_response)
    gate = _pushes if environ["PATH_INFO"].startswith("/v2/") else _forms
    try:
        with gate.place():
            return handler(environ, start_response)
    except SystemBusy as error:
        return refuse(environ, start_response, error)


def client_address(peer: str, forwarded_for: str) -> str:
    """The last address that is no trusted proxy's: what a client writes himself is not believed."""
    for address in [*reversed([part.strip() for part in forwarded_for.split(",")]), ""]:
        if not address or not _is_trusted(peer):
            return peer
        peer = address
    return peer


def _is_trusted(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in _trusted)
