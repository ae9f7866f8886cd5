"""The recycle bin: what is in it, back again, gone for good, emptied by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.crm.models import Contact, Deal, Task
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records import actions
from tenants.records.bin.actions import empty_bin, purge_record, restore_many
from tenants.records.bin.queries import page_of_bin
from tenants.records.bin.tasks import empty_old
from tenants.records.merging.actions import merge_records
from tenants.records.models import Change, Event, File, Follow, Note
from tenants.records.notes.actions import add_note
from tenants.records.registry import type_named
from tests.factories import Twin, make
from tests.records.counting import queries_in
from tests.records.staff import person


def deleted(by: Actor, kind: str = "contacts", **values: Any) -> Any:
    made = make(kind, **values)
    actions.delete_record(record=made, by=by)
    return made


def test_the_bin_tells_what_who_and_when_newest_first(company: Twin, by: Actor) -> None:
    asha = person("asha@x.example", "manager").actor
    first = deleted(by, first_name="Ravi")
    second = deleted(asha, "deals", name="Rooftop")

    rows, more = page_of_bin(by, limit=10)

    assert [(row.key, row.name, row.by, row.merge) for row in rows] == [
        (f"deals:{second.pk}", "Rooftop", "Asha", None), (f"contacts:{first.pk}", "Ravi", "Tester", None),
    ]  # fmt: skip
    assert more is None


def test_pages_type_and_words_narrow_it(company: Twin, by: Actor) -> None:
    made = [deleted(by, first_name=f"Person {n}") for n in range(5)]
    deleted(by, "deals", name="Person's deal")

    first, more = page_of_bin(by, kind="contacts", limit=3)
    second, end = page_of_bin(by, kind="contacts", limit=3, after=more or "")
    found, _more = page_of_bin(by, text="person 3", limit=3)

    assert [row.id for row in (*first, *second)] == [one.pk for one in reversed(made)]
    assert (end, [row.id for row in found]) == (None, [made[3].pk])
    with pytest.raises(Invalid):
        page_of_bin(by, after="nonsense", limit=3)


def test_the_page_costs_the_same_for_many(owner: Any, company: Twin, by: Actor) -> None:
    deleted(by, first_name="Ravi")
    assert owner.get("/bin/").status_code == 200
    one = queries_in(lambda: owner.get("/bin/"))
    for number in range(5):
        deleted(by, first_name=f"Person {number}")
        deleted(by, "deals", name=f"Deal {number}")

    assert queries_in(lambda: owner.get("/bin/")) == one


def test_restore_many_by_page(owner: Any, company: Twin, by: Actor) -> None:
    ravi, deal = deleted(by, first_name="Ravi"), deleted(by, "deals", name="Rooftop")

    answer = owner.post("/bin/restore/", {"keys": [f"contacts:{ravi.pk}", f"deals:{deal.pk}"]})

    assert answer.status_code == 302
    with context.inside(company.place):
        assert Contact.objects.get(pk=ravi.pk).deleted_at is None
        assert Deal.objects.get(pk=deal.pk).deleted_at is None


@pytest.mark.parametrize("keys", [[], ["nonsense"], ["contacts:nonsense"], ["contacts:1"] * 201])
def test_bad_keys_are_refused(company: Twin, by: Actor, keys: list[str]) -> None:
    with pytest.raises((Invalid, Exception)):
        restore_many(keys=keys, by=by)


def test_for_good_takes_all_that_belongs_to_it_and_leaves_one_line(company: Twin, by: Actor) -> None:
    ravi = make("contacts", first_name="Ravi")
    add_note(record=ravi, body="Likes tea", by=by)
    task = make("tasks", name="Call", about_type="contacts", about_id=ravi.pk)
    deal = make("deals", name="Rooftop", contact=ravi.pk)
    of_it = {"record_type": "contacts", "record_id": ravi.pk}
    Follow.objects.create(**of_it, user=person("asha@x.example"))
    file = File.objects.create(
        **of_it, name="a", key="a", content_type="text/plain", size=1, digest="0", uploader_name="T"
    )
    actions.delete_record(record=ravi, by=by)

    purge_record(record_type=type_named("contacts"), record_id=ravi.pk, by=by)

    assert not Contact.objects.filter(pk=ravi.pk).exists()
    assert [model.objects.filter(**of_it).count() for model in (Note, Follow)] == [0, 0]
    assert File.objects.get(pk=file.pk).deleted_at is not None
    assert Task.objects.values_list("about_type", "about_id").get(pk=task.pk) == ("", None)
    assert Deal.objects.get(pk=deal.pk).contact_id is None
    assert list(Change.objects.filter(**of_it).values_list("action", "changes")) == [
        ("purged", {"name": ["Ravi", None]})
    ]
    assert Event.objects.filter(name="contact.purged", record_id=ravi.pk).count() == 1


def test_for_good_is_for_administrators_and_for_what_is_in_the_bin(company: Twin, by: Actor) -> None:
    contacts, ravi = type_named("contacts"), deleted(by, first_name="Ravi")
    asha = make("contacts", first_name="Asha")

    with pytest.raises(Denied):
        purge_record(record_type=contacts, record_id=ravi.pk, by=person("m@x.example", "manager").actor)
    with pytest.raises(Conflict):
        purge_record(record_type=contacts, record_id=asha.pk, by=by)

    assert Contact.objects.filter(pk__in=[ravi.pk, asha.pk]).count() == 2


def test_what_others_need_stays(company: Twin, by: Actor) -> None:
    stage = Deal.objects.get(pk=company.deal_id).stage
    type(stage).objects.filter(pk=stage.pk).update(deleted_at=timezone.now())

    with pytest.raises(Conflict, match="still in use"):
        purge_record(record_type=type_named("stages"), record_id=stage.pk, by=by)

    assert Change.objects.filter(record_id=stage.pk, action="purged").count() == 0


def test_it_empties_by_itself_after_its_days(company: Twin, by: Actor, settings: Any) -> None:
    old, young = deleted(by, first_name="Old"), deleted(by, first_name="Young")
    settings.BIN_DAYS = 7
    Contact.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=7, minutes=1))
    Contact.objects.filter(pk=young.pk).update(deleted_at=timezone.now() - timedelta(days=6))

    for _ in range(2):
        empty_old(company_id=str(company.company.pk))

    assert list(Contact.objects.filter(pk__in=[old.pk, young.pk]).values_list("pk", flat=True)) == [young.pk]


def test_emptying_leaves_what_is_stuck_and_ends(company: Twin, by: Actor) -> None:
    stage = Deal.objects.get(pk=company.deal_id).stage
    type(stage).objects.filter(pk=stage.pk).update(deleted_at=timezone.now() - timedelta(days=99))
    deleted(by, first_name="Ravi")

    assert empty_bin(by=by, days=0) == 1
    assert type(stage).objects.filter(pk=stage.pk).exists()


def test_a_merged_record_leads_to_its_merge(company: Twin, by: Actor) -> None:
    ids = [make("contacts", first_name="Ravi").pk for _ in range(2)]
    merge = merge_records(record_type=type_named("contacts"), ids=ids, by=by)

    rows, _more = page_of_bin(by, limit=10)

    assert [(row.id, row.merge.pk) for row in rows if row.merge] == [(merge.merged_ids[0], merge.pk)]


def test_doors(twins: tuple[Twin, Twin], client: Any, by: Actor) -> None:
    with context.inside(twins[0].place, actor=by):
        ravi = deleted(by, first_name="Ravi")
        manager, seller = person("m@x.example", "manager"), person("s@x.example")
    own, other = twins[0].with_key(), twins[1].with_key()
    url = f"/api/v1/bin/contacts/{ravi.pk}"

    assert client.get("/bin/").status_code == 302
    assert twins[0].signed_in(seller.email).get("/bin/").status_code == 403
    assert twins[0].signed_in(manager.email).get("/bin/").status_code == 200
    assert [row["name"] for row in own.get("/api/v1/bin?type=contacts").json()["items"]] == ["Ravi"]
    assert other.get("/api/v1/bin").json()["items"] == []
    assert (other.delete(url).status_code, own.delete(url).status_code, own.delete(url).status_code) == (404, 204, 404)
    assert own.get("/api/v1/bin?cursor=x").status_code == 422
