"""`plant_seen <slug>`: a month of contacts made by day and by night, workflows to try on them.

One of the workflows sets itself off.
"""

import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from tenants.automation import actions
from tenants.automation.models import Workflow
from tenants.identity.actions import add_user, create_api_key
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.clock import standing_at
from tenants.records.models import Event
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make, make_twin

KOLKATA = ZoneInfo("Asia/Kolkata")
NAMES = (
    "Asha",
    "Boris",
    "Chitra",
    "Dev",
    "Elena",
    "Farhan",
    "Gita",
    "Hari",
    "Ira",
    "Jai",
    "Kavya",
    "Lila",
    "Mira",
    "Nia",
)
CREATED = {"kind": "record_created", "params": {"record_type": "contacts"}}
UPDATED = {"kind": "field_changed", "params": {"record_type": "contacts", "field": "job_title"}}
IN_PUNE = {"field": "city", "op": "is", "value": "Pune"}


def action(step_id: str, name: str, /, **params: Any) -> dict[str, Any]:
    return {"id": step_id, "kind": "action", "action": name, "params": params}


MAIL = action("mail", "send_email", to="{{record.email}}", subject="Welcome", text="Hello {{record.first_name}}")
WELCOME = {
    "trigger": {**CREATED, "filter": IN_PUNE}, "settings": {},
    "steps": [
        action("task", "create_task", name="Call {{record.first_name}}"), MAIL,
        {"id": "day", "kind": "delay", "for": {"days": 1}},
        {"id": "buyer", "kind": "branch", "otherwise": [], "branches": [
            {"id": "yes", "name": "Buyers", "filter": {"field": "job_title", "op": "is", "value": "Buyer"},
             "steps": [action("tag", "add_tag", tags=["vip"])]},
        ]},
    ],
}  # fmt: skip
NEVER = {
    "trigger": {"kind": "deal_lost", "params": {}},
    "settings": {},
    "steps": [action("t", "create_task", name="Ask why")],
}
NOBODY = {
    "trigger": {**CREATED, "filter": {"field": "city", "op": "is", "value": "Oslo"}},
    "settings": {},
    "steps": [MAIL],
}
BREAKS = {
    "trigger": {**CREATED, "filter": IN_PUNE}, "settings": {},
    "steps": [action("date", "update_field", field="birthday", value="{{record.first_name}}")],
}  # fmt: skip
BY_HAND = {"trigger": {"kind": "manual", "params": {"record_type": "contacts"}}, "settings": {}, "steps": [MAIL]}
FAULTY = {"trigger": CREATED, "settings": {}, "steps": [action("n", "update_field", field="nothing", value="x")]}
CIRCLE = {
    "trigger": UPDATED, "settings": {"reentry": "always"},
    "steps": [action("title", "update_field", field="job_title", value="{{record.job_title}}+")],
}  # fmt: skip
TAGS = {"trigger": UPDATED, "settings": {"reentry": "always"}, "steps": [action("tag", "add_tag", tags=["Seen"])]}
DRAFTS = {"welcome": WELCOME, "never": NEVER, "nobody": NOBODY, "breaks": BREAKS, "by_hand": BY_HAND, "faulty": FAULTY}


def main(slug: str) -> Planted:
    with context.public():
        twin = make_twin(slug, "Priya")
    with context.inside(twin.place, actor=robot()):
        owner = twin.owner()
        owner.name = "Asha Rao"
        owner.save()
        kabir = add_user(email=f"kabir@{slug}.example", name="Kabir Mehta", role="manager")
        _key, secret = create_api_key(user=kabir, name="Test", by=robot())
        planted = _month()
        # What is planted happened before anybody listened.
        while Event.objects.filter(delivered_at=None).exists():
            time.sleep(0.05)
        found = {name: _workflow(name, definition, owner.actor) for name, definition in DRAFTS.items()}
        for name, definition in (("circle", CIRCLE), ("tags", TAGS)):
            found[name] = _workflow(name, definition, owner.actor)
            actions.publish(workflow=Workflow.objects.get(pk=found[name]), by=owner.actor)
        contact = make("contacts", first_name="Zoya", last_name="Khan", job_title="Buyer", owner=owner.pk)
        return told(
            twin, owner=cookie_of(owner, twin.host), key=twin.api_key, kabir=secret, user=str(owner.pk),
            contact=str(contact.pk), **planted, **found,
        )  # fmt: skip


def _workflow(name: str, definition: dict[str, Any], by: Actor) -> str:
    words = {"welcome": "Welcome to Pune", "circle": "Titles in circles", "tags": "Tags go on", "by_hand": "By hand"}
    made = actions.create_workflow(name=words.get(name, name.title()), definition=definition, by=by)
    return str(made.pk)


def _month() -> Planted:
    """Contacts of the last 28 days, by turns at ten in the morning and at ten at night; what a backtest must count."""
    in_pune, buyers, late = 0, 0, 0
    today = timezone.now().astimezone(KOLKATA)
    for number, name in enumerate(NAMES):
        at = (today - timedelta(days=2 + 2 * number)).replace(hour=22 if number % 2 else 10, minute=15)
        city = "Sofia" if number % 5 == 4 else "Pune"
        title = "Buyer" if number % 3 == 0 else "Engineer"
        with standing_at(at):
            made = make(
                "contacts", first_name=name, last_name="Rao", city=city, job_title=title,
                email=f"{name.lower()}@customer.example",
            )  # fmt: skip
        _happened_at(made, at)
        if city == "Pune":
            in_pune, buyers, late = in_pune + 1, buyers + (title == "Buyer"), late + (not _is_office_hour(at))
    # Priya and Zoya are made today.
    return {"records": str(len(NAMES) + 2), "in_pune": str(in_pune), "buyers": str(buyers), "late": str(late)}


def _is_office_hour(at: datetime) -> bool:
    return at.weekday() < 5 and 9 <= at.hour < 18


def _happened_at(record: Any, at: datetime) -> None:
    """Events are stamped by the server's clock; these happened when the plant says."""
    Event.objects.filter(record_id=record.pk).update(happened_at=at)
