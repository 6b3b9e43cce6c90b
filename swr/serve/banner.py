"""What a person who has just started the registry wants to know."""

import http.client
import shlex
from dataclasses import dataclass

from django.conf import settings


def made_account(name: str, password: str) -> str:
    return f"""
  The first account was made. Its password is shown this once, keep it:

    account   {name}
    password  {password}
"""


@dataclass
class Banner:
    """Says where everything is, once, as soon as the web server answers."""

    account: str
    password: str | None
    shown: bool = False

    def show(self) -> None:
        if not self.shown and answers():
            self.shown = True
            print(self.text(), flush=True)  # noqa: T201  # for the person who started us

    def text(self) -> str:
        return f"""
  SWR is running; Ctrl-C stops it.

    Console     {settings.EXTERNAL_URL}/
    Operators   {settings.EXTERNAL_URL}/admin/
    Log in      {self.login()}
"""

    def login(self) -> str:
        password = f"-p {shlex.quote(self.password)} " if self.password else ""
        return f"docker login -u {shlex.quote(self.account)} {password}{settings.REGISTRY_HOST}"


def answers() -> bool:
    """Tell whether the web server answers a request."""
    host, port = settings.LISTEN
    link = http.client.HTTPConnection(_reachable(host), port, timeout=1)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _reachable(host: str) -> str:
    """Turn an address to listen on into one to connect to."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
