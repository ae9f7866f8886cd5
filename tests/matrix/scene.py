"""A company with something of everything that a route may ask for, by name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenants.crm.actions.lines import set_lines
from tenants.crm.actions.pipelines import add_pipeline, add_reason
from tenants.crm.models import Stage
from tenants.fleet.pool import claim_schema
from tenants.identity import tokens
from tenants.identity.actions import create_api_key
from tenants.identity.models import MailDomain, SsoConnection, User
from tenants.identity.scim.clients import actor_of, create_client
from tenants.identity.scim.groups import create_group
from tenants.identity.scim.people import create_person
from tenants.identity.sso.settings import add_domain, save_connection
from tenants.identity.support.visits import ask_visit
from tenants.identity.teams import create_team
from tenants.invoicing.actions import add_line, draft_invoice_from_deal, issue_invoice
from tenants.invoicing.profile import update_profile
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.notifications.actions import notify
from tenants.notifications.models import ChatConnection, Notification
from tenants.records.actions import create_record, delete_record, update_record
from tenants.records.bulk.actions import start_bulk
from tenants.records.bulk.selection import chosen
from tenants.records.bulk.verbs import action_named
from tenants.records.custom.actions import create_custom_field, retire_custom_field
from tenants.records.enums import PairState
from tenants.records.exporting.actions import export_list
from tenants.records.files.actions import delete_file, keep_file
from tenants.records.importing import actions as importing
from tenants.records.importing.plan import Plan
from tenants.records.jobs.actions import start_job
from tenants.records.merging.actions import merge_records
from tenants.records.models import Event, Pair, Undelivered
from tenants.records.notes.actions import add_note, delete_note
from tenants.records.registry import record_types, type_named
from tenants.records.tagging.actions import create_tag
from tenants.records.views.actions import create_view
from tenants.voice import accounts
from tenants.voice import credentials as vault
from tenants.voice.actions import log_call, place_call
from tenants.voice.models import Call, TelephonyAccount
from tests.factories import PASSWORD, Twin
from tests.invoicing.conftest import SELLER
from tests.matrix.access_scene import furnish_access
from tests.matrix.automation_scene import furnish_automation
from tests.matrix.flow_scene import furnish_flows
from tests.matrix.webhooks_scene import furnish_webhooks
from tests.records.staff import person

Made = dict[str, Any]
EAR = "tenants.crm.receivers.follow_names"
ROWS = "First name,Email\nAsha,asha@p.example\n"
NEWCOMER = {"userName": "tomas@alpha.example", "emails": [{"value": "tomas@alpha.example"}], "active": True}
EXOTEL = {
    "region": "in", "account_sid": "alpha", "api_key": "k", "api_token": "t", "caller_id": "+918047100000",
}  # fmt: skip
WHAT: dict[str, dict[str, Any]] = {
    "accounts": {"name": "Nimbus Foods"},
    "activities": {"subject": "Met"},
    "contacts": {"first_name": "Meera", "last_name": "Rao"},
    "deals": {"name": "Cold room"},
    "invoices": {},
    "leads": {"first_name": "Lea", "company_name": "Lead & Co"},
    "pipelines": {"name": "Partners"},
    "stages": {"name": "Tried out", "probability": 20},
    "tasks": {"name": "Call back"},
}
"""The least that a record of each type is made of."""


def furnish(twin: Twin) -> Made:
    """Runs in the company. Everything is the owner's, but for a rep who can be sent away."""
    owner = twin.owner()
    User.objects.filter(pk=owner.pk).update(verified_at=timezone.now())
    found: Made = {"owner": owner.pk, "owner_email": owner.email, "password": PASSWORD}
    with context.acting(owner.actor):
        by = context.actor()
        for part in PARTS:
            part(found, twin, by)
    found["bin_key"] = f"contacts:{found['contacts_binned'].pk}"
    return plain(found)


def _notified(found: Made, twin: Twin, by: Actor) -> None:
    """A notification of the owner's, and a chat that is not there to be posted to."""
    notify(kind="mention", user_ids=[twin.owner().pk], title="Look", url="/contacts/", by=robot())
    found["notification"] = Notification.objects.get(user=twin.owner().pk)
    found["chat"] = ChatConnection.objects.create(name="#away", service="slack", url="http://10.0.0.1/x")


def plain(found: Made) -> Made:
    """Records as their ids."""
    kept = (list, Callable)
    return {name: one if isinstance(one, kept) else str(getattr(one, "pk", one)) for name, one in found.items()}


def _people(found: Made, twin: Twin, by: Actor) -> None:
    found["user"] = person("mate@alpha.example", "sales-rep")
    gone = person("gone@alpha.example", "support")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    new = person("new@alpha.example", "support")
    new.set_unusable_password()
    new.invited_at = timezone.now()
    new.save()
    found |= {"gone": gone, "invited": new}
    found["team"] = create_team(name="Sales East", parent=None, members=[found["user"].pk], leaders=[], by=by)
    found["key"] = create_api_key(user=twin.owner(), name="Other", by=by)[0]


def _records(found: Made, twin: Twin, by: Actor) -> None:
    """Of each type one to see and change, one in the bin, two to merge, and what a new one is made of."""
    found |= {"contacts": twin.contact_id, "accounts": twin.account_id, "deals": twin.deal_id}
    for record_type in record_types():
        name = record_type.name
        if name not in WHAT:
            continue
        made = [make(name, found, number) for number in range(4)]
        delete_record(record=made[0], by=by)
        found[f"{name}_binned"], found[f"{name}_pair"] = made[0], [str(made[1].pk), str(made[2].pk)]
        found.setdefault(name, made[1])
        found[f"{name}_idle"] = made[3]
    found |= {"stage_first": _first_stage(), "other_pipeline": add_pipeline(name="Renewals", by=by)}
    found["account"], found["contact"], found["lead"] = found["accounts"], found["contacts"], found["leads"]
    found["deal"], found["task"], found["pipeline"] = found["deals"], found["tasks"], found["other_pipeline"]
    found["stage"], found["reason"] = found["stages"], add_reason(name="Too far away", by=by)
    set_lines(deal=type_named("deals").model._default_manager.get(pk=twin.deal_id), by=by,
              rows=[{"name": "Panel", "quantity": "1", "price": "10", "discount": "0"}])  # fmt: skip


def make(name: str, found: Made, number: int = 0) -> Any:
    record_type = type_named(name)
    return create_record(
        record_type=record_type, values=record_type.initial(robot()) | new(name, found, number), by=context.actor()
    )


def new(name: str, found: Made, number: int = 0) -> dict[str, Any]:
    """The values of a new record of a type."""
    values: dict[str, Any] = dict(WHAT[name])
    for field in ("name", "subject", "last_name"):
        if field in values:
            values[field] = f"{values[field]} {number}"
    if name == "activities":
        values |= {"about_type": "contacts", "about_id": str(found["contacts"]), "occurred_at": "2026-10-05T10:00:00Z"}
    if name in ("deals", "invoices", "leads"):
        values["currency"] = "INR"
    if name == "invoices":
        values["account"] = str(found["accounts"])
    if name == "deals":
        values["stage"] = _first_stage()
    if name == "stages":
        values["pipeline"] = str(type_named("pipelines").model._default_manager.get(is_default=True).pk)
    return values


def _happened(found: Made, twin: Twin, by: Actor) -> None:
    """Something that happened, and that somebody could not take."""
    found["event"] = Event.objects.earliest("happened_at")
    found["undelivered"] = Undelivered.objects.create(event=found["event"], consumer=EAR, state="dead")


def _first_stage() -> str:
    return str(Stage.objects.filter(kind="open", pipeline__is_default=True).earliest("position").pk)


def _papers(found: Made, twin: Twin, by: Actor) -> None:
    update_profile(values=SELLER, by=by)
    won = Stage.objects.filter(kind="won", pipeline__is_default=True).earliest("position")
    drafts = []
    for number in range(3):
        deal = make("deals", found, 10 + number)
        update_record(record=deal, by=by, values={"account": str(twin.account_id), "amount": "100", "stage": won.pk})
        deal.refresh_from_db()
        found["won"] = deal
        if number < 2:
            drafts.append(draft_invoice_from_deal(deal=deal, by=by))
    found["line"], found["invoice"] = add_line(invoice=drafts[0], values={"description": "Cable"}, by=by), drafts[0]
    found["issued"] = issue_invoice(invoice=drafts[1], by=by)


def _calls(found: Made, twin: Twin, by: Actor) -> None:
    found["hook_token"] = accounts.add_sandbox().hook_token
    found["exotel_token"] = "a-token-of-exotel"
    TelephonyAccount.objects.create(
        provider="exotel", name="Exotel", hook_token=found["exotel_token"], credentials=vault.as_text(EXOTEL)
    )
    contact = type_named("contacts").model._default_manager.get(pk=twin.contact_id)
    calls = [log_call(record=contact, by=by, outcome="answered", talk_seconds=60) for _number in range(4)]
    delete_record(record=calls[1], by=by)
    found |= {"calls": calls[0], "calls_binned": calls[1], "calls_idle": calls[2]}
    found["calls_pair"] = [str(calls[2].pk), str(calls[3].pk)]
    found["call"] = found["open_call"] = place_call(record=contact, to="", by=by)
    with_sound = calls[2]
    from django.core.files.storage import default_storage

    kept = default_storage.save("recordings/matrix.mp3", ContentFile(b"ID3 sound"))
    Call.objects.filter(pk=with_sound.pk).update(recording=kept)
    found["recorded"] = with_sound


def _told(found: Made, twin: Twin, by: Actor) -> None:
    contacts = type_named("contacts")
    contact = contacts.model._default_manager.get(pk=twin.contact_id)
    notes = [add_note(record=contact, body=f"<p>Note {number}</p>", by=by) for number in range(2)]
    delete_note(note=notes[1], by=by)
    files = [
        keep_file(
            upload=SimpleUploadedFile(f"plan{n}.txt", b"a plan"), record_type=contacts, record_id=contact.pk, by=by
        )
        for n in range(2)
    ]
    delete_file(file=files[1], by=by)
    found |= {"note": notes[0], "note_binned": notes[1], "file": files[0], "file_binned": files[1]}
    found |= {"tag": create_tag(name="north", by=by), "other_tag": create_tag(name="south", by=by)}
    a, b, c = (make("contacts", found, 20 + number) for number in range(3))
    found["merge"] = merge_records(record_type=contacts, ids=[a.pk, b.pk], by=by)
    pair = {"record_type": "contacts", "score": 90, "left_id": min(c.pk, contact.pk), "right_id": max(c.pk, contact.pk)}
    found["pair"] = Pair.objects.create(**pair)
    pair["left_id"], pair["right_id"] = sorted((c.pk, found["contacts_idle"].pk))
    found["pair_dismissed"] = Pair.objects.create(**pair, state=PairState.DISMISSED)


def _work(found: Made, twin: Twin, by: Actor) -> None:
    contacts = type_named("contacts")
    edit = action_named(contacts, "edit")
    chosen_one = chosen([str(found["contacts_idle"].pk)])
    found["job"] = start_bulk(record_type=contacts, action=edit, selection=chosen_one, values={"city": "Goa"}, by=by)
    found["running"] = start_job(kind="duplicates", label="Looking", record_type="contacts", by=by)
    found["export"] = export_list(record_type=contacts, file_format="csv", asked={}, by=by)
    found["draft"] = draft = _upload(by)
    ready = importing.set_plan(draft=_upload(by), plan=Plan.loaded(draft.params["plans"][0]), by=by, is_final=True)
    found["ready"] = importing.start_preview(draft=ready, by=by)
    begun = importing.set_plan(draft=_upload(by), plan=Plan.loaded(draft.params["plans"][0]), by=by, is_final=True)
    found["imported"] = importing.start_import(draft=begun, by=by)


def _upload(by: Actor) -> Any:
    raw = ROWS.encode()
    return importing.upload(file=ContentFile(raw), name="people.csv", type_name="contacts", by=by, size=len(raw))


def _shape(found: Made, twin: Twin, by: Actor) -> None:
    contacts = type_named("contacts")
    for name in ("contacts", "deals", "tasks"):
        found[f"{name}_view"] = create_view(record_type=type_named(name), values={"name": "Mine"}, by=by)
    found["view"] = found["contacts_view"]
    found["shared_view"] = create_view(record_type=contacts, values={"name": "Ours", "audience": "public"}, by=by)
    found["field"] = create_custom_field(record_type=contacts, label="Tier", kind="text", by=by)
    found["retired"] = create_custom_field(record_type=contacts, label="Old", kind="text", by=by)
    retire_custom_field(field=found["retired"], by=by)


def _sign_in(found: Made, twin: Twin, by: Actor) -> None:
    values = {
        "name": "Acme", "issuer": "https://idp.example/", "sso_url": "https://idp.example/sso",
        "default_role": "sales-rep", "new_people": "everybody",
    }  # fmt: skip
    found["connection"] = _connection(values)
    found["domain"] = add_domain(domain="alpha-works.example", by=by)
    client, found["scim_token"] = create_client(name="Entra", default_role="sales-rep", role_groups=[], by=by)
    found["client"] = client
    MailDomain.objects.filter(pk=found["domain"].pk).update(verified_at=None)
    found["invite_token"] = lambda things: tokens.make_token(_user(things["invited"]), purpose="invite")
    found["reset_token"] = lambda things: tokens.make_token(_user(things["user"]), purpose="reset")
    found["link_token"] = lambda things: tokens.make_token(_user(things["user"]), purpose="link")
    found["scim_user"] = create_person(client, NEWCOMER, actor_of(client))
    found["scim_team"] = create_group(client, {"displayName": "Group"}, actor_of(client))


def _connection(values: dict[str, Any]) -> SsoConnection:
    from tests.identity.test_saml import key_and_certificate

    told = values | {"certificates": key_and_certificate()[1]}
    return save_connection(connection=SsoConnection(kind="saml"), values=told, by=robot())


def _user(user_id: str) -> User:
    return User.objects.select_related("role").get(pk=user_id)


def _visits(found: Made, twin: Twin, by: Actor) -> None:
    """The agency's boss has asked to come in, and has been let in once."""
    home = context.Place(schema="public", agency_id=twin.agency.pk)
    with context.inside(home):
        boss = User.objects.get(email=f"boss@{twin.agency.slug}.example")
        asked = {"company": twin.company, "visitor": boss, "house": "Alpha Agency", "user_id": found["owner"]}
        visit = ask_visit(**asked, reason="Import fails", minutes=30, by=robot())
    from tenants.directory.models import Company, SupportVisit

    with context.public():
        agreed = SupportVisit.objects.get(pk=visit.pk)
        SupportVisit.objects.filter(pk=visit.pk).update(state="asked")
        agreed.pk, agreed.state, agreed.updated_at = None, "agreed", timezone.now() - timedelta(minutes=1)
        agreed.save(force_insert=True)
        sandbox = Company.objects.create(
            agency=twin.agency, name="Tries", slug="tries-1", schema_name=claim_schema().name, country="IN",
            currency="INR", owner_email="owner@alpha.example", is_sandbox=True, sandbox_of=twin.company,
        )  # fmt: skip
    found |= {"visit": visit, "agreed": agreed, "sandbox": sandbox}
    found["ticket"] = lambda things: _ticket(things["agreed"])


def _ticket(visit_id: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    from tenants.directory.models import SupportVisit
    from tenants.identity.support.visits import entry_url

    with context.public():
        visit = SupportVisit.objects.select_related("company").get(pk=visit_id)
    return parse_qs(urlsplit(entry_url(visit)).query)["ticket"][0]


PARTS = (
    _people, _records, _papers, _calls, _told, _notified, _work, _happened, _shape, _sign_in, _visits, furnish_access,
    furnish_webhooks, furnish_flows, furnish_automation,
)  # fmt: skip
"""In order: later ones need what earlier ones made."""
