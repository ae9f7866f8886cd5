"""Triggers of every record type, of every event, of the clock, of hooks and of the button."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.automation.catalogue import Param, TriggerKind
from tenants.kernel.errors import NotFound
from tenants.records.models import Event
from tenants.records.outbox.catalogue import EventKind, kinds
from tenants.records.registry import record_types, type_named

RECORDS, EVENTS, TIME, OTHER = _("Records"), _("Events"), _("Time"), _("Other")
TYPE = Param(name="record_type", label=_("Record type"), kind="record_type", is_required=True, allows_variables=False)
OPTIONAL_TYPE = Param(name="record_type", label=_("Record type"), kind="record_type", allows_variables=False,
                      hint=_("Empty: it runs once, without a record."))  # fmt: skip
FIELD = Param(
    name="field", label=_("Field"), kind="field", of="record_type", is_required=True, allows_variables=False
)  # fmt: skip
CLOCK = Param(name="at", label=_("At"), default="09:00", hint=_("Time of day, like 09:00"), allows_variables=False)


def heard(*actions: str) -> Any:
    """The events of the trigger's record type with these endings, as far as the type has them."""

    def events(params: Mapping[str, Any]) -> tuple[str, ...]:
        try:
            model_name = type_named(str(params.get("record_type") or "")).model._meta.model_name
        except NotFound:
            return ()
        names = (f"{model_name}.{action}" for action in actions)
        return tuple(name for name in names if name in kinds())

    return events


def changed(event: Any, name: str) -> tuple[Any, Any] | None:
    """What a field was before and is after, if the event tells of it."""
    pair = (event.payload.get("changes") or {}).get(name)
    return (pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else None


def became(event: Any, name: str) -> tuple[Any, Any] | None:
    """`changed`; of a record that was just made also what follows from its other fields, like a lead's score."""
    found = changed(event, name)
    if found is not None or not event.name.endswith(".created"):
        return found
    try:
        model = type_named(event.record_type).model
    except NotFound:
        return None
    if name not in {field.name for field in model._meta.concrete_fields}:
        return None
    return None, model._default_manager.filter(pk=event.record_id).values_list(name, flat=True).first()


def is_value(told: Any, wanted: Any) -> bool:
    """Whether what history says of a value is the wanted one: by id, by name, or as text."""
    if wanted in (None, ""):
        return True
    if isinstance(told, dict):
        return str(wanted) in (str(told.get("id")), str(told.get("name")))
    if isinstance(told, list):
        return str(wanted) in [str(one) for one in told]
    return str(told).casefold() == str(wanted).casefold() or _is_number(told, wanted)


def _is_number(told: Any, wanted: Any) -> bool:
    found = number_of(told)
    return found is not None and found == number_of(wanted)


def number_of(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _any_field(params: Mapping[str, Any], event: Any) -> bool:
    wanted = params.get("fields") or ()
    return not wanted or any(changed(event, name) for name in wanted)


def _field_changed(params: Mapping[str, Any], event: Any) -> bool:
    pair = changed(event, str(params.get("field")))
    if pair is None:
        return False
    return is_value(pair[0], params.get("from")) and is_value(pair[1], params.get("to"))


def crossed(pair: tuple[Any, Any] | None, threshold: Any, *, downwards: bool = False) -> bool:
    """Whether a number went over (or under) a line just now."""
    line = number_of(threshold)
    if pair is None or line is None:
        return False
    before, after = number_of(pair[0]), number_of(pair[1])
    if after is None:
        return False
    if downwards:
        return before is not None and before >= line > after
    return (before is None or before < line) and after >= line


def _threshold(params: Mapping[str, Any], event: Any) -> bool:
    pair = became(event, str(params.get("field")))
    return crossed(pair, params.get("threshold"), downwards=params.get("direction") == "below")


OF_RECORDS = (
    TriggerKind(
        name="record_created", label=_("A record is made"), icon="plus", group=RECORDS, params=(TYPE,),
        events=heard("created"),
    ),
    TriggerKind(
        name="record_updated", label=_("A record is changed"), icon="pencil", group=RECORDS,
        params=(
            TYPE,
            Param(name="fields", label=_("Only these fields"), kind="json", hint=_("A list of names; empty: any")),
        ),
        events=heard("updated"), accepts=_any_field,
    ),
    TriggerKind(
        name="field_changed", label=_("A field changes"), icon="arrows-exchange", group=RECORDS,
        params=(
            TYPE, FIELD, Param(name="from", label=_("From"), kind="value", of="record_type", hint=_("Empty: any")),
            Param(name="to", label=_("To"), kind="value", of="record_type", hint=_("Empty: any")),
        ),
        events=heard("updated", "converted", "merged"), accepts=_field_changed,
    ),
    TriggerKind(
        name="record_deleted", label=_("A record is deleted"), icon="trash", group=RECORDS, params=(TYPE,),
        events=heard("deleted"), in_bin=True,
    ),
    TriggerKind(
        name="record_restored", label=_("A record is restored"), icon="arrow-back-up", group=RECORDS, params=(TYPE,),
        events=heard("restored"),
    ),
    TriggerKind(
        name="threshold_crossed", label=_("A number crosses a line"), icon="chart-line", group=RECORDS,
        params=(
            TYPE, FIELD, Param(name="threshold", label=_("Line"), kind="number", is_required=True),
            Param(
                name="direction", label=_("Direction"), kind="choice", default="above",
                choices=(("above", _("Reaches or passes it")), ("below", _("Drops below it"))),
            ),
        ),
        events=heard("created", "updated"), accepts=_threshold,
    ),
    TriggerKind(
        name="tag_added", label=_("A tag is added"), icon="tag", group=RECORDS,
        params=(TYPE, Param(name="tag", label=_("Tag"), is_required=True, allows_variables=False)),
        events=heard("created", "updated"), accepts=lambda params, event: _tag(params, event, 1),
    ),
    TriggerKind(
        name="tag_removed", label=_("A tag is removed"), icon="tag-off", group=RECORDS,
        params=(TYPE, Param(name="tag", label=_("Tag"), is_required=True, allows_variables=False)),
        events=heard("updated"), accepts=lambda params, event: _tag(params, event, 0),
    ),
    TriggerKind(
        name="owner_changed", label=_("A record gets another owner"), icon="user-share", group=RECORDS, params=(TYPE,),
        events=heard("updated"), accepts=lambda params, event: changed(event, "owner") is not None,
    ),
)  # fmt: skip


def _tag(params: Mapping[str, Any], event: Any, place: int) -> bool:
    """Whether the tag is on one side of the change alone."""
    pair = changed(event, "tags")
    wanted = str(params.get("tag")).casefold()
    if pair is None:
        return False
    sides = [{str(one).casefold() for one in side or ()} for side in pair]
    return wanted in sides[place] and wanted not in sides[1 - place]


def _days(label: Any, default: int) -> Param:
    return Param(name="days", label=label, kind="number", default=default, allows_variables=False)


OF_TIME = (
    TriggerKind(
        name="schedule", label=_("On a schedule"), icon="calendar-repeat", group=TIME, wake="schedule",
        params=(
            Param(name="rrule", label=_("Rule"), is_required=True, hint=_("Like FREQ=WEEKLY;BYDAY=MO"),
                  allows_variables=False),
            CLOCK, Param(name="starts_on", label=_("Starts on"), kind="date", allows_variables=False), OPTIONAL_TYPE,
        ),
    ),
    TriggerKind(
        name="scheduled_date", label=_("On a date"), icon="calendar", group=TIME, wake="schedule",
        params=(
            Param(name="on", label=_("Day"), kind="date", is_required=True, allows_variables=False), CLOCK,
            OPTIONAL_TYPE,
        ),
    ),
    TriggerKind(
        name="days_after_event", label=_("Days before or after a date of the record"), icon="calendar-due", group=TIME,
        wake="date",
        params=(
            TYPE, FIELD, _days(_("Days"), 0),
            Param(
                name="direction", label=_("When"), kind="choice", default="after",
                choices=(("after", _("After the date")), ("before", _("Before the date"))),
            ),
            CLOCK,
        ),
    ),
    TriggerKind(
        name="no_activity_for_x_days", label=_("Nothing happened for some days"), icon="zzz", group=TIME,
        wake="silence",
        params=(
            TYPE, _days(_("Days"), 30),
            Param(name="field", label=_("By"), kind="field", of="record_type", allows_variables=False,
                  hint=_("A moment like last touch; empty: what the type knows best")),
            Param(name="includes_past", label=_("Also those silent for longer already"), kind="boolean"),
        ),
    ),
)  # fmt: skip


# Events: one trigger for each kind of the catalogue


def of_events() -> Iterator[TriggerKind]:
    for kind in kinds().values():
        if not kind.is_inner and kind.name != "hook.received":
            yield _of_event(kind)


def _of_event(kind: EventKind) -> TriggerKind:
    type_name = kind.record_type or _type_of_event(kind.name)
    return TriggerKind(
        name=kind.name, label=kind.label, about=kind.about, icon="bolt", group=EVENTS,
        events=lambda params: (kind.name,), record_type=lambda params: type_name,
        in_bin=kind.name.endswith((".deleted", ".purged")),
    )  # fmt: skip


def _type_of_event(name: str) -> str:
    model_name = name.partition(".")[0]
    return next((one.name for one in record_types() if one.model._meta.model_name == model_name), "")


# Hooks and hands


def _hook_record(params: Mapping[str, Any], event: Event) -> Any:
    from tenants.automation.kinds.hooks import record_of  # writes records, through what stands above

    return record_of(params, event)


OTHERS = (
    TriggerKind(
        name="inbound_hook", label=_("A webhook comes in"), icon="webhook", group=OTHER, wake="hook",
        about=_("Another system tells one of your addresses something; the record is found or made by what it says."),
        params=(
            Param(name="hook_id", label=_("Address"), is_required=True, allows_variables=False),
            OPTIONAL_TYPE,
            Param(name="match", label=_("Find by"), kind="field", of="record_type", allows_variables=False),
            Param(name="match_path", label=_("Where it says so"), hint=_("Like contact.email"), allows_variables=False),
            Param(name="values", label=_("Fields from"), kind="json", allows_variables=False,
                  hint=_("Field to path: {“first_name”: “contact.first”}")),
            Param(name="creates", label=_("Make it where there is none"), kind="boolean", default=True),
        ),
        events=lambda params: ("hook.received",),
        accepts=lambda params, event: str(event.payload.get("hook_id")) == str(params.get("hook_id")),
        record_of=_hook_record,
    ),
    TriggerKind(
        name="manual", label=_("By hand"), icon="hand-click", group=OTHER, wake="manual", params=(OPTIONAL_TYPE,),
        about=_("From the button on a record, a list, the API, or another workflow."),
    ),
)  # fmt: skip


def offered() -> tuple[TriggerKind, ...]:
    return (*OF_RECORDS, *OF_TIME, *of_events(), *OTHERS)
