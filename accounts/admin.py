"""Table of contents for Django's discovery; imported by nobody."""

from accounts.audit.admin import TraceAdmin
from accounts.identity.admin import AccountAdmin, UserAdmin, UserGroupAdmin
from accounts.keys.admin import AccessKeyAdmin

__all__ = ["AccessKeyAdmin", "AccountAdmin", "TraceAdmin", "UserAdmin", "UserGroupAdmin"]
