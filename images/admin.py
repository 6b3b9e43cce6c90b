"""Table of contents for Django's discovery; imported by nobody."""

from images.access.admin import RepositoryAdmin, ShareAdmin

__all__ = ["RepositoryAdmin", "ShareAdmin"]
