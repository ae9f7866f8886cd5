"""Reads of backups and their rules. In public; who may see whose is asked by the caller."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from tenants.directory.models import Company
from tenants.fleet.backups.models import Backup, BackupRule, BackupState
from tenants.fleet.backups.rules import Rule
from tenants.kernel.errors import NotFound

MOST_LATE = 1_000
FIELDS = ("is_on", "hour", "daily", "weekly", "monthly")


def backups_of(company_id: UUID) -> QuerySet[Backup]:
    """Newest first, those that failed and those under way too."""
    return Backup.objects.filter(company_id=company_id)


def backup_of(company_id: UUID, backup_id: UUID) -> Backup:
    """Raises NotFound, for those of other companies too."""
    found = backups_of(company_id).filter(pk=backup_id).first()
    if not found:
        raise NotFound("No such backup")
    return found


def latest_backup_before(company_id: UUID, moment: datetime) -> Backup | None:
    """The last usable one that shows the company at that moment or before."""
    return _usable(company_id).filter(made_at__lte=moment).order_by("-made_at").first()


def first_backup_after(company_id: UUID, moment: datetime) -> Backup | None:
    """The first usable one that shows the company at that moment or later: from it history leads back."""
    return _usable(company_id).filter(made_at__gte=moment).order_by("made_at").first()


def latest_backup(company_id: UUID) -> Backup | None:
    return _usable(company_id).order_by("-made_at").first()


def _usable(company_id: UUID) -> QuerySet[Backup]:
    return backups_of(company_id).filter(state=BackupState.KEPT, fault="")


def rules_of(companies: list[Company]) -> dict[UUID, Rule]:
    """What holds for each, in one query: its own rule, its agency's, its plan's, everybody's, the settings'."""
    names = {scope for company in companies for scope in scopes_of(company)}
    rows = {row.scope: row for row in BackupRule.objects.filter(scope__in=names)}
    found = {}
    for company in companies:
        row = next((rows[scope] for scope in scopes_of(company) if scope in rows), None)
        found[company.pk] = Rule(**{name: getattr(row, name) for name in FIELDS}) if row else usual_rule()
    return found


def rule_of(company: Company) -> Rule:
    return rules_of([company])[company.pk]


def scopes_of(company: Company) -> tuple[str, ...]:
    """From the narrowest to the widest."""
    return f"company:{company.pk}", f"agency:{company.agency_id}", f"plan:{company.agency.plan}", ""


def usual_rule() -> Rule:
    daily, weekly, monthly = settings.BACKUP_KEEP
    return Rule(is_on=settings.BACKUP_DAILY, daily=daily, weekly=weekly, monthly=monthly)


def companies_without_backup(*, hours: int = 48) -> int:
    """How many that have been there longer than that, and should have one by their rule, have none so young."""
    since = timezone.now() - timedelta(hours=hours)
    saved = Backup.objects.filter(state=BackupState.KEPT, fault="", made_at__gte=since).values("company_id")
    late = Company.objects.select_related("agency").filter(created_at__lt=since).exclude(pk__in=saved)
    found = list(late[:MOST_LATE])
    rules = rules_of(found)
    return sum(rules[company.pk].is_on for company in found)
