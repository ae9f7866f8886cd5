"""The base of every task that works in a company.

The company's id travels as an argument. A message without one, with one that is
unknown, or for a suspended company is refused before a line of the task runs.
A header says it to the broker as well, which has a lane for each company (`kernel.fair`).
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from celery import Task
from celery.exceptions import Reject
from django.db import InterfaceError, OperationalError, transaction

from tenants.directory.enums import CompanyStatus
from tenants.directory.queries import company_tenant, open_company_ids
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import NotFound
from tenants.kernel.fair.lanes import COMPANY_HEADER
from tenants.kernel.logs import logger

MOVE_SECONDS = 30
MOST_WAITS = 40
"""A task that comes while its company is being moved comes again: so often, so much later."""
LONGEST_PAUSE_SECONDS = 60
MOST_TRIES = 12
"""A task whose database goes away comes again: after a second, two, four … for about six minutes."""
AWAY = ("08", "57P01", "57P02", "57P03")
"""How the codes of errors begin that say so; one without a code never reached it."""
log = logger(__name__)


class TenantTask(Task):  # type: ignore[type-arg]
    """Runs inside the company it was sent from.

    Send with `send(task, …)`, which names the company and waits for the commit.
    """

    abstract = True
    typing = False  # run() does not know of company_id

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        """Every form ends here: retries, chains, groups and chords too."""
        company_id = str((kwargs or {}).get("company_id") or "")
        headers = {**(options.pop("headers", None) or {}), COMPANY_HEADER: company_id}
        return super().apply_async(args, kwargs, headers=headers, **options)

    def signature(self, args: Any = None, *rest: Any, **options: Any) -> Any:
        """One made in a company names it from then on, wherever it is sent from."""
        found = super().signature(args, *rest, **options)
        here = context.current_or_none()
        if here and here.place.company_id:
            found.kwargs.setdefault("company_id", str(here.place.company_id))
        return found

    subtask = signature

    def __call__(self, *args: Any, company_id: str | None = None, **kwargs: Any) -> Any:
        try:
            place = self._place(company_id)
            with context.inside(place, actor=robot(self.name), request_id=self.request.id):
                return self.run(*args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            raise come_again(self, error) from error

    def _place(self, company_id: str | None) -> context.Place:
        """Where to run, or Reject: the message is dropped, loudly, not tried again."""
        try:
            tenant = company_tenant(UUID(company_id or ""))
        except (ValueError, NotFound) as error:
            log.error("task refused: no such company", task=self.name, company_id=company_id)
            raise Reject("no such company", requeue=False) from error
        if tenant.company and tenant.company.status == CompanyStatus.MOVING:
            raise self.retry(countdown=MOVE_SECONDS, max_retries=MOST_WAITS)
        if not tenant.is_open:
            log.error("task refused: company suspended", task=self.name, company_id=company_id)
            raise Reject("company suspended", requeue=False)
        return tenant.place


class PublicTask(Task):  # type: ignore[type-arg]
    """Runs in public: for the directory, the fleet and billing."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            with context.public(actor=robot(self.name)):
                return self.run(*args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            raise come_again(self, error) from error


def come_again(task: Task[Any, Any], error: Exception) -> Exception:
    """What to raise: where the database is away, that the task comes again once it may be back. Each may run twice."""
    code = getattr(error.__cause__, "sqlstate", None)
    if code is not None and not code.startswith(AWAY):
        return error
    pause = min(2**task.request.retries, LONGEST_PAUSE_SECONDS)
    found: Exception = task.retry(exc=error, countdown=pause, max_retries=MOST_TRIES, throw=False)
    return found


def send(task: Any, *args: Any, countdown_seconds: float = 0, **kwargs: Any) -> None:
    """Queue a TenantTask for the company we are in, after the commit."""
    company = {"company_id": str(context.company_id())}
    # Robust: what was committed stays true when the queue is away; sweepers find what was not queued.
    transaction.on_commit(
        lambda: task.apply_async(args, kwargs | company, countdown=countdown_seconds or None), robust=True
    )


def send_to(company_ids: Iterable[UUID], task: Any, **options: Any) -> None:
    """Queue a TenantTask without arguments for each of these, at once: for sweeps, which run in public."""
    for company_id in company_ids:
        task.apply_async(kwargs={"company_id": str(company_id)}, **options)


def send_everywhere(task: Any, **options: Any) -> None:
    """The same for every open company."""
    send_to(open_company_ids(), task, **options)
