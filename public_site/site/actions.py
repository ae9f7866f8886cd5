"""An agency signs up, and its owner proves the e-mail address."""

from datetime import timedelta

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from billing.plans.queries import plan_on_sale
from public_site.agency.models import AgencyMember, AgencyRole
from public_site.site.errors import AlreadyConfirmed
from public_site.site.models import SignUp
from public_site.site.queries import is_abandoned, sign_up_for
from public_site.site.tasks import mail_confirmation
from tenants.directory.actions import activate_agency, create_agency
from tenants.directory.models import Agency
from tenants.directory.queries import agency_tenant
from tenants.identity.actions import audit
from tenants.identity.models import User
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid

RESEND_AFTER = timedelta(seconds=45)


@transaction.atomic
def sign_up(*, agency_name: str, slug: str, name: str, email: str, password: str, plan: str, by: Actor) -> SignUp:
    """An agency that opens once its owner's address is confirmed; the mail goes out.

    Raises SlugTaken, Invalid. Says nothing about whether the address is known.
    """
    email = email.strip().lower()
    check_password(password, email=email, name=name)
    chosen = plan_on_sale(plan)
    _release_abandoned(slug)
    agency = create_agency(name=agency_name, slug=slug)
    agency.plan = chosen.slug
    agency.save(update_fields=["plan", "updated_at"])
    made = SignUp.objects.create(agency=agency, name=name, email=email, password=make_password(password))
    audit("agency.signed_up", by=by, subject=f"agency:{agency.pk}", plan=chosen.slug)
    _send_mail(made)
    return made


def check_password(password: str, *, email: str, name: str) -> None:
    """Raises Invalid for a password that is too easy to guess."""
    try:
        password_validation.validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise Invalid({"password": list(error.messages)}) from error


def _release_abandoned(slug: str) -> None:
    """A sign-up that nobody confirmed in time gives its slug back. It has no users and no companies."""
    holder = Agency.objects.select_for_update().filter(slug=slug).first()
    if holder and is_abandoned(holder):
        holder.delete()


@transaction.atomic
def resend_confirmation(*, token_owner: SignUp) -> bool:
    """Send the mail once more, unless one has just gone out; whether it went."""
    found = SignUp.objects.select_for_update().get(pk=token_owner.pk)
    if found.confirmed_at or (found.mailed_at and found.mailed_at > timezone.now() - RESEND_AFTER):
        return False
    _send_mail(found)
    return True


def _send_mail(found: SignUp) -> None:
    found.mailed_at = timezone.now()
    found.save(update_fields=["mailed_at", "updated_at"])
    transaction.on_commit(lambda: mail_confirmation.delay(str(found.pk)))


@transaction.atomic
def confirm_sign_up(*, token: str, by: Actor) -> AgencyMember:
    """Open the agency and make the person its owner, once. Raises AlreadyConfirmed, LinkInvalid."""
    found = SignUp.objects.select_for_update(of=("self",)).get(pk=sign_up_for(token).pk)
    agency = found.agency
    if found.confirmed_at:
        raise AlreadyConfirmed(agency_tenant(agency.pk).base_url)
    found.confirmed_at = timezone.now()
    member = AgencyMember.objects.create(agency=agency, user=_owner(found), role=AgencyRole.OWNER)
    found.password = ""  # has moved to the user, or was not needed
    found.save(update_fields=["confirmed_at", "password", "updated_at"])
    activate_agency(agency=agency)
    audit("agency.activated", by=member.user.actor, subject=f"agency:{agency.pk}")
    return member


def _owner(found: SignUp) -> User:
    """The user behind the address; who had an account keeps the password it had."""
    user = User.objects.filter(email__iexact=found.email).first() or User(email=found.email, name=found.name)
    if not user.verified_at:
        user.password, user.verified_at = found.password, timezone.now()
        user.save()
    return user
