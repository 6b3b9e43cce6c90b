"""How Django's own sessions begin: the admin site and the console."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.actors import Door
from accounts.authentication import passwords
from accounts.identity import rules as names
from accounts.identity.models import User
from swr.errors import WrongCredentials


class PasswordBackend(BaseBackend):
    """``account`` or ``account/user``, and the password.

    TooManyAttempts and SystemBusy go through to whoever shows the form: it says how long to wait.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        door: Door = "admin",
        **_: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        account, name = names.split(username)
        address = request.META.get("REMOTE_ADDR", "") if request else ""
        try:
            return passwords.verify(account, name, password, door=door, address=address)
        except WrongCredentials:
            return None

    def get_user(self, user_id: UUID) -> User | None:
        able = User.objects.select_related("account").filter(enabled=True, account__enabled=True)
        return able.filter(pk=user_id).first()
