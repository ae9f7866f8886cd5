"""Companies that are committed, for what works on connections of its own. They are taken away again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenants.directory import hosts
from tenants.directory.models import Agency, Company
from tenants.fleet.models import Backup, BackupRule, BackupTurn, Operation, Restore, Schema, SchemaState
from tenants.fleet.pool import drop_schema
from tenants.identity.models import ApiKey, Session, User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.storage import drop_folder
from tests.factories import Twin, make_twin


@pytest.fixture
def settled(django_db_blocker: Any, tmp_path: Path, settings: Any) -> Iterator[Twin]:
    """A company with records, committed, and a folder for its backups. In public."""
    settings.BACKUP_URL = f"file://{tmp_path}/backups"
    with django_db_blocker.unblock(), context.public(actor=robot("Tester")):
        twin = make_twin("settled", "SENTINEL-SETTLED-4K")
        yield twin
        _take_away(twin)


@pytest.fixture
def neighbour(settled: Twin) -> Iterator[Twin]:
    """Another one, of another agency."""
    twin = make_twin("neighbour", "SENTINEL-NEIGHBOUR-8M")
    yield twin
    _take_away(twin)


def _take_away(twin: Twin) -> None:
    names = {twin.company.schema_name, *Restore.objects.values_list("schema_name", flat=True)}
    names |= set(Schema.objects.filter(state=SchemaState.BESIDE).values_list("name", flat=True))
    for model in (Operation, Backup, Restore):
        model._default_manager.filter(company_id=twin.company.pk).delete()
    BackupTurn.objects.all().delete()
    BackupRule.objects.all().delete()
    Company.objects.filter(pk=twin.company.pk).delete()
    Agency.objects.filter(pk=twin.agency.pk).delete()
    _take_boss_away(f"boss@{twin.agency.slug}.example")
    for name in names:
        drop_schema(name)
        drop_folder(name)
    hosts._forget()


def _take_boss_away(email: str) -> None:
    """Row by row: Django would look into tables that companies alone have."""
    boss = User.objects.filter(email=email)
    for rows in (ApiKey.objects.filter(user__in=boss), Session.objects.filter(user__in=boss), boss):
        rows._raw_delete(rows.db)
