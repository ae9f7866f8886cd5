from django.urls import path

from tenants.records.notes import pages

urlpatterns = [
    path("mentions/", pages.mentions, name="mentions"),
    path("notes/<uuid:note_id>/", pages.note, name="note"),
    path("notes/<uuid:note_id>/edit/", pages.edit, name="note-edit"),
    path("notes/<uuid:note_id>/pin/", pages.pin, name="note-pin"),
    path("notes/<uuid:note_id>/replies/", pages.reply, name="note-replies"),
    path("notes/<uuid:note_id>/versions/", pages.versions, name="note-versions"),
    path("notes/<uuid:note_id>/delete/", pages.delete, name="note-delete"),
    path("notes/<uuid:note_id>/restore/", pages.restore, name="note-restore"),
]
