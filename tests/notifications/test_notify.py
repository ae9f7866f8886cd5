"""Telling people: who hears, in which words, by which channels, once."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils.translation import gettext_lazy as _

from tenants.identity.models import Role, User
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.notifications import wishing
from tenants.notifications.actions import notify
from tenants.notifications.models import Delivery, Notification
from tenants.records.actions import delete_record, update_record
from tests.factories import Twin, make
from tests.identity.conftest import a_user
from tests.records.counting import queries_in


def tell(users: list[User], by: Actor, **more: Any) -> int:
    values: dict[str, Any] = {"kind": "mention", "title": "You are named", "by": by, **more}
    return notify(user_ids=[one.pk for one in users], **values)


def test_each_is_told_once_however_often_it_is_asked(company: Twin, rep: User, mate: User, someone: Actor) -> None:
    first = tell([rep, mate], someone, key="note:1", url="/contacts/", text="Look")
    again = tell([rep, mate], someone, key="note:1")
    other = tell([rep], someone, key="note:2")

    assert (first, again, other) == (2, 0, 1)
    row = Notification.objects.get(user=mate)
    assert (row.title, row.text, row.url, row.actor_name) == ("You are named", "Look", "/contacts/", "Somebody Else")
    assert sorted(Delivery.objects.filter(notification=row).values_list("channel", "status", "why")) == [
        ("email", "waiting", ""), ("push", "skipped", "no_address"),
    ]  # fmt: skip


def test_nobody_hears_of_what_they_did_unless_the_kind_says_so(company: Twin, rep: User, mate: User) -> None:
    assert tell([rep, mate], rep.actor) == 1
    assert tell([rep], rep.actor, kind="job_finished") == 1

    assert list(Notification.objects.filter(user=rep).values_list("kind", flat=True)) == ["job_finished"]


def test_who_may_not_see_the_record_hears_nothing_of_it(company: Twin, rep: User, mate: User, someone: Actor) -> None:
    Role.objects.filter(slug="sales-rep").update(reaches={"*": {"view": "own"}})
    rep = User.objects.select_related("role").get(pk=rep.pk)
    deal = make("deals", name="Secret deal", owner=mate.pk)

    assert tell([rep, mate], someone, record=deal) == 1
    assert list(Notification.objects.values_list("user", "record_type", "record_id")) == [(mate.pk, "deals", deal.pk)]
    update_record(record=deal, values={"owner": rep.pk}, by=mate.actor)
    assert tell([rep], someone, record=deal, key="again") == 1


def test_nobody_hears_of_a_record_in_the_bin(company: Twin, mate: User, someone: Actor, by: Actor) -> None:
    deal = make("deals", name="Gone")
    delete_record(record=deal, by=by)
    deal.refresh_from_db()

    assert tell([mate], someone, record=deal) == 0


def test_the_deactivated_and_the_unknown_are_not_told(company: Twin, rep: User, someone: Actor) -> None:
    User.objects.filter(pk=rep.pk).update(is_active=False)

    assert tell([rep], someone) == 0
    assert notify(kind="mention", user_ids=[uuid4()], title="x", by=someone) == 0
    assert not Notification.objects.exists()


def test_words_are_made_for_each_reader(company: Twin, rep: User, mate: User, someone: Actor) -> None:
    from tenants.notifications.words import later

    User.objects.filter(pk=rep.pk).update(language="bg", time_zone="Asia/Tokyo")

    def here() -> str:
        from django.utils import timezone, translation

        return f"{translation.get_language()} {timezone.get_current_timezone_name()}"

    tell([rep, mate], someone, title=later(here))

    found = dict(Notification.objects.values_list("user", "title"))
    assert found == {rep.pk: "bg Asia/Tokyo", mate.pk: "en Asia/Kolkata"}


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_links_lead_nowhere_else(company: Twin, rep: User, someone: Actor, url: str) -> None:
    with pytest.raises(Invalid):
        tell([rep], someone, url=url)
    with pytest.raises(Invalid):
        tell([rep], someone, actions=[{"label": "Go", "url": url}])

    assert not Notification.objects.exists()


def test_kinds_of_modules_to_come_are_not_sent_and_unknown_ones_fail(company: Twin, rep: User, someone: Actor) -> None:
    assert tell([rep], someone, kind="quota_milestone") == 0
    with pytest.raises(NotFound):
        tell([rep], someone, kind="no_such_kind")


def test_many_cost_what_few_do(company: Twin, someone: Actor) -> None:
    deal = make("deals", name="Wide")
    people = [a_user(company, "manager", f"p{number}@people.example") for number in range(30)]
    tell(people[:1], someone, record=deal, key="warm")
    few = queries_in(lambda: tell(people[:2], someone, record=deal, key="few"))
    many = queries_in(lambda: tell(people, someone, record=deal, key="many"))

    assert few == many
    assert many <= 12
    assert Notification.objects.filter(once="many").count() == 30


def test_wishes_beat_defaults_which_beat_the_kind(company: Twin, rep: User, mate: User, someone: Actor) -> None:
    wishing.set_defaults(chosen={"mention": {"email": False}}, by=company.owner().actor)
    wishing.set_channels(chosen={"mention": {"email": True, "push": False}}, by=rep.actor)
    tell([rep, mate], someone)

    found = sorted(Delivery.objects.values_list("notification__user__name", "channel"))
    assert found == [("Manager Person", "push"), ("Sales-Rep Person", "email")]


def test_who_wants_nothing_of_a_kind_gets_no_row(company: Twin, rep: User, someone: Actor) -> None:
    off = {"in_app": False, "email": False, "push": False}
    wishing.set_channels(chosen={"mention": off}, by=rep.actor)

    assert tell([rep], someone) == 0
    wishing.set_channels(chosen={"mention": {"email": True}}, by=rep.actor)
    assert tell([rep], someone) == 1
    assert Notification.objects.get().is_shown is False


def test_a_muted_record_calls_for_nothing(company: Twin, rep: User, someone: Actor) -> None:
    deal = make("deals", name="Noise")
    wishing.mute(record=deal, by=rep.actor)
    tell([rep], someone, record=deal)
    wishing.mute(record=deal, is_muted=False, by=rep.actor)
    tell([rep], someone, record=deal)

    later, first = Notification.objects.order_by("-id")
    assert (first.read_at is None, later.read_at is None) == (False, True)
    assert set(first.deliveries.values_list("status", "why")) == {("skipped", "muted")}


def test_lazy_titles_are_cut_to_their_column(company: Twin, rep: User, someone: Actor) -> None:
    tell([rep], someone, title=_("x") + "y" * 400, text="z" * 5_000)

    row = Notification.objects.get()
    assert (len(row.title), len(row.text)) == (200, 2_000)
