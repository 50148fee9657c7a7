from django.contrib import admin
from django.urls import include, path

from portal.api import api

handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", api.urls),
    path("", include("portal.urls")),
]
