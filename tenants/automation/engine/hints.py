"""When which company wants its workflows advanced: only a hint, so that the clock need not visit every company."""

from django.core.cache import cache
from django.db import transaction

from tenants.directory.models import Company
from tenants.fleet.lifecycle.rooms import on_erase
from tenants.fleet.waking import Waking
from tenants.kernel import context

ASKED = "workflows-advance-asked"
ASKED_SECONDS = 30  # should the worker that was asked die, the next event asks again
_runs = Waking("automation:due", "due workflows")
hint = _runs.mark
due = _runs.due


def ask_for_advance() -> None:
    """Have the company's workflows advanced once this is committed, unless that was asked for and has not begun."""
    here = context.current()
    transaction.on_commit(lambda: _ask(here), robust=True)


def _ask(here: context.Context) -> None:
    from tenants.automation.tasks import advance_workflows  # the task asks again through this file

    with context.entered(here):
        if cache.add(ASKED, True, timeout=ASKED_SECONDS):
            advance_workflows.apply_async(kwargs={"company_id": str(context.company_id())})


def advance_begins() -> None:
    """From here on another ask needs another task."""
    cache.delete(ASKED)


@on_erase
def forget(company: Company) -> list[str]:
    """The hint of a company that is being erased."""
    return _runs.forget(company)
