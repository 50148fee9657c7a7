from django.contrib import admin
from django.urls import include, path

from portal.api import api

handler404 = "portal.errors.not_found"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", api.urls),
    path("", include("portal.urls")),
]
