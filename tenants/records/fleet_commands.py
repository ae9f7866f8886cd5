"""What can be done to the fields and the search of many companies at once."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.fleet.commands.registry import Argument, Done, FleetCommand, Values, register
from tenants.kernel import context
from tenants.records.custom.actions import create_custom_field, retire_custom_field
from tenants.records.custom.making import KINDS
from tenants.records.models import CustomField
from tenants.records.registry import record_types, type_named
from tenants.records.search.index import index_records

AT_ONCE = 500
SIMPLE_KINDS = ("text", "long_text", "number", "decimal", "date", "datetime", "boolean", "email", "phone", "url")
"""Those that need nothing besides a label."""


def _type_choices() -> list[tuple[str, str]]:
    return [(one.name, str(one.label)) for one in record_types() if one.form]


def _kind_choices() -> list[tuple[str, str]]:
    return [(name, str(KINDS[name][0])) for name in SIMPLE_KINDS]


def _has_it(values: Values) -> str:
    found = CustomField.objects.filter(record_type=values["type"], label__iexact=values["label"])
    return _("The field is there already.") if found.exists() else ""


def _add(values: Values) -> Done:
    made = create_custom_field(
        record_type=type_named(values["type"]), label=values["label"], kind=values["kind"], by=context.actor()
    )
    return Done(told=_("Field “%(label)s”") % {"label": made.label}, what={"field": str(made.pk)})


def _retire(what: dict[str, Any]) -> None:
    """Out of sight; what people wrote into it meanwhile is kept."""
    field = CustomField.objects.filter(pk=what["field"], retired_at=None).first()
    if field:
        retire_custom_field(field=field, by=context.actor())


def _reindex(values: Values) -> Done:
    """Every entry anew, as the indexer writes it today."""
    count = 0
    for record_type in record_types():
        ids = list(record_type.model._default_manager.order_by("id").values_list("id", flat=True))
        for start in range(0, len(ids), AT_ONCE):
            index_records(
                record_type, list(record_type.model._default_manager.filter(id__in=ids[start : start + AT_ONCE]))
            )
        count += len(ids)
    return Done(told=_("%(n)d records") % {"n": count})


register(
    FleetCommand(
        name="add-field",
        label=gettext_lazy("Add a field"),
        text=gettext_lazy("A field of the companies’ own on one type of record."),
        arguments=(
            Argument("type", gettext_lazy("Records"), choices=_type_choices),
            Argument("label", gettext_lazy("Label")),
            Argument("kind", gettext_lazy("Kind"), choices=_kind_choices, default="text"),
        ),
        check=_has_it,
        apply=_add,
        revert=_retire,
    )
)
register(
    FleetCommand(
        name="reindex-search",
        label=gettext_lazy("Build the search anew"),
        text=gettext_lazy("Writes every search entry again. Nothing else changes."),
        apply=_reindex,
    )
)
