from django.urls import path

from tenants.records import converters
from tenants.records.past import pages

assert converters  # registers <record_type:…>

urlpatterns = [
    path("settings/time-machine/", pages.company, name="time-machine"),
    path("<record_type:record_type>/past/", pages.choose, name="past-choose"),
    path("<record_type:record_type>/<uuid:record_id>/past/", pages.record, name="past"),
    path("<record_type:record_type>/<uuid:record_id>/past/restore/", pages.restore, name="past-restore"),
]
