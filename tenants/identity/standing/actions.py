"""Writes about stand-ins. People lend what is theirs; who arranges it for others has to reach as far themselves."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.enums import SETTINGS
from tenants.identity.keys import VERBS
from tenants.identity.models import Delegation, User
from tenants.identity.roles.bounds import held
from tenants.identity.roles.matrix import ALL, EVERY, NONE, access_of, cell, subjects
from tenants.identity.standing.queries import still_on
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid

MOST_DAYS = 90
LONGEST_REASON = 200


@transaction.atomic
def lend_access(*, lender: User, borrower: User, until: datetime, by: Actor, reason: str = "") -> Delegation:
    """`borrower` may do with records what `lender` may, until then; the settings are never lent.

    Raises Denied, Invalid.
    """
    if by.user_id != lender.pk and not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may arrange this for others."))
    reason = _checked(lender, borrower, until, reason)
    _check_held(lender, by)
    # Two at once wait for each other, so that there is one between two people.
    User.objects.select_for_update(no_key=True).get(pk=lender.pk)
    if Delegation.objects.filter(still_on(), lender=lender, borrower=borrower).exists():
        words = {"borrower": borrower, "lender": lender}
        raise Invalid({"borrower": [_("%(borrower)s stands in for %(lender)s already: end that first.") % words]})
    made = Delegation.objects.create(lender=lender, borrower=borrower, until=until, reason=reason)
    audit("stand_in.begun", by=by, subject=lender.email, to=borrower.email, until=until, reason=reason)
    return made


@transaction.atomic
def end_stand_in(*, stand_in: Delegation, by: Actor) -> Delegation:
    """Over at once. Lender, borrower and whoever may change the settings may end it. Raises Denied."""
    if by.user_id not in (stand_in.lender_id, stand_in.borrower_id) and not by.may("edit", SETTINGS):
        raise Denied(_("Only those two, owners and administrators may end this."))
    rows = Delegation.objects.select_for_update(of=("self",)).select_related("lender", "borrower")
    found = rows.get(pk=stand_in.pk)
    now = timezone.now()
    if found.ended_at or found.until <= now:
        return found
    found.ended_at = now
    found.save(update_fields=["ended_at", "updated_at"])
    told = {"to": found.borrower.email, "before": {"until": found.until}, "after": {"until": now}}
    audit("stand_in.ended", by=by, subject=found.lender.email, **told)
    return found


def _checked(lender: User, borrower: User, until: datetime, reason: str) -> str:
    """The reason, tidied. Raises Invalid, naming every fault."""
    context.company_id()  # who works for an agency has nothing to lend
    now = timezone.now()
    errors: dict[str, list[str]] = {}
    if not lender.is_active or not lender.role_id:
        errors["lender"] = [_("Choose somebody who works here.")]
    if not borrower.is_active:
        errors["borrower"] = [_("Choose somebody who works here.")]
    elif borrower.pk == lender.pk:
        errors["borrower"] = [_("Choose somebody else: nobody stands in for themselves.")]
    if timezone.is_naive(until) or not now < until <= now + timedelta(days=MOST_DAYS + 1):
        errors["until"] = [_("Choose a day from tomorrow on, at most %(most)d days ahead.") % {"most": MOST_DAYS}]
    text = " ".join(reason.replace("\x00", "").split())
    if len(text) > LONGEST_REASON:
        errors["reason"] = [_("Use at most %(most)d characters.") % {"most": LONGEST_REASON}]
    if errors:
        raise Invalid(errors)
    return text


def _check_held(lender: User, by: Actor) -> None:
    """A key lends no more than its scopes; who lends for another must themselves go for all that goes at all."""
    assert lender.role
    records = access_of(lender.role).records
    is_own = by.user_id == lender.pk
    for name in subjects():
        for verb in VERBS:
            is_held = by.may(verb, name) if is_own else held(by, name, verb) == ALL
            if cell(records, name, verb) != NONE and not is_held and name != EVERY:
                raise Denied(
                    _("%(name)s may more than you may yourself.") % {"name": lender},
                    fix=_("Let them do this themselves, or ask an owner."),
                )
