"""The doors: the registry has its own URL table and handler, see ``swr/wsgi.py``."""

from django.contrib import admin
from django.urls import include, path

from swr import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("", include("images.urls.registry")),
]
