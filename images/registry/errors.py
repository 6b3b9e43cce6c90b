"""How an error looks on the wire: OCI's ``{"errors": [{code, message, detail}]}``."""

import json
from http import HTTPStatus

from django.http import HttpResponseBase

from images.registry.answers import Answer
from swr.errors import SwrError


def answer(error: SwrError) -> Answer:
    """``detail`` says what to do next; it is a string, as every client can print one."""
    body = {"code": error.oci, "message": error.message, "detail": error.advice}
    headers = {"Content-Type": "application/json", **error.headers}
    return Answer(status(error), headers, json.dumps({"errors": [body]}).encode())


def response(error: SwrError) -> HttpResponseBase:
    return answer(error).response()


def status(error: SwrError) -> HTTPStatus:
    """The domain's status, but what is denied is 403 here, as clients of the wire expect it."""
    if error.oci == "DENIED" and error.status != HTTPStatus.CONFLICT:
        return HTTPStatus.FORBIDDEN
    return error.status
