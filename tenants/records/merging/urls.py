from django.urls import path

from tenants.records import converters
from tenants.records.merging import pages

assert converters  # registers <record_type:…>

urlpatterns = [
    path("merges/", pages.merges, name="merges"),
    path("merges/<uuid:merge_id>/", pages.one, name="merged"),
    path("merges/<uuid:merge_id>/undo/", pages.undo, name="merge-undo"),
    path("<record_type:record_type>/merge/", pages.merge, name="merge"),
    path("<record_type:record_type>/bulk/merge/", pages.from_bar, name="bulk-merge"),
]
