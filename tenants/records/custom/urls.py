from django.urls import path

from tenants.records.custom import pages

urlpatterns = [
    path("settings/fields/", pages.fields, name="own-fields"),
    path("settings/fields/new/", pages.create, name="own-field-create"),
    path("settings/fields/<uuid:field_id>/", pages.edit, name="own-field-edit"),
    path("settings/fields/<uuid:field_id>/retirement/", pages.retire, name="own-field-retirement"),
    path("settings/fields/<uuid:field_id>/revival/", pages.revive, name="own-field-revival"),
    path("settings/fields/<uuid:field_id>/place/", pages.move, name="own-field-place"),
]
