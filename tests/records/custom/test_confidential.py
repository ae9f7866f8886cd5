"""Confidential fields: kept encrypted, told to nobody in passing, shown to who may, and never without a line."""

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from tenants.directory import hosts
from tenants.identity.models import AuditEntry, Role
from tenants.identity.revealing.actions import reveal_value
from tenants.kernel import context, secrets
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Denied, DomainError, Invalid, NotFound
from tenants.kernel.models import DataKey
from tenants.kernel.rotating import rotate
from tenants.kernel.secrets import MASK, Unreadable
from tenants.records.actions import delete_record, restore_record, update_record
from tenants.records.bulk.verbs import Edit, editable
from tenants.records.custom.actions import create_custom_field, retire_custom_field, update_custom_field
from tenants.records.exporting.actions import export_list, export_whole
from tenants.records.exporting.queries import file_of
from tenants.records.jobs.undoing import put_back
from tenants.records.merging.actions import Wish, merge_records
from tenants.records.merging.undoing import undo_merge
from tenants.records.models import Change, CustomField, Event, JobLine, Merge
from tenants.records.queries import record_for
from tenants.records.registry import RecordType, type_named
from tests.factories import Twin, make
from tests.records.importing.helpers import faults, imported
from tests.records.staff import person

VALUE = "ABCPE1234F-QVXW"
OTHER = "ZZZPX9876Q-QVXW"
NAME = "custom.pan"


@pytest.fixture
def pan(company: Twin) -> Iterator[RecordType]:
    """Accounts with a confidential field."""
    secrets._opened.clear()
    create_custom_field(record_type=type_named("accounts"), label="PAN card", key="pan", kind="secret", by=robot())
    yield type_named("accounts")
    hosts._forget()


def shop(value: str = VALUE, **more: Any) -> Any:
    return make("accounts", name="Rao Stores", **{NAME: value}, **more)


def again(record: Any) -> Any:
    return record_for(robot(), type_named("accounts"), record.pk)


def clear_text(record: Any) -> str:
    found = type_named("accounts").known_fields[NAME].value(again(record))
    return found.reveal() if found else ""


def boss() -> Actor:
    return person("boss@rao.example", "owner").actor  # type: ignore[no-any-return]


def everything_kept() -> str:
    """Every row of every table of the company and of public, and the whole cache, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema IN ('public', current_schema()) AND table_type = 'BASE TABLE'"
        )
        texts = []
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT coalesce(string_agg(t::text, chr(10)), \'\') FROM "{schema}"."{table}" t')
            texts.append(cursor.fetchone()[0])
    redis = cache._cache.get_client()
    kept = [repr(redis.get(key)) for key in redis.scan_iter() if redis.type(key) == b"string"]
    return "\n".join([*texts, *kept])


def test_a_value_is_kept_encrypted_and_read_again(pan: RecordType) -> None:
    account = shop()

    token = again(account).custom["pan"]
    assert token.startswith("s1.")
    assert clear_text(account) == VALUE
    assert str(pan.fields[NAME].value(again(account))) == MASK


@pytest.mark.parametrize("place", ["record", "field", "company"])
def test_a_token_copied_elsewhere_is_unreadable(pan: RecordType, twins: tuple[Twin, Twin], place: str) -> None:
    account, other = shop(), shop("")
    create_custom_field(record_type=pan, label="Other", key="other", kind="secret", by=robot())
    token = again(account).custom["pan"]
    if place == "company":
        with context.inside(twins[1].place), pytest.raises(Unreadable):
            secrets.decrypt(token, purpose=f"crm.account.custom.pan.{account.pk}")
        return
    key, target = ("pan", other) if place == "record" else ("other", account)
    pan.model._default_manager.filter(pk=target.pk).update(custom={key: token})

    with pytest.raises(Unreadable):
        pan.known_fields[f"custom.{key}"].value(again(target)).reveal()


def test_history_and_events_say_that_it_changed_and_no_more(pan: RecordType) -> None:
    account = shop()
    update_record(record=account, values={NAME: OTHER}, by=robot())
    update_record(record=account, values={NAME: OTHER}, by=robot())
    update_record(record=account, values={NAME: None}, by=robot())
    update_record(record=account, values={NAME: ""}, by=robot())

    lines = Change.objects.filter(record_id=account.pk).order_by("id").values_list("changes", flat=True)
    assert [one.get(NAME) for one in lines] == [[None, MASK], [MASK, MASK], [MASK, MASK], [MASK, None]]
    told = Event.objects.filter(record_id=account.pk).order_by("id").values_list("payload", flat=True)
    assert [one["changes"].get(NAME) for one in told] == [[None, MASK], [MASK, MASK], [MASK, MASK], [MASK, None]]


def test_undo_leaves_a_confidential_field_alone(pan: RecordType) -> None:
    account = shop()
    update_record(record=account, values={NAME: None, "city": "Pune"}, by=robot())
    change = Change.objects.filter(record_id=account.pk, action="updated").get()

    assert put_back(record=again(account), changes=change.changes, by=robot()) == [NAME]
    assert (again(account).city, clear_text(account)) == ("", "")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("x" * 1001, "Use at most 1000 characters; this has 1001."),
        (MASK, "This is a mask. Write the value itself, or leave it out."),
    ],
)
def test_what_cannot_be_kept_is_refused_without_repeating_it(pan: RecordType, value: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        shop(value)
    assert refusal.value.errors == {NAME: [said]}


def test_such_a_field_cannot_be_required(pan: RecordType) -> None:
    definition = CustomField.objects.get(key="pan")
    with pytest.raises(Invalid) as refusal:
        update_custom_field(field=definition, is_required=True, by=robot())
    assert list(refusal.value.errors) == ["is_required"]


def test_bulk_edit_does_not_know_it(pan: RecordType) -> None:
    assert NAME not in dict(editable(pan))
    with pytest.raises(Invalid) as refusal:
        Edit().clean(pan, {NAME: VALUE}, robot())
    assert refusal.value.errors == {NAME: ["A confidential value is written record by record."]}


QUERIES = {
    "filter": {"filter": json.dumps({"field": NAME, "op": "contains", "value": "ABC"})},
    "empty": {"filter": json.dumps({"field": NAME, "op": "not_empty"})},
    "sort": {"sort": NAME},
}


@pytest.mark.parametrize("asked", QUERIES.values(), ids=QUERIES)
def test_lists_neither_filter_nor_sort_by_it(pan: RecordType, company: Twin, asked: dict[str, str]) -> None:
    assert company.with_key().get("/api/v1/accounts", asked).status_code == 422


def test_the_api_says_only_that_there_is_a_value(pan: RecordType, company: Twin) -> None:
    key = company.with_key()
    made = key.post(
        "/api/v1/accounts", {"name": "Rao", "custom": {"pan": VALUE}}, content_type="application/json"
    ).json()
    assert made["custom"] == {"pan": {"is_set": True}}
    found = key.get(f"/api/v1/accounts/{made['id']}").json()
    assert found["custom"] == {"pan": {"is_set": True}}
    told = {one["name"]: one for one in key.get("/api/v1/accounts/schema").json()["fields"]}[NAME]
    assert (told["kind"], told["operators"], told["is_sortable"]) == ("secret", [], False)


def reads(account: Any, twin: Any) -> list[str]:
    """Pages that show, compare, list, find or offer the record and its field."""
    page, part = f"/accounts/{account.pk}/", VALUE[:5]
    return [
        page, f"{page}edit/", f"{page}brief/", f"{page}about/", f"{page}field/{NAME}/", f"{page}field/{NAME}/?shown=1",
        f"{page}?tab=history", f"{page}?tab=activity", f"{page}timeline/", f"{page}timeline.csv", "/accounts/",
        f"/accounts/?columns=name,{NAME}", f"/accounts/?q={part}", f"/accounts/?group={NAME}", "/accounts/options/",
        f"/accounts/merge/?ids={account.pk}&ids={twin.pk}", f"/search/?q=pan:{part}", f"/search/?q={part}",
        "/settings/fields/?type=accounts", "/duplicates/", f"/accounts/export/?columns={NAME}",
    ]  # fmt: skip


def writes(account: Any, owner: Client, key: Client) -> Iterator[Any]:
    """By hand and by program: taken, and refused for one reason or another."""
    page, api = f"/accounts/{account.pk}/", "/api/v1/accounts"
    for values in ({NAME: VALUE}, {NAME: VALUE * 80}):
        yield owner.post(f"{page}field/{NAME}/", values)
    for name in ("", "Rao Stores"):
        yield owner.post(f"{page}edit/", {"name": name, NAME: VALUE})
        yield owner.post("/accounts/new/", {"name": name, NAME: VALUE})
    for number, custom in enumerate(({"pan": VALUE}, {"pan": VALUE, "gone": 1}, {"pan": VALUE * 80})):
        sent = {"content_type": "application/json", "headers": {"Idempotency-Key": f"k-{number}"}}
        yield key.post(api, {"name": "Rao", "custom": custom}, **sent)  # type: ignore[arg-type]
        yield key.patch(f"{api}/{account.pk}", {"custom": custom}, **sent)  # type: ignore[arg-type]
    bulk = {"ids": [str(account.pk)], "action": "edit", "values": {NAME: VALUE}}
    yield key.post(f"{api}/bulk", bulk, content_type="application/json")


def exports() -> Iterator[bytes]:
    for form in ("csv", "json", "xlsx"):
        with file_of(export_list(record_type=type_named("accounts"), file_format=form, asked={}, by=robot())) as file:
            yield file.read()
    with file_of(export_whole(types=[type_named("accounts")], file_format="json", by=robot())) as file:
        archive = zipfile.ZipFile(file)
        yield b"".join(archive.read(name) for name in archive.namelist())


def test_nothing_that_is_kept_or_answered_holds_the_value(pan: RecordType, company: Twin) -> None:
    """Use it everywhere, then look for it everywhere."""
    account, twin = shop(), shop(OTHER)
    owner, key = company.signed_in(), company.with_key()
    answers = [*writes(account, owner, key), *(owner.get(path) for path in reads(account, twin))]
    answers += [key.get(path) for path in (
        "/api/v1/accounts", f"/api/v1/accounts/{account.pk}", f"/api/v1/accounts?q={VALUE[:5]}",
        "/api/v1/search?q=Rao", "/api/v1/contacts?expand=account", "/api/v1/fields?record_type=accounts",
    )]  # fmt: skip
    imported(f"Name,Phone,PAN card\nBad,12,{VALUE}\nGood,,{OTHER}\nLong,,{VALUE * 80}\n", type_name="accounts")
    delete_record(record=account, by=robot())
    restore_record(record=account, by=robot())
    merge = merge_records(record_type=pan, ids=[account.pk, twin.pk], by=robot(), wish=Wish(keep=account.pk))
    answers.append(owner.get(f"/merges/{merge.pk}/"))
    asked = {"content_type": "application/json", "headers": {"Idempotency-Key": "k-reveal"}}
    shown = key.post(f"/api/v1/accounts/{account.pk}/reveal", {"field": NAME}, **asked)  # type: ignore[arg-type]
    assert (shown.json(), shown["Cache-Control"]) == ({"field": NAME, "value": VALUE}, "no-store")

    for one in answers:
        text = b"".join(one.streaming_content) if one.streaming else one.content
        assert b"QVXW" not in text, one.request["PATH_INFO"]
    assert not any(b"QVXW" in content for content in exports())
    assert [line for line in everything_kept().splitlines() if "QVXW" in line] == []


def test_a_whole_export_says_that_the_values_stay(pan: RecordType) -> None:
    shop()
    with file_of(export_whole(types=[pan], file_format="json", by=robot())) as file:
        manifest = json.loads(zipfile.ZipFile(file).read("manifest.json"))
    assert "Values of confidential fields stay in the company they belong to: they are not in it." in manifest["notes"]


def test_a_form_replaces_and_never_prefills(pan: RecordType, company: Twin) -> None:
    account, owner = shop(), company.signed_in()
    url = f"/accounts/{account.pk}/field/{NAME}/"

    owner.post(url, {NAME: ""})
    assert clear_text(account) == VALUE
    owner.post(url, {NAME: OTHER, "was": "x"})
    assert clear_text(account) == OTHER
    owner.post(url, {NAME: "", f"{NAME}.clear": "1"})
    assert clear_text(account) == ""


def test_an_import_writes_it_and_masks_what_failed(pan: RecordType, company: Twin) -> None:
    job = imported(f"Name,Phone,PAN card\nRao,12,{OTHER}\nGood,,{VALUE}\nLong,,{'x' * 1001}\n", type_name="accounts")

    good = pan.model._default_manager.get(name="Good")
    assert clear_text(good) == VALUE
    assert "xxx" not in json.dumps(faults(job))
    lines = JobLine.objects.filter(job=job, data__has_key="cells")
    cells = [line.data["cells"] for line in lines]
    assert {row[2] for row in cells} == {MASK}


# Merging


def test_a_merge_carries_it_over_and_its_undo_brings_it_back(pan: RecordType) -> None:
    kept, other = shop(""), shop(OTHER)
    merge = merge_records(record_type=pan, ids=[kept.pk, other.pk], by=robot(), wish=Wish(keep=kept.pk))
    assert clear_text(kept) == OTHER

    report = undo_merge(merge=merge, by=robot())
    assert report.left == []
    assert (clear_text(kept), clear_text(other)) == ("", OTHER)


def test_a_merge_carries_over_values_of_retired_fields(pan: RecordType) -> None:
    kept, other = shop(""), shop(OTHER)
    retire_custom_field(field=CustomField.objects.get(key="pan"), by=robot())
    merge_records(record_type=pan, ids=[kept.pk, other.pk], by=robot(), wish=Wish(keep=kept.pk))
    CustomField.objects.update(retired_at=None)
    hosts._forget()

    assert clear_text(kept) == OTHER


def test_the_next_task_of_a_series_has_a_value_of_its_own(company: Twin) -> None:
    create_custom_field(record_type=type_named("tasks"), label="Door code", key="door", kind="secret", by=robot())
    tasks = type_named("tasks")
    first = make("tasks", name="Meter", repeats="FREQ=DAILY", due_at="2026-01-05T10:00:00Z", **{"custom.door": VALUE})
    update_record(record=first, values={"status": "completed"}, by=robot())

    made = tasks.model._default_manager.exclude(pk=first.pk).get(series=first.pk)
    assert made.custom["door"] != first.custom["door"]
    assert tasks.known_fields["custom.door"].value(made).reveal() == VALUE
    hosts._forget()


# Rotation


def test_rotation_writes_values_anew_in_records_the_bin_and_merges(pan: RecordType) -> None:
    account, binned, kept, other = shop(), shop(OTHER), shop("", city="Pune"), shop(OTHER)
    delete_record(record=binned, by=robot())
    merge = merge_records(record_type=pan, ids=[kept.pk, other.pk], by=robot(), wish=Wish(keep=kept.pk))
    old, version = DataKey.objects.get(), again(account).version

    done = rotate()

    assert (done.keys_dropped, DataKey.objects.filter(pk=old.pk).exists()) == (1, False)
    assert old.pk.hex not in "".join(map(str, pan.model._default_manager.values_list("custom", flat=True)))
    assert old.pk.hex not in str(Merge.objects.get().before)
    secrets._opened.clear()
    assert (clear_text(account), clear_text(kept), again(account).version) == (VALUE, OTHER, version)
    assert undo_merge(merge=merge, by=robot()).left == []
    assert (clear_text(kept), clear_text(other)) == ("", OTHER)
    assert rotate().secrets == 4


# Who may


def test_who_may_is_shown_the_value_and_the_audit_says_so(pan: RecordType) -> None:
    account, by = shop(), boss()

    assert reveal_value(record=account, name=NAME, by=by) == VALUE

    entry = AuditEntry.objects.filter(action="field.revealed").get()
    assert (entry.user_id, entry.subject) == (by.user_id, "Rao Stores")
    assert entry.details == {
        "field": "PAN card", "name": NAME, "type": "accounts", "record": str(account.pk), "is_empty": False,
    }  # fmt: skip


@pytest.mark.parametrize("role", ["manager", "sales-rep", "support", "read-only"])
def test_other_roles_are_refused_and_see_no_button(pan: RecordType, company: Twin, role: str) -> None:
    account, user = shop(), person("asha@rao.example", role)
    browser = company.signed_in("asha@rao.example")

    with pytest.raises(Denied):
        reveal_value(record=account, name=NAME, by=user.actor)
    assert browser.post(f"/accounts/{account.pk}/reveal/{NAME}/").status_code == 403
    assert f"/reveal/{NAME}/" not in browser.get(f"/accounts/{account.pk}/").content.decode()
    assert not AuditEntry.objects.filter(action="field.revealed").exists()


def test_a_role_that_reveals_does_so_as_far_as_it_reaches(pan: RecordType, company: Twin) -> None:
    user = person("asha@rao.example", "sales-rep")
    Role.objects.filter(pk=user.role.pk).update(
        grants={"*": ["view", "reveal"]}, reaches={"accounts": {"view": "all", "reveal": "own"}}
    )
    hosts._forget()
    user = type(user).objects.select_related("role").get(pk=user.pk)
    theirs, mine = shop(), shop(OTHER, owner=user.pk)

    assert reveal_value(record=mine, name=NAME, by=user.actor) == OTHER
    with pytest.raises(Denied):
        reveal_value(record=theirs, name=NAME, by=user.actor)


def test_a_hidden_field_cannot_be_shown(pan: RecordType) -> None:
    account, user = shop(), person("asha@rao.example", "sales-rep")
    Role.objects.filter(pk=user.role.pk).update(
        grants={"*": ["view", "reveal"]}, field_rules={"accounts": {NAME: "hidden"}}
    )
    hosts._forget()
    actor = type(user).objects.select_related("role").get(pk=user.pk).actor

    with context.inside(context.place(), actor=actor), pytest.raises(NotFound):
        reveal_value(record=account, name=NAME, by=actor)


@pytest.mark.parametrize("name", ["name", "custom.nothing", "custom"])
def test_only_confidential_fields_are_shown(pan: RecordType, name: str) -> None:
    with pytest.raises(NotFound):
        reveal_value(record=shop(), name=name, by=boss())


def test_showing_too_often_starts_a_pause(pan: RecordType) -> None:
    account, by = shop(), boss()
    cache.clear()
    for _turn in range(29):
        reveal_value(record=account, name=NAME, by=by)

    reveal_value(record=account, name=NAME, by=by)  # the one that starts the pause
    with pytest.raises(DomainError) as refusal:
        reveal_value(record=account, name=NAME, by=by)
    assert refusal.value.status == 429


def test_the_page_shows_the_value_and_keeps_it_out_of_every_cache(pan: RecordType, company: Twin) -> None:
    account, owner = shop("A<b>1"), company.signed_in()
    url = f"/accounts/{account.pk}/reveal/{NAME}/"
    assert url in owner.get(f"/accounts/{account.pk}/").content.decode()

    answer = owner.post(url)

    assert "A&lt;b&gt;1" in answer.content.decode()
    assert 'hx-history="false"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert owner.get(url).status_code == 405


def test_a_support_visit_is_refused(pan: RecordType, company: Twin) -> None:
    account, browser = shop(), company.signed_in()
    session = browser.session
    kept = {"visit": str(account.pk), "visitor": "Nina", "house": "Alpha", "user": "Owner"}
    session["support_visit"] = kept | {"ends_at": (timezone.now() + timedelta(minutes=9)).isoformat()}
    session.save()

    assert browser.post(f"/accounts/{account.pk}/reveal/{NAME}/").status_code == 403
    body = {"field": NAME}
    answer = browser.post(f"/api/v1/accounts/{account.pk}/reveal", body, content_type="application/json")
    assert answer.status_code == 403
    assert not AuditEntry.objects.filter(action="field.revealed").exists()


def test_a_stranger_of_another_company_finds_nothing(pan: RecordType, twins: tuple[Twin, Twin]) -> None:
    account = shop()
    answer = (
        twins[1]
        .with_key()
        .post(f"/api/v1/accounts/{account.pk}/reveal", {"field": NAME}, content_type="application/json")
    )
    assert answer.status_code == 404
    nobody = Client(headers={"host": twins[0].host})
    assert nobody.post(f"/accounts/{account.pk}/reveal/{NAME}/").status_code in (302, 401, 403)
