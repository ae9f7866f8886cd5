from django.urls import path

from tenants.notifications.pages import centre, chats, defaults, wishes

app_name = "notifications"
urlpatterns = [
    path("notifications/", centre.listing, name="centre"),
    path("notifications/bell/", centre.bell, name="bell"),
    path("notifications/newest/", centre.newest, name="newest"),
    path("notifications/worker.js", centre.worker, name="worker"),
    path("notifications/reading/", centre.read_all, name="read-all"),
    path("notifications/<uuid:notification_id>/", centre.details, name="details"),
    path("notifications/<uuid:notification_id>/open/", centre.follow, name="open"),
    path("notifications/<uuid:notification_id>/reading/", centre.reading, name="reading"),
    path("notifications/<uuid:notification_id>/archiving/", centre.archiving, name="archiving"),
    path("notifications/<uuid:notification_id>/snooze/", centre.snoozing, name="snooze"),
    path("notifications/mutes/<str:record_type>/<uuid:record_id>/", wishes.muting, name="mute"),
    path("me/notifications/", wishes.overview, name="wishes"),
    path("me/notifications/hours/", wishes.hours, name="hours"),
    path("me/notifications/digest/", wishes.digest, name="digest"),
    path("me/notifications/pause/", wishes.pausing, name="pause"),
    path("me/notifications/chat/", wishes.chat, name="chat"),
    path("me/notifications/browsers/", wishes.browser, name="browser"),
    path("me/notifications/browsers/<uuid:subscription_id>/removal/", wishes.browser_removal, name="browser-removal"),
    path("settings/notifications/", defaults.overview, name="defaults"),
    path("settings/chats/", chats.listing, name="chats"),
    path("settings/chats/new/", chats.create, name="chat-new"),
    path("settings/chats/<uuid:connection_id>/", chats.edit, name="chat-edit"),
    path("settings/chats/<uuid:connection_id>/trial/", chats.trial, name="chat-trial"),
    path("settings/chats/<uuid:connection_id>/removal/", chats.removal, name="chat-removal"),
]
