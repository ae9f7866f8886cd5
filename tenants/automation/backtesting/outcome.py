"""What a backtest tells, added up record by record: plain JSON, kept as the job's result."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tenants.automation.backtesting.replaying import Replayed
from tenants.automation.definition.plans import Plan
from tenants.automation.definition.scopes import path_of
from tenants.automation.engine.outlets import Told
from tenants.automation.models import Enrolment

MOST_SHOWN = 200
MOST_ERRORS = 50


def empty() -> dict[str, Any]:
    return {
        "records": 0, "entered": 0, "gone": 0, "faults": 0, "states": {}, "steps": {}, "outward": {}, "messages": 0,
        "outside_hours": 0, "shown": [], "errors": [], "blurred": [],
    }  # fmt: skip


def add(result: dict[str, Any], plan: Plan, record_id: UUID, found: Replayed) -> None:
    result["records"] += 1
    result["gone"] += found.is_gone
    result["entered"] += len(found.enrolments)
    by_run: dict[Any, list[Any]] = {}
    for step in found.steps:
        by_run.setdefault(step.enrolment_id, []).append(step)
        _count(result["steps"].setdefault(step.step_id, {}), str(step.state))
        if step.state == "failed" and len(result["errors"]) < MOST_ERRORS:
            result["errors"].append({"step": step.step_id, "record_id": str(record_id), "error": step.error[:300]})
    messages: dict[str, list[Told]] = {}
    for told in found.told:
        if told.is_message:
            messages.setdefault(told.enrolment_id, []).append(told)
    for one in found.enrolments:
        _count(result["states"], str(one.state))
        if len(result["shown"]) < MOST_SHOWN:
            result["shown"].append(_shown(plan, one, by_run.get(one.pk, []), messages.get(str(one.pk), [])))
    for told in found.told:
        _count(result["outward"], told.action)
        result["messages"] += told.is_message
        result["outside_hours"] += told.is_message and not told.is_in_hours
    result["blurred"] = sorted({*result["blurred"], *found.blurred})


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _shown(plan: Plan, one: Enrolment, steps: list[Any], messages: list[Told]) -> Mapping[str, Any]:
    url = path_of(plan.record_type, one.record_id) if plan.record_type and one.record_id else ""
    return {
        "record_id": str(one.record_id) if one.record_id else None, "name": one.record_name, "url": url,
        "entered_at": one.entered_at.isoformat(), "state": str(one.state), "because": one.ended_because or one.error,
        "steps": [{"key": one.key, "state": str(one.state), "at": one.started_at.isoformat()} for one in steps[:50]],
        "messages": len(messages), "outside_hours": sorted({told.step_id for told in messages if not told.is_in_hours}),
    }  # fmt: skip
