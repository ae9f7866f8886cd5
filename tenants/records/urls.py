from django.urls import include, path

from tenants.records import converters
from tenants.records.pages import bin, forms, inline, lists, options, record, story

assert converters  # registers <record_type:…>

app_name = "records"
urlpatterns = [
    path("", include("tenants.records.custom.urls")),
    path("", include("tenants.records.jobs.urls")),
    path("", include("tenants.records.merging.urls")),
    path("", include("tenants.records.bulk.urls")),
    path("", include("tenants.records.bin.urls")),
    path("", include("tenants.records.outbox.urls")),
    path("", include("tenants.records.duplicates.urls")),
    path("", include("tenants.records.views.urls")),
    path("", include("tenants.records.notes.urls")),
    path("", include("tenants.records.files.urls")),
    path("", include("tenants.records.follows.urls")),
    path("", include("tenants.records.sharing.urls")),
    path("", include("tenants.records.tagging.urls")),
    path("", include("tenants.records.search.urls")),
    path("", include("tenants.records.importing.urls")),
    path("", include("tenants.records.exporting.urls")),
    path("", include("tenants.records.past.urls")),
    path("<record_type:record_type>/", lists.rows, name="list"),
    path("<record_type:record_type>/new/", forms.create, name="create"),
    path("<record_type:record_type>/options/", options.records, name="options"),
    path("<record_type:record_type>/options/<str:name>/", options.of_field, name="field-options"),
    path("<record_type:record_type>/page/", record.layout, name="record-layout"),
    path("<record_type:record_type>/<uuid:record_id>/", record.record, name="record"),
    path("<record_type:record_type>/<uuid:record_id>/about/", record.about, name="record-about"),
    path("<record_type:record_type>/<uuid:record_id>/beside/", record.beside, name="record-beside"),
    path("<record_type:record_type>/<uuid:record_id>/brief/", record.brief, name="record-brief"),
    path("<record_type:record_type>/<uuid:record_id>/merge-with/", record.merge_with, name="merge-with"),
    path("<record_type:record_type>/<uuid:record_id>/edit/", forms.edit, name="edit"),
    path("<record_type:record_type>/<uuid:record_id>/field/<str:name>/", inline.field, name="field"),
    path("<record_type:record_type>/<uuid:record_id>/timeline/", story.timeline, name="timeline"),
    path("<record_type:record_type>/<uuid:record_id>/timeline.csv", story.export, name="timeline-export"),
    path("<record_type:record_type>/<uuid:record_id>/notes/", story.add_note, name="notes"),
    path("<record_type:record_type>/<uuid:record_id>/delete/", bin.delete, name="delete"),
    path("<record_type:record_type>/<uuid:record_id>/restore/", bin.restore, name="restore"),
]
