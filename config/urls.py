from django.contrib import admin
from django.urls import include, path

handler404 = "portal.views.errors.not_found"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("portal.urls")),
]
