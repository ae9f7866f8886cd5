"""What can be done to many records at once. Imports no record type, so that these may name actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.functional import Promise

from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError, Invalid
from tenants.records.enums import Outcome

if TYPE_CHECKING:
    from tenants.records.registry import RecordType


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one record. Without an outcome of its own it is updated."""

    record: Any
    outcome: Outcome = Outcome.UPDATED
    field: str = ""
    value: str = ""
    message: str = ""


class BulkAction:
    """One button of the bar that rises when rows are chosen.

    A module names its own in `RecordType.bulk`; `apply` is called with one record at a
    time, inside a transaction of its own, and raises a DomainError to refuse it.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    """A verb, like “Convert”."""
    icon: ClassVar[str] = "bolt"
    verb: ClassVar[str] = "edit"
    """What an actor must be granted to see the button and start it."""
    form_class: ClassVar[type[forms.Form] | None] = None
    """What the dialog asks first."""
    text: ClassVar[str | Promise] = ""
    """A sentence in the dialog: what this does."""
    can_undo: ClassVar[bool] = True
    """Whether the history of the rows is enough to take it back."""
    is_danger: ClassVar[bool] = False
    from_bin: ClassVar[bool] = False
    """Works on what is in the bin."""

    def form(self, record_type: "RecordType", data: Any = None) -> forms.Form | None:
        return self.form_class(data) if self.form_class else None

    def clean(self, record_type: "RecordType", values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
        """Checked values, as JSON, before anything starts. Raises Invalid."""
        if not self.form_class:
            return {}
        form = self.form_class(dict(values))
        if not form.is_valid():
            raise Invalid({name: [str(one) for one in found] for name, found in form.errors.items()})
        return {name: value if value is None else plain(value) for name, value in form.cleaned_data.items()}

    def apply(self, record: Any, values: Mapping[str, Any], by: Actor) -> Outcome | None:
        """Do it to one record. None counts as updated. Raises DomainError."""
        raise NotImplementedError

    def apply_all(self, records: Sequence[Any], values: Mapping[str, Any], by: Actor) -> list[Result]:
        """Do it to a piece of rows, each by itself: one that is refused leaves the others alone."""
        from tenants.records.bulk.writing import each  # writing knows actions, which know record types

        return each(records, lambda record: self.apply(record, values, by))


def plain(value: Any) -> Any:
    """A form's value as JSON keeps it."""
    if isinstance(value, bool | int | str):
        return value
    return str(getattr(value, "pk", value))


def refusals(record: Any, error: DomainError) -> Result:
    """Why a record was refused: its field and the words."""
    if isinstance(error, Invalid):
        field, messages = next(iter(error.errors.items()), ("", [str(error.detail)]))
        return Result(record=record, outcome=Outcome.FAILED, field=field, message=messages[0])
    return Result(record=record, outcome=Outcome.FAILED, field=error.field, message=str(error.detail))
