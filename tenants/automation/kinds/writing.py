"""Actions on records: make, change, find, delete, tag, assign."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenants.automation.catalogue import ActionKind, Param
from tenants.automation.definition.scopes import RecordView, id_of, plain
from tenants.automation.engine.step import Step
from tenants.kernel.errors import DomainError, Invalid, NotFound
from tenants.records.actions import create_record, delete_record, update_record, upsert_record
from tenants.records.filters import compile_filter
from tenants.records.many import Refused, update_records
from tenants.records.notes.actions import add_note
from tenants.records.queries import record_for, visible_to
from tenants.records.registry import RecordType, type_named

RECORDS = _("Records")
MOST_FOUND = 100
TYPE = Param(name="record_type", label=_("Record type"), kind="record_type", is_required=True, allows_variables=False)
VALUES = Param(name="values", label=_("Fields"), kind="values", of="record_type", is_required=True)
WHICH = Param(
    name="record_id", label=_("Which record"), kind="record",
    hint=_("Empty: the record of the workflow. Else an id, like {{record.account}}"),
)  # fmt: skip
MADE = {"id": _("Its id"), "name": _("Its name"), "record_type": _("Its type")}


def told(record_type: RecordType, record: Any) -> dict[str, Any]:
    return {"id": str(record.pk), "name": str(record), "record_type": record_type.name}


def values_of(record_type: RecordType, raw: Any) -> dict[str, Any]:
    """Values as the house takes them: records and people that templates name become their ids."""
    if not isinstance(raw, Mapping):
        raise Invalid({"values": [_t("Give fields and values.")]})
    return {name: _as_input(record_type, name, value) for name, value in raw.items()}


def _as_input(record_type: RecordType, name: str, value: Any) -> Any:
    field = record_type.fields.get(name)
    found = plain(value)
    if isinstance(found, Mapping) and "id" in found:
        return found["id"]
    if isinstance(found, list):
        return [one["id"] if isinstance(one, Mapping) and "id" in one else one for one in found]
    if field is not None and field.kind in ("text", "long_text") and isinstance(found, int | float):
        return str(found)
    return found


def target(step: Step) -> tuple[RecordType, Any]:
    """The record that a step writes to: the one it names, else the workflow's. Raises NotFound."""
    wanted = step.params.get("record_id")
    if wanted in (None, ""):
        if step.record_type is None or step.record is None:
            raise NotFound(_t("There is no record to work on."))
        return step.record_type, step.record
    if isinstance(wanted, RecordView):
        return wanted.record_type, record_for(step.actor, wanted.record_type, wanted.record.pk)
    name = str(step.params.get("record_type") or (step.record_type.name if step.record_type else ""))
    record_type, pk = type_named(name), id_of(wanted)
    if pk is None:
        raise Invalid({"record_id": [_t("This is no id of a record.")]})
    return record_type, record_for(step.actor, record_type, pk)


def create(step: Step) -> Mapping[str, Any]:
    record_type = type_named(str(step.params["record_type"]))
    values = record_type.initial(step.actor) | values_of(record_type, step.params.get("values") or {})
    made = create_record(record_type=record_type, values=values, by=step.actor)
    return told(record_type, made)


def update(step: Step) -> Mapping[str, Any]:
    record_type, record = target(step)
    given = values_of(record_type, step.params.get("values") or {})
    changed = update_record(record=record, values=given, by=step.actor)
    return told(record_type, changed)


def upsert(step: Step) -> Mapping[str, Any]:
    record_type = type_named(str(step.params["record_type"]))
    external_id = str(step.params.get("external_id") or "").strip()
    if not external_id or len(external_id) > 120:
        raise Invalid({"external_id": [_t("Give an external id of at most 120 letters.")]})
    values = values_of(record_type, step.params.get("values") or {})
    found, is_new = upsert_record(record_type=record_type, external_id=external_id, values=values, by=step.actor)
    return told(record_type, found) | {"is_new": is_new}


def find(step: Step) -> Mapping[str, Any]:
    """The first that meets the filter, and all their ids."""
    record_type = type_named(str(step.params["record_type"]))
    tree = plain(step.params.get("filter") or {})
    most = max(1, min(int(step.params.get("most") or 1), MOST_FOUND))
    rows = visible_to(step.actor, record_type).filter(compile_filter(tree, record_type, step.actor))
    found = list(rows.order_by("-updated_at", "pk")[:most])
    first = told(record_type, found[0]) if found else {"id": None, "name": ""}
    return first | {"count": len(found), "items": [told(record_type, one) for one in found]}


def delete(step: Step) -> Mapping[str, Any]:
    record_type, record = target(step)
    delete_record(record=record, by=step.actor)
    return told(record_type, record)


# One field, one tag, one owner: many records in one go


Change = Callable[[Step, RecordType, Any], Mapping[str, Any]]


def one(change: Change) -> Callable[[Step], Mapping[str, Any]]:
    """An action that writes what `change` says of one record."""

    def run(step: Step) -> Mapping[str, Any]:
        record_type, record = target(step)
        values = change(step, record_type, record)
        update_record(record=record, values=values, by=step.actor)
        return {"values": plain(values)}

    return run


def many(change: Change) -> Callable[[Sequence[Step]], Sequence[Any]]:
    """The same for the records of many runs, in a handful of statements."""

    def run_many(steps: Sequence[Step]) -> Sequence[Any]:
        record_type = steps[0].record_type
        if record_type is None or any(step.params.get("record_id") for step in steps):
            return [_alone(change, step) for step in steps]
        outcomes: list[Any] = [_cleaned(change, step, record_type) for step in steps]
        rows = [(step, found) for step, found in zip(steps, outcomes, strict=True) if not isinstance(found, Exception)]
        written = update_records(
            record_type=record_type, rows=[(step.record.pk, clean) for step, (_raw, clean) in rows], by=steps[0].actor
        )
        by_step = {
            step: outcome.error if isinstance(outcome, Refused) else {"values": plain(raw)}
            for (step, (raw, _clean)), outcome in zip(rows, written, strict=True)
        }
        return [by_step.get(step, found) for step, found in zip(steps, outcomes, strict=True)]

    return run_many


def _alone(change: Change, step: Step) -> Any:
    try:
        return one(change)(step)
    except (DomainError, ValidationError) as error:
        return error


def _cleaned(change: Change, step: Step, record_type: RecordType) -> Any:
    try:
        if step.record is None:
            raise NotFound(_t("There is no record to work on."))
        raw = change(step, record_type, step.record)
        return raw, record_type.clean(raw, creating=False)
    except (DomainError, ValidationError) as error:
        return error


def _field(step: Step, record_type: RecordType, record: Any) -> Mapping[str, Any]:
    name = str(step.params.get("field") or "")
    return {name: _as_input(record_type, name, step.params.get("value"))}


def _tags_given(step: Step) -> list[str]:
    raw = step.params.get("tags")
    names = raw if isinstance(raw, list) else str(raw or "").split(",")
    found = [str(name).strip() for name in names if str(name).strip()]
    if not found:
        raise Invalid({"tags": [_t("Name at least one tag.")]})
    return found


def _with_tags(step: Step, record_type: RecordType, record: Any) -> Mapping[str, Any]:
    known = {name.casefold() for name in record.tags}
    return {"tags": [*record.tags, *(name for name in _tags_given(step) if name.casefold() not in known)]}


def _without_tags(step: Step, record_type: RecordType, record: Any) -> Mapping[str, Any]:
    gone = {name.casefold() for name in _tags_given(step)}
    return {"tags": [name for name in record.tags if name.casefold() not in gone]}


def _to_user(step: Step, record_type: RecordType, record: Any) -> Mapping[str, Any]:
    found = id_of(step.params.get("user"))
    if found is None:
        raise Invalid({"user": [_t("This is no person of the company.")]})
    return {"owner": str(found)}


def note(step: Step) -> Mapping[str, Any]:
    _record_type, record = target(step)
    made = add_note(record=record, body=str(step.params.get("text") or ""), by=step.actor)
    return {"id": str(made.pk)}


FIELD = Param(name="field", label=_("Field"), kind="field", is_required=True, allows_variables=False)
TAGS = Param(name="tags", label=_("Tags"), kind="tags", is_required=True)


def _quick(name: str, label: Any, icon: str, change: Change, *params: Param, about: Any = "") -> ActionKind:
    return ActionKind(
        name=name, label=label, about=about, icon=icon, group=RECORDS, run=one(change), run_many=many(change),
        params=params, outputs={"values": _("What was written")},
    )  # fmt: skip


ACTIONS = (
    _quick("update_field", _("Set a field"), "pencil", _field, FIELD, Param(
        name="value", label=_("Value"), kind="value", hint=_("Empty clears it."))),
    _quick("add_tag", _("Add tags"), "tag", _with_tags, TAGS),
    _quick("remove_tag", _("Remove tags"), "tag-off", _without_tags, TAGS),
    _quick("assign_to_user", _("Assign to a person"), "user-check", _to_user, Param(
        name="user", label=_("Person"), kind="user", is_required=True)),
    ActionKind(
        name="create_record", label=_("Make a record"), icon="plus", group=RECORDS, run=create,
        params=(TYPE, VALUES), outputs=MADE, needs_record=False,
    ),
    ActionKind(
        name="update_record", label=_("Change a record"), icon="edit", group=RECORDS, run=update,
        params=(Param(name="record_type", label=_("Record type"), kind="record_type", allows_variables=False), WHICH,
                Param(name="values", label=_("Fields"), kind="values", of="record_type", is_required=True)),
        outputs=MADE, needs_record=False,
    ),
    ActionKind(
        name="find_record", label=_("Find a record"), icon="search", group=RECORDS, run=find,
        params=(TYPE, Param(name="filter", label=_("Conditions"), kind="filter", of="record_type", is_required=True),
                Param(name="most", label=_("At most"), kind="number", default=1)),
        outputs=MADE | {"count": _("How many"), "items": _("All of them")}, needs_record=False,
    ),
    ActionKind(
        name="upsert_record", label=_("Make or change a record"), icon="refresh", group=RECORDS, run=upsert,
        params=(TYPE, Param(name="external_id", label=_("External id"), is_required=True), VALUES),
        outputs=MADE | {"is_new": _("Whether it was made")}, needs_record=False,
    ),
    ActionKind(
        name="delete_record", label=_("Put a record into the bin"), icon="trash", group=RECORDS, run=delete,
        params=(Param(name="record_type", label=_("Record type"), kind="record_type", allows_variables=False), WHICH),
        outputs=MADE, needs_record=False,
    ),
    ActionKind(
        name="add_note", label=_("Write a note"), icon="note", group=RECORDS, run=note, needs_record=False,
        params=(Param(name="text", label=_("Text"), kind="long_text", is_required=True),
                Param(name="record_type", label=_("Record type"), kind="record_type", allows_variables=False), WHICH),
        outputs={"id": _("Its id")},
    ),
)  # fmt: skip
