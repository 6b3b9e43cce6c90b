"""The doors: the registry has its own URL table and handler, see ``swr/wsgi.py``."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from swr import health

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
]
