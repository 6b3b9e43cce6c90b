"""Table of contents for Django's discovery; import models from their rooms."""

from accounts.audit.models import Trace
from accounts.authentication.models import LoginFailure
from accounts.identity.models import Account, Project, RoleAssignment, User, UserGroup
from accounts.keyring.models import SigningKey
from accounts.keys.models import AccessKey
from accounts.quotas.models import QuotaOverride
from accounts.tokens.models import RefreshToken
from accounts.workers.models import Heartbeat

__all__ = [
    "AccessKey",
    "Account",
    "Heartbeat",
    "LoginFailure",
    "Project",
    "QuotaOverride",
    "RefreshToken",
    "RoleAssignment",
    "SigningKey",
    "Trace",
    "User",
    "UserGroup",
]
