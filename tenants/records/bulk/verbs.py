"""What the house can do to many records of any type."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records import actions
from tenants.records.bulk.protocol import BulkAction, Result
from tenants.records.bulk.writing import write
from tenants.records.editing.forms import RecordForm
from tenants.records.enums import Outcome
from tenants.records.fields import Field
from tenants.records.registry import RecordType


class Writing(BulkAction):
    """Gives every record values; what a record gets may depend on what it has."""

    def values_for(self, record: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return values

    def apply_all(self, records: Sequence[Any], values: Mapping[str, Any], by: Actor) -> list[Result]:
        return write([(record, self.values_for(record, values)) for record in records], by)


class Edit(Writing):
    """The same values for chosen fields."""

    name = "edit"
    label = gettext_lazy("Edit")
    icon = "pencil"
    text = gettext_lazy("What you leave empty is emptied.")

    def form(self, record_type: RecordType, data: Any = None) -> forms.Form | None:
        """Inputs of the fields that `data` names under `field`; none until one is chosen."""
        asked = data.getlist("field") if hasattr(data, "getlist") else []
        known = [name for name, _label in editable(record_type)]
        names = tuple(name for name in dict.fromkeys(asked) if name in known)
        return RecordForm(record_type, data, names=names) if names else None

    def clean(self, record_type: RecordType, values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
        if not values:
            raise Invalid({"values": [_("Name at least one field and its new value.")]})
        one_by_one = [name for name in values if name in record_type.fields and record_type.fields[name].is_secret]
        if one_by_one:  # the work keeps its values, in the clear, until it is over
            raise Invalid({name: [_("A confidential value is written record by record.")] for name in one_by_one})
        record_type.clean(values, creating=False)
        return dict(values)


class Assign(Writing):
    """A new owner."""

    name = "assign"
    label = gettext_lazy("Assign")
    icon = "user-check"

    def form(self, record_type: RecordType, data: Any = None) -> forms.Form:
        return RecordForm(record_type, data, names=("owner",))

    def clean(self, record_type: RecordType, values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
        if set(values) - {"owner"} or "owner" not in values:
            raise Invalid({"owner": [_("Give the new owner, or nothing for nobody.")]})
        record_type.clean(values, creating=False)
        return {"owner": values["owner"]}


class Tag(Writing):
    """More tags; those a record has stay."""

    name = "tag"
    label = gettext_lazy("Add tags to")
    icon = "tag"

    def form(self, record_type: RecordType, data: Any = None) -> forms.Form:
        return RecordForm(record_type, data, names=("tags",))

    def clean(self, record_type: RecordType, values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
        try:
            found = record_type.fields["tags"].parse(values.get("tags"))
        except ValidationError as error:
            raise Invalid({"tags": list(error.messages)}) from error
        if not found or set(values) - {"tags"}:
            raise Invalid({"tags": [_("Name at least one tag.")]})
        return {"tags": list(found)}

    def values_for(self, record: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"tags": list(dict.fromkeys([*record.tags, *values["tags"]]))}


class Untag(Tag):
    """Fewer tags."""

    name = "untag"
    label = gettext_lazy("Remove tags from")
    icon = "tag-off"

    def values_for(self, record: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
        gone = {one.casefold() for one in values["tags"]}
        return {"tags": [one for one in record.tags if one.casefold() not in gone]}


class Delete(BulkAction):
    """Into the bin."""

    name = "delete"
    label = gettext_lazy("Delete")
    icon = "trash"
    verb = "delete"
    is_danger = True
    text = gettext_lazy("They go to the recycle bin and can be restored from there.")

    def apply(self, record: Any, values: Mapping[str, Any], by: Actor) -> Outcome | None:
        actions.delete_record(record=record, by=by)
        return None


class Restore(BulkAction):
    """Out of the bin."""

    name = "restore"
    label = gettext_lazy("Restore")
    icon = "arrow-back-up"
    verb = "delete"
    from_bin = True

    def apply(self, record: Any, values: Mapping[str, Any], by: Actor) -> Outcome | None:
        actions.restore_record(record=record, by=by)
        return None


COMMON: tuple[BulkAction, ...] = (Edit(), Assign(), Tag(), Untag(), Delete(), Restore())


def editable(record_type: RecordType) -> list[tuple[str, str]]:
    """(name, label) of the fields that may be set for many at once."""
    return [(name, field.label) for name, field in _editable(record_type)]


def _editable(record_type: RecordType) -> Iterator[tuple[str, Field]]:
    for name in record_type.writable:
        field = record_type.fields[name]
        if name not in record_type.hidden and field.kind != "file" and not field.is_secret:
            yield name, field


def actions_of(record_type: RecordType, actor: Actor) -> list[BulkAction]:
    """What the actor may do to many rows of a list, in the bar's order. The module's own come last."""
    own = [*COMMON, *record_type.bulk]
    return [one for one in own if not one.from_bin and actor.may(one.verb, record_type.name)]


def action_named(record_type: RecordType, name: str) -> BulkAction:
    """Raises NotFound, naming those there are."""
    known = [*COMMON, *record_type.bulk]
    found = next((one for one in known if one.name == name), None)
    if not found:
        names = ", ".join(one.name for one in known)
        raise NotFound(_("There is no such bulk action. Known: %(names)s.") % {"names": names}, field="action")
    return found
