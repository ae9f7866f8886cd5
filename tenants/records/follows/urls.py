from django.urls import path

from tenants.records import converters
from tenants.records.follows import pages

assert converters  # registers <record_type:…>
urlpatterns = [
    path("<record_type:record_type>/<uuid:record_id>/followers/", pages.followers, name="followers"),
]
