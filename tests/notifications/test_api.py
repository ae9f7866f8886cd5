"""Notifications by API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.identity.actions import create_api_key
from tenants.identity.models import User
from tenants.kernel.actors import Actor, robot
from tenants.notifications.actions import notify
from tenants.notifications.models import Notification, Wishes
from tests.factories import Twin
from tests.notifications.receiver import Receiver
from tests.notifications.test_push import Browser, text_of
from tests.records.counting import queries_in

URL = "/api/v1/notifications"
JSON = "application/json"


@pytest.fixture
def api(company: Twin) -> Client:
    return company.with_key()


def tell(company: Twin, by: Actor, count: int = 1) -> None:
    for number in range(count):
        notify(kind="mention", user_ids=[company.owner().pk], title=f"Number {number}", by=by)


def test_list_count_and_verbs(api: Client, company: Twin, someone: Actor) -> None:
    tell(company, someone, 3)
    first = api.get(f"{URL}?limit=2").json()
    rest = api.get(f"{URL}?limit=2&cursor={first['next']}").json()
    assert ([one["title"] for one in first["items"]], len(rest["items"]), rest["next"]) == (
        ["Number 2", "Number 1"], 1, None,
    )  # fmt: skip
    assert {one["channel"]: one["status"] for one in first["items"][0]["deliveries"]}["in_app"] == "sent"

    one = f"{URL}/{first['items'][0]['id']}"
    assert api.get(f"{URL}/unread-count").json() == {"count": 3}
    assert api.post(f"{one}/read").json()["read_at"] is not None
    assert api.delete(f"{one}/read").json()["read_at"] is None
    until = (timezone.now() + timedelta(hours=2)).isoformat()
    assert api.post(f"{one}/snooze", {"until": until}, content_type=JSON).json()["snoozed_until"] is not None
    assert api.get(f"{URL}/unread-count").json() == {"count": 2}
    assert api.post(f"{URL}/read", {}, content_type=JSON).json() == {"changed": 2}
    assert api.post(f"{one}/archive").json()["archived_at"] is not None
    assert [row["id"] for row in api.get(f"{URL}?show=archived").json()["items"]] == [first["items"][0]["id"]]


def test_bad_questions_name_what_is_wrong(api: Client, company: Twin, someone: Actor) -> None:
    tell(company, someone)
    one = f"{URL}/{Notification.objects.get().pk}"

    assert api.get(f"{URL}?show=x").json()["field"] == "show"
    assert api.get(f"{URL}?cursor=x").json()["field"] == "cursor"
    past = {"until": (timezone.now() - timedelta(hours=1)).isoformat()}
    assert api.post(f"{one}/snooze", past, content_type=JSON).json()["field"] == "until"
    assert api.post(f"{one}/snooze", {"until": "2027-01-01T10:00:00"}, content_type=JSON).status_code == 422


def test_a_list_costs_the_same_for_few_and_many(api: Client, company: Twin, someone: Actor) -> None:
    costs = []
    for more in (1, 2, 20):
        tell(company, someone, more)
        api.get(URL)
        costs.append(queries_in(lambda: api.get(URL)))

    assert costs == costs[:1] * 3
    assert costs[0] <= 5


def test_a_key_for_some_things_reads_none(company: Twin, someone: Actor) -> None:
    tell(company, someone)
    key = create_api_key(user=company.owner(), name="Few", by=robot(), scopes={"contacts": ["view"]})[1]
    client = Client(headers={"host": company.host, "authorization": f"Bearer {key}"})

    for path in ("notifications", "notification-wishes", "push-subscriptions", "chat-connections"):
        assert client.get(f"/api/v1/{path}").status_code == 403


def test_anothers_do_not_exist(twins: tuple[Twin, Twin], api: Client, rep: User, someone: Actor) -> None:
    notify(kind="mention", user_ids=[rep.pk], title="For the rep", by=someone)
    row = Notification.objects.get()

    assert api.get(f"{URL}/{row.pk}").status_code == 404
    assert twins[1].with_key().post(f"{URL}/{row.pk}/read").status_code == 404
    assert api.get(URL).json()["items"] == []


def test_wishes_by_api(api: Client, company: Twin) -> None:
    url = "/api/v1/notification-wishes"
    sent: dict[str, Any] = {
        "channels": {"mention": {"email": False}}, "quiet": {"begins": "22:00", "ends": "06:00", "days": [5]},
        "digest": {"every": "hourly", "kinds": ["note_added"]},
        "paused_until": (timezone.now() + timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    changed = api.patch(url, sent, content_type=JSON).json()
    kinds = {one["name"]: one for one in changed["kinds"]}

    assert kinds["mention"]["channels"]["email"] is False
    assert (kinds["meeting"]["comes_with"], any(kinds["meeting"]["channels"].values())) == ("the calendar", False)
    assert (changed["quiet"]["days"], changed["digest"]["every"]) == ([5], "hourly")
    assert api.patch(url, {"is_paused": False}, content_type=JSON).json()["paused_until"] is None
    assert api.patch(url, {"channels": {"mention": {"pigeon": True}}}, content_type=JSON).json()["field"] == "channel"
    assert api.patch(url, {"channels": {"meeting": {"email": True}}}, content_type=JSON).status_code == 422
    defaults = api.patch(f"{url}/defaults", {"channels": {"mention": {"push": False}}}, content_type=JSON).json()
    assert {one["name"]: one for one in defaults["kinds"]}["mention"]["channels"]["push"] is False
    assert Wishes.objects.count() == 2


def test_browsers_chats_and_mutes_by_api(api: Client, company: Twin, receiver: Receiver) -> None:
    browser = Browser()
    sent = {"endpoint": f"{receiver.url}/x", "keys": {"p256dh": text_of(browser.point), "auth": text_of(browser.auth)}}
    made = api.post("/api/v1/push-subscriptions", sent, content_type=JSON)
    listed = api.get("/api/v1/push-subscriptions").json()
    assert (made.status_code, len(listed["items"]), len(listed["public_key"])) == (201, 1, 87)
    assert api.delete(f"/api/v1/push-subscriptions/{made.json()['id']}").status_code == 204

    chats = "/api/v1/chat-connections"
    body = {"name": "#ops", "service": "teams", "url": f"{receiver.url}/secret"}
    one = api.post(chats, body, content_type=JSON).json()
    assert "secret" not in api.get(chats).content.decode()
    receiver.answers = [(403, {}, b"no")]
    refused = api.post(f"{chats}/{one['id']}/trial")
    assert (refused.status_code, refused.json()["detail"]) == (502, "403 no")
    assert api.post(f"{chats}/{one['id']}/trial").status_code == 204
    assert api.patch(f"{chats}/{one['id']}", {"is_for_people": True}, content_type=JSON).json()["is_for_people"] is True
    assert api.patch(
        "/api/v1/notification-wishes", {"chat_connection": one["id"]}, content_type=JSON
    ).json()["chat_connection"] == one["id"]  # fmt: skip
    assert api.delete(f"{chats}/{one['id']}").status_code == 204

    mute = f"{URL}/mutes/deals/{company.deal_id}"
    assert (api.put(mute).status_code, api.delete(mute).status_code) == (204, 204)
