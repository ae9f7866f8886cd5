"""What steps tell colleagues, and what owners hear of their workflows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tenants.automation.models import Workflow
from tenants.identity.teams import create_team
from tenants.notifications.chats import connect
from tenants.notifications.models import Notification
from tenants.records.actions import update_record
from tests.automation.conftest import action, only_run, settle, steps_of
from tests.factories import Twin, make
from tests.notifications.receiver import Receiver
from tests.records.staff import person

NEW_CONTACT = {"kind": "record_created", "params": {"record_type": "contacts"}}


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with Receiver() as found:
        settings.OUTBOUND_TRUSTED_ORIGINS = [found.url]
        yield found


def told() -> list[tuple[str, str, str]]:
    return list(Notification.objects.order_by("created_at").values_list("kind", "title", "text"))


def test_people_and_teams_are_notified_once(published: Callable[..., Workflow], room: Twin) -> None:
    mate, boss = person("mate@alpha.example", "manager"), room.owner()
    team = create_team(name="East", parent=None, members=[mate.pk], leaders=[], by=boss.actor)
    words = {"title": "New: {{record.first_name}}", "text": "Call them"}
    flow = published(
        NEW_CONTACT, action("one", "notify_user", users=[str(boss.pk)], **words),
        action("many", "notify_team", team=str(team.pk), **words),
    )  # fmt: skip

    contact = make("contacts", first_name="Asha")
    settle()
    settle()

    assert steps_of(only_run(flow)) == [("one", "done"), ("many", "done")]
    assert told() == [("workflow_message", "New: Asha", "Call them")] * 2
    assert {one.user_id for one in Notification.objects.all()} == {mate.pk, boss.pk}
    assert {one.url for one in Notification.objects.all()} == {f"/contacts/{contact.pk}/"}


def test_a_channel_of_slack_is_posted_to(published: Callable[..., Workflow], room: Twin, receiver: Receiver) -> None:
    made = connect(
        name="Sales", service="slack", url=f"{receiver.url}/hook", is_for_people=False, by=room.owner().actor
    )
    flow = published(NEW_CONTACT, action("post", "slack_message", connection=str(made.pk), text="{{record.name}} came"))

    make("contacts", first_name="Asha", last_name="Rao")
    settle()

    assert steps_of(only_run(flow)) == [("post", "done")]
    ((_path, _headers, body),) = receiver.got
    assert "Asha Rao came" in body.decode()


def test_an_owner_hears_of_failures_once_an_hour_and_of_the_end(
    published: Callable[..., Workflow], room: Twin, by: Any
) -> None:
    boss = room.owner()
    failing = published(NEW_CONTACT, action("find", "notify_team", team="{{record.city}}", title="Hello"))
    Workflow.objects.filter(pk=failing.pk).update(owner_id=boss.pk)
    for name in ("Asha", "Bela"):
        make("contacts", first_name=name)
    settle()

    (failure,) = told()
    assert failure[:2] == ("workflow_failed", "A workflow failed: Test")
    circle = published(
        {"kind": "record_updated", "params": {"record_type": "contacts"}},
        action("turn", "update_field", field="job_title", value="{{record.job_title}}+"), name="Round",
    )  # fmt: skip
    Workflow.objects.filter(pk=circle.pk).update(owner_id=boss.pk)
    update_record(record=make("contacts", first_name="Carla"), values={"city": "Pune"}, by=by)
    settle()

    assert ("workflow_failed", "A workflow was turned off: Round") in [one[:2] for one in told()]
