from django.urls import path

from tenants.voice import pages, recording_page, settings_pages

app_name = "voice"
urlpatterns = [
    path("calls/dial/", pages.dial, name="dial"),
    path("calls/new/", pages.log, name="log"),
    path("calls/<uuid:call_id>/live/", pages.live, name="live"),
    path("calls/<uuid:call_id>/entry/", pages.entry, name="entry"),
    path("calls/<uuid:call_id>/end/", pages.end, name="end"),
    path("calls/<uuid:call_id>/wrap-up/", pages.wrap_up, name="wrap-up"),
    path("calls/<uuid:call_id>/recording/", recording_page.recording, name="recording"),
    path("settings/voice/", settings_pages.overview, name="settings"),
    path("settings/voice/my-phone/", settings_pages.my_phone, name="my-phone"),
    path("settings/voice/practice-line/", settings_pages.use_practice_line, name="use-sandbox"),
    path("settings/voice/<slug:provider>/", settings_pages.connect, name="connect"),
    path("settings/voice/<slug:provider>/removal/", settings_pages.disconnect, name="disconnect"),
]
