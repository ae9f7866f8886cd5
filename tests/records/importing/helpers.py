"""Files in memory, taken through the wizard's own actions."""

import csv
import io
from dataclasses import replace
from typing import Any

from django.core.files.base import ContentFile

from tenants.kernel import context
from tenants.records.importing import actions
from tenants.records.importing.plan import Plan
from tenants.records.models import Job, JobLine


def uploaded(content: bytes | str, *, name: str = "people.csv", type_name: str = "contacts") -> Job:
    raw = content.encode() if isinstance(content, str) else content
    return actions.upload(
        file=ContentFile(raw),
        name=name,
        type_name=type_name,
        by=context.actor(),
        size=len(raw),
    )


def plan_of(draft: Job) -> Plan:
    return Plan.loaded(draft.params["plans"][0])


def targets(draft: Job) -> dict[str, str]:
    return {column.header: column.target for column in plan_of(draft).columns}


def previewed(content: bytes | str, *, name: str = "people.csv", type_name: str = "contacts", **changes: Any) -> Job:
    draft = uploaded(content, name=name, type_name=type_name)
    draft = actions.set_plan(draft=draft, plan=replace(plan_of(draft), **changes), by=context.actor(), is_final=True)
    return actions.start_preview(draft=draft, by=context.actor())


def imported(content: bytes | str, *, name: str = "people.csv", type_name: str = "contacts", **changes: Any) -> Job:
    draft = previewed(content, name=name, type_name=type_name, **changes)
    return actions.start_import(draft=draft, by=context.actor())


def counts(job: Job) -> dict[str, int]:
    names = ("created", "updated", "duplicates", "unchanged", "absent", "failed")
    return {name: job.counts[name] for name in names if job.counts.get(name)}


def faults(job: Job) -> list[tuple[int, str, str, str, str]]:
    """Row, column, value, message and fix of each fault."""
    lines = JobLine.objects.filter(job=job, outcome="failed").order_by("number", "id")
    return [(line.number, line.field, line.value, line.message, line.data["fix"]) for line in lines]


def csv_of(rows: list[list[Any]], *, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()
