"""A company with something of everything that goes along when it moves."""

from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.crm.actions.lines import set_lines
from tenants.crm.actions.pipelines import add_reason, make_default, set_card_fields
from tenants.crm.actions.reminders import set_reminders
from tenants.crm.actions.teams import set_team
from tenants.crm.models import LostReason, Stage
from tenants.identity.actions import add_user
from tenants.identity.models import Team, TeamMember, User
from tenants.kernel.actors import robot
from tenants.records.actions import update_record
from tenants.records.custom.actions import create_custom_field, retire_custom_field
from tenants.records.files.actions import keep_file
from tenants.records.follows.actions import follow
from tenants.records.models import CustomField
from tenants.records.notes.actions import add_note, pin_note
from tenants.records.registry import type_named
from tenants.records.tagging.actions import create_tag
from tenants.records.views.actions import create_view
from tests.factories import make

OWNER, MATE = "owner@same.example", "mate@same.example"


def same_people() -> None:
    """Both companies know the same two people."""
    User.objects.filter(role__slug="owner").update(email=OWNER, name="Same Owner")
    add_user(email=MATE, name="Same Mate", role="sales-rep")


def fill() -> None:
    owner, mate = User.objects.select_related("role").get(email=OWNER), User.objects.get(email=MATE)
    _shape(owner, mate)
    head = make("accounts", name="=Head, “Office”", tags=["vip; gold", "north"], owner=owner.pk, external_id="A-1")
    branch = make("accounts", name="Branch", parent=head.pk, description="two\nlines", **{"custom.tier": "gold"})
    boss = make("contacts", first_name="'Asha", last_name="Rao", account=head.pk, email="asha@p.example")
    twin = make("contacts", first_name="Twin", account=branch.pk, reports_to=boss.pk, **{"custom.old": "kept"})
    make("contacts", first_name="Twin", account=head.pk, do_not_call=True, **{"custom.partner": str(branch.pk)})
    retire_custom_field(field=_own["old"], by=robot())
    pipeline = make("pipelines", name="Partners")
    make_default(pipeline=pipeline, by=robot())
    won = Stage.objects.filter(pipeline=pipeline, kind="won").earliest("position")
    deal = make("deals", name="Won", account=head.pk, contact=twin.pk, amount="12.5")
    update_record(record=deal, values={"stage": won.pk}, by=robot())
    reason = add_reason(name="Too far away", by=robot())
    make("deals", name="Lost", competitors=["One", "Two, Inc."], status="lost", lost_reason=reason.pk)
    set_lines(deal=deal, rows=[{"name": "Panel", "quantity": "1.5", "price": "99.99", "discount": "5"}], by=robot())
    set_team(record=deal, seats={mate.pk: "sales"}, by=robot())
    make("leads", first_name="Lea", company_name="Lead & Co", amount="10", has_budget=True)
    task = make("tasks", name="Call", about_type="contacts", about_id=str(twin.pk), due_at="2027-01-05T10:00:00Z",
                repeats="FREQ=WEEKLY")  # fmt: skip
    set_reminders(task=task, whens=[30, datetime(2027, 1, 1, tzinfo=UTC)], by=robot())
    make("activities", subject="Met", about_type="deals", about_id=str(deal.pk), occurred_at="2026-10-05T10:00:00Z")
    _tell(twin, owner, mate)
    _look(owner, pipeline, head)


_own: dict[str, CustomField] = {}


def _shape(owner: User, mate: User) -> None:
    """Own fields, tags, teams, reasons, cards."""
    contacts, accounts = type_named("contacts"), type_named("accounts")
    choices = {"choices": [{"value": "gold", "label": "Gold; all", "tone": "warn"}]}
    create_custom_field(record_type=accounts, label="Tier", kind="select", options=choices, by=robot())
    for label, kind, options in (
        ("Partner", "relation", {"target": "accounts"}), ("Old", "text", {}), ("Contract", "file", {}),
    ):  # fmt: skip
        made = create_custom_field(record_type=contacts, label=label, kind=kind, options=options, by=robot())
        _own[made.key] = made
    create_tag(name="north", tone="info", by=robot())
    LostReason.objects.filter(position=1).delete()
    team = Team.objects.create(name="Sales East", parent=Team.objects.create(name="Sales"))
    TeamMember.objects.create(team=team, user=mate, is_leader=True)
    set_card_fields(names=["value", "agent"], by=robot())


def _tell(contact: Any, owner: User, mate: User) -> None:
    """A note with a mention, a reply, a file; a file in a field; a follower."""
    by = owner.actor
    contacts = type_named("contacts")
    plan = keep_file(upload=SimpleUploadedFile("plan.txt", b"a plan"), record_type=contacts, record_id=None, by=by)
    body = f'<p>See <span data-mention="{mate.pk}">@Mate</span>: a &lt; b</p>'
    note = add_note(record=contact, body=body, by=by, files=[plan.pk], visibility="team")
    add_note(record=contact, body="Yes\n\nof course", by=mate.actor, parent=note)
    pin_note(note=note, by=by, is_pinned=True)
    picture = SimpleUploadedFile("contract.pdf", b"%PDF-1.7 \x00\xff signed")
    contract = keep_file(upload=picture, record_type=contacts, record_id=contact.pk, by=by)
    update_record(record=contact, values={"custom.contract": str(contract.pk)}, by=by)
    follow(record=contact, by=by)


def _look(owner: User, pipeline: Any, head: Any) -> None:
    """A view whose filter and layout name records and people by id."""
    tree = {"all": [
        {"field": "account", "op": "is", "value": str(head.pk)}, {"field": "owner", "op": "is", "value": str(owner.pk)},
        {"field": "amount", "op": "gte", "value": 10.5},
    ]}  # fmt: skip
    values = {
        "name": "Mine at Head", "filter": tree, "columns": ["name", "amount"], "layout": "board", "audience": "public",
        "settings": {"of": str(pipeline.pk), "widths": {"name": 200}}, "is_default": True,
    }  # fmt: skip
    create_view(record_type=type_named("deals"), values=values, by=owner.actor)
