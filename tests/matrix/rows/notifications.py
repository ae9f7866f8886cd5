"""Notifications, how one wants to be told, chat channels."""

from tests.matrix.needs import PERSON, SELF, SETTINGS, edits, views
from tests.matrix.samples import row, the

SOON = {"until": "2099-01-01T10:00:00Z"}  # too far off: who may is told so
CHAT = {"name": "#more", "service": "slack", "url": "https://hooks.slack.com/services/T/B/x"}
CHANGE = {"name": "#more", "url": ""}
MUTED = {"record_type": "deals", "record_id": the.deal}
NOBODYS = "the notification is the owner's"
ONE = {"notification_id": the.notification, "ok": (404,), "why": NOBODYS}
BROWSER = {"endpoint": "https://push.example.invalid/x", "keys": {"p256dh": "x", "auth": "x"}}

ROWS = [
    row("list_notifications", SELF),
    row("count_unread_notifications", SELF),
    row("read_all_notifications", SELF, json={}),
    row("get_notification", SELF, **ONE),
    row("read_notification", SELF, **ONE),
    row("unread_notification", SELF, **ONE),
    row("archive_notification", SELF, **ONE),
    row("snooze_notification", SELF, json=SOON, **ONE | {"ok": (404, 422)}),
    row("mute_record", SELF & views("deals"), **MUTED),
    row("unmute_record", SELF & views("deals"), **MUTED),
    row("get_notification_wishes", SELF),
    row("update_notification_wishes", SELF, json={"channels": {"mention": {"email": False}}}),
    row("get_notification_defaults", SETTINGS),
    row("update_notification_defaults", SETTINGS, json={"channels": {"mention": {"email": False}}}),
    row("list_push_subscriptions", SELF),
    row("add_push_subscription", SELF, json=BROWSER, ok=(422,), why="no browser of the sample can be pushed to"),
    row("remove_push_subscription", SELF, subscription_id=the.user, ok=(404,)),
    row("list_chat_connections", SETTINGS),
    row("add_chat_connection", SETTINGS, json=CHAT | {"url": "http://10.0.0.1/"}, ok=(422,)),
    row("update_chat_connection", SETTINGS, connection_id=the.chat, json={"name": "#other"}),
    row("try_chat_connection", SETTINGS, connection_id=the.chat, ok=(502,)),
    row("remove_chat_connection", SETTINGS, connection_id=the.chat),
]
PAGES = [
    row("GET notifications:centre", PERSON),
    row("GET notifications:bell", PERSON),
    row("GET notifications:newest", PERSON),
    row("GET notifications:worker", PERSON),
    row("POST notifications:read-all", PERSON, form={}),
    row("GET notifications:details", PERSON, **ONE),
    row("GET notifications:open", PERSON, **ONE),
    row("POST notifications:reading", PERSON, form={}, **ONE),
    row("POST notifications:archiving", PERSON, form={}, **ONE),
    row("POST notifications:snooze", PERSON, form={"until": "hour"}, **ONE),
    row("POST notifications:mute", PERSON & views("deals"), form={}, **MUTED),
    row("GET notifications:wishes", PERSON),
    row("POST notifications:wishes", PERSON, form={"on": ["mention.email"]}),
    row("POST notifications:hours", PERSON, form={"from": "22:00", "to": "07:00", "days": "1"}),
    row("POST notifications:digest", PERSON, form={"every": "daily", "kinds": "mention"}),
    row("POST notifications:pause", PERSON, form={"hours": "1"}),
    row("POST notifications:chat", PERSON, form={"connection": ""}),
    row("POST notifications:browser", PERSON, json=BROWSER, ok=(422,)),
    row("DELETE notifications:browser", PERSON, json=BROWSER),
    row("POST notifications:browser-removal", PERSON, subscription_id=the.user, form={}, ok=(404,)),
    row("GET notifications:defaults", SETTINGS),
    row("POST notifications:defaults", SETTINGS, form={"on": ["mention.email"]}),
    row("GET notifications:chats", SETTINGS),
    row("GET notifications:chat-new", SETTINGS),
    row("POST notifications:chat-new", SETTINGS, form=CHAT | {"url": "http://10.0.0.1/"}, ok=(422,)),
    row("GET notifications:chat-edit", SETTINGS, connection_id=the.chat),
    row("POST notifications:chat-edit", SETTINGS, connection_id=the.chat, form=CHANGE),
    row("POST notifications:chat-trial", SETTINGS, connection_id=the.chat, form={}),
    row("POST notifications:chat-removal", SETTINGS, connection_id=the.chat, form={}),
    row("POST crm:task-done", edits("tasks"), task_id=the.task, form={}),
]
