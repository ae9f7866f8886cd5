"""Who may do what: a role of the company's own, sharing rules, and somebody on leave."""

from datetime import timedelta

from django.utils import timezone

from tenants.identity.models import User
from tenants.identity.roles.actions import create_role
from tenants.identity.roles.matrix import Access
from tenants.identity.sharing.actions import Terms, create_rule
from tenants.identity.standing.actions import lend_access
from tenants.identity.teams import create_team
from tenants.kernel.actors import robot

DAYS_AWAY = 12


def tell_access() -> None:
    """A field team with its leader, a role that sees its own and no amounts, a rule, and a holiday."""
    by = robot()
    people = list(User.objects.filter(is_active=True).select_related("role").order_by("created_at", "id"))
    reps = [one for one in people if one.role and one.role.slug == "sales-rep"]
    leader = next((one for one in people if one.role and one.role.slug == "manager"), people[0])
    team = create_team(name="Field sales", leaders=[leader.pk], members=[one.pk for one in reps], by=by)
    create_role(name="Field partner", access=_partner(), by=by)
    create_rule(
        terms=Terms(
            name="New leads of the field team", record_type="leads", filter={"field": "status", "op": "is", "value": "new"},
            team=team, may_edit=True,
        ),
        by=by,
    )  # fmt: skip
    until = timezone.now() + timedelta(days=DAYS_AWAY)
    lend_access(lender=leader, borrower=reps[0], until=until, reason="Annual leave", by=by)


def _partner() -> Access:
    """Somebody from outside who works for the company: own records, nothing of money, names that stay as they are."""
    own = {"view": "own", "create": "all", "edit": "own"}
    fields = {"deals": {"amount": "hidden", "probability": "read_only"}, "accounts": {"tax_id": "hidden"}}
    return Access(records={"*": own, "tasks": {"view": "team", "create": "all", "edit": "team"}}, fields=fields)
