"""The one way to write: exact rows, exact history, exact events, or nothing at all."""

from decimal import Decimal
from typing import Any

import pytest

from tenants.crm.models import Contact, Deal
from tenants.identity.models import User
from tenants.kernel.actors import Actor, visitor
from tenants.kernel.errors import Conflict, Denied, Invalid, NotFound
from tenants.records import actions
from tenants.records.models import Change, Event, Note
from tenants.records.notes.actions import add_note
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tests.factories import Twin, make

READER = Actor(kind="user", name="Reader", grants={"*": frozenset({"view"})})


def written() -> tuple[int, int, int]:
    return Contact.objects.count(), Change.objects.count(), Event.objects.count()


def create(by: Actor, **values: Any) -> Any:
    return actions.create_record(record_type=type_named("contacts"), values=values, by=by)


def test_create_writes_row_history_and_event(company: Twin, by: Actor) -> None:
    made = create(
        by,
        first_name=" Asha ",
        last_name="Rao",
        email="Asha@Customer.example",
        phone="098200 11842",
        account=str(company.account_id),
    )

    row = Contact.objects.get(pk=made.pk)
    assert (row.first_name, row.name, row.email, row.phone, row.version) == (
        "Asha",
        "Asha Rao",
        "asha@customer.example",
        "+919820011842",
        1,
    )
    changes = {
        "first_name": [None, "Asha"],
        "last_name": [None, "Rao"],
        "email": [None, "asha@customer.example"],
        "phone": [None, "+919820011842"],
        "account": [None, {"id": str(company.account_id), "name": f"{company.sentinel} Traders"}],
    }
    history = Change.objects.get(record_id=made.pk)
    assert (history.record_type, history.action, history.actor_name, history.changes) == (
        "contacts",
        "created",
        "Tester",
        changes,
    )
    event = Event.objects.get(record_id=made.pk)
    assert (event.name, event.record_type, event.payload, event.delivered_at) == (
        "contact.created",
        "contacts",
        {"changes": changes},
        None,
    )


def test_update_writes_only_what_differs(company: Twin, by: Actor) -> None:
    made = create(by, first_name="Asha", last_name="Rao", city="Pune")
    actions.update_record(record=made, values={"first_name": "Asha", "city": "Nashik"}, by=by)

    row = Contact.objects.get(pk=made.pk)
    assert (row.first_name, row.city, row.version) == ("Asha", "Nashik", 2)
    assert Change.objects.filter(record_id=made.pk, action="updated").get().changes == {"city": ["Pune", "Nashik"]}
    assert list(Event.objects.filter(record_id=made.pk).values_list("name", flat=True)) == [
        "contact.created",
        "contact.updated",
    ]


def test_update_without_difference_writes_nothing(company: Twin, by: Actor) -> None:
    made = create(by, first_name="Asha", city="Pune")
    before = written()

    actions.update_record(record=made, values={"city": " Pune "}, by=by)

    assert written() == before
    assert Contact.objects.get(pk=made.pk).version == 1


def test_update_history_names_what_the_type_derived(company: Twin, by: Actor) -> None:
    deal = Deal.objects.get(pk=company.deal_id)
    won = deal.stage.pipeline.stages.get(name="Closed Won")

    actions.update_record(record=deal, values={"stage": won.pk, "amount": "99.5"}, by=by)

    changes = Change.objects.filter(record_id=deal.pk, action="updated").get().changes
    assert changes["stage"][1] == {"id": str(won.pk), "name": "Closed Won"}
    assert changes["amount"] == ["1840000.0000", "99.5000"]
    assert changes["status"] == ["open", "won"]
    assert changes["probability"] == [10, 100]
    assert Deal.objects.get(pk=deal.pk).amount == Decimal("99.5")


def test_version_conflict_is_refused_and_changes_nothing(company: Twin, by: Actor) -> None:
    made = create(by, first_name="Asha")
    actions.update_record(record=made, values={"city": "Pune"}, by=by, version=1)
    before = written()

    with pytest.raises(Conflict) as refusal:
        actions.update_record(record=made, values={"city": "Surat"}, by=by, version=1)

    assert refusal.value.field == "version"
    assert written() == before
    assert Contact.objects.get(pk=made.pk).city == "Pune"


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, ["first_name"]),
        ({"first_name": "  "}, ["first_name"]),
        ({"first_name": "A", "email": "nobody"}, ["email"]),
        ({"first_name": "A", "phone": "12"}, ["phone"]),
        ({"first_name": "A" * 81}, ["first_name"]),
        ({"first_name": "A\x00"}, ["first_name"]),
        ({"first_name": "A", "account": "not-an-id"}, ["account"]),
        ({"first_name": "A", "account": "01890a5d-ac96-774b-bcce-b302099a8057"}, ["account"]),
        ({"first_name": "A", "source": "thin air"}, ["source"]),
        ({"first_name": "A", "shoe_size": 44}, ["shoe_size"]),
        ({"first_name": "A", "created_at": "2020-01-01"}, ["created_at"]),
        ({"first_name": "A", "deleted_at": "2020-01-01"}, ["deleted_at"]),
        ({"email": "x", "phone": "y"}, ["email", "first_name", "phone"]),
    ],
)
def test_create_names_every_field_at_fault_and_writes_nothing(
    company: Twin, by: Actor, values: dict[str, Any], fields: list[str]
) -> None:
    before = written()

    with pytest.raises(Invalid) as refusal:
        create(by, **values)

    assert sorted(refusal.value.errors) == fields
    assert all(messages and all(messages) for messages in refusal.value.errors.values())
    assert written() == before


def test_delete_moves_to_the_bin_once_and_restore_brings_back_once(company: Twin, by: Actor) -> None:
    made = create(by, first_name="Asha")

    for _ in range(2):
        actions.delete_record(record=made, by=by)
    with pytest.raises(NotFound):
        record_for(by, type_named("contacts"), made.pk)
    for _ in range(2):
        actions.restore_record(record=made, by=by)

    assert record_for(by, type_named("contacts"), made.pk).version == 3
    assert list(Change.objects.filter(record_id=made.pk).order_by("created_at").values_list("action", flat=True)) == [
        "created",
        "deleted",
        "restored",
    ]
    assert list(Event.objects.filter(record_id=made.pk).values_list("name", flat=True)) == [
        "contact.created",
        "contact.deleted",
        "contact.restored",
    ]


def test_a_record_in_the_bin_cannot_be_changed(company: Twin, by: Actor) -> None:
    made = create(by, first_name="Asha")
    actions.delete_record(record=made, by=by)

    with pytest.raises(NotFound):
        actions.update_record(record=made, values={"city": "Pune"}, by=by)


@pytest.mark.parametrize("actor", [READER, visitor()])
def test_who_may_not_write_is_denied(company: Twin, by: Actor, actor: Actor) -> None:
    made = create(by, first_name="Asha")
    before = written()

    for write in (
        lambda: create(actor, first_name="B"),
        lambda: actions.update_record(record=made, values={"city": "Pune"}, by=actor),
        lambda: actions.delete_record(record=made, by=actor),
        lambda: actions.restore_record(record=made, by=actor),
        lambda: add_note(record=made, body="Hello", by=actor),
        lambda: actions.bin_record_for(actor, type_named("contacts"), made.pk),
    ):
        with pytest.raises(Denied):
            write()
    assert written() == before


def test_note_is_kept_and_announced(company: Twin, by: Actor) -> None:
    contact = Contact.objects.get(pk=company.contact_id)

    note = add_note(record=contact, body="  Call after five.\x00 ", by=by)

    assert Note.objects.get(pk=note.pk).body == "<p>Call after five.</p>"
    assert Event.objects.filter(record_id=contact.pk, name="note.created").get().payload == {"note_id": str(note.pk)}


@pytest.mark.parametrize("body", ["", "   ", "\x00", "x" * 20_001])
def test_note_empty_or_too_long_is_refused(company: Twin, by: Actor, body: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add_note(record=Contact.objects.get(pk=company.contact_id), body=body, by=by)

    assert list(refusal.value.errors) == ["body"]
    assert Note.objects.count() == 0


def test_created_by_is_the_actor_and_the_owner_comes_from_initial(company: Twin) -> None:
    owner = User.objects.get(role__slug="owner")
    made = create(owner.actor, **type_named("contacts").initial(owner.actor), first_name="Asha")

    assert (made.created_by_id, made.owner_id) == (owner.pk, owner.pk)


def test_relation_to_a_record_in_the_bin_is_refused(company: Twin, by: Actor) -> None:
    account = make("accounts", name="Gone Traders")
    actions.delete_record(record=account, by=by)

    with pytest.raises(Invalid) as refusal:
        create(by, first_name="A", account=account.pk)
    assert list(refusal.value.errors) == ["account"]
