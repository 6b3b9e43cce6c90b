from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class SwrConfig(AppConfig):
    """The wiring as an app, so that Django finds ``manage.py serve``."""

    name = "swr"


class AdminConfig(DjangoAdminConfig):
    default_site = "swr.admin.AdminSite"
