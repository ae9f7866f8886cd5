"""A record's card of runs, and the button that puts it into a workflow."""

from typing import Any

from django.test import Client

from tenants.automation import actions
from tenants.automation.models import Enrolment
from tests.automation.conftest import action, settle, workflow_of
from tests.factories import Twin

BY_HAND = {"kind": "manual", "params": {"record_type": "contacts"}}


def test_a_record_is_put_into_a_workflow_and_shows_it(room: Twin, owner: Client, by: Any) -> None:
    page = f"/contacts/{room.contact_id}/"
    url = f"{page}automation/"
    assert url.encode() not in owner.get(page).content
    workflow = actions.create_workflow(
        name="Nurture", definition=workflow_of(BY_HAND, [action("t", "add_tag", tags=["Seen"])]), by=by
    )
    actions.publish(workflow=workflow, by=by)
    assert url.encode() in owner.get(page).content

    shown = owner.get(url, headers={"hx-request": "true"})
    assert b"Nurture" in shown.content
    assert b"<html" not in shown.content
    begun = owner.post(url, {"workflow": str(workflow.pk)})
    assert (begun.status_code, begun["location"]) == (302, page)
    refused = owner.post(url, {"workflow": str(workflow.pk)})
    assert refused.status_code == 422
    settle()

    assert Enrolment.objects.get().state == "done"
    assert b"Nurture" in owner.get(page).content
