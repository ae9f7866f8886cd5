"""After a company was swapped for a restored copy: doors that were closed since then stay closed.

The copy knows sessions that were ended, keys that were revoked and people who were switched off after it was made.
Everybody signs in anew; what was revoked is revoked again.
"""

from uuid import UUID

from django.db import DatabaseError, models, transaction
from django.utils import timezone

from tenants.directory.models import Company
from tenants.fleet.restoring.hooks import when_swapped
from tenants.identity.models import ApiKey, OAuthAccess, Pass, Session, User
from tenants.identity.switching.index import rebuild
from tenants.kernel import context
from tenants.kernel.context import Place
from tenants.kernel.logs import logger

PASSES: tuple[type[Pass], ...] = (ApiKey, OAuthAccess)
log = logger(__name__)


@when_swapped
def close_doors(company: Company, former: Place) -> None:
    closed = {model: _ids(former, model, revoked_at__isnull=False) for model in PASSES}
    gone = _ids(former, User, is_active=False)
    with context.inside(company.place), transaction.atomic():
        Session.objects.all().delete()
        for model, ids in closed.items():
            model._default_manager.filter(pk__in=ids, revoked_at=None).update(revoked_at=timezone.now())
        User.objects.filter(pk__in=gone).update(is_active=False)
    rebuild(company)


def _ids(former: Place, model: type[models.Model], **conditions: bool) -> list[UUID]:
    """Nothing where that table is what was broken: the copy is all that there is."""
    try:
        with context.inside(former), transaction.atomic():
            return list(model._default_manager.filter(**conditions).values_list("pk", flat=True))
    except DatabaseError:
        log.warning("the former state cannot be read", table=model._meta.db_table, schema=former.schema)
        return []
