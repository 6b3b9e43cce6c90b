from django.db import models


class Category(models.TextChoices):
    """SWR's kinds of image (swr-behaviour.md 6.5)."""

    APP_SERVER = "app_server", "Application server"
    LINUX = "linux", "Linux"
    WINDOWS = "windows", "Windows"
    ARM = "arm", "Arm"
    FRAMEWORK_APP = "framework_app", "Framework & Application"
    DATABASE = "database", "Database"
    LANG = "lang", "Language"
    OTHER = "other", "Others"
