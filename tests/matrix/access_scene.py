"""What routes of permissions ask for: a role, a rule, a loan, shares, an app with its consent, a token."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from tenants.identity.models import Delegation, OAuthAccess, Team, TeamMember, User
from tenants.identity.oauth.clients import create_client
from tenants.identity.oauth.personal import create_token
from tenants.identity.roles.actions import create_role
from tenants.identity.roles.matrix import Access
from tenants.identity.sharing.actions import Terms, create_rule
from tenants.kernel.actors import Actor
from tenants.records.custom.actions import create_custom_field
from tenants.records.models import Share
from tenants.records.registry import record_types
from tests.factories import Twin

SCOPES = {"contacts": ["view"]}


def furnish_access(found: dict[str, Any], twin: Twin, by: Actor) -> None:
    owner, user = twin.owner(), found["user"]
    found["role"] = create_role(name="Helper", access=Access(records={"*": {"view": "own"}}), by=by)
    terms = Terms(name="Goa", record_type="contacts", filter={"field": "city", "op": "is", "value": "Goa"})
    found["rule"] = create_rule(terms=terms, by=by)
    later = timezone.now() + timedelta(days=7)
    found["loan"] = Delegation.objects.create(lender=user, borrower=owner, until=later)
    found["next_week_at"] = later.isoformat()
    found["next_week"] = later.date().isoformat()
    back = ["https://matrix.example/back"]
    app = create_client(name="Matrix", scopes=SCOPES, redirect_uris=back, by=by)[0]
    OAuthAccess.objects.create(client=app, user=owner, consented=SCOPES, digest="0" * 64, expires_at=later)
    found |= {"app": app, "token": create_token(user=owner, name="Sheet", scopes=SCOPES, days=30, by=owner.actor)[0]}
    found |= {"other_company": str(uuid4()), "share_with": f"user:{user.pk}"}
    for one in record_types():
        create_custom_field(record_type=one, label="Card", kind="secret", by=by)
        one.model._default_manager.filter(owner=None).update(owner=owner)
        if one.name in found and not one.is_common:
            share = {"record_type": one.name, "record_id": getattr(found[one.name], "pk", found[one.name])}
            found[f"{one.name}_share"] = Share.objects.create(**share, user=user)


def befriend(owner: User, *others: User) -> None:
    """All in one team, so that a reach of `team` goes for the owner's records, which the samples ask for."""
    team, _is_new = Team.objects.get_or_create(name="Matrix")
    for one in (owner, *others):
        TeamMember.objects.get_or_create(team=team, user=one)
