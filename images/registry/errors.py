"""How an error looks on the wire: OCI's ``{"errors": [{code, message, detail}]}``."""

import json
from http import HTTPStatus

from django.http import HttpResponse

from swr.errors import SwrError


def response(error: SwrError) -> HttpResponse:
    """``detail`` says what to do next; it is a string, as every client can print one."""
    body = {"code": error.oci, "message": error.message, "detail": error.advice}
    answer = HttpResponse(
        json.dumps({"errors": [body]}), status=status(error), content_type="application/json"
    )
    for name, value in error.headers.items():
        answer[name] = value
    return answer


def status(error: SwrError) -> HTTPStatus:
    """The domain's status, but what is denied is 403 here, as clients of the wire expect it."""
    if error.oci == "DENIED" and error.status != HTTPStatus.CONFLICT:
        return HTTPStatus.FORBIDDEN
    return error.status
