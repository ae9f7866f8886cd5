from django.urls import path

from tenants.records.importing import pages

urlpatterns = [
    path("imports/", pages.history, name="imports"),
    path("imports/new/", pages.new, name="import-new"),
    path("imports/<uuid:job_id>/", pages.show, name="import"),
    path("imports/<uuid:job_id>/columns/", pages.columns, name="import-columns"),
    path("imports/<uuid:job_id>/reading/", pages.reading, name="import-reading"),
    path("imports/<uuid:job_id>/details/", pages.details, name="import-details"),
    path("imports/<uuid:job_id>/preview/", pages.preview, name="import-preview"),
    path("imports/<uuid:job_id>/errors/", pages.errors, name="import-errors"),
    path("imports/<uuid:job_id>/cancellation/", pages.cancellation, name="import-cancellation"),
]
