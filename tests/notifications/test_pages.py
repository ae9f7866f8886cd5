"""The centre, the bell, and how one wants to be told: pages and what they cost."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.identity.models import User
from tenants.kernel.actors import Actor
from tenants.notifications.actions import notify
from tenants.notifications.models import ChatConnection, Notification, PushSubscription, Wishes
from tests.factories import Twin
from tests.notifications.receiver import Receiver
from tests.notifications.test_push import Browser, text_of
from tests.records.counting import queries_in

PART = {"HX-Request": "true"}


@pytest.fixture
def browser(company: Twin, rep: User) -> Client:
    return company.signed_in(rep.email)


def tell(user: User, by: Actor, count: int = 1, **more: Any) -> list[Notification]:
    for number in range(count):
        values: dict[str, Any] = {"kind": "mention", "title": f"Number {number}", "url": "/contacts/", **more}
        notify(user_ids=[user.pk], by=by, **values)
    return list(Notification.objects.filter(user=user).order_by("-id"))


def test_the_centre_costs_the_same_for_few_and_many(browser: Client, rep: User, someone: Actor) -> None:
    costs = []
    tell(rep, someone, 3)
    browser.get("/notifications/")  # makes what is kept from then on
    for more in (1, 2, 20):
        tell(rep, someone, more)
        browser.get("/notifications/")
        costs.append(queries_in(lambda: browser.get("/notifications/")))

    assert costs == costs[:1] * 3
    assert costs[0] <= 7
    # The lesser of two: once in a while a request also notes that its session was seen.
    assert min(queries_in(lambda: browser.get("/notifications/bell/")) for _ in range(2)) <= 4
    assert min(queries_in(lambda: browser.get("/notifications/newest/")) for _ in range(2)) <= 5


def test_the_lists_search_and_pages(browser: Client, rep: User, someone: Actor) -> None:
    tell(rep, someone, 31)
    tell(rep, someone, kind="note_added", title="Special word")
    first = browser.get("/notifications/?show=all").content.decode()

    assert first.count("data-note ") == 30
    after = first.split("after=")[1].split('"')[0]
    assert browser.get(f"/notifications/?show=all&after={after}").content.decode().count("data-note ") == 2
    found = browser.get("/notifications/?show=all&q=special").content.decode()
    assert (found.count("data-note "), "Special word" in found) == (1, True)
    assert browser.get("/notifications/?show=all&kind=note_added").content.decode().count("data-note ") == 1
    assert "All read" in browser.get("/notifications/?show=unread&kind=").content.decode() or first
    assert browser.get("/notifications/?show=nonsense").status_code == 422


def test_following_the_link_reads_and_leads_there(browser: Client, rep: User, someone: Actor) -> None:
    [row] = tell(rep, someone)
    answer = browser.get(f"/notifications/{row.pk}/open/")
    row.refresh_from_db()

    assert (answer.status_code, answer["Location"], row.read_at is not None) == (302, "/contacts/", True)


def test_read_unread_archive_and_put_off(browser: Client, rep: User, someone: Actor) -> None:
    [row] = tell(rep, someone)
    url = f"/notifications/{row.pk}"

    def state() -> tuple[bool, bool, bool]:
        row.refresh_from_db()
        return row.read_at is not None, row.archived_at is not None, row.is_snoozed

    read = browser.post(f"{url}/reading/", headers=PART)
    assert (read.status_code, "<html" in read.content.decode(), state()) == (200, False, (True, False, False))
    assert "live:notifications" in read["HX-Trigger"]
    browser.post(f"{url}/reading/", {"unread": "1"})
    assert state() == (False, False, False)
    browser.post(f"{url}/snooze/", {"until": "tomorrow"}, headers=PART)
    assert state() == (False, False, True)
    assert browser.post(f"{url}/snooze/", {"until": "some day"}).status_code == 422
    browser.post(f"{url}/archiving/")
    assert state() == (True, True, False)


def test_all_are_read_at_once_but_those_put_off(browser: Client, rep: User, someone: Actor) -> None:
    rows = tell(rep, someone, 3)
    browser.post(f"/notifications/{rows[0].pk}/snooze/", {"until": "hour"})
    answer = browser.post("/notifications/reading/", headers=PART)

    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert Notification.objects.filter(user=rep, read_at=None).count() == 1


def test_nobody_reads_what_others_were_told(
    browser: Client, company: Twin, rep: User, mate: User, someone: Actor
) -> None:
    [row] = tell(mate, someone)
    for path in ("", "open/"):
        assert browser.get(f"/notifications/{row.pk}/{path}").status_code == 404
    for path in ("reading/", "archiving/", "snooze/"):
        assert browser.post(f"/notifications/{row.pk}/{path}", {"until": "hour"}).status_code == 404
    row.refresh_from_db()

    assert (row.read_at, row.archived_at, row.snoozed_until) == (None, None, None)
    assert Client(headers={"host": company.host}).get("/notifications/bell/").status_code in (302, 403)


def test_the_bell_counts_and_the_menu_shows(browser: Client, rep: User, someone: Actor) -> None:
    assert "bell-count" not in browser.get("/notifications/bell/").content.decode()
    tell(rep, someone, 2, title="<b>Bold</b>")

    assert ">2<" in browser.get("/notifications/bell/").content.decode()
    menu = browser.get("/notifications/newest/").content.decode()
    assert ("&lt;b&gt;Bold" in menu, "<b>Bold" in menu) == (True, False)


def test_wishes_are_kept_from_the_page(browser: Client, rep: User) -> None:
    page = browser.get("/me/notifications/").content.decode()
    assert ("Somebody mentions you" in page, "comes with the calendar" in page) == (True, True)
    assert browser.post("/me/notifications/", {"on": ["mention.email", "note_added.in_app"]}).status_code == 302
    browser.post("/me/notifications/hours/", {"from": "22:00", "to": "07:00", "days": ["0", "4"]})
    browser.post("/me/notifications/digest/", {"every": "weekly", "at": "09:30", "weekday": "2", "kinds": ["mention"]})
    browser.post("/me/notifications/pause/", {"hours": "4"})

    row = Wishes.objects.get(user=rep)
    assert row.channels["mention"] == {
        "in_app": False, "email": True, "push": False, "chat": False,
    }  # fmt: skip
    assert row.quiet == {"from": "22:00", "to": "07:00", "days": [0, 4]}
    assert row.bundle == {"every": "weekly", "at": "09:30", "weekday": 2, "kinds": ["mention"]}
    assert row.paused_until is not None
    assert row.paused_until > timezone.now()
    assert "Until" in browser.get("/me/notifications/").content.decode()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("hours", {"from": "25:00", "to": "07:00", "days": ["1"]}),
        ("hours", {"from": "22", "to": "07:00", "days": ["9"]}),
        ("digest", {"every": "never", "kinds": ["mention"]}),
        ("digest", {"every": "daily", "kinds": ["quota_milestone"]}),
        ("digest", {"every": "daily", "at": "8", "kinds": ["mention"]}),
    ],
)
def test_what_is_no_wish_is_refused(browser: Client, rep: User, path: str, form: dict[str, Any]) -> None:
    assert browser.post(f"/me/notifications/{path}/", form).status_code == 422
    assert not Wishes.objects.filter(user=rep).exclude(quiet={}, bundle={}).exists()


def test_a_browser_is_taken_on_and_off(browser: Client, rep: User, receiver: Receiver) -> None:
    other = Browser()
    sent = {
        "endpoint": f"{receiver.url}/x", "keys": {"p256dh": text_of(other.point), "auth": text_of(other.auth)},
    }  # fmt: skip
    url = "/me/notifications/browsers/"
    made = browser.post(url, json.dumps(sent), content_type="application/json")

    assert (made.status_code, PushSubscription.objects.get().user_id) == (201, rep.pk)
    assert browser.post(url, "{", content_type="application/json").status_code == 422
    browser.delete(url, json.dumps(sent), content_type="application/json")
    assert not PushSubscription.objects.exists()


def test_the_worker_is_a_script_of_this_folder(browser: Client) -> None:
    answer = browser.get("/notifications/worker.js")

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert "Service-Worker-Allowed" not in answer.headers


def test_a_record_is_muted_and_heard_again(browser: Client, company: Twin, rep: User) -> None:
    url = f"/notifications/mutes/deals/{company.deal_id}/"
    browser.post(url, headers=PART)
    assert Wishes.objects.get(user=rep).muted == [f"deals:{company.deal_id}"]
    assert "Hear again" in browser.get("/me/notifications/").content.decode()
    browser.post(url, {"off": "1"})

    assert Wishes.objects.get(user=rep).muted == []


def test_chats_are_connected_tried_and_removed(owner: Client, company: Twin, receiver: Receiver) -> None:
    form = {"service": "discord", "name": "#ops", "url": f"{receiver.url}/secret-path"}
    assert owner.post("/settings/chats/new/", form | {"url": "http://10.0.0.1/"}).status_code == 422
    assert owner.post("/settings/chats/new/", form).status_code == 302
    one = ChatConnection.objects.get()
    owner.post(f"/settings/chats/{one.pk}/trial/")
    owner.post(f"/settings/chats/{one.pk}/", {"name": "#ops 2", "url": "", "is_for_people": "on"})
    one.refresh_from_db()

    assert (len(receiver.got), one.name, one.is_for_people) == (1, "#ops 2", True)
    assert one.url.reveal().endswith("/secret-path")
    for path in ("/settings/chats/", f"/settings/chats/{one.pk}/"):
        assert "secret-path" not in owner.get(path).content.decode()
    owner.post(f"/settings/chats/{one.pk}/removal/")
    assert not ChatConnection.objects.exists()


def test_defaults_are_the_administrators(owner: Client, browser: Client) -> None:
    assert owner.post("/settings/notifications/", {"on": ["mention.in_app"]}).status_code == 302
    assert Wishes.objects.get(user=None).channels["mention"]["email"] is False
    assert owner.get("/settings/notifications/").status_code == 200
    assert browser.get("/settings/notifications/").status_code == 403
