from django.urls import path

from tenants.identity.explained import pages
from tenants.records import converters

assert converters  # registers <record_type:…>
urlpatterns = [
    path("<record_type:record_type>/<uuid:record_id>/access/", pages.members, name="record-access"),
    path("<record_type:record_type>/<uuid:record_id>/access/<uuid:user_id>/", pages.member, name="record-access-of"),
]
