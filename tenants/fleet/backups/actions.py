"""Asking for backups, checking them, letting them go, and the rules of all that. In public."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.models import Agency, Company
from tenants.fleet.backups.models import Backup, BackupCause, BackupRule, BackupState, BackupTurn
from tenants.fleet.backups.queries import FIELDS, rule_of
from tenants.fleet.backups.rules import Rule, next_turn, to_keep
from tenants.fleet.backups.stores.choosing import store
from tenants.fleet.models import Operation
from tenants.fleet.operations.actions import begin
from tenants.kernel import trust
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.ids import uuid7
from tenants.kernel.logs import logger

MOST_KEPT = 400
FRESH = {BackupCause.SCHEDULE: timedelta(days=1), BackupCause.ASKED: timedelta(days=7)}
log = logger(__name__)


@transaction.atomic
def begin_backup(*, company: Company, by: Actor, cause: BackupCause = BackupCause.ASKED) -> Operation:
    """Have a worker make one. Raises Conflict while something else is done to the company."""
    from tenants.fleet.backups.kinds import BACKUP

    backup_id = uuid7()
    backup = Backup.objects.create(
        id=backup_id, company_id=company.pk, agency_id=company.agency_id, subject=company.name, cause=cause,
        place=f"{company.pk}/{backup_id}.backup",
    )  # fmt: skip
    return begin(BACKUP, company=company, by=by, backup=str(backup.pk))


def delete_backup(*, backup: Backup, by: Actor) -> None:
    """The object first: what is killed between leaves a row that finds nothing, and goes with the next try."""
    if backup.state == BackupState.MAKING:
        raise Conflict(_("This backup is still being made. Stop that first."))
    store().delete(backup.place)
    with transaction.atomic():
        backup.delete()
        details = {"agency": str(backup.agency_id), "backup": str(backup.pk)}
        trust.note("company.backup_deleted", by=by, subject=f"company:{backup.company_id}", **details)


def let_go(*, company: Company, by: Actor) -> int:
    """Delete what the company's rule does not keep any more; how many. Failed ones go after a week.

    What was made today stays whatever the rule says, and what somebody asked for a week: they had a reason.
    """
    kept = list(Backup.objects.filter(company_id=company.pk, state=BackupState.KEPT))
    needed = to_keep(kept, rule_of(company), company.time_zone)
    # One with a fault keeps no period: the newest good one of each does.
    needed |= to_keep([one for one in kept if not one.fault], rule_of(company), company.time_zone)
    now = timezone.now()
    needed |= {one.pk for one in kept if one.made_at and one.made_at > now - FRESH[BackupCause(one.cause)]}
    failed = Backup.objects.filter(
        company_id=company.pk, state=BackupState.FAILED, created_at__lt=now - timedelta(days=7)
    )
    over = [one for one in kept if one.pk not in needed] + list(failed)
    for backup in over:
        delete_backup(backup=backup, by=by)
    return len(over)


def expire_backups(*, company_id: UUID, after_days: int | None = None) -> int:
    """Those of a company that was erased: they go by themselves, on that day; how many that are."""
    days = settings.BACKUP_ERASED_DAYS if after_days is None else after_days
    return Backup.objects.filter(company_id=company_id, expires_at=None).update(
        expires_at=timezone.now() + timedelta(days=days)
    )


def delete_expired(*, by: Actor, most: int = 200) -> int:
    """And note a day for those whose company is gone without anybody having said so."""
    gone = Backup.objects.filter(expires_at=None).exclude(company_id__in=Company.objects.values("pk"))
    for company_id in set(gone.values_list("company_id", flat=True)[:most]):
        expire_backups(company_id=company_id)
    over = list(Backup.objects.filter(expires_at__lte=timezone.now()).exclude(state=BackupState.MAKING)[:most])
    for backup in over:
        delete_backup(backup=backup, by=by)
    return len(over)


def begin_due(*, by: Actor) -> int:
    """Begin backups whose time has come, as many as may run at once; how many."""
    _note_newcomers()
    room = settings.BACKUPS_AT_ONCE - Backup.objects.filter(state=BackupState.MAKING).count()
    begun = 0
    while begun < room and _begin_next(by):
        begun += 1
    return begun


@transaction.atomic
def _begin_next(by: Actor) -> bool:
    """The one that waits longest. Where something else is under way it comes again in a quarter of an hour."""
    now = timezone.now()
    turn = BackupTurn.objects.select_for_update(skip_locked=True).filter(due_at__lte=now).order_by("due_at").first()
    if not turn:
        return False
    company = Company.objects.select_related("agency").filter(pk=turn.company_id).first()
    if not company:
        turn.delete()
        return True
    rule = rule_of(company)
    turn.due_at = next_turn(rule, company_id=company.pk, zone=company.time_zone, after=now)
    if rule.is_on:
        try:
            begin_backup(company=company, by=by, cause=BackupCause.SCHEDULE)
        except Conflict:
            turn.due_at = now + timedelta(minutes=15)
    turn.save(update_fields=["due_at", "updated_at"])
    return True


def _note_newcomers() -> None:
    """Companies that have no turn yet get one."""
    now = timezone.now()
    fresh = Company.objects.select_related("agency").exclude(pk__in=BackupTurn.objects.values("company_id"))
    turns = [
        BackupTurn(company_id=one.pk, due_at=next_turn(Rule(), company_id=one.pk, zone=one.time_zone, after=now))
        for one in fresh[:1_000]
    ]
    BackupTurn.objects.bulk_create(turns, ignore_conflicts=True)


@transaction.atomic
def set_rule(*, scope: Company | Agency | str, by: Actor, **values: Any) -> BackupRule:
    """For a company, an agency, or a plan by its name; an empty name is everybody. Raises Invalid."""
    name, details = _scope(scope)
    _check_rule(values)
    rule, _is_new = BackupRule.objects.update_or_create(scope=name, defaults=values)
    if isinstance(scope, Company):
        BackupTurn.objects.filter(company_id=scope.pk).delete()
    trust.note("backup.rule_changed", by=by, **details, **{key: str(value) for key, value in values.items()})
    return rule


@transaction.atomic
def drop_rule(*, scope: Company | Agency | str, by: Actor) -> None:
    """What is wider holds again."""
    name, details = _scope(scope)
    if BackupRule.objects.filter(scope=name).delete()[0]:
        trust.note("backup.rule_dropped", by=by, **details)


def _scope(scope: Company | Agency | str) -> tuple[str, dict[str, str]]:
    if isinstance(scope, Company):
        return f"company:{scope.pk}", {"subject": f"company:{scope.pk}", "agency": str(scope.agency_id)}
    if isinstance(scope, Agency):
        return f"agency:{scope.pk}", {"subject": f"agency:{scope.pk}", "agency": str(scope.pk)}
    return f"plan:{scope}" if scope else "", {"subject": f"plan:{scope}"}


def _check_rule(values: dict[str, Any]) -> None:
    """Raises Invalid."""
    errors: dict[str, list[str]] = {name: [_("There is no such setting.")] for name in set(values) - set(FIELDS)}
    for name in {"daily", "weekly", "monthly"} & set(values):
        least = 1 if name == "daily" else 0
        if not isinstance(values[name], int) or not least <= values[name] <= MOST_KEPT:
            errors[name] = [_("Write a number from %(least)d to %(most)d.") % {"least": least, "most": MOST_KEPT}]
    hour = values.get("hour")
    if hour is not None and (not isinstance(hour, int) or not 0 <= hour < 24):
        errors["hour"] = [_("Write an hour from 0 to 23, or nothing.")]
    if errors:
        raise Invalid(errors)
