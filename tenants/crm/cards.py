"""What cards on boards show beyond fields, in a fixed number of queries."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import ngettext

from tenants.crm import rules
from tenants.crm.enums import CardField, DealStatus
from tenants.crm.models import Deal, Lead
from tenants.crm.queries import next_tasks, sales_settings
from tenants.records.locale import due_text, money


def decorate_deals(rows: Sequence[Any]) -> None:
    """The next step and how urgent it is, whether the deal rots, and what the company wants shown."""
    if not rows:
        return
    tasks, shown = next_tasks(row.pk for row in rows), frozenset(sales_settings().card_fields)
    for row in rows:
        task = tasks.get(row.pk)
        row.urgency = rules.urgency(task)
        row.next_text = _next_words(task, shown)
        row.amount_text = money(row.amount, row.currency)
        row.is_rotting = rules.is_rotting(row)
        row.shown = shown
        row.sub = _under(row, shown)
        row.facts = _facts(row, shown)


def _next_words(task: Any, shown: frozenset[str]) -> str:
    if not task:
        return ""
    parts = [task.name] if CardField.NEXT_ACTION in shown else []
    parts += [due_text(task.due_at)] if CardField.NEXT_ACTION_DATE in shown and task.due_at else []
    return ", ".join(parts)


def _under(deal: Deal, shown: frozenset[str]) -> str:
    """Company and customer below the title."""
    parts: list[Any] = [deal.account] if CardField.COMPANY in shown else []
    parts += [deal.contact] if CardField.CUSTOMER in shown else []
    return " · ".join(str(part) for part in parts if part)


def _facts(deal: Deal, shown: frozenset[str]) -> str:
    """The small numbers: probability, days in stage, what it is about."""
    found = []
    if CardField.PROBABILITY in shown and deal.status == DealStatus.OPEN:
        found.append(f"{deal.probability}%")
    if CardField.DAYS_IN_STAGE in shown:
        days = deal.days_in_stage
        found.append(ngettext("%(n)d day here", "%(n)d days here", days) % {"n": days})
    if CardField.PRODUCT_INTEREST in shown and deal.product_interest:
        found.append(deal.product_interest)
    return " · ".join(found)


def decorate_leads(rows: Sequence[Lead]) -> None:
    """The next step of each lead, and what it may be worth."""
    if not rows:
        return
    tasks = next_tasks(row.pk for row in rows)
    for row in rows:
        task = tasks.get(row.pk)
        row.urgency = rules.urgency(task)  # type: ignore[attr-defined]
        row.next_text = f"{task.name}, {due_text(task.due_at)}" if task else ""  # type: ignore[attr-defined]
        row.amount_text = money(row.amount, row.currency) if row.amount else ""  # type: ignore[attr-defined]
