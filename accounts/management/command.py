"""What our commands share: they act for the operator, and say in a sentence what is wrong."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from accounts.actors import Actor
from accounts.identity import rules
from accounts.identity.models import Account, User, UserGroup
from swr.errors import AccountNotFound, GroupNotFound, SwrError, UserNotFound

OPERATOR = Actor.system("manage.py")


class VerbCommand(BaseCommand):
    """A subclass says in ``run`` what to do with its options."""

    run: Callable[..., None]

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            self.run(**options)
        except SwrError as error:
            raise CommandError(f"{error.message} {error.advice}".strip()) from error
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error


def add_password_argument(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input; without it one is made and printed once",
    )


def given_password(*, from_stdin: bool) -> str | None:
    """The first line of standard input; None when it was not asked for."""
    if not from_stdin:
        return None
    try:
        return sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise CommandError("The password on standard input is not UTF-8.") from None


def account_named(name: str) -> Account:
    found = Account.objects.filter(name=name).first()
    if found is None:
        raise AccountNotFound(f"There is no account {name}.")
    return found


def user_named(login: str) -> User:
    """The user of ``account/user``, or the owner of ``account``; with the account."""
    account_name, user_name = rules.split(login)
    account = account_named(account_name)
    found = account.users.select_related("account").filter(name=user_name).first()
    if found is None:
        raise UserNotFound(f"Account {account_name} has no user {user_name}.")
    return found


def group_named(account: Account, name: str) -> UserGroup:
    found = account.user_groups.filter(name=name).first()
    if found is None:
        raise GroupNotFound(
            f"Account {account.name} has no user group {name}.",
            advice=f"It has: {', '.join(sorted(g.name for g in account.user_groups.all()))}.",
        )
    return found
