"""One action on many records: which rows, what becomes of each, and taking it back."""

from collections.abc import Mapping
from typing import Any

import pytest
from django import forms
from django.forms.models import model_to_dict

from tenants.crm.models import Contact, Deal
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records import actions as record_actions
from tenants.records.bulk import actions as bulk_actions
from tenants.records.bulk import kind as bulk_kind
from tenants.records.bulk.actions import start_bulk
from tenants.records.bulk.protocol import BulkAction
from tenants.records.bulk.selection import Selection
from tenants.records.bulk.verbs import action_named
from tenants.records.enums import JobState, Outcome
from tenants.records.jobs.actions import run_now, undo_job
from tenants.records.jobs.running import work
from tenants.records.models import Change, Event, Job, JobLine
from tenants.records.registry import type_named
from tests.factories import Twin, make
from tests.records.staff import person

PUNE = {"field": "city", "op": "is", "value": "Pune"}


def bulk(by: Actor, action: str, values: Mapping[str, Any] | None = None, *, of: str = "contacts", **rows: Any) -> Job:
    record_type = type_named(of)
    found = action_named(record_type, action)
    selection = Selection(**rows, from_bin=found.from_bin)
    return start_bulk(record_type=record_type, action=found, selection=selection, values=values or {}, by=by)


@pytest.fixture
def people(company: Twin) -> list[Any]:
    return [make("contacts", first_name=f"Person {n}", city="Pune", email=f"p{n}@x.example") for n in range(5)]


def cities() -> list[str]:
    return list(Contact.objects.filter(first_name__startswith="Person").order_by("id").values_list("city", flat=True))


def dump(model: Any) -> list[dict[str, Any]]:
    """Every column but the two that count writes."""
    left_out = ("version", "updated_at")
    rows = model.objects.order_by("id").values()
    return [{name: value for name, value in row.items() if name not in left_out} for row in rows]


def test_edit_by_filter_writes_each_row_with_history_and_event(people: list[Any], by: Actor) -> None:
    events = Event.objects.filter(name="contact.updated").count()

    job = bulk(by, "edit", {"city": "Nashik", "source": "event"}, tree=PUNE)

    assert (job.state, job.label, job.done, job.total) == (JobState.DONE, "Edit 5 contacts", 5, 5)
    assert job.counts == {Outcome.UPDATED: 5}
    assert cities() == ["Nashik"] * 5
    assert Change.objects.filter(job_id=job.pk, action="updated").count() == 5
    assert Change.objects.filter(job_id=job.pk).first().changes == {  # type: ignore[union-attr]
        "city": ["Pune", "Nashik"], "source": ["", "event"],
    }  # fmt: skip
    assert Event.objects.filter(name="contact.updated").count() == events + 5


def test_an_edit_that_changes_what_the_filter_finds_skips_and_repeats_nothing(
    people: list[Any], by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_kind, "PIECE", 2)

    job = bulk(by, "edit", {"city": "Nashik"}, tree=PUNE)

    assert (job.done, job.counts) == (5, {Outcome.UPDATED: 5})
    assert cities() == ["Nashik"] * 5


def test_rows_made_after_the_start_are_left_alone(people: list[Any], by: Actor, monkeypatch: Any) -> None:
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 0)
    job = bulk(by, "edit", {"city": "Nashik"}, tree=PUNE)
    make("contacts", first_name="Person late", city="Pune")

    run_now(job)

    assert cities() == ["Nashik"] * 5 + ["Pune"]


def test_rows_left_out_of_a_filter_stay(people: list[Any], by: Actor) -> None:
    bulk(by, "edit", {"city": "Nashik"}, tree=PUNE, without=[str(people[1].pk)])

    assert cities() == ["Nashik", "Pune", "Nashik", "Nashik", "Nashik"]


def test_what_is_equal_already_is_skipped_without_history(people: list[Any], by: Actor) -> None:
    job = bulk(by, "edit", {"city": "Pune"}, tree=PUNE)

    assert job.counts == {Outcome.SKIPPED: 5}
    assert not Change.objects.filter(job_id=job.pk).exists()


def test_values_are_checked_before_anything_starts(people: list[Any], by: Actor) -> None:
    jobs = Job.objects.count()

    for values in ({"email": "nobody"}, {"shoe_size": 44}, {}):
        with pytest.raises(Invalid):
            bulk(by, "edit", values, tree=PUNE)

    assert Job.objects.count() == jobs


def test_no_rows_is_refused(company: Twin, by: Actor) -> None:
    with pytest.raises(Invalid):
        bulk(by, "edit", {"city": "Pune"}, tree={"field": "city", "op": "is", "value": "Nowhere"})


def test_each_refused_row_is_told_with_field_and_reason(people: list[Any], by: Actor, monkeypatch: Any) -> None:
    def refuse(self: Any, record: Any, changed: Any, by: Actor) -> None:
        if record.first_name in ("Person 1", "Person 3"):
            raise Invalid({"city": [f"{record} never moves."]})

    monkeypatch.setattr(type(type_named("contacts")), "before_save", refuse)

    job = bulk(by, "edit", {"city": "Nashik"}, tree=PUNE)

    assert job.counts == {Outcome.UPDATED: 3, Outcome.FAILED: 2, "lines": 2}
    assert cities() == ["Nashik", "Pune", "Nashik", "Pune", "Nashik"]
    assert list(JobLine.objects.filter(job=job).values_list("number", "record_id", "name", "field", "message")) == [
        (2, people[1].pk, "Person 1", "city", "Person 1 never moves."),
        (4, people[3].pk, "Person 3", "city", "Person 3 never moves."),
    ]


def test_unknown_ids_are_told_and_the_others_done(people: list[Any], by: Actor) -> None:
    stranger = "01890a5d-ac96-774b-bcce-b302099a8057"

    job = bulk(by, "edit", {"city": "Nashik"}, ids=[str(people[0].pk), stranger])

    assert (job.done, job.total, job.counts) == (2, 2, {Outcome.FAILED: 1, "lines": 1, Outcome.UPDATED: 1})
    assert JobLine.objects.get(job=job).value == stranger


def test_assign_tag_and_untag(people: list[Any], by: Actor) -> None:
    user = person("asha@customer.example")

    bulk(by, "assign", {"owner": str(user.pk)}, tree=PUNE)
    bulk(by, "tag", {"tags": ["VIP", "Fair"]}, tree=PUNE)
    bulk(by, "untag", {"tags": ["vip"]}, ids=[str(people[0].pk)])

    rows = list(Contact.objects.filter(pk__in=[one.pk for one in people]).order_by("id"))
    assert [row.owner_id for row in rows] == [user.pk] * 5
    assert [row.tags for row in rows] == [["Fair"]] + [["VIP", "Fair"]] * 4


def test_delete_and_restore(people: list[Any], by: Actor) -> None:
    ids = [str(one.pk) for one in people]
    bulk(by, "delete", ids=ids)
    assert Contact.objects.filter(pk__in=ids, deleted_at=None).count() == 0

    job = bulk(by, "restore", ids=ids)

    assert (job.label, job.counts) == ("Restore 5 contacts", {Outcome.UPDATED: 5})
    assert Contact.objects.filter(pk__in=ids, deleted_at=None).count() == 5


def test_undo_gives_back_exactly_what_was(company: Twin, by: Actor) -> None:
    stages = {stage.name: stage for stage in Deal.objects.get(pk=company.deal_id).stage.pipeline.stages.all()}
    for name in ("Contacted", "Negotiation"):
        make("deals", name=f"Deal {name}", stage=stages[name].pk, amount="12.5", tags=["old"])
    before = dump(Deal)
    values = {
        "stage": str(stages["Closed Won"].pk),
        "amount": "7",
        "expected_close_on": "2026-12-24",
        "source": "event",
    }
    job = bulk(by, "edit", values, of="deals")
    assert dump(Deal) != before

    undo = run_now(undo_job(job=job, by=by, is_small=True))

    assert (undo.state, undo.counts) == (JobState.DONE, {Outcome.UPDATED: 3})
    assert dump(Deal) == before


def test_undo_of_tags_owner_and_deletion_is_exact(people: list[Any], by: Actor) -> None:
    user = person("asha@customer.example")
    before = dump(Contact)
    jobs = [
        bulk(by, "assign", {"owner": str(user.pk)}, tree=PUNE),
        bulk(by, "tag", {"tags": ["VIP"]}, tree=PUNE),
        bulk(by, "delete", tree=PUNE),
    ]

    for job in reversed(jobs):
        assert run_now(undo_job(job=job, by=by, is_small=True)).counts == {Outcome.UPDATED: 5}

    assert dump(Contact) == before


def test_undo_leaves_and_reports_what_somebody_has_changed_since(people: list[Any], by: Actor) -> None:
    job = bulk(by, "edit", {"city": "Nashik", "source": "event"}, tree=PUNE)
    record_actions.update_record(record=people[2], values={"city": "Surat"}, by=by)

    undo = run_now(undo_job(job=job, by=by, is_small=True))

    assert undo.counts == {Outcome.UPDATED: 4, Outcome.SKIPPED: 1, "lines": 1}
    assert cities() == ["Pune", "Pune", "Surat", "Pune", "Pune"]
    assert Contact.objects.get(pk=people[2].pk).source == ""
    line = JobLine.objects.get(job=undo)
    assert (line.record_id, line.field, line.message) == (
        people[2].pk, "city", "Changed since, so it was left as it is.",
    )  # fmt: skip


def test_who_may_not_is_denied_and_nothing_starts(people: list[Any]) -> None:
    reader, seller = person("r@x.example", "read-only").actor, person("s@x.example").actor

    for actor, action in ((reader, "edit"), (reader, "tag"), (seller, "delete"), (seller, "restore")):
        with pytest.raises(Denied):
            bulk(actor, action, {"city": "X"}, tree=PUNE)
    assert not Job.objects.exists()


def test_rights_lost_on_the_way_end_the_job(people: list[Any], monkeypatch: Any) -> None:
    from tenants.kernel import context
    from tenants.records.jobs.tasks import actor_of

    user = person("asha@customer.example")
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 0)
    job = bulk(user.actor, "edit", {"city": "Nashik"}, tree=PUNE)
    user.is_active = False
    user.save()

    with context.acting(actor_of(job)):
        work(job)

    assert (job.state, cities()) == (JobState.FAILED, ["Pune"] * 5)


class Ask(forms.Form):
    city = forms.CharField(max_length=20)


class Move(BulkAction):
    """A module's own: refuses whoever lives there already."""

    name = "move"
    label = "Move"
    form_class = Ask

    def apply(self, record: Any, values: Mapping[str, Any], by: Actor) -> Outcome | None:
        if record.city == values["city"]:
            raise Conflict("Lives there already.")
        record_actions.update_record(record=record, values={"city": values["city"]}, by=by)
        return None


def test_a_module_brings_its_own_action(people: list[Any], by: Actor, monkeypatch: Any) -> None:
    monkeypatch.setattr(type(type_named("contacts")), "bulk", (Move(),))
    record_actions.update_record(record=people[0], values={"city": "Surat"}, by=by)

    with pytest.raises(Invalid) as refusal:
        bulk(by, "move", {}, ids=[str(one.pk) for one in people])
    job = bulk(by, "move", {"city": "Surat"}, ids=[str(one.pk) for one in people])

    assert list(refusal.value.errors) == ["city"]
    assert (job.label, job.counts) == ("Move 5 contacts", {Outcome.FAILED: 1, "lines": 1, Outcome.UPDATED: 4})
    assert JobLine.objects.get(job=job).message == "Lives there already."


def test_another_company_is_untouched(twins: tuple[Twin, Twin], by: Actor) -> None:
    from tenants.kernel import context

    with context.inside(twins[1].place, actor=by):
        before = model_to_dict(Contact.objects.get(pk=twins[1].contact_id))
    with context.inside(twins[0].place, actor=by):
        bulk(by, "edit", {"city": "Nashik"})
        assert set(Contact.objects.values_list("city", flat=True)) == {"Nashik"}

    with context.inside(twins[1].place, actor=by):
        assert model_to_dict(Contact.objects.get(pk=twins[1].contact_id)) == before
        assert not Job.objects.exists()
