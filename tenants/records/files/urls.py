from django.urls import path

from tenants.records import converters
from tenants.records.files import pages

assert converters  # registers <record_type:…>
urlpatterns = [
    path("files/<uuid:file_id>/", pages.file, name="file"),
    path("files/<uuid:file_id>/download/", pages.download, name="file-download"),
    path("files/<uuid:file_id>/preview/", pages.preview, name="file-preview"),
    path("files/<uuid:file_id>/delete/", pages.delete, name="file-delete"),
    path("files/<uuid:file_id>/restore/", pages.restore, name="file-restore"),
    path("<record_type:record_type>/files/", pages.loose, name="loose-files"),
    path("<record_type:record_type>/<uuid:record_id>/files/", pages.files, name="files"),
]
