from django.urls import path

from tenants.records import converters, pages

assert converters  # registers <record_type:…>

app_name = "records"
urlpatterns = [
    path("<record_type:record_type>/", pages.rows, name="list"),
    path("<record_type:record_type>/board/", pages.board, name="board"),
    path("<record_type:record_type>/new/", pages.create, name="create"),
    path("<record_type:record_type>/filter/", pages.filter_form, name="filter"),
    path("<record_type:record_type>/<uuid:record_id>/", pages.record, name="record"),
    path("<record_type:record_type>/<uuid:record_id>/edit/", pages.edit, name="edit"),
    path("<record_type:record_type>/<uuid:record_id>/move/", pages.move, name="move"),
    path("<record_type:record_type>/<uuid:record_id>/timeline/", pages.timeline, name="timeline"),
    path("<record_type:record_type>/<uuid:record_id>/notes/", pages.add_note, name="notes"),
    path("<record_type:record_type>/<uuid:record_id>/delete/", pages.delete, name="delete"),
    path("<record_type:record_type>/<uuid:record_id>/restore/", pages.restore, name="restore"),
]
