from django.urls import path

from tenants.records.outbox import pages

urlpatterns = [
    path("settings/events/", pages.stream, name="events"),
    path("settings/events/failed/", pages.failed, name="events-failed"),
    path("settings/events/failed/again/", pages.again, name="events-again"),
    path("settings/events/failed/drop/", pages.drop, name="events-drop"),
    path("settings/events/kinds/", pages.catalogue, name="events-kinds"),
    path("settings/events/replay/", pages.replay, name="events-replay"),
    path("settings/events/<uuid:event_id>/", pages.one, name="event"),
]
