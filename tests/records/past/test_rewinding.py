"""Bringing a company back: previewed, by its parts, with the rights of whoever asks, and taken back again."""

from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants.crm.models import Account, Contact, Deal
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Denied, Invalid
from tenants.records import actions
from tenants.records.bulk.actions import start_bulk
from tenants.records.bulk.selection import Selection
from tenants.records.bulk.verbs import action_named
from tenants.records.custom.actions import create_custom_field, update_custom_field
from tenants.records.jobs.actions import run_now, undo_job
from tenants.records.models import Change, JobLine
from tenants.records.past import kind
from tenants.records.past.actions import restore_record_as_of, start_rewind
from tenants.records.past.preview import Preview
from tenants.records.past.rewinding import Wish
from tenants.records.registry import type_named
from tests.factories import Twin, make
from tests.records.counting import queries_in
from tests.records.past.remembering import now, state
from tests.records.people import colleague

CONTACTS = "contacts"


def change(record: Any, by: Actor | None = None, **values: Any) -> None:
    actions.update_record(record=record, values=values, by=by or robot())


def counts(at: datetime, by: Actor | None = None, **more: Any) -> dict[str, tuple[int, int, int, int]]:
    found = Preview.of(Wish(at=at, **more), by or robot())
    return {one.record_type.name: (one.back, one.change, one.remove, one.left) for one in found.parts}


@pytest.fixture
def three(company: Twin) -> list[Any]:
    return [make(CONTACTS, first_name=f"P{n}", city="Pune") for n in range(3)]


def test_a_preview_tells_what_would_come_back_change_and_go(three: list[Any]) -> None:
    at = now()
    actions.delete_record(record=three[0], by=robot())
    change(three[1], city="Goa")
    change(three[2], city="Goa")
    change(three[2], city="Pune")
    make("deals", name="New", amount="5")

    assert counts(at) == {CONTACTS: (1, 1, 0, 0), "deals": (0, 0, 1, 0)}


def test_samples_say_what_a_record_held_and_who_changed_it(three: list[Any]) -> None:
    at = now()
    change(three[1], by=robot("Ann"), city="Goa")

    part = Preview.of(Wish(at=at), robot()).parts[0]

    assert part.who == {"Ann": 1}
    assert [(one.title, one.kind, one.before, one.who) for one in part.samples] == [
        ("P1", "change", {"city": "Pune"}, ["Ann"])
    ]


def test_everything_is_as_it_was_and_undone_it_is_as_it_is(three: list[Any], twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[1].place):
        other = state()
    at, was = now(), state()
    actions.delete_record(record=three[0], by=robot())
    change(three[1], city="Goa", tags=["vip"])
    account = make("accounts", name="New one")
    change(three[2], account=account.pk)
    before = state()

    job = start_rewind(wish=Wish(at=at), by=robot())

    assert (job.state, state()) == ("done", was)
    assert Account.objects.get(pk=account.pk).deleted_at
    run_now(undo_job(job=job, by=robot(), is_small=True))
    assert state() == before
    with context.inside(twins[1].place):
        assert state() == other


def test_only_what_one_person_did_goes_back(three: list[Any]) -> None:
    """What somebody else has changed since stays, and is told."""
    ann, bob = colleague("Ann", "manager").actor, colleague("Bob", "manager").actor
    at = now()
    with context.acting(ann):
        change(three[0], by=ann, city="Goa", phone="+919820011842")
        change(three[1], by=ann, city="Goa")
        mine, shared = (make_by(ann, first_name=name) for name in ("Mine", "Shared"))
    with context.acting(bob):
        change(three[0], by=bob, city="Delhi")
        change(three[2], by=bob, city="Delhi")
        change(shared, by=bob, city="Delhi")

    assert counts(at, user_id=ann.user_id) == {CONTACTS: (0, 2, 1, 1)}
    start_rewind(wish=Wish(at=at, user_id=ann.user_id), by=robot())

    cities = dict(Contact.objects.filter(deleted_at=None).values_list("first_name", "city"))
    assert {name: cities.get(name) for name in ("P0", "P1", "P2", "Mine", "Shared")} == {
        "P0": "Delhi", "P1": "Pune", "P2": "Delhi", "Mine": None, "Shared": "Delhi",
    }  # fmt: skip
    assert Contact.objects.get(pk=three[0].pk).phone == ""
    assert Contact.objects.get(pk=mine.pk).deleted_at
    lines = JobLine.objects.order_by("name").values_list("name", "outcome", "field")
    assert list(lines) == [("P0", "skipped", "City"), ("Shared", "skipped", "")]


def make_by(by: Actor, **values: Any) -> Any:
    return actions.create_record(record_type=type_named(CONTACTS), values=values, by=by)


def test_only_what_a_job_did_goes_back(three: list[Any]) -> None:
    record_type = type_named(CONTACTS)
    at = now()
    change(three[2], city="Delhi")
    job = start_bulk(
        record_type=record_type, action=action_named(record_type, "edit"), by=robot(),
        selection=Selection(ids=[str(one.pk) for one in three[:2]]), values={"city": "Goa"},
    )  # fmt: skip

    assert counts(at, job_id=job.pk) == {CONTACTS: (0, 2, 0, 0)}
    start_rewind(wish=Wish(at=at, job_id=job.pk), by=robot())

    rows = Contact.objects.filter(pk__in=[one.pk for one in three]).order_by("first_name")
    assert list(rows.values_list("city", flat=True)) == ["Pune", "Pune", "Delhi"]


def test_only_some_types_go_back(three: list[Any]) -> None:
    at = now()
    change(three[0], city="Goa")
    make("accounts", name="New")

    assert counts(at, types=("accounts",)) == {"accounts": (0, 0, 1, 0)}


def test_what_the_rules_refuse_is_told_and_the_rest_goes_on(three: list[Any]) -> None:
    deal = make("deals", name="Old", amount="5", contact=three[0].pk)
    at = now()
    change(deal, amount="7", name="Newer")
    change(three[0], city="Goa")
    Deal.objects.get(pk=deal.pk).lines.create(position=1, name="Panel", quantity=1, price=7, total=7)

    job = start_rewind(wish=Wish(at=at), by=robot())

    deal.refresh_from_db()
    assert (job.state, deal.name, str(deal.amount)) == ("done", "Old", "7.0000")
    assert list(JobLine.objects.values_list("name", "outcome", "field")) == [("Newer", "skipped", "Amount")]


def test_nothing_to_do_is_refused(three: list[Any]) -> None:
    with pytest.raises(Invalid):
        start_rewind(wish=Wish(at=now()), by=robot())


def test_whoever_may_not_change_the_settings_may_not_rewind(three: list[Any]) -> None:
    ann, at = colleague("Ann").actor, now()
    change(three[0], city="Goa")

    with context.acting(ann), pytest.raises(Denied):
        start_rewind(wish=Wish(at=at), by=ann)

    assert Contact.objects.get(pk=three[0].pk).city == "Goa"


def test_the_audit_tells_of_it(three: list[Any]) -> None:
    at = now()
    change(three[0], city="Goa")

    start_rewind(wish=Wish(at=at), by=robot("Boss"))

    entry = AuditEntry.objects.get(action="company.rewound")
    assert (entry.actor_name, entry.details["records"], entry.details["change"]) == ("Boss", 1, 1)


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(three: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Piece by piece: each knows where the one before ended, whoever wrote it."""
    monkeypatch.setattr(kind, "PIECE", 1)
    at, was = now(), state()
    for one in three:
        change(one, city="Goa")

    job = start_rewind(wish=Wish(at=at), by=robot())

    assert (job.done, state()) == (3, was)


def test_a_preview_costs_the_same_for_one_record_and_three(three: list[Any]) -> None:
    at = now()
    change(three[0], city="Goa")
    one = queries_in(lambda: Preview.of(Wish(at=at), robot()))
    change(three[1], city="Goa")
    change(three[2], city="Goa")

    assert queries_in(lambda: Preview.of(Wish(at=at), robot())) == one == 3


def test_a_record_gets_back_chosen_fields(three: list[Any]) -> None:
    at = now()
    change(three[0], city="Goa", last_name="Rao", tags=["vip"])

    found = restore_record_as_of(
        record_type=type_named(CONTACTS), record_id=three[0].pk, at=at, by=robot(), names=["city"]
    )

    now_held = Contact.objects.get(pk=three[0].pk)
    assert (found.names, now_held.city, now_held.last_name, now_held.tags) == (["city"], "Pune", "Rao", ["vip"])
    last = Change.objects.filter(record_id=three[0].pk).latest("created_at")
    assert (last.action, last.changes) == ("updated", {"city": ["Goa", "Pune"]})


def test_a_record_gets_back_all_of_it_and_the_moment_before_undoes_that(three: list[Any]) -> None:
    at = now()
    change(three[0], city="Goa", last_name="Rao", tags=["vip"])
    record_type, pk = type_named(CONTACTS), three[0].pk

    found = restore_record_as_of(record_type=record_type, record_id=pk, at=at, by=robot())
    back = Contact.objects.get(pk=pk)
    restore_record_as_of(record_type=record_type, record_id=pk, at=found.before, by=robot(), names=found.names)

    again = Contact.objects.get(pk=pk)
    assert (back.city, back.last_name, back.tags) == ("Pune", "", [])
    assert (again.city, again.last_name, again.tags) == ("Goa", "Rao", ["vip"])


def test_a_record_comes_out_of_the_bin_as_it_was(three: list[Any]) -> None:
    at = now()
    change(three[0], city="Goa")
    actions.delete_record(record=three[0], by=robot())

    restore_record_as_of(record_type=type_named(CONTACTS), record_id=three[0].pk, at=at, by=robot())

    found = Contact.objects.get(pk=three[0].pk)
    assert (found.deleted_at, found.city) == (None, "Pune")


def test_a_value_that_is_no_longer_allowed_is_left(three: list[Any]) -> None:
    record_type = type_named(CONTACTS)
    field = create_custom_field(
        record_type=record_type, label="Tier", key="tier", kind="select", options={"choices": ["a", "b"]}, by=robot()
    )
    change(three[0], **{"custom.tier": "a"})
    at = now()
    change(three[0], city="Goa", **{"custom.tier": "b"})
    update_custom_field(field=field, options={"choices": ["b"]}, by=robot())

    found = restore_record_as_of(record_type=record_type, record_id=three[0].pk, at=at, by=robot())

    assert (found.names, found.left) == (["city"], ["custom.tier"])


def test_the_command_tells_and_then_does_it(company: Twin, three: list[Any]) -> None:
    at = now()
    change(three[0], city="Goa")
    out = StringIO()

    call_command("company", "rewind", company.host, "--at", at.isoformat(), "--dry-run", stdout=out)
    still = Contact.objects.get(pk=three[0].pk).city
    call_command("company", "rewind", company.host, "--at", at.isoformat(), "--types", CONTACTS, stdout=out)

    told = out.getvalue()
    assert told.count("contacts: 0 back, 1 changed, 0 removed, 0 left") == 2
    assert (still, Contact.objects.get(pk=three[0].pk).city) == ("Goa", "Pune")


def test_the_command_knows_nobody_of_that_address(company: Twin) -> None:
    with pytest.raises(CommandError, match="Nobody"):
        call_command("company", "rewind", company.host, "--at", now().isoformat(), "--by", "no@x.example")
