"""Where the admin site has what, and what it said."""

from django.contrib.messages import get_messages
from django.urls import reverse


def url(table: str, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:accounts_{table}_{page}", args=args)


def said(response: object) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]
