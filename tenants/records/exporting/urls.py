from django.urls import path

from tenants.records.exporting import pages

urlpatterns = [
    path("exports/", pages.history, name="exports"),
    path("exports/new/", pages.new, name="export-new"),
    path("exports/<uuid:job_id>/", pages.show, name="export"),
    path("exports/<uuid:job_id>/file/", pages.file, name="export-file"),
]
