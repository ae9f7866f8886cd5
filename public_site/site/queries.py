"""Reads of the platform's site."""

from uuid import UUID

from django.core.signing import BadSignature

from public_site.site.models import WAITS, SignUp
from tenants.directory.models import Agency
from tenants.identity.errors import LinkInvalid
from tenants.kernel import signing

CONFIRM, WAIT = "sign-up", "sign-up-sent"


def is_agency_slug_taken(slug: str) -> bool:
    holder = Agency.objects.filter(slug=slug).first()
    return bool(holder and not is_abandoned(holder))


def is_abandoned(agency: Agency) -> bool:
    """Signed up for, but never confirmed in time."""
    sign_up = SignUp.objects.filter(agency=agency).first()
    return bool(sign_up and sign_up.is_stale)


def link_token(sign_up: SignUp, *, purpose: str = CONFIRM) -> str:
    return signing.sign(str(sign_up.pk), purpose=purpose)


def sign_up_for(token: str, *, purpose: str = CONFIRM) -> SignUp:
    """The sign-up a link was made for. Raises LinkInvalid."""
    try:
        text = signing.unsign(token, purpose=purpose, max_age_seconds=int(WAITS.total_seconds()))
        return SignUp.objects.select_related("agency").get(pk=UUID(text))
    except (BadSignature, ValueError, SignUp.DoesNotExist) as error:
        raise LinkInvalid from error
