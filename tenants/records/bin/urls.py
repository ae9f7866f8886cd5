from django.urls import path

from tenants.records.bin import pages

urlpatterns = [
    path("bin/", pages.bin, name="bin"),
    path("bin/restore/", pages.restore, name="bin-restore"),
    path("bin/purge/", pages.purge, name="bin-purge"),
]
