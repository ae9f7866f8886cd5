"""Merging: which values win, that everything moves along, and that undo gives back every column."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenants.crm.models import Contact, Deal, Task
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records import actions
from tenants.records.enums import PairState
from tenants.records.merging.actions import Wish, merge_records
from tenants.records.merging.links import links_to
from tenants.records.merging.queries import moved_counts, told_of
from tenants.records.merging.undoing import undo_merge
from tenants.records.models import Change, CustomField, Event, File, Follow, Merge, Note, Pair
from tenants.records.notes.actions import add_note
from tenants.records.registry import type_named
from tests.factories import Twin, make
from tests.records.staff import person

WRITTEN_BY_ALL = ("Change", "Event", "Merge", "Job", "JobLine", "SearchEntry", "SearchWord", "AuditEntry", "Pair")
COUNTED = ("version", "updated_at")


def dump() -> dict[str, list[dict[str, Any]]]:
    """Every column of every table of the records and the CRM, without those that every write changes."""
    found = {}
    for label in ("records", "crm", "voice", "invoicing"):
        for model in apps.get_app_config(label).get_models():
            if model.__name__ not in WRITTEN_BY_ALL:
                rows = model._base_manager.order_by("pk").values()
                found[model.__name__] = [{k: v for k, v in row.items() if k not in COUNTED} for row in rows]
    return found


def contact(**values: Any) -> Any:
    return make("contacts", **values)


@pytest.fixture
def three(company: Twin) -> list[Any]:
    """Three contacts of one person, each with something of its own."""
    first = contact(first_name="Asha", last_name="Rao", email="asha@x.example", tags=["VIP"])
    second = contact(first_name="Asha", last_name="Rao", phone="+919820011843", city="Pune", tags=["Fair", "VIP"])
    third = contact(first_name="A.", last_name="Rao", city="Nashik", account=company.account_id)
    return [first, second, third]


def belongings(company: Twin, record: Any, by: Actor) -> None:
    """One of each thing that can point at a contact."""
    add_note(record=record, body=f"About {record}", by=by)
    make("deals", name=f"Deal of {record.pk}", contact=record.pk)
    make("tasks", name="Call back", about_type="contacts", about_id=record.pk)
    File.objects.create(
        record_type="contacts", record_id=record.pk, name="a.txt", key=str(record.pk), content_type="text/plain",
        size=1, digest="0", uploader_name="Tester",
    )  # fmt: skip


def merge(records: list[Any], by: Actor, **wish: Any) -> Merge:
    ids = [one.pk for one in records]
    return merge_records(record_type=type_named("contacts"), ids=ids, by=by, wish=Wish(**wish))


def test_filled_beats_empty_and_the_newest_wins(three: list[Any], company: Twin, by: Actor) -> None:
    Contact.objects.filter(pk=three[1].pk).update(updated_at=Now() + timedelta(minutes=1))

    merge(three, by, keep=three[0].pk)

    kept = Contact.objects.get(pk=three[0].pk)
    assert (kept.first_name, kept.email, kept.phone, kept.city, kept.account_id, kept.tags) == (
        "Asha", "asha@x.example", "+919820011843", "Pune", company.account_id, ["VIP", "Fair"],
    )  # fmt: skip
    assert Contact.objects.filter(pk__in=[three[1].pk, three[2].pk], deleted_at=None).count() == 0


def test_choices_and_given_values_win(three: list[Any], by: Actor) -> None:
    merge(three, by, keep=three[0].pk, take={"first_name": three[2].pk, "phone": three[0].pk}, values={"city": "Surat"})

    kept = Contact.objects.get(pk=three[0].pk)
    assert (kept.first_name, kept.phone, kept.city) == ("A.", "", "Surat")


def test_everything_moves_along_and_is_counted(three: list[Any], company: Twin, by: Actor) -> None:
    for one in three:
        belongings(company, one, by)

    made = merge(three, by, keep=three[1].pk)

    told = moved_counts(made)
    assert {name: told[name] for name in ("deals", "tasks", "files", "notes")} == {
        "deals": 2, "tasks": 2, "files": 2, "notes": 2,
    }  # fmt: skip
    kept = three[1].pk
    counts = [rows.filter(**of).count() for rows, of in (
        (Note.objects, {"record_id": kept}), (Deal.objects, {"contact_id": kept}),
        (Task.objects, {"about_id": kept}), (File.objects, {"record_id": kept}),
    )]  # fmt: skip
    assert counts == [3, 3, 3, 3]


def test_no_pointer_of_any_model_is_forgotten(company: Twin, three: list[Any]) -> None:
    """Whatever foreign key somebody adds to a contact tomorrow is found by itself."""
    expected = {
        f"{model._meta.label}.{field.attname}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Contact
    }

    found = {link.name for link in links_to(type_named("contacts"))}

    assert expected <= found
    assert {"records.Note.record_id", "records.File.record_id", "records.Follow.record_id"} <= found
    assert {"crm.Task.about_id", "voice.Call.about_id"} <= found
    assert not {"records.Change.record_id", "records.Event.record_id", "records.SearchEntry.record_id"} & found


def test_the_same_follower_twice_is_no_clash(three: list[Any], by: Actor) -> None:
    user = person("asha@customer.example")
    for one in three[:2]:
        Follow.objects.create(record_type="contacts", record_id=one.pk, user=user)
    before = dump()

    made = merge(three, by, keep=three[0].pk)
    assert Follow.objects.filter(record_id=three[0].pk, user=user).count() == 1
    undo_merge(merge=made, by=by)

    assert dump() == before


def test_the_company_s_own_relations_move_too(three: list[Any], company: Twin, by: Actor) -> None:
    CustomField.objects.create(
        record_type="deals", key="referrer", label="Referrer", kind="relation", options={"target": "contacts"}
    )
    Deal.objects.filter(pk=company.deal_id).update(custom={"referrer": str(three[2].pk), "other": 1})
    before = dump()

    made = merge(three, by, keep=three[0].pk)
    assert Deal.objects.get(pk=company.deal_id).custom == {"referrer": str(three[0].pk), "other": 1}
    undo_merge(merge=made, by=by)

    assert dump() == before


def test_history_events_and_the_story_of_all(three: list[Any], by: Actor) -> None:
    made = merge(three, by, keep=three[0].pk)

    told = Change.objects.filter(told_of(three[0].pk), record_type="contacts")
    assert sorted(told.values_list("action", flat=True)) == [
        "created", "created", "created", "deleted", "deleted", "merged", "updated",
    ]  # fmt: skip
    line = told.get(action="merged")
    assert (line.record_id, line.changes) == (three[0].pk, {"merged": [None, "Asha Rao, A. Rao"]})
    assert Event.objects.filter(name="contact.merged").count() == 1
    assert (made.kept_id, made.merged_ids, made.actor_name) == (three[0].pk, [three[1].pk, three[2].pk], "Tester")


def test_the_story_reaches_through_merges_of_merges(three: list[Any], by: Actor) -> None:
    merge(three[:2], by, keep=three[1].pk)
    merge(three[1:], by, keep=three[2].pk)

    told = Change.objects.filter(told_of(three[2].pk), action="created")
    assert {one.record_id for one in told} == {one.pk for one in three}


def test_undo_gives_back_every_column(three: list[Any], company: Twin, by: Actor) -> None:
    for one in three:
        belongings(company, one, by)
    Contact.objects.filter(pk=three[2].pk).update(external_id="crm-7", custom={"retired": "x"})
    before = dump()

    made = merge(three, by, keep=three[1].pk)
    assert Contact.objects.get(pk=three[1].pk).external_id == "crm-7"
    report = undo_merge(merge=made, by=by)

    assert dump() == before
    assert (report.restored, report.left) == (2, [])


def test_undo_leaves_and_reports_what_was_changed_since(three: list[Any], company: Twin, by: Actor) -> None:
    for one in three:
        belongings(company, one, by)
    made = merge(three, by, keep=three[0].pk)
    actions.update_record(record=three[0], values={"city": "Surat"}, by=by)
    moved = Deal.objects.get(name=f"Deal of {three[2].pk}")
    actions.update_record(record=moved, values={"contact": str(company.contact_id)}, by=by)

    report = undo_merge(merge=made, by=by)

    assert report.left == ["City of Asha Rao was changed since", "1 deals were moved or removed since"]
    assert Contact.objects.get(pk=three[0].pk).city == "Surat"
    assert Deal.objects.get(pk=moved.pk).contact_id == company.contact_id
    assert Deal.objects.get(name=f"Deal of {three[1].pk}").contact_id == three[1].pk


def test_undo_is_once_and_in_order(three: list[Any], by: Actor) -> None:
    first = merge(three[:2], by, keep=three[1].pk)
    second = merge(three[1:], by, keep=three[2].pk)

    with pytest.raises(Conflict, match="Undo that first"):
        undo_merge(merge=first, by=by)
    undo_merge(merge=second, by=by)
    undo_merge(merge=first, by=by)
    with pytest.raises(Conflict, match="undone already"):
        undo_merge(merge=first, by=by)

    assert Contact.objects.filter(pk__in=[one.pk for one in three], deleted_at=None).count() == 3


def test_pairs_are_decided_and_opened_again(three: list[Any], by: Actor) -> None:
    left, right = sorted(one.pk for one in three[:2])
    pair = Pair.objects.create(record_type="contacts", left_id=left, right_id=right, score=90)

    made = merge(three[:2], by)
    pair.refresh_from_db()
    assert pair.state == PairState.MERGED
    undo_merge(merge=made, by=by)

    pair.refresh_from_db()
    assert pair.state == PairState.OPEN


def test_refusals_name_the_field_and_change_nothing(three: list[Any], company: Twin, by: Actor) -> None:
    before, ids = dump(), [one.pk for one in three]
    contacts = type_named("contacts")
    cases: list[tuple[list[Any], Wish, str]] = [
        (ids[:1], Wish(), "ids"), ([ids[0], ids[0]], Wish(), "ids"), ([*ids, company.deal_id], Wish(), "ids"),
        (ids, Wish(keep=company.contact_id), "keep"), (ids, Wish(take={"shoe": ids[0]}), "shoe"),
        (ids, Wish(take={"city": company.contact_id}), "city"), (ids, Wish(values={"email": "x"}), "email"),
        ([contact(first_name=f"N{n}").pk for n in range(10)], Wish(), "ids"),
    ]  # fmt: skip
    before = dump()

    for wanted, wish, field in cases:
        with pytest.raises(Invalid) as refusal:
            merge_records(record_type=contacts, ids=wanted, by=by, wish=wish)
        assert list(refusal.value.errors) == [field]

    assert dump() == before


@pytest.mark.parametrize("role", ["read-only", "sales-rep"])
def test_who_may_not_edit_and_delete_may_not_merge(three: list[Any], by: Actor, role: str) -> None:
    actor = person("someone@x.example", role).actor
    made = merge(three, by)

    for act in (lambda: merge(three, actor), lambda: undo_merge(merge=made, by=actor)):
        with pytest.raises(Denied):
            act()


TEXT = st.sampled_from(["", "Pune", "Nashik"])
PERSON = st.fixed_dictionaries(
    {"city": TEXT, "job_title": TEXT, "tags": st.lists(st.sampled_from(["a", "b", "c"]), unique=True)}
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(people=st.lists(st.tuples(PERSON, st.integers(0, 3)), min_size=2, max_size=5), kept=st.integers(0, 4))
def test_merge_and_undo_is_nothing(company: Twin, by: Actor, people: list[Any], kept: int) -> None:
    """Whatever is merged, and whichever is kept: undone, every column is as it was."""
    made = []
    for values, belongs in people:
        one = contact(first_name="Asha", **values)
        made.append(one)
        for number in range(belongs):
            make("deals", name=f"Deal {number}", contact=one.pk)
            make("tasks", name=f"Task {number}", about_type="contacts", about_id=one.pk)
    before = dump()

    done = merge(made, by, keep=made[kept % len(made)].pk)
    undo_merge(merge=done, by=by)

    assert dump() == before
    assert timezone.now() >= Merge.objects.get(pk=done.pk).undone_at  # type: ignore[operator]
