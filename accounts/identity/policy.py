"""Who may manage accounts, users and groups: the account's owner, and operators.

No role gives it: "everything except IAM" (swr-behaviour.md 9).  An operator (``is_superuser``) is
one at the admin site only, and nobody special in any account.
"""

from django.db.models import Q

from accounts.actors import Actor
from accounts.identity.models import Account, User
from swr.errors import NotAllowed


def require_operator(actor: Actor) -> None:
    if not actor.is_system and not _is(actor, _operator(actor)):
        raise NotAllowed("Only operators of this installation may do this.")


def require_administrator(actor: Actor, account: Account) -> None:
    owner = Q(is_owner=True, account=account)
    if not actor.is_system and not _is(actor, owner | _operator(actor)):
        raise NotAllowed("Only the account's owner may do this.")


def require_self_or_administrator(actor: Actor, user: User) -> None:
    if actor.user_id != user.pk:
        require_administrator(actor, user.account)


def _operator(actor: Actor) -> Q:
    return Q(is_superuser=True) if actor.door == "admin" else Q(pk__in=[])


def _is(actor: Actor, somebody: Q) -> bool:
    if actor.user_id is None:
        return False
    able = User.objects.filter(pk=actor.user_id, enabled=True, account__enabled=True)
    return able.filter(somebody).exists()
