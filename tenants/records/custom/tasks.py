"""The index of a company's own field: built and taken away while the company works on."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import connection, models

from tenants.directory.task import TenantTask
from tenants.kernel import context
from tenants.kernel.db.constraints import OWN_INDEX
from tenants.records.custom.making import field_of
from tenants.records.models import CustomField
from tenants.records.registry import type_named


@shared_task(base=TenantTask)
def fit_index(field_id: str) -> None:
    """Have the index that the definition asks for, or none. Right however often it runs."""
    definition = CustomField.objects.filter(pk=UUID(field_id)).first()
    if definition:
        fit(definition)


def fit(definition: CustomField) -> None:
    """Outside a transaction: readers and writers of the table are not held up."""
    model = type_named(definition.record_type).model
    expression = field_of(definition).index_expression()
    wanted = bool(expression is not None and definition.is_indexed and not definition.retired_at)
    state = _state(definition)
    # Only the owner of the tables may change them; the company's role may not.
    owner = replace(context.place(), role=None)
    with context.inside(owner), connection.schema_editor(atomic=False) as editor:
        if state and (not wanted or state == "broken"):
            editor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{index_name(definition)}"')
        if wanted and state != "ready":
            index: Any = models.Index(expression, "id", name=index_name(definition))
            editor.add_index(model, index, concurrently=True)  # type: ignore[call-arg]


def index_name(definition: CustomField) -> str:
    return f"{OWN_INDEX}{definition.pk.hex[-24:]}"


def _state(definition: CustomField) -> str:
    """ready, broken (its building was cut short), or nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = %s AND n.nspname = %s",
            [index_name(definition), context.place().schema],
        )
        row = cursor.fetchone()
    return "" if row is None else "ready" if row[0] else "broken"
