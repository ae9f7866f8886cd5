"""What the CRM shows on the first page of the day, as far as the reader may see it."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.crm.enums import OPEN_TASKS, DealStatus
from tenants.crm.rules import urgency
from tenants.kernel import context
from tenants.kernel.modules import ShortList, Tile
from tenants.records.locale import company_currency, money, number
from tenants.records.queries import visible_to
from tenants.records.registry import type_named

ROWS = 6
SOON_DAYS = 30
NEW_DAYS = 30


def tiles() -> Iterable[Tile]:
    actor = context.actor()
    if actor.may("view", "deals"):
        yield from _deal_tiles()
    if actor.may("view", "tasks"):
        yield _due_tile()
    if actor.may("view", "contacts"):
        yield _contacts_tile()


def lists() -> Iterable[ShortList]:
    actor = context.actor()
    if actor.may("view", "tasks"):
        tasks = _next_tasks()
        yield ShortList(label=_("My next tasks"), template="crm/next_tasks.html", items=tasks, url=_list_url("tasks"))
    if actor.may("view", "deals"):
        deals = _closing_soon()
        yield ShortList(label=_("Closing soon"), template="crm/closing_soon.html", items=deals, url=_list_url("deals"))


def _deal_tiles() -> Iterable[Tile]:
    """Open and won this month, from one query; sums never mix currencies."""
    month = timezone.localdate().replace(day=1)
    is_open, is_won = Q(status=DealStatus.OPEN), Q(status=DealStatus.WON, closed_on__gte=month)
    rows = visible_to(context.actor(), type_named("deals")).filter(is_open | is_won).order_by()
    sums = list(
        rows.values("currency").annotate(
            open_sum=Sum("amount", filter=is_open),
            open_count=Count("pk", filter=is_open),
            won_sum=Sum("amount", filter=is_won),
            won_count=Count("pk", filter=is_won),
        )
    )
    yield Tile(
        label=_("Open pipeline"), icon="briefcase", value=_total(sums, "open_sum"),
        hint=_hint(sums, "open"), url=reverse("records:board", args=["deals"]),
    )  # fmt: skip
    won = [
        {"field": "status", "op": "is", "value": DealStatus.WON},
        {"field": "closed_on", "op": "gte", "value": month.isoformat()},
    ]
    yield Tile(
        label=_("Won this month"), icon="trophy", value=_total(sums, "won_sum"),
        hint=_hint(sums, "won"), url=_list_url("deals", {"all": won}),
    )  # fmt: skip


def _total(sums: list[dict[str, Any]], name: str) -> str:
    currency = company_currency()
    return money(sum((row[name] or Decimal(0) for row in sums if row["currency"] == currency), Decimal(0)), currency)


def _hint(sums: list[dict[str, Any]], kind: str) -> str:
    """How many, and what there is in other currencies."""
    count = sum(row[f"{kind}_count"] for row in sums)
    others = [row for row in sums if row["currency"] != company_currency() and row[f"{kind}_sum"]]
    words = [f"+ {money(row[f'{kind}_sum'], row['currency'])}" for row in others[:2]]
    return " · ".join([ngettext("%(n)s deal", "%(n)s deals", count) % {"n": number(count)}, *words])


def _my_tasks() -> Any:
    actor = context.actor()
    return visible_to(actor, type_named("tasks")).filter(owner_id=actor.user_id, status__in=OPEN_TASKS)


def _due_tile() -> Tile:
    """Mine, until the end of the reader's day."""
    now = timezone.now()
    tomorrow = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found = (
        _my_tasks()
        .order_by()
        .aggregate(due=Count("pk", filter=Q(due_at__lt=tomorrow)), late=Count("pk", filter=Q(due_at__lt=now)))
    )
    hint = _("%(n)s overdue") % {"n": number(found["late"])} if found["late"] else _("none overdue")
    return Tile(label=_("My tasks due"), icon="checkbox", value=number(found["due"]), hint=hint, url=_list_url("tasks"))


def _contacts_tile() -> Tile:
    """The last 30 days beside the 30 before."""
    now = timezone.now()
    since, before = now - timedelta(days=NEW_DAYS), now - timedelta(days=2 * NEW_DAYS)
    rows = visible_to(context.actor(), type_named("contacts")).filter(created_at__gte=before).order_by()
    found = rows.aggregate(
        new=Count("pk", filter=Q(created_at__gte=since)), older=Count("pk", filter=Q(created_at__lt=since))
    )
    hint = _("%(n)s in the 30 days before") % {"n": number(found["older"])}
    url = _list_url("contacts", {"field": "created_at", "op": "in_last_days", "value": NEW_DAYS})
    return Tile(label=_("New contacts, 30 days"), icon="users", value=number(found["new"]), hint=hint, url=url)


def _next_tasks() -> list[dict[str, Any]]:
    rows = _my_tasks().order_by("due_at", "id")[:ROWS]
    return [{"task": task, "urgency": urgency(task), "url": type_named("tasks").url_of(task)} for task in rows]


def _closing_soon() -> list[dict[str, Any]]:
    """Open deals expected to close within 30 days, or late by no more than that; the most urgent first."""
    today = timezone.localdate()
    rows = visible_to(context.actor(), type_named("deals")).filter(
        status=DealStatus.OPEN,
        expected_close_on__gte=today - timedelta(days=SOON_DAYS),
        expected_close_on__lte=today + timedelta(days=SOON_DAYS),
    )
    return [_closing(deal, today) for deal in rows.order_by("expected_close_on", "-amount")[:ROWS]]


def _closing(deal: Any, today: date) -> dict[str, Any]:
    return {
        "deal": deal,
        "amount": money(deal.amount, deal.currency),
        "is_late": deal.expected_close_on < today,
        "url": type_named("deals").url_of(deal),
    }


def _list_url(name: str, tree: dict[str, Any] | None = None) -> str:
    query = f"?{urlencode({'filter': json.dumps(tree)})}" if tree else ""
    return f"{type_named(name).list_url}{query}"
