from django.urls import path

from tenants.records import converters
from tenants.records.bulk import pages

assert converters  # registers <record_type:…>

urlpatterns = [path("<record_type:record_type>/bulk/<slug:name>/", pages.dialog, name="bulk")]
