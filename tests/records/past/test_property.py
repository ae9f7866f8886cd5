"""Whatever happens to records: every moment of the past is told as it was, and can be brought back."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import DomainError
from tenants.records import actions
from tenants.records.bulk.actions import start_bulk
from tenants.records.bulk.selection import Selection
from tenants.records.bulk.verbs import action_named
from tenants.records.custom.actions import create_custom_field, retire_custom_field, revive_custom_field
from tenants.records.jobs.actions import run_now, undo_job
from tenants.records.many import update_records
from tenants.records.merging.actions import merge_records
from tenants.records.merging.undoing import undo_merge
from tenants.records.models import CustomField, Job, Merge, Tag
from tenants.records.past.actions import start_rewind
from tenants.records.past.rewinding import Wish
from tenants.records.registry import type_named
from tenants.records.tagging.actions import delete_tag, update_tag
from tests.factories import Twin, make
from tests.records.past.remembering import State, now, state, state_then
from tests.records.people import colleague

KINDS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "text": ({}, ["blue", "it's 100% “red”", ""]),
    "number": ({}, [7, -3, None]),
    "decimal": ({"places": 3}, ["1.250", "0", ""]),
    "money": ({}, ["99.50", "1000000", ""]),
    "date": ({}, [date(2026, 2, 28), "", date(1999, 12, 31)]),
    "datetime": ({}, [datetime(2026, 3, 1, 5, 30, 15, 123456, UTC), "", datetime(2027, 1, 1, tzinfo=UTC)]),
    "boolean": ({}, [True, False]),
    "select": ({"choices": ["gold", "silver"]}, ["gold", "silver", ""]),
    "multi_select": ({"choices": ["a", "b", "c"]}, [["a"], ["c", "b"], []]),
    "address": ({}, [{"city": "Pune", "country": "IN"}, {"line1": "1 \\ road"}, ""]),
    "json": ({}, [{"a": [1, None, {"b": ""}]}, [0], ""]),
    "relation": ({"target": "accounts"}, ["account", ""]),
    "user": ({}, ["user", ""]),
}
COLUMNS: dict[str, list[Any]] = {
    "first_name": ["Asha", "Ü", "O'Hara"],
    "last_name": ["Rao", ""],
    "email": ["a@x.example", ""],
    "city": ["Pune", "Goa", ""],
    "birthday": [date(1990, 1, 2), ""],
    "do_not_call": [True, False],
    "account": ["account", ""],
    "owner": ["user", ""],
    "tags": [["vip"], ["vip", "east"], []],
    "external_id": [""],
}


@pytest.fixture
def world(company: Twin) -> dict[str, Any]:
    for kind, (options, _values) in KINDS.items():
        create_custom_field(
            record_type=type_named("contacts"), label=f"Own {kind}", key=kind, kind=kind, options=options, by=robot()
        )
    users = [colleague("Ann Rep").pk, colleague("Bob Rep").pk]
    accounts = [make("accounts", name=f"Firm {n}").pk for n in range(3)]
    contacts = [make("contacts", first_name=f"P{n}", account=accounts[n % 3], tags=["vip"]).pk for n in range(4)]
    deals = [make("deals", name=f"Deal {n}", contact=contacts[n], account=accounts[0], amount="5").pk for n in range(2)]
    make("tasks", name="Call", about_type="contacts", about_id=contacts[0])
    return {"users": users, "accounts": accounts, "contacts": contacts, "deals": deals}


class Doer:
    """One step by numbers that hypothesis chooses; a step that the rules refuse is no step."""

    def __init__(self, world: dict[str, Any]) -> None:
        self.world = world

    def step(self, what: str, a: int, b: int, c: int) -> None:
        act: Callable[[int, int, int], object] = getattr(self, what)
        try:
            act(a, b, c)
        except DomainError:
            return

    def record(self, name: str, n: int) -> Any:
        ids = self.world[name]
        return type_named(name).model._default_manager.get(pk=ids[n % len(ids)])

    def value(self, raw: Any, n: int) -> Any:
        lists = {"account": "accounts", "user": "users"}
        if isinstance(raw, str) and raw in lists:
            ids = self.world[lists[raw]]
            return str(ids[n % len(ids)])
        return raw

    def column(self, a: int, b: int, c: int) -> None:
        names = [*COLUMNS]
        name = names[b % len(names)]
        value = self.value(COLUMNS[name][c % len(COLUMNS[name])], c)
        actions.update_record(record=self.record("contacts", a), values={name: value}, by=robot())

    def own(self, a: int, b: int, c: int) -> None:
        kinds = [*KINDS]
        kind = kinds[b % len(kinds)]
        values = KINDS[kind][1]
        given = {f"custom.{kind}": self.value(values[c % len(values)], c), "city": COLUMNS["city"][c % 3]}
        actions.update_record(record=self.record("contacts", a), values=given, by=robot())

    def many(self, a: int, b: int, c: int) -> None:
        rows = [(pk, {"city": COLUMNS["city"][b % 3], "tags": ["bulk"]}) for pk in self.world["contacts"]]
        update_records(record_type=type_named("contacts"), rows=rows, by=robot())

    def rename(self, a: int, b: int, c: int) -> None:
        account = self.record("accounts", a)
        actions.update_record(record=account, values={"name": f"{account.name}+{c}"[:30]}, by=robot())

    def deal(self, a: int, b: int, c: int) -> None:
        stages = list(type_named("stages").model._default_manager.order_by("position").values_list("pk", flat=True))
        values = {"stage": str(stages[b % len(stages)]), "amount": str(Decimal(c))}
        actions.update_record(record=self.record("deals", a), values=values, by=robot())

    def create(self, a: int, b: int, c: int) -> None:
        account = str(self.world["accounts"][b % 3])
        made = make("contacts", first_name=f"New {c}", account=account, tags=["east"], **{"custom.number": c})
        self.world["contacts"].append(made.pk)

    def delete(self, a: int, b: int, c: int) -> None:
        actions.delete_record(record=self.record(("contacts", "accounts", "deals")[b % 3], a), by=robot())

    def restore(self, a: int, b: int, c: int) -> None:
        actions.restore_record(record=self.record(("contacts", "accounts", "deals")[b % 3], a), by=robot())

    def merge(self, a: int, b: int, c: int) -> None:
        name = ("contacts", "accounts")[c % 2]
        ids = self.world[name]
        merge_records(record_type=type_named(name), ids=[ids[a % len(ids)], ids[b % len(ids)]], by=robot())

    def part(self, a: int, b: int, c: int) -> None:
        merge = Merge.objects.filter(undone_at=None).last()
        if merge:
            undo_merge(merge=merge, by=robot())

    def tag(self, a: int, b: int, c: int) -> None:
        tag = Tag.objects.filter(name__in=("vip", "east", "bulk", "VIP")).order_by("name")[b % 2 : b % 2 + 1].first()
        if tag and c % 3:
            update_tag(tag=tag, name=f"{tag.name}{c}"[:20], by=robot())
        elif tag:
            delete_tag(tag=tag, by=robot())

    def bulk(self, a: int, b: int, c: int) -> None:
        contacts = type_named("contacts")
        selection = Selection(ids=[str(pk) for pk in self.world["contacts"][:3]])
        values = {"city": COLUMNS["city"][c % 3]}
        start_bulk(record_type=contacts, action=action_named(contacts, "edit"), selection=selection, values=values,
                   by=robot())  # fmt: skip

    def unbulk(self, a: int, b: int, c: int) -> None:
        job = Job.objects.filter(kind="bulk", undo_of=None).order_by("-id").first()
        if job:
            run_now(undo_job(job=job, by=robot(), is_small=True))

    def retire(self, a: int, b: int, c: int) -> None:
        field = CustomField.objects.get(key=("text", "number")[b % 2])
        (revive_custom_field if field.retired_at else retire_custom_field)(field=field, by=robot())


WHAT = [name for name in vars(Doer) if not name.startswith("_") and name not in ("step", "record", "value")]
STEP = st.tuples(st.sampled_from(WHAT), st.integers(0, 9), st.integers(0, 30), st.integers(0, 30))


def of_known_fields(found: State) -> State:
    """Without values of fields that were put away and taken back meanwhile: those are drawn as of today."""
    gone = ("text", "number")
    return {
        name: {
            pk: one | {"custom": {k: v for k, v in one.get("custom", {}).items() if k not in gone}}
            for pk, one in rows.items()
        }
        for name, rows in found.items()
    }  # fmt: skip


def untouched(found: State) -> State:
    """Without the moment of a deal's last touch: going back touches it."""
    deals = {pk: {name: one[name] for name in one if name != "touched_at"} for pk, one in found["deals"].items()}
    return of_known_fields(found) | of_known_fields({"deals": deals})


@settings(
    max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
@given(steps=st.lists(STEP, min_size=1, max_size=12), back=st.integers(0, 11))
def test_every_moment_is_told_as_it_was_and_comes_back(
    world: dict[str, Any], twins: tuple[Twin, Twin], steps: list[Any], back: int
) -> None:
    with context.inside(twins[1].place):
        other = state()
    doer = Doer({name: list(ids) for name, ids in world.items()})
    remembered = [(now(), state())]
    for step in steps:
        doer.step(*step)
        remembered.append((now(), state()))

    for at, was in remembered:
        assert of_known_fields(state_then(at)) == of_known_fields(was)

    at, was = remembered[back % len(remembered)]
    before = state()
    try:
        job = start_rewind(wish=Wish(at=at), by=robot())
    except DomainError:
        assert untouched(before) == untouched(was)
    else:
        assert (job.state, job.counts.get("failed", 0)) == ("done", 0)
        assert untouched(state()) == untouched(was)
        run_now(undo_job(job=job, by=robot(), is_small=True))
        assert untouched(state()) == untouched(before)
    with context.inside(twins[1].place):
        assert state() == other
