from django.urls import path

from tenants.records.duplicates import pages

urlpatterns = [
    path("duplicates/", pages.queue, name="duplicates"),
    path("duplicates/scan/", pages.scan, name="duplicates-scan"),
    path("duplicates/<uuid:pair_id>/dismissal/", pages.dismissal, name="duplicates-dismissal"),
    path("duplicates/<uuid:pair_id>/reopening/", pages.reopening, name="duplicates-reopening"),
]
