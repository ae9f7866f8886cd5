"""The job of a backtest: record by record, each in a transaction of its own that is taken back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import DatabaseError, OperationalError, transaction
from django.db.models import Q, QuerySet

from tenants.automation.backtesting import outcome
from tenants.automation.backtesting.replaying import Replay, Replayed
from tenants.automation.backtesting.starting import BACKTEST
from tenants.automation.definition.plans import Plan
from tenants.automation.engine.trying import taken_back, trial_plan, trial_version
from tenants.automation.models import Workflow
from tenants.kernel.actors import Actor
from tenants.kernel.logs import logger
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.models import Event

PIECE = 20
MOST_EVENTS = 2_000
"""Of one record; what is more is a machine's work and left out."""
log = logger(__name__)


@job_kind
class BacktestJob(JobKind):
    """Result: how many would have entered, which steps, how many messages, how many outside the hours."""

    name: ClassVar[str] = BACKTEST
    template: ClassVar[str] = "automation/_backtest.html"

    def run(self, run: Run) -> None:
        work = _Backtest(run)
        run.job.total = work.triggering().values("record_id").distinct().count()
        while work.piece():
            run.check()

    def may_see(self, actor: Actor) -> bool:
        return actor.may("edit", "settings")


class _Backtest:
    def __init__(self, run: Run) -> None:
        self.run, params = run, run.job.params
        self.workflow = Workflow.objects.get(pk=params["workflow"])
        self.definition = params["definition"]
        self.until = run.job.created_at
        self.since = self.until - timedelta(days=int(params["days"]))
        with taken_back():
            self.plan = self._plan()

    def _plan(self) -> Plan:
        return trial_plan(trial_version(self.workflow, self.definition), self.run.actor)

    def events(self) -> "QuerySet[Event]":
        """What happened by itself: not what this very workflow did."""
        mine = Q(cause__workflow=str(self.workflow.pk))
        return Event.objects.filter(happened_at__gte=self.since, happened_at__lt=self.until).exclude(mine)

    def triggering(self) -> "QuerySet[Event]":
        return self.events().filter(name__in=self.plan.events).order_by()

    def piece(self) -> int:
        """Some records, by id; how many."""
        after = self.run.place.get("after")
        rows = self.triggering().filter(record_id__gt=after) if after else self.triggering()
        ids = list(rows.order_by("record_id").values_list("record_id", flat=True).distinct()[:PIECE])
        result = self.run.job.result or self._begun()
        for record_id in ids:
            self._one(record_id, result)
        if ids or not self.run.job.result:
            self._keep(result, ids)
        return len(ids)

    def _begun(self) -> dict[str, Any]:
        return outcome.empty() | {"since": self.since.isoformat(), "until": self.until.isoformat()}

    @transaction.atomic
    def _keep(self, result: dict[str, Any], ids: Sequence[UUID]) -> None:
        self.run.job.result = result
        place = {"after": str(ids[-1])} if ids else {}
        self.run.advance(len(ids), **place)

    def _one(self, record_id: UUID, result: dict[str, Any]) -> None:
        events = list(self.events().filter(record_id=record_id).order_by("happened_at", "pk")[:MOST_EVENTS])
        found = Replayed(is_gone=True)
        try:
            with taken_back():
                plan = self._plan()
                found = Replay(plan, plan.actor(self.run.actor.permit)).run(events, self.until)
        except OperationalError:
            raise
        except DatabaseError:
            log.exception("a record could not be set back", record=str(record_id))
            result["faults"] += 1
        outcome.add(result, self.plan, record_id, found)
