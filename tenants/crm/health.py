"""How a customer stands: a health score, the risk to lose them, what they have bought.

**The rule.** Everybody starts at 50 of 100.

- Last touch (an activity, a note, a call, a change of a deal): 20 more within 14 days, 10 more
  within 45; 20 less after 90 days, 10 less when there was none at all.
- An open deal: 10 more. A deal won within a year: 20 more; won before that: 5 more.
- Each deal lost or abandoned within 90 days: 10 less, at most 20.
- Each overdue task about them, their deals or their people: 5 less, at most 15.

**Risk** is told of customers (somebody who has bought) and key accounts: low from 60, medium
from 35, else high. **Value** is the sum of won deals in the company's currency.

Worked out when something happens to them (`receivers.py`) and for everybody every night,
since time alone changes it. Lists only read what is stored; history does not tell of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from tenants.crm.enums import OPEN_TASKS, DealStatus, Risk
from tenants.crm.models import Account, Activity, Contact, Deal, Task
from tenants.records.locale import company_currency
from tenants.records.models import Note

START, BATCH = 50, 200
FRESH_DAYS, RECENT_DAYS, STALE_DAYS, YEAR_DAYS = 14, 45, 90, 365
LOW_FROM, MEDIUM_FROM = 60, 35
SCORED = ("health_score", "churn_risk", "customer_value", "last_touch_at")


@dataclass
class Facts:
    """What the rule asks of one customer."""

    is_customer: bool = False
    value: Decimal = Decimal(0)
    open_deals: int = 0
    won_lately: int = 0
    lost_lately: int = 0
    overdue: int = 0
    touched_at: datetime | None = None

    def touch(self, moment: datetime | None) -> None:
        if moment and (self.touched_at is None or moment > self.touched_at):
            self.touched_at = moment


def score(facts: Facts, now: datetime) -> int:
    points = START + _touch_points(facts.touched_at, now)
    points += 10 if facts.open_deals else 0
    points += 20 if facts.won_lately else 5 if facts.is_customer else 0
    points -= min(20, 10 * facts.lost_lately) + min(15, 5 * facts.overdue)
    return max(0, min(100, points))


def _touch_points(touched_at: datetime | None, now: datetime) -> int:
    if touched_at is None:
        return -10
    days = (now - touched_at).days
    return 20 if days <= FRESH_DAYS else 10 if days <= RECENT_DAYS else 0 if days <= STALE_DAYS else -20


def risk(points: int) -> Risk:
    return Risk.LOW if points >= LOW_FROM else Risk.MEDIUM if points >= MEDIUM_FROM else Risk.HIGH


def rescore(model: type[Account] | type[Contact], ids: Iterable[UUID]) -> int:
    """Work out these accounts or contacts anew; how many stand differently now. A few queries for 200."""
    left, changed = iter(ids), 0
    while part := list(islice(left, BATCH)):
        changed += _rescore(model, part)
    return changed


def rescore_all() -> int:
    """Everybody, in this company."""
    return sum(
        rescore(model, model._default_manager.filter(deleted_at=None).values_list("pk", flat=True).iterator())
        for model in (Account, Contact)
    )


def _rescore(model: type[Account] | type[Contact], ids: list[UUID]) -> int:
    now = timezone.now()
    customers = list(model._default_manager.filter(pk__in=ids))
    facts = _facts(model, customers, now)
    changed: list[Any] = [one for one in customers if _apply(one, facts[one.pk], now)]
    model._default_manager.bulk_update(changed, SCORED)
    return len(changed)


def _apply(customer: Any, facts: Facts, now: datetime) -> bool:
    facts.touch(customer.last_touch_at)
    points = score(facts, now)
    tells_risk = facts.is_customer or getattr(customer, "is_key_account", False)
    found = (points, risk(points).value if tells_risk else "", facts.value, facts.touched_at)
    before = tuple(getattr(customer, name) for name in SCORED)
    for name, value in zip(SCORED, found, strict=True):
        setattr(customer, name, value)
    return before != found


def _facts(model: type[Account] | type[Contact], customers: Sequence[Any], now: datetime) -> dict[UUID, Facts]:
    by = "account_id" if model is Account else "contact_id"
    facts = {one.pk: Facts() for one in customers}
    whose = {one.pk: one.pk for one in customers}
    deals = Deal.objects.filter(**{f"{by}__in": list(facts)}, deleted_at=None)
    _add_deals(facts, deals, by, timezone.localdate())
    whose.update(deals.values_list("pk", by))
    if model is Account:
        whose.update(
            Contact.objects.filter(account_id__in=list(facts), deleted_at=None).values_list("pk", "account_id")
        )
    _add_stories(facts, whose, now)
    return facts


def _add_deals(facts: dict[UUID, Facts], deals: Any, by: str, today: date) -> None:
    won = Q(status=DealStatus.WON)
    lost = Q(status__in=(DealStatus.LOST, DealStatus.ABANDONED))
    rows = deals.values(by).annotate(
        won=Count("pk", filter=won),
        value=Sum("amount", filter=won & Q(currency=company_currency())),
        open=Count("pk", filter=Q(status=DealStatus.OPEN)),
        lately=Count("pk", filter=won & Q(closed_on__gte=today - timedelta(days=YEAR_DAYS))),
        lost=Count("pk", filter=lost & Q(closed_on__gte=today - timedelta(days=STALE_DAYS))),
        touched=Max("touched_at"),
    )
    for row in rows.order_by():
        found = facts[row[by]]
        found.is_customer, found.value = row["won"] > 0, row["value"] or Decimal(0)
        found.open_deals, found.won_lately, found.lost_lately = row["open"], row["lately"], row["lost"]
        found.touch(row["touched"])


def _add_stories(facts: dict[UUID, Facts], whose: dict[UUID, UUID], now: datetime) -> None:
    ids = list(whose)
    acts = Activity.objects.filter(about_id__in=ids, deleted_at=None, occurred_at__lte=now).values("about_id")
    about_id: Any
    for about_id, moment in acts.annotate(last=Max("occurred_at")).order_by().values_list("about_id", "last"):
        facts[whose[about_id]].touch(moment)
    notes = Note.objects.filter(record_type__in=("accounts", "contacts", "deals"), record_id__in=ids, deleted_at=None)
    for record_id, moment in (
        notes.values("record_id").annotate(last=Max("created_at")).order_by().values_list("record_id", "last")
    ):
        facts[whose[record_id]].touch(moment)
    late = Task.objects.filter(about_id__in=ids, deleted_at=None, status__in=OPEN_TASKS, due_at__lt=now)
    for about_id, count in late.values("about_id").annotate(n=Count("pk")).order_by().values_list("about_id", "n"):
        facts[whose[about_id]].overdue += count
