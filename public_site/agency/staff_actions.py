"""Who works for an agency."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from public_site.agency.audit import note
from public_site.agency.models import AgencyMember, AgencyRole
from tenants.directory.models import Agency
from tenants.identity.actions import add_user
from tenants.identity.letters import post_invitation
from tenants.identity.models import User
from tenants.identity.people import name_from
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid


@transaction.atomic
def invite_member(*, agency: Agency, email: str, name: str, role: str, by: Actor) -> AgencyMember:
    """A member; who has no account yet gets an invitation by mail. Raises Conflict, Invalid."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid({"email": list(error.messages)}) from error
    if role not in AgencyRole.values:
        raise Invalid({"role": [_("Choose a role from the list.")]})
    user = User.objects.filter(email__iexact=email).first() or add_user(email=email, name=name or name_from(email))
    member, is_new = AgencyMember.objects.get_or_create(agency=agency, user=user, defaults={"role": role})
    if not is_new:
        raise Conflict(_("%(email)s works here already.") % {"email": email}, field="email")
    if not user.verified_at:
        post_invitation(user, inviter=by.name)
    note("member.invited", agency_id=agency.pk, by=by, email=email, role=role)
    return member


@transaction.atomic
def remove_member(*, member: AgencyMember, by: Actor) -> None:
    """Out at once: membership is asked at every request. Raises Conflict for the last owner."""
    owners = AgencyMember.objects.select_for_update().filter(agency_id=member.agency_id, role=AgencyRole.OWNER)
    if member.is_owner and len(owners) < 2:
        raise Conflict(_("The agency needs an owner."), fix=_("Make somebody else an owner first."))
    email = member.user.email
    agency_id = member.agency_id
    member.delete()
    note("member.removed", agency_id=agency_id, by=by, email=email)
