"""A fleet command as an operation: a few companies first, then the rest; taken back where too many fail."""

import time
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.directory.models import Company
from tenants.fleet.commands.registry import Done, FleetCommand, command_named
from tenants.fleet.models import CommandLine, LineState
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.fleet.upgrading.canary import chosen
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import DomainError
from tenants.kernel.logs import logger

log = logger(__name__)
LONGEST = 1000


@step(gettext_lazy("The first few companies"))
def first(work: Work) -> None:
    if "first" not in work.kept:
        work.keep(first=chosen(work.arguments["companies"], work.arguments["canary"]))
    _each(work, work.kept["first"])
    if _failures(work):
        raise DomainError(_("The first companies are not well; the rest was left as it was."))


@step(gettext_lazy("All other companies"))
def others(work: Work) -> None:
    _each(work, work.arguments["companies"])
    lines = CommandLine.objects.filter(operation_id=work.operation.pk)
    work.give(**{state: lines.filter(state=state).count() for state in LineState.values})


def _each(work: Work, companies: Sequence[str]) -> None:
    """Those that have no line yet: what a killed process did is not done again."""
    told = {
        str(pk)
        for pk in CommandLine.objects.filter(operation_id=work.operation.pk).values_list("company_id", flat=True)
    }
    for number, company_id in enumerate(companies, start=1):
        if company_id not in told:
            _one(work, UUID(company_id))
            if _failures(work) >= work.arguments["stop_after"]:
                raise DomainError(_("Stopped: too many companies failed. What was changed has been taken back."))
            work.check()
        work.tell(number, len(companies))


def _failures(work: Work) -> int:
    return CommandLine.objects.filter(operation_id=work.operation.pk, state=LineState.FAILED).count()


def _one(work: Work, company_id: UUID) -> None:
    """The change and the line that tells of it in one transaction; a failure leaves only the line."""
    company = Company.objects.filter(pk=company_id).first()
    if not company:
        return
    started = time.perf_counter()
    line = CommandLine(operation_id=work.operation.pk, company_id=company.pk, subject=company.name)
    try:
        with transaction.atomic():
            done = _applied(work, company)
            line.state, line.told, line.what = _state(work, done), done.told[:LONGEST], done.what
            line.took_ms = _since(started)
            if work.arguments["is_dry"]:
                transaction.set_rollback(True)
            else:
                line.save(force_insert=True)
    except DomainError as error:
        line.state, line.told = LineState.FAILED, f"{error.detail} {error.fix}".strip()[:LONGEST]
    except Exception as error:  # this company is told of, the others are gone on with
        log.exception("fleet command failed", company_id=str(company.pk), command=work.arguments["command"])
        line.state, line.told = LineState.FAILED, f"{type(error).__name__}: {error}"[:LONGEST]
    if line._state.adding or line.state == LineState.FAILED:
        line.what = {} if line.state == LineState.FAILED else line.what
        line.took_ms = _since(started)
        line.save(force_insert=True)


def _applied(work: Work, company: Company) -> Done:
    command = command_named(work.arguments["command"])
    with context.inside(company.place, actor=robot(work.operation.actor_name)):
        if why := command.check(work.arguments["values"]):
            return Done(what={"why": why})
        return command.apply(work.arguments["values"])


def _state(work: Work, done: Done) -> str:
    if not done.told:
        return LineState.UNCHANGED
    return LineState.WOULD if work.arguments["is_dry"] else LineState.CHANGED


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)


def roll_back(work: Work) -> None:
    """Take back what was changed, last first. May be begun twice: what is back already is left."""
    command = command_named(work.arguments["command"])
    lines = CommandLine.objects.filter(operation_id=work.operation.pk, state=LineState.CHANGED)
    for line in lines.order_by("-id"):
        _taken_back(work, command, line)


def _taken_back(work: Work, command: FleetCommand, line: CommandLine) -> None:
    company = Company.objects.filter(pk=line.company_id).first()
    if not company or not command.revert:
        return
    try:
        with transaction.atomic():
            with context.inside(company.place, actor=robot(work.operation.actor_name)):
                command.revert(line.what)
            line.state = LineState.REVERTED
            line.save(update_fields=["state", "updated_at"])
    except Exception as error:  # the others are taken back all the same
        log.exception("fleet command not taken back", company_id=str(company.pk), command=command.name)
        work.say(_("%(name)s could not be taken back: %(error)s") % {"name": company.name, "error": error})


COMMAND = register(Kind(name="command", label=gettext_lazy("Fleet command"), steps=(first, others), undo=roll_back))
