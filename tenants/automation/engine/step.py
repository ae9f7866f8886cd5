"""What an action gets to work with."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone

from tenants.automation.catalogue import ActionKind
from tenants.automation.definition.scopes import Scope
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.registry import RecordType

if TYPE_CHECKING:
    from tenants.automation.engine.run import Run


class Step:
    """One action of one enrolment, its settings filled in.

    `params` has the templates worked out, but for secrets, which are in `open_params()`. `now` is the clock of the
    run: the moment of then in a backtest. `idempotency_key` is the same however often the step is tried.
    """

    def __init__(self, run: "Run", definition: Mapping[str, Any], key: str, action: ActionKind) -> None:
        self.run, self.definition, self.key, self.action = run, definition, key, action
        self.params: dict[str, Any] = {}

    @property
    def id(self) -> str:
        return str(self.definition["id"])

    @property
    def record(self) -> Any:
        """The record of the run, as its actor sees it now; None for a workflow without one."""
        return self.run.record

    @property
    def record_type(self) -> RecordType | None:
        return self.run.plan.record_type

    @property
    def actor(self) -> Actor:
        return context.actor()

    @property
    def now(self) -> datetime:
        return timezone.now()

    @property
    def scope(self) -> Scope:
        return self.run.scope

    @property
    def workflow_id(self) -> UUID:
        return self.run.plan.workflow_id

    @property
    def workflow_name(self) -> str:
        return self.run.plan.name

    @property
    def enrolment_id(self) -> UUID:
        return self.run.enrolment.pk

    @property
    def idempotency_key(self) -> str:
        return sha256(f"{self.run.enrolment.pk}:{self.key}".encode()).hexdigest()

    def open_params(self) -> dict[str, Any]:
        """The settings with the secrets in them: for what is sent, never for what is kept."""
        return self.run.opened_params(self)

    def set_variable(self, name: str, value: Any) -> None:
        self.run.set_variable(name, value)

    def end(self, because: str) -> None:
        """The run ends after this step."""
        self.run.ends_after = because
