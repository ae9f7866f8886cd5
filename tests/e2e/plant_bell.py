"""`plant_bell <slug>`: an owner to be told, a colleague with a key, a task, a workflow that tells.

With `remind` after the slug the reminders that are due come up.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tenants.automation import actions
from tenants.crm.actions import send_reminders
from tenants.directory.models import Company
from tenants.identity.actions import add_user, create_api_key
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make, make_twin


def main(slug: str, what: str = "") -> Planted:
    return _remind(slug) if what == "remind" else _company(slug)


def _company(slug: str) -> Planted:
    with context.public():
        twin = make_twin(slug, "Priya")
    with context.inside(twin.place, actor=robot()):
        owner = twin.owner()
        owner.name = "Asha Rao"
        owner.save()
        kabir = add_user(email=f"kabir@{slug}.example", name="Kabir Mehta", role="manager")
        _key, secret = create_api_key(user=kabir, name="Test", by=robot())
        due = timezone.now() + timedelta(hours=1)
        task = make("tasks", name="Call Priya about the roof", owner=owner.pk, due_at=due)
        made = actions.create_workflow(name="Tell of leads", definition=_telling(str(owner.pk)), by=owner.actor)
        actions.publish(workflow=made, by=owner.actor)
        return told(
            twin, owner=cookie_of(owner, twin.host), kabir=secret, user=str(owner.pk), task=str(task.pk)
        )  # fmt: skip


def _telling(user_id: str) -> dict[str, Any]:
    params = {
        "users": [user_id], "title": "{{record.name}} came in", "text": "Call within five minutes.", "priority": "high",
    }  # fmt: skip
    return {
        "trigger": {"kind": "record_created", "params": {"record_type": "leads"}}, "settings": {},
        "steps": [{"id": "tell", "kind": "action", "action": "notify_user", "params": params}],
    }  # fmt: skip


def _remind(slug: str) -> Planted:
    """What the clock does every minute."""
    with context.public():
        place = Company.objects.get(agency__slug=slug).place
    with context.inside(place, actor=robot()):
        return {"reminded": str(send_reminders())}
