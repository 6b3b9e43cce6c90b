"""An answer of the wire as plain values: what a pull returns before there is any request object."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@dataclass(slots=True)
class Answer:
    """``body`` is bytes, or a stream of blocks whose length the headers tell."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""

    def response(self) -> HttpResponseBase:
        """The same for Django."""
        if isinstance(self.body, bytes):
            return HttpResponse(self.body, status=self.status, headers=self.headers)
        return StreamingHttpResponse(self.body, status=self.status, headers=self.headers)
