"""Records and lists as of a moment: what is read, by whom, at what cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Invalid, NotFound
from tenants.records import actions
from tenants.records.custom.actions import create_custom_field
from tenants.records.models import Change
from tenants.records.past.queries import list_as_of, moments_of, record_as_of, record_today
from tenants.records.past.reading import PastIsReadOnly, moment_asked, reading
from tenants.records.registry import type_named
from tests.factories import Twin, make
from tests.records.counting import queries_in
from tests.records.past.remembering import now, person

CONTACTS = "contacts"


def change(record: Any, **values: Any) -> None:
    actions.update_record(record=record, values=values, by=robot())


def names(at: Any, actor: Actor | None = None, **more: Any) -> list[str]:
    page = list_as_of(type_named(CONTACTS), at, actor or robot(), sort="first_name", **more)
    return [str(one) for one in page.items]


@pytest.fixture
def asha(company: Twin) -> Any:
    Contact.objects.all().delete()
    return make(CONTACTS, first_name="Asha", last_name="Rao", city="Pune")


def test_a_record_is_read_as_it_was(asha: Any) -> None:
    at = now()
    change(asha, city="Goa", last_name="Nair")

    then = record_as_of(type_named(CONTACTS), asha.pk, at, robot())

    assert (then.city, then.name) == ("Pune", "Asha Rao")
    assert Contact.objects.get(pk=asha.pk).name == "Asha Nair"


def test_it_is_not_there_before_it_was_made_nor_while_it_lay_in_the_bin(asha: Any) -> None:
    before = asha.created_at - timedelta(seconds=1)
    actions.delete_record(record=asha, by=robot())
    binned = now()
    actions.restore_record(record=asha, by=robot())

    for at in (before, binned):
        with pytest.raises(NotFound):
            record_as_of(type_named(CONTACTS), asha.pk, at, robot())


def test_a_deleted_record_is_in_lists_of_before(asha: Any) -> None:
    at = now()
    actions.delete_record(record=asha, by=robot())

    assert (names(at), names(now())) == (["Asha Rao"], [])


def test_filter_order_and_search_are_those_of_then(asha: Any) -> None:
    account = make("accounts", name="Solar One")
    bob = make(CONTACTS, first_name="Bob", city="Goa", account=account.pk)
    at = now()
    change(asha, city="Goa", first_name="Zara")
    change(bob, city="Pune")
    actions.update_record(record=account, values={"name": "Wind Two"}, by=robot())

    assert names(at) == ["Asha Rao", "Bob"]
    assert names(at, tree={"field": "city", "op": "is", "value": "Pune"}) == ["Asha Rao"]
    assert names(at, tree={"field": "account.name", "op": "contains", "value": "solar"}) == ["Bob"]
    assert (names(at, text="asha"), names(at, text="zara")) == (["Asha Rao"], [])
    assert names(now(), tree={"field": "city", "op": "is", "value": "Pune"}) == ["Bob"]


def test_pages_of_the_past_follow_each_other(asha: Any) -> None:
    for n in range(4):
        make(CONTACTS, first_name=f"N{n}")
    at = now()
    change(asha, first_name="Zara")
    record_type = type_named(CONTACTS)

    first = list_as_of(record_type, at, robot(), sort="first_name", limit=2)
    second = list_as_of(record_type, at, robot(), sort="first_name", limit=2, after=first.next or "")

    assert [str(one) for one in (*first.items, *second.items)] == ["Asha Rao", "N0", "N1", "N2"]


def test_own_fields_tags_and_relations_are_those_of_then(company: Twin, asha: Any) -> None:
    for kind in ("datetime", "decimal", "relation"):
        create_custom_field(
            record_type=type_named(CONTACTS), label=kind, key=kind, kind=kind, by=robot(),
            options={"target": "accounts"} if kind == "relation" else {},
        )  # fmt: skip
    account = make("accounts", name="Solar One")
    own = {"custom.datetime": "2026-03-01T05:30:15.000001Z", "custom.decimal": "1.50", "custom.relation": account.pk}
    change(asha, tags=["vip"], account=account.pk, **own)
    at, kept = now(), Contact.objects.get(pk=asha.pk).custom
    change(asha, tags=[], account="", **dict.fromkeys(own, ""))

    then = record_as_of(type_named(CONTACTS), asha.pk, at, robot())

    assert (then.tags, then.account_id, then.custom) == (["vip"], account.pk, kept)
    assert names(at, tree={"field": "custom.decimal", "op": "gte", "value": "1.5"}) == ["Asha Rao"]


def test_a_confidential_value_is_never_told(company: Twin, asha: Any) -> None:
    create_custom_field(record_type=type_named(CONTACTS), label="PAN", key="pan", kind="secret", by=robot())
    change(asha, **{"custom.pan": "QQQQQ1111Q"})
    at = now()
    change(asha, **{"custom.pan": "ZZZZZ0000Z"})

    then = record_as_of(type_named(CONTACTS), asha.pk, at, robot())

    assert then.custom == Contact.objects.get(pk=asha.pk).custom
    assert "QQQQQ1111Q" not in str(Change.objects.values_list("changes", flat=True))


def test_rights_are_those_of_today(company: Twin, asha: Any) -> None:
    """What was theirs then and is not now stays out of sight; what is theirs now is seen as it was."""
    own = {CONTACTS: dict.fromkeys(("view", "edit", "delete"), "own")}
    ann, bob = person("Ann", reaches=own), person("Bob", reaches=own)
    change(asha, owner=ann.pk, city="Pune")
    at = now()
    change(asha, owner=bob.pk, city="Goa")
    record_type = type_named(CONTACTS)

    with context.acting(ann.actor):
        assert names(at, ann.actor) == []
        with pytest.raises(NotFound):
            record_as_of(record_type, asha.pk, at, ann.actor)
    with context.acting(bob.actor):
        assert names(at, bob.actor) == ["Asha Rao"]
        assert record_as_of(record_type, asha.pk, at, bob.actor).city == "Pune"


def test_what_lies_in_the_bin_today_is_shown_to_whoever_may_delete(company: Twin, asha: Any) -> None:
    reader, deleter = person("Ann").actor, person("Bob", "view", "delete").actor
    at = now()
    actions.delete_record(record=asha, by=robot())

    for actor, told in ((reader, []), (deleter, ["Asha Rao"])):
        with context.acting(actor):
            assert names(at, actor) == told
    assert record_today(robot(), type_named(CONTACTS), asha.pk).deleted_at


def test_hidden_fields_are_hidden_in_the_past(company: Twin, asha: Any) -> None:
    ann = person("Ann", field_rules={CONTACTS: {"city": "hidden"}}).actor
    at = now()
    change(asha, city="Goa")

    with context.acting(ann):
        with pytest.raises(Invalid):
            names(at, ann, tree={"field": "city", "op": "is", "value": "Pune"})
        assert names(at, ann, text="pune") == []
        assert [one.fields for one in moments_of(type_named(CONTACTS), asha.pk)] == ["", "First name, Last name"]


def test_what_a_relation_led_to_is_masked_as_today(company: Twin, asha: Any) -> None:
    ann = person("Ann", reaches={"accounts": {"view": "own"}}).actor
    account = make("accounts", name="Hidden")
    change(asha, account=account.pk)
    at = now()
    change(asha, account="")

    with context.acting(ann):
        then = record_as_of(type_named(CONTACTS), asha.pk, at, ann)
        by_account = {"field": "account.name", "op": "is", "value": "Hidden"}
        assert (type_named(CONTACTS).fields["account"].to_api(then), names(at, ann, tree=by_account)) == (None, [])
    assert names(at, tree=by_account) == ["Asha Rao"]


def test_the_other_company_s_records_are_not_there(twins: tuple[Twin, Twin], asha: Any) -> None:
    with context.inside(twins[1].place), pytest.raises(NotFound):
        record_as_of(type_named(CONTACTS), asha.pk, now(), robot())


def test_the_past_is_only_read(asha: Any) -> None:
    with pytest.raises(PastIsReadOnly), transaction.atomic(), reading(now()):
        Contact.objects.filter(pk=asha.pk).update(city="Nowhere")

    assert Contact.objects.get(pk=asha.pk).city == "Pune"


def test_moments_are_the_lines_of_history_newest_first(asha: Any) -> None:
    change(asha, city="Goa")
    change(asha, last_name="Nair", phone="+919820011842")

    found = moments_of(type_named(CONTACTS), asha.pk)

    assert [one.fields for one in found][:2] == ["Phone, Last name", "City"]
    assert found[2].what == "created this"


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00", "0001-01-01T00:00", "9999-01-01T00:00"])
def test_a_moment_that_is_none_is_refused(company: Twin, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        moment_asked(text)

    assert list(refusal.value.errors) == ["as_of"]


def test_a_moment_may_carry_a_zone_or_be_of_the_reader_s(company: Twin) -> None:
    assert moment_asked("2026-01-01T10:00:00 05:30") == moment_asked("2026-01-01T04:30:00Z")
    with timezone.override("Asia/Kolkata"):
        assert moment_asked("2026-01-01T10:00") == moment_asked("2026-01-01T04:30:00Z")


def test_a_list_of_the_past_costs_the_same_for_one_row_and_three(asha: Any) -> None:
    at = now()
    change(asha, city="Goa")
    one = queries_in(lambda: names(at))
    for n in range(3):
        change(make(CONTACTS, first_name=f"N{n}"), city="Goa")

    assert queries_in(lambda: names(now())) == one
    assert one <= 5


def test_a_change_to_what_the_writer_may_not_see_is_told(company: Twin, asha: Any) -> None:
    """History keeps the id of an account that the writer does not see, so that the past can be told."""
    ann = person("Ann", reaches={"accounts": {"view": "own"}})
    hidden, own = make("accounts", name="Hidden"), make("accounts", name="Own", owner=ann.pk)
    change(asha, owner=ann.pk, account=hidden.pk)
    at = now()

    with context.acting(ann.actor):
        found = type_named(CONTACTS)
        actions.update_record(record=record_today(ann.actor, found, asha.pk), values={"account": own.pk}, by=ann.actor)

    assert record_as_of(type_named(CONTACTS), asha.pk, at, robot()).account_id == hidden.pk
