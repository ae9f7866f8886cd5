"""What crashes left of schemas and roles, found by comparing the server, the ledger and the directory.

Making a company is one transaction, so a crash leaves nothing of it. Filling the pool, building the template and
dropping are not: each leaves a row in the ledger that says how far it came. What lies about without any row is
written into the ledger first and dropped a while later, if it is still nobody's.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from psycopg import sql

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.fleet.models import OPEN_STATES, Operation, Schema, SchemaState
from tenants.fleet.operations.queries import names_in_operations
from tenants.fleet.pool import drop_schema, prune_stale, retire
from tenants.fleet.template import TEMPLATE_SCHEMA
from tenants.kernel.ids import SCHEMA_PATTERN
from tenants.kernel.logs import logger

log = logger(__name__)
GRACE = timedelta(minutes=15)
"""So long something may look abandoned before it is: whoever makes it may not have come to the next statement."""
REMEMBERED = timedelta(days=30)
"""So long after its end an operation still speaks for the schemas it named, like one restored beside for a look."""

STRAY_SCHEMAS = """
    SELECT nspname FROM pg_namespace
    WHERE nspname ~ %s AND nspname <> %s AND pg_has_role(nspowner, 'USAGE')
      AND NOT EXISTS (SELECT FROM fleet_schema WHERE name = nspname)
"""
# Roles are of the whole server. One that a schema of any database grants something to has a dependency; our own
# fresh ones without have a row here, those of another database get theirs within the grace.
STRAY_ROLES = """
    SELECT rolname FROM pg_roles r
    WHERE rolname ~ %s AND pg_has_role(r.oid, 'MEMBER')
      AND NOT EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid)
      AND NOT EXISTS (SELECT FROM fleet_schema WHERE name = rolname)
"""
WITHOUT_SCHEMA = "SELECT name FROM fleet_schema WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name)"


@dataclass
class Findings:
    """What was done, and what a person has to look at."""

    dropped: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    """Strays that are dropped next time, once the grace is over."""
    left: dict[str, str] = field(default_factory=dict)
    """What is not in order and is left alone, with the reason."""

    @property
    def is_nothing(self) -> bool:
        return not (self.dropped or self.adopted or self.left)


def reconcile(*, grace: timedelta = GRACE) -> Findings:
    """Bring server, ledger and directory together: every schema is ready, a company's, or gone. In public."""
    found = Findings()
    _report_companies(found)
    _drop_retired(found, grace)
    prune_stale()
    for rows in (_vanished(), _interrupted(grace), _abandoned(grace)):
        _retire_and_drop(rows, found)
    _adopt_strays(found)
    for name, reason in found.left.items():
        log.error("fleet: needs a person", schema=name, reason=reason)
    if found.dropped or found.adopted:
        log.warning("fleet reconciled", dropped=found.dropped, adopted=found.adopted)
    return found


def _report_companies(found: Findings) -> None:
    """A company is never mended by guessing."""
    busy = Operation.objects.filter(state__in=OPEN_STATES, company_id__isnull=False).values("company_id")
    companies = set(Company.objects.exclude(pk__in=busy).values_list("schema_name", flat=True))
    rows = Schema.objects.filter(state=SchemaState.CLAIMED).values_list("name", flat=True)
    gone = set(_names(WITHOUT_SCHEMA))
    for name in companies - set(rows):
        found.left[name] = "a company's schema has no row in the ledger"
    for name in companies & gone:
        found.left[name] = "a company's schema is gone"
    for name in (companies & _never_opened()) - names_in_operations():
        found.left[name] = "a company was never opened"


def _never_opened() -> set[str]:
    late = Company.objects.filter(status=CompanyStatus.PROVISIONING, updated_at__lt=timezone.now() - GRACE)
    return set(late.values_list("schema_name", flat=True))


def _drop_retired(found: Findings, grace: timedelta) -> None:
    """Strays after their grace, and what somebody died over while dropping it."""
    rows = Schema.objects.filter(state=SchemaState.DROPPING, updated_at__lte=timezone.now() - grace)
    for name in list(rows.values_list("name", flat=True)):
        _drop(name, found)


def _drop(name: str, found: Findings) -> None:
    """Twice looked at: what a company has, or people have worked in, is nobody's to drop unasked."""
    if Company.objects.filter(schema_name=name).exists():
        found.left[name] = "marked for dropping, but a company has it"
    elif _has_people(name):
        found.left[name] = "nobody's, but people have accounts in it"
    else:
        try:
            with transaction.atomic():
                drop_schema(name)
        except DatabaseError as error:  # one that cannot be dropped must not keep the others
            found.left[name] = str(error).strip()
        else:
            found.dropped.append(name)


def _has_people(name: str) -> bool:
    table = get_user_model()._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{name}.{table}"])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name, table)))
        return bool(cursor.fetchone()[0])


def _vanished() -> QuerySet[Schema]:
    """Ready in the ledger only."""
    return Schema.objects.filter(state=SchemaState.READY, name__in=_names(WITHOUT_SCHEMA))


def _interrupted(grace: timedelta) -> QuerySet[Schema]:
    return Schema.objects.filter(state=SchemaState.BUILDING, updated_at__lte=timezone.now() - grace)


def _abandoned(grace: timedelta) -> QuerySet[Schema]:
    """Claimed by something that never became a company, and that no operation of late speaks of."""
    now = timezone.now()
    rows = Schema.objects.filter(state=SchemaState.CLAIMED, updated_at__lte=now - grace)
    return rows.exclude(name__in=names_in_operations(since=now - REMEMBERED))


def _retire_and_drop(rows: QuerySet[Schema], found: Findings) -> None:
    for name in retire(rows):
        _drop(name, found)


def _adopt_strays(found: Findings) -> None:
    """A row for each, so that the next runs know since when."""
    strays = dict.fromkeys(
        [*_names(STRAY_SCHEMAS, SCHEMA_PATTERN, TEMPLATE_SCHEMA), *_names(STRAY_ROLES, SCHEMA_PATTERN)]
    )
    taken = set(Company.objects.filter(schema_name__in=list(strays)).values_list("schema_name", flat=True))
    for name in strays:
        if name not in taken and _adopt(name):
            found.adopted.append(name)


def _adopt(name: str) -> bool:
    try:
        with transaction.atomic():
            Schema.objects.create(name=name, state=SchemaState.DROPPING)
    except IntegrityError:  # its maker came with a row of its own
        return False
    return True


def _names(query: str, *values: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]
