"""Where outward steps lead: out, or nowhere but into a report. All else of a run is the same code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tenants.automation.definition.plans import DEFAULT_WINDOW
from tenants.automation.definition.zones import is_open
from tenants.automation.engine.step import Step


class Outlet:
    """Live: what goes out is asked for once the work before it is committed."""

    is_live = True

    def tell(self, step: Step) -> Mapping[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True)
class Told:
    """Something that would have gone out."""

    step_id: str
    action: str
    enrolment_id: str
    at: datetime
    is_message: bool
    is_in_hours: bool


@dataclass
class Telling(Outlet):
    """Nothing leaves: each outward step says what it would have sent, to whom."""

    told: list[Told] = field(default_factory=list)
    is_live = False

    def tell(self, step: Step) -> Mapping[str, Any]:
        window = step.run.plan.window or DEFAULT_WINDOW
        self.told.append(
            Told(
                step_id=step.id,
                action=step.action.name,
                enrolment_id=str(step.enrolment_id),
                at=step.now,
                is_message=step.action.is_message,
                is_in_hours=is_open(window, step.now, step.record),
            )
        )
        words = step.action.told(step) if step.action.told else dict(step.params)
        return {"would": str(step.action.label), **words}


LIVE = Outlet()
