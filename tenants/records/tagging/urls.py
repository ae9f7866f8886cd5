from django.urls import path

from tenants.records.tagging import pages

urlpatterns = [
    path("tag-options/", pages.options, name="tag-options"),
    path("settings/tags/", pages.tags, name="tags"),
    path("settings/tags/new/", pages.create, name="tag-create"),
    path("settings/tags/<uuid:tag_id>/", pages.edit, name="tag-edit"),
    path("settings/tags/<uuid:tag_id>/merge/", pages.merge, name="tag-merge"),
    path("settings/tags/<uuid:tag_id>/delete/", pages.delete, name="tag-delete"),
]
