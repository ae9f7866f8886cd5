"""Migrating the fleet as an operation: look, canary, verify, the rest, those who signed up meanwhile."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenants.fleet import pool
from tenants.fleet.migrating import head, missing_from
from tenants.fleet.models import Schema
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.fleet.template import current_template
from tenants.fleet.upgrading.canary import chosen
from tenants.fleet.upgrading.drift import differences, orphans, verify
from tenants.fleet.upgrading.driving import Tally, migrate
from tenants.fleet.upgrading.groups import Standing, behind, groups
from tenants.fleet.upgrading.linting import faults
from tenants.kernel.errors import DomainError

SHOWN = 3
ROUNDS = 3
"""So often companies that signed up meanwhile, through older code, are looked for."""


@step(gettext_lazy("Looking at what is missing"))
def look(work: Work) -> None:
    """Blocking operations are refused here, before anything is touched."""
    _same_code(work)
    for group in behind(work.arguments["only"]):
        if found := faults(missing_from(group.applied), applied=group.applied):
            raise DomainError("\n".join(map(str, found)))
    _adopt_rewritten(work)


def _same_code(work: Work) -> None:
    """Beside each other while a release goes out: the older one would find nothing to do."""
    if work.arguments["head"] != head():
        raise DomainError(_("This was begun by another version of the code. Begin it again."))


def _adopt_rewritten(work: Work) -> None:
    """The text of a migration changed after it was applied: taken as head only where the tables are as it says."""
    for group in groups(work.arguments["only"]):
        if group.standing != Standing.REWRITTEN:
            continue
        differing = differences(current_template(), group.names)
        rows = Schema.objects.filter(name__in=group.names)
        rows.exclude(name__in=differing).update(fingerprint=head(), error="", failed_at=None)
        for name, drift in differing.items():
            text = _("Its migrations were rewritten after they had been applied, and its tables are not as they say.")
            rows.filter(name=name).update(error=text, failed_at=timezone.now(), drift=drift)
            work.say(f"{name}: {text}")


@step(gettext_lazy("Building the template"))
def template(work: Work) -> None:
    """First, so that whoever signs up from now on has the new shape already."""
    current_template()


@step(gettext_lazy("The first few companies"))
def canary(work: Work) -> None:
    _same_code(work)
    if "canary" not in work.kept:
        names = [name for group in behind(work.arguments["only"]) for name in group.names]
        work.keep(canary=chosen(names, work.arguments["canary"]))
    first = work.kept["canary"]
    if not first:
        return
    tally = migrate(work, only=first)
    _tell(work, "canary", tally)
    if tally.failed:
        raise DomainError(_("The first companies are not well; the rest was left as it was. %(why)s") % _why(tally))


@step(gettext_lazy("Verifying the first few"))
def verify_canary(work: Work) -> None:
    first = work.kept["canary"]
    drift = verify(first, tell=work.tell) if first else {}
    if drift:
        name, found = next(iter(drift.items()))
        kind, what, how, *_rest = found[0]
        text = _("%(n)d of the first companies are not as the template says; the rest was left. %(name)s: %(what)s")
        raise DomainError(text % {"n": len(drift), "name": name, "what": f"{kind} {what} {how}"})


@step(gettext_lazy("All other companies"))
def rest(work: Work) -> None:
    _same_code(work)
    _tell(work, "rest", migrate(work, only=work.arguments["only"]))


@step(gettext_lazy("Companies that signed up meanwhile"))
def stragglers(work: Work) -> None:
    """Those that older code made since. What has failed is not tried again, and told at the end."""
    _same_code(work)
    only = work.arguments["only"]
    for _round in range(ROUNDS):
        failed = _failed(only)
        tally = migrate(work, only=only, leave_out=failed)
        if not tally.done:
            break
    pool.prune()
    if failed := _failed(only):
        text = ngettext("%(n)d company failed and is as it was.", "%(n)d failed and are as they were.", len(failed))
        raise DomainError(text % {"n": len(failed)})


def _failed(only: list[str]) -> list[str]:
    names = [name for group in behind(only) for name in group.names]
    return list(Schema.objects.filter(name__in=names).exclude(error="").values_list("name", flat=True))


def _tell(work: Work, part: str, tally: Tally) -> None:
    work.give(**{part: tally.as_json()})
    for name, error in list(tally.failed.items())[:SHOWN]:
        work.say(f"{name}: {error}")


def _why(tally: Tally) -> dict[str, str]:
    name, error = next(iter(tally.failed.items()))
    return {"why": f"{name}: {error}"}


MIGRATE = register(
    Kind(
        name="migrate",
        label=gettext_lazy("Migrate the fleet"),
        steps=(look, template, canary, verify_canary, rest, stragglers),
    )
)


@step(gettext_lazy("Comparing every schema with its template"))
def compare(work: Work) -> None:
    found = verify(work.arguments["only"], tell=work.tell)
    work.give(drifted=len(found), orphans=orphans()[:SHOWN])
    for name, drift in list(found.items())[:SHOWN]:
        work.say(f"{name}: {', '.join(f'{kind} {what} {how}' for kind, what, how, *_rest in drift[:SHOWN])}")


VERIFY = register(Kind(name="verify", label=gettext_lazy("Verify the fleet"), steps=(compare,)))
