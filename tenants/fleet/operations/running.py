"""An operation at work: one process at a time, from the first step that is not finished."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.models import Company
from tenants.fleet.models import Operation, OperationState
from tenants.fleet.operations.kinds import Kind, Step, kind_named
from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError
from tenants.kernel.logs import logger

MOST_STARTS = 3
"""So often a step is begun again after its process died."""
KEPT_LINES = 200
log = logger(__name__)


class Stopped(Exception):
    """Somebody asked the operation to stop."""


class Work:
    """What a step works with. `listener` hears of each change, for whoever watches from the same process."""

    def __init__(self, operation: Operation, listener: Callable[[Operation], None] = lambda operation: None) -> None:
        self.operation = operation
        self.listener = listener
        self.arguments: dict[str, Any] = operation.arguments

    @property
    def company(self) -> Company:
        """Fresh from the directory; Company.DoesNotExist once it is gone."""
        return Company.objects.select_related("agency").get(pk=str(self.operation.company_id))

    @property
    def actor(self) -> Actor:
        """Whoever began it, for the audit; what they may do was asked when they began."""
        return Actor(kind="robot", user_id=self.operation.actor_id, name=self.operation.actor_name)

    @property
    def kept(self) -> dict[str, Any]:
        return dict(self.operation.kept)

    def keep(self, **values: Any) -> None:
        """Leave something for this step begun again, and for later ones; at once."""
        self.operation.kept = self.operation.kept | values
        self._save("kept")

    def give(self, **values: Any) -> None:
        """What the person who began it gets to see at the end."""
        self.operation.result = self.operation.result | values
        self._save("result")

    def tell(self, done: int, total: int = 0) -> None:
        """How far the step is. Outside transactions, or nobody sees it before their end."""
        self.operation.done, self.operation.total = done, total or self.operation.total
        self._save("done", "total")

    def say(self, text: str) -> None:
        self.operation.log = [*self.operation.log, [timezone.now().isoformat(), text]][-KEPT_LINES:]
        self._save("log")

    def check(self) -> None:
        """Call between pieces: raises Stopped when somebody asked to stop."""
        if Operation.objects.filter(pk=self.operation.pk, stop_asked_at__isnull=False).exists():
            raise Stopped

    def _save(self, *fields: str) -> None:
        self.operation.save(update_fields=[*fields, "updated_at"])
        self.listener(self.operation)


@contextmanager
def held(operation: Operation) -> Iterator[bool]:
    """Whether it is ours: a lock that the server lets go the moment our process dies.

    In a transaction of its own on a connection of its own, so that poolers between do not mix it up.
    """
    with psycopg.connect(**connection.get_connection_params()) as own:
        own.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        found = own.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 5))", [str(operation.pk)])
        yield bool(found.fetchone()[0])  # type: ignore[index]


def run(operation: Operation, listener: Callable[[Operation], None] = lambda operation: None) -> Operation:
    """To its end, whatever that is; at once without a word where another process is at it."""
    with held(operation) as is_ours:
        operation.refresh_from_db()
        if is_ours and not operation.is_over:
            _run(Work(operation, listener), kind_named(operation.kind))
    return operation


def _run(work: Work, kind: Kind) -> None:
    try:
        for step in kind.steps[work.operation.step :]:
            work.check()
            _begin(work.operation)
            work.listener(work.operation)
            step.run(work)
            _finish_step(work.operation)
    except Stopped:
        _give_up(work, kind, OperationState.STOPPED, "")
    except DomainError as error:
        _give_up(work, kind, OperationState.FAILED, str(error.detail))
    except Exception:  # any fault of a step: what it left is cleared up, and whoever waits hears of it
        log.exception("operation failed", operation_id=str(work.operation.pk), kind=kind.name)
        _give_up(work, kind, OperationState.FAILED, _("Something went wrong on our side. We have been told."))
    else:
        _end(work.operation, OperationState.DONE)


def _begin(operation: Operation) -> None:
    """Raises DomainError for a step whose process died too often."""
    if operation.starts >= MOST_STARTS:
        raise DomainError(_("This stopped several times without getting on. We have been told."))
    now = timezone.now()
    operation.state, operation.started_at = OperationState.RUNNING, operation.started_at or now
    operation.starts, operation.done, operation.total = operation.starts + 1, 0, 0
    operation.save(update_fields=["state", "started_at", "starts", "done", "total", "updated_at"])


def _finish_step(operation: Operation) -> None:
    operation.step, operation.starts = operation.step + 1, 0
    operation.save(update_fields=["step", "starts", "updated_at"])


def _give_up(work: Work, kind: Kind, state: OperationState, error: str) -> None:
    if kind.undo:
        kind.undo(work)
    _end(work.operation, state, error)


def _end(operation: Operation, state: OperationState, error: str = "") -> None:
    operation.state, operation.error, operation.ended_at = state, error, timezone.now()
    operation.save(update_fields=["state", "error", "ended_at", "updated_at"])


def step_of(operation: Operation) -> Step | None:
    """The one under way or next; None after the last."""
    steps = kind_named(operation.kind).steps
    return steps[operation.step] if operation.step < len(steps) else None
