"""What owners do with sandboxes of their company. The work itself is the fleet's."""

from collections.abc import Sequence

from django.db import transaction

from tenants.directory.models import Company
from tenants.fleet.copies import actions as copies
from tenants.fleet.models import Operation
from tenants.identity.auditing.writing import audit
from tenants.identity.sandboxes.queries import require_owner, this_company
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.deploying.actions import deploy
from tenants.records.models import Job


@transaction.atomic
def make_sandbox(*, slug: str, name: str, days: int, by: Actor) -> Operation:
    """Raises Denied, SlugTaken, Invalid, Conflict."""
    require_owner(by)
    company = this_company()
    with context.public():
        operation = copies.make_sandbox(company=company, slug=slug, name=name, days=days, by=by)
    audit("sandbox.made", by=by, subject=slug, days=days)
    return operation


@transaction.atomic
def refresh_sandbox(*, sandbox: Company, by: Actor) -> Operation:
    """Raises Denied, Conflict."""
    require_owner(by)
    with context.public():
        operation = copies.refresh_sandbox(sandbox=sandbox, by=by)
    audit("sandbox.refreshed", by=by, subject=sandbox.slug)
    return operation


@transaction.atomic
def keep_sandbox(*, sandbox: Company, days: int, by: Actor) -> Company:
    """Raises Denied, Invalid."""
    require_owner(by)
    with context.public():
        kept = copies.keep_sandbox(sandbox=sandbox, days=days, by=by)
    audit("sandbox.kept", by=by, subject=sandbox.slug, days=days)
    return kept


@transaction.atomic
def drop_sandbox(*, sandbox: Company, by: Actor) -> Operation:
    """Raises Denied, Conflict."""
    require_owner(by)
    with context.public():
        operation = copies.drop_sandbox(sandbox=sandbox, by=by)
    audit("sandbox.dropped", by=by, subject=sandbox.slug)
    return operation


def deploy_from(*, sandbox: Company, chosen: Sequence[str], by: Actor) -> Job:
    """Raises Denied, Invalid, Conflict."""
    require_owner(by)
    return deploy(sandbox=sandbox, chosen=chosen, by=by)
