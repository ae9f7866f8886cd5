from django.urls import path

from tenants.records import converters
from tenants.records.sharing import pages

assert converters  # registers <record_type:…>
urlpatterns = [
    path("<record_type:record_type>/<uuid:record_id>/shares/", pages.shares, name="shares"),
    path("<record_type:record_type>/<uuid:record_id>/shares/options/", pages.options, name="share-options"),
    path(
        "<record_type:record_type>/<uuid:record_id>/shares/<uuid:share_id>/removal/",
        pages.removal,
        name="share-removal",
    ),
]
