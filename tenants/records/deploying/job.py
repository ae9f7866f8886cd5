"""The job that applies what was chosen, each thing in a transaction of its own through its ordinary action."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.directory.models import Company
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError
from tenants.records.deploying.base import pair
from tenants.records.deploying.comparing import ADDED, CHANGED, REMOVED, with_keys
from tenants.records.deploying.parts import Part, Values, part_named
from tenants.records.enums import Outcome
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.models import JobLine

OUTCOMES = {ADDED: Outcome.CREATED, CHANGED: Outcome.UPDATED, REMOVED: Outcome.UPDATED}


@job_kind
class Deployment(JobKind):
    """`params`: `sandbox`, and `items` as they were when somebody chose them."""

    name = "deployment"
    can_undo = True

    def may_see(self, actor: Actor) -> bool:
        return actor.may("edit", "settings")

    def run(self, run: Run) -> None:
        items: list[dict[str, Any]] = run.job.params["items"]
        for item in items[run.job.done :]:
            run.check()
            with transaction.atomic():
                done = [*run.place.get("done", []), _applied(run, item)]
                run.advance(1, done=done, pairs=_pairs(done))
            _tell_sandbox(run, done[-1])

    def undo(self, run: Run) -> None:
        assert run.job.undo_of
        done = [one for one in run.job.undo_of.place.get("done", []) if one]
        run.job.total = len(done)
        for item in list(reversed(done))[run.job.done :]:
            run.check()
            with transaction.atomic():
                _taken_back(run, item)
                run.advance(1)


def _pairs(done: list[Any]) -> dict[str, str]:
    """Keys of the sandbox of what was made here, for what points at it."""
    return {one["there"]: one["here"] for one in done if one and one["there"] != one["here"]}


def _applied(run: Run, item: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was done, with all it takes to undo it; None where it was refused."""
    part = part_named(item["part"])
    values = with_keys(item["values"], run.place.get("pairs", {}))
    try:
        with transaction.atomic():
            found = _write(part, item, values, run.actor)
    except DomainError as error:
        run.note(Outcome.FAILED, line=_line(run, part, values, str(error.detail), error.field))
        return None
    run.note(OUTCOMES[item["verb"]])
    return found


def _write(part: Part, item: Mapping[str, Any], values: Values, by: Actor) -> dict[str, Any]:
    told: dict[str, Any] = {"part": part.name, "verb": item["verb"], "there": item["there"]}
    if item["verb"] == REMOVED:
        row = part.row(item["here"])
        before = part.told(row)
        part.remove(row, by)
        return told | {"here": item["here"], "before": before}
    row = _row_here(part, item, values)
    if row is None:
        row = part.create(values, by)
        return told | {"here": part.key(row), "after": part.told(part.row(part.key(row)))}
    before = part.told(row)
    names = item["fields"] or [name for name in values if values[name] != before.get(name)]
    changed = {name: values[name] for name in names}
    row = part.update(row, changed, by) or row
    now = part.told(part.row(part.key(row)))
    return told | {"verb": CHANGED, "here": part.key(row), "before": before, "after": now, "fields": names}


def _row_here(part: Part, item: Mapping[str, Any], values: Values) -> Any:
    """The row to change; what an earlier step of this job brought along under the same name counts too."""
    if item["here"]:
        return part.row(item["here"])
    return next((one for one in part.rows() if part.called(part.told(one)) == part.called(values)), None)


def _tell_sandbox(run: Run, done: Mapping[str, Any] | None) -> None:
    """What was made here is the same thing as over there from now on."""
    if not done or done["there"] == done["here"]:
        return
    with context.public():
        sandbox = Company.objects.filter(pk=UUID(run.job.params["sandbox"]), is_sandbox=True).first()
    if sandbox:
        with context.inside(sandbox.place):
            pair(done["there"], done["here"])


def _taken_back(run: Run, item: Mapping[str, Any]) -> None:
    part = part_named(item["part"])
    try:
        with transaction.atomic():
            left = _reverse(part, item, run.actor)
    except DomainError as error:
        told = item.get("before") or item.get("after") or {}
        run.note(Outcome.FAILED, line=_line(run, part, told, str(error.detail), error.field))
        return
    if left:
        words = _("Changed since, so it was left as it is.")
        run.note(Outcome.SKIPPED, line=_line(run, part, item["after"], words, ", ".join(left)))
    else:
        run.note(Outcome.UPDATED)


def _reverse(part: Part, item: Mapping[str, Any], by: Actor) -> list[str]:
    """Names of what was left alone, since somebody has changed it meanwhile."""
    if item["verb"] == REMOVED:
        part.create(item["before"], by)
        return []
    row = part.row(item["here"])
    now, after = part.told(row), item["after"]
    if item["verb"] == ADDED:
        if now != after:
            return sorted(name for name in now if now[name] != after.get(name))
        part.remove(row, by)
        return []
    back = {name: item["before"].get(name) for name in item["fields"] if now.get(name) == after.get(name)}
    if back:
        part.update(row, back, by)
    return sorted(set(item["fields"]) - set(back))


def _line(run: Run, part: Part, values: Values, message: str, field: str) -> JobLine:
    return JobLine(
        number=run.job.done + 1, name=f"{part.label}: {part.title(values)}"[:200], message=message, field=field[:80]
    )
