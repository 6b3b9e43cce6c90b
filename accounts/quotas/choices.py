from django.db import models


class Quota(models.TextChoices):
    ORGANIZATIONS = "namespace", "organizations"  # the wire's key, swr-behaviour.md 7
    REPOSITORIES = "repo", "repositories"
    STORAGE = "storage", "bytes of storage"
