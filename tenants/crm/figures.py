"""Figures of pipelines and sources: what is on the board, how fast it moves, where it comes from.

Money is never added across currencies: what is in the company's own currency leads, the
others stand beside it. Source: the roadmap's "Pipeline analytics".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from tenants.crm.enums import DealStatus, LeadStatus, Source, StageKind
from tenants.crm.models import Deal, Lead, Pipeline, Stage, StageVisit
from tenants.crm.queries import stages_of
from tenants.kernel.actors import Actor
from tenants.records.locale import company_currency
from tenants.records.queries import visible_to
from tenants.records.registry import type_named

PERIOD_DAYS = 365
WON = Q(status=DealStatus.WON)
GONE = Q(status__in=(DealStatus.LOST, DealStatus.ABANDONED))


@dataclass
class Sums:
    """The money of one currency."""

    currency: str
    open_total: Decimal = Decimal(0)
    open_weighted: Decimal = Decimal(0)
    won_total: Decimal = Decimal(0)
    won_average: Decimal = Decimal(0)
    velocity_a_day: Decimal | None = None
    """Open deals × win rate × average won deal / average cycle: what comes in a day at this pace."""


@dataclass
class StageFigures:
    """What one stage does. `conversion` is the share of stays that led further or to a won deal."""

    stage: Stage
    open_count: int = 0
    entered: int = 0
    left: int = 0
    advanced: int = 0
    average_days: Decimal | None = None

    @property
    def conversion(self) -> Decimal | None:
        return percent(self.advanced, self.left)


@dataclass
class PipelineFigures:
    """One pipeline: what stands open now, and what was closed within the period."""

    pipeline: Pipeline
    days: int
    open_count: int = 0
    won_count: int = 0
    lost_count: int = 0
    abandoned_count: int = 0
    average_cycle_days: Decimal | None = None
    sums: list[Sums] = field(default_factory=list)
    stages: list[StageFigures] = field(default_factory=list)

    @property
    def win_rate(self) -> Decimal | None:
        """Won of all that were closed, in percent."""
        return percent(self.won_count, self.won_count + self.lost_count + self.abandoned_count)

    @property
    def bottleneck(self) -> StageFigures | None:
        """The stage on the way to winning where deals stand longest, if they stand in more than one.

        Behind the won stage deals are parked, which is no bottleneck.
        """
        won = next((i for i, one in enumerate(self.stages) if one.stage.kind == StageKind.WON), len(self.stages))
        timed = [one for one in self.stages[:won] if one.stage.kind == StageKind.OPEN and one.average_days is not None]
        return max(timed, key=lambda one: one.average_days or Decimal(0)) if len(timed) > 1 else None


def percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None


def pipeline_figures(*, actor: Actor, pipeline: Pipeline, days: int = PERIOD_DAYS) -> PipelineFigures:
    """Figures of the deals the actor may see. A handful of queries, whatever their number."""
    since = timezone.localdate() - timedelta(days=days)
    deals = visible_to(actor, type_named("deals")).filter(stage__pipeline=pipeline).select_related(None).order_by()
    found = PipelineFigures(pipeline, days)
    _count(found, deals, since)
    found.stages = _stages(pipeline, deals, since)
    return found


def _count(found: PipelineFigures, deals: "QuerySet[Deal]", since: date) -> None:
    is_open, lately = Q(status=DealStatus.OPEN), Q(closed_on__gte=since)
    rows = deals.values("currency").annotate(
        open=Count("pk", filter=is_open),
        open_total=Sum("amount", filter=is_open),
        open_weighted=Sum(F("amount") * F("probability") / 100, filter=is_open),
        won=Count("pk", filter=WON & lately),
        won_total=Sum("amount", filter=WON & lately),
        lost=Count("pk", filter=Q(status=DealStatus.LOST) & lately),
        abandoned=Count("pk", filter=Q(status=DealStatus.ABANDONED) & lately),
    )
    by_currency: list[Any] = sorted(rows, key=lambda row: (row["currency"] != company_currency(), row["currency"]))
    for row in by_currency:
        found.open_count += row["open"]
        found.won_count += row["won"]
        found.lost_count += row["lost"]
        found.abandoned_count += row["abandoned"]
    found.average_cycle_days = _cycle(deals.filter(WON & lately))
    found.sums = [_sums(row, found) for row in by_currency] or [Sums(company_currency())]


def _cycle(won: "QuerySet[Deal]") -> Decimal | None:
    """Days from a won deal's first day to its last, on average."""
    days = ExpressionWrapper(F("stage_changed_at") - F("created_at"), output_field=DurationField())
    average = won.aggregate(average=Avg(days))["average"]
    return _in_days(average)


def _in_days(length: timedelta | None) -> Decimal | None:
    return None if length is None else (Decimal(length.total_seconds()) / 86_400).quantize(Decimal("0.1"))


def _sums(row: dict[str, Any], found: PipelineFigures) -> Sums:
    won = row["won_total"] or Decimal(0)
    sums = Sums(row["currency"], _money(row["open_total"]), _money(row["open_weighted"]), _money(won))
    sums.won_average = _money(won / row["won"] if row["won"] else Decimal(0))
    if found.win_rate is not None and found.average_cycle_days and row["open"]:
        pace = row["open"] * found.win_rate / 100 * sums.won_average / max(found.average_cycle_days, Decimal(1))
        sums.velocity_a_day = _money(pace)
    return sums


def _money(value: Decimal | None) -> Decimal:
    return (value or Decimal(0)).quantize(Decimal("0.01"))


def _stages(pipeline: Pipeline, deals: "QuerySet[Deal]", since: date) -> list[StageFigures]:
    found = {stage.pk: StageFigures(stage) for stage in stages_of(pipeline)}
    for stage_id, count in deals.filter(status=DealStatus.OPEN).values_list("stage").annotate(n=Count("pk")):
        if stage_id in found:
            found[stage_id].open_count = count
    for row in _stays(list(found), deals, since):
        one = found[row["stage"]]
        one.entered, one.left = row["entered"], row["left"]
        # A closed deal stays where it is: its days there say nothing.
        one.average_days = _in_days(row["average"]) if one.stage.kind == StageKind.OPEN else None
    for stage_id, count in _advances(list(found), deals, since):
        found[stage_id].advanced = count
    return list(found.values())


def _stays(stage_ids: list[Any], deals: "QuerySet[Deal]", since: date) -> Iterable[dict[str, Any]]:
    """Per stage: stays begun within the period, how many have ended, how long they were on average."""
    length = ExpressionWrapper(Coalesce("left_at", Now()) - F("entered_at"), output_field=DurationField())
    rows = StageVisit.objects.filter(stage__in=stage_ids, entered_at__date__gte=since, deal__in=deals).order_by()
    found: Any = rows.values("stage").annotate(
        entered=Count("pk"), left=Count("pk", filter=Q(left_at__isnull=False)), average=Avg(length)
    )
    return found  # type: ignore[no-any-return]


def _advances(stage_ids: list[Any], deals: "QuerySet[Deal]", since: date) -> Iterable[tuple[Any, int]]:
    """Per stage: stays that ended with the deal's next step being further on, or won."""
    further = Q(next_kind=StageKind.WON) | Q(next_kind=StageKind.OPEN, next_probability__gt=F("stage__probability"))
    following = (
        StageVisit.objects.filter(deal=OuterRef("deal"), entered_at__gte=OuterRef("left_at"))
        .exclude(pk=OuterRef("pk"))
        .order_by("entered_at", "id")
    )
    rows = StageVisit.objects.filter(
        stage__in=stage_ids, entered_at__date__gte=since, deal__in=deals, left_at__isnull=False
    ).annotate(
        next_kind=Subquery(following.values("stage__kind")[:1]),
        next_probability=Subquery(following.values("stage__probability")[:1]),
    )
    return rows.filter(further).order_by().values_list("stage").annotate(n=Count("pk"))


@dataclass
class SourceFigures:
    """What came of one source within the period."""

    source: str
    label: str
    leads: int = 0
    converted: int = 0
    deals: int = 0
    won: int = 0
    lost: int = 0
    won_sums: dict[str, Decimal] = field(default_factory=dict)

    @property
    def win_rate(self) -> Decimal | None:
        return percent(self.won, self.won + self.lost)


def source_figures(*, actor: Actor, days: int = PERIOD_DAYS) -> list[SourceFigures]:
    """Leads and deals begun within the period by source, the most won first (CRM-14). Two queries."""
    since = timezone.now() - timedelta(days=days)
    labels = {str(value): str(label) for value, label in Source.choices} | {"": "—"}
    found = {value: SourceFigures(value, label) for value, label in labels.items()}
    if actor.may("view", "leads"):
        _add_leads(found, visible_to(actor, type_named("leads")).filter(created_at__gte=since))
    if actor.may("view", "deals"):
        _add_deals(found, visible_to(actor, type_named("deals")).filter(created_at__gte=since))
    rows = [one for one in found.values() if one.leads or one.deals]
    return sorted(rows, key=lambda one: (-one.won, -one.deals, -one.leads, one.label))


def _add_leads(found: dict[str, SourceFigures], leads: "QuerySet[Lead]") -> None:
    rows = leads.select_related(None).order_by().values("source")
    for row in rows.annotate(n=Count("pk"), converted=Count("pk", filter=Q(status=LeadStatus.CONVERTED))):
        found[row["source"]].leads, found[row["source"]].converted = row["n"], row["converted"]


def _add_deals(found: dict[str, SourceFigures], deals: "QuerySet[Deal]") -> None:
    rows = deals.select_related(None).order_by().values("source", "currency")
    rows = rows.annotate(n=Count("pk"), won=Count("pk", filter=WON), lost=Count("pk", filter=GONE),
                         won_sum=Sum("amount", filter=WON))  # fmt: skip
    for row in rows:
        one = found[row["source"]]
        one.deals, one.won, one.lost = one.deals + row["n"], one.won + row["won"], one.lost + row["lost"]
        if row["won_sum"]:
            one.won_sums[row["currency"]] = _money(row["won_sum"])
